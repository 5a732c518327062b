//! Proxies of the environment get nothing to see.

use crate::receiver::{Act, Receiver};
use crate::world::World;

#[test]
fn no_connection_goes_through_a_proxy_of_the_environment() {
    let trap = Receiver::answering(|_| Act::Say(200, "{}".to_owned()));
    let url = trap.url();
    let names =
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
    let environment = names.map(|name| (name, url.as_str()));
    let world = World::with_environment(&["--execution-delay-ms", "20"], &[], &environment);
    world.tell_the_service();

    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.watch(&id).ended_with(0);
    let mut verb = world.stage.command(&["get", &id, "--url", world.service.url()]);
    crate::stage::Outcome::of(verb.envs(environment)).ended_with(0);

    assert!(trap.saw_nothing(), "a proxy was asked");
}
