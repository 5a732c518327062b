//! Which of our crates each crate may use.

use super::finding::Finding;
use super::house::House;
use super::map::{ONLY_FOR_TESTS, ROOMS, Room};
use super::workspace::{Crate, Kind, Use};

const MAP: &str = "xtask/src/tidy/map.rs";

/// Finds arrows that the map does not draw, and crates that are only on one side.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let missing = ROOMS.iter().filter(|room| !is_built(house, room)).map(|room| {
        Finding::new(MAP, 1, format!("Build the crate `{}` or take it off the map.", room.name))
    });
    missing.chain(house.crates.iter().flat_map(|member| check_crate(house, member))).collect()
}

fn is_built(house: &House, room: &Room) -> bool {
    house.crates.iter().any(|member| member.name == room.name)
}

fn check_crate(house: &House, member: &Crate) -> Vec<Finding> {
    let Some(room) = ROOMS.iter().find(|room| room.name == member.name) else {
        let advice = format!("Put `{}` on the map in {MAP}, with what it may use.", member.name);
        return vec![Finding::new(&member.manifest(), 1, advice)];
    };
    let is_ours = |used: &&Use| is_ours(house, &used.name);
    let arrows = member.uses.iter().filter(|used| used.kind == Kind::Product).filter(is_ours);
    arrows
        .filter(|used| !room.may_use.contains(&used.name.as_str()))
        .map(|used| member.finding(&house.tree, used, advice(room, &used.name)))
        .collect()
}

fn is_ours(house: &House, name: &str) -> bool {
    let on_the_map = ROOMS.iter().any(|room| room.name == name);
    on_the_map || house.crates.iter().any(|member| member.name == name)
}

fn advice(room: &Room, used: &str) -> String {
    if used == ONLY_FOR_TESTS {
        return format!("Move `{used}` to [dev-dependencies]: it is only for tests.");
    }
    let allowed = match room.may_use {
        [] => "none of ours".to_owned(),
        names => names.join(", "),
    };
    format!("Do without `{used}`: `{}` may use {allowed}.", room.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    /// Every crate of the map, built and without a fault, with one of them exchanged.
    fn house_with(changed: Crate) -> House {
        let names = ROOMS.iter().map(|room| room.name);
        let others = names.filter(|name| *name != changed.name).map(Crate::named);
        let mut crates: Vec<_> = others.collect();
        crates.push(changed);
        House::of_crates(crates)
    }

    #[test]
    fn the_map_as_drawn_has_no_findings() {
        let house = house_with(Crate::named("payout-service").using("payout-ports").using("tokio"));

        assert!(findings(check, &house).is_empty());
    }

    #[test]
    fn an_arrow_that_is_not_drawn_is_found() {
        let house = house_with(Crate::named("payout-service").using("payout-memory"));

        assert_eq!(
            findings(check, &house),
            ["crates/payout-service/Cargo.toml:1: Do without `payout-memory`: \
              `payout-service` may use payout-domain, payout-ports."]
        );
    }

    #[test]
    fn the_server_does_not_reach_past_the_service_to_the_ports() {
        let house = house_with(Crate::named("payout-http-server").using("payout-ports"));

        assert_eq!(findings(check, &house).len(), 1);
    }

    #[test]
    fn tests_may_use_what_they_like() {
        let house = house_with(Crate::named("payout-memory").testing_with("payout-conformance"));

        assert!(findings(check, &house).is_empty());
    }

    #[test]
    fn the_laws_never_become_part_of_the_product() {
        let house = house_with(Crate::named("app").using("payout-conformance"));

        assert_eq!(
            findings(check, &house),
            ["crates/app/Cargo.toml:1: Move `payout-conformance` to [dev-dependencies]: \
              it is only for tests."]
        );
    }

    #[test]
    fn a_crate_that_is_not_on_the_map_is_found() {
        let house = house_with(Crate::named("payout-blockchain"));

        assert!(
            findings(check, &house).concat().starts_with("crates/payout-blockchain/Cargo.toml")
        );
    }

    #[test]
    fn a_crate_that_is_only_on_the_map_is_found() {
        let mut house = house_with(Crate::named("payout-wire"));
        house.crates.retain(|member| member.name != "payout-wire");

        assert!(findings(check, &house).concat().contains("Build the crate `payout-wire`"));
    }
}
