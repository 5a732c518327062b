//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use payout_wire::route::{self, Route};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Api;
use crate::admission::admit;
use crate::audit::{Auditor, audit};
use crate::exchange::{Frame, conduct};
use crate::fault::Fault;
use crate::faults::{Injector, inject};
use crate::methods::{Methods, delete, get, post, put};
use crate::openapi::{Describe, Entry, Face};
use crate::routes::probes::OwnPages;
use crate::routes::{
    merchant_accounts, operators, payments, payouts, probes, sandbox, token, webhooks,
};
use crate::verified_write::VerifiedWrite;

/// The whole API as a service that [`serve`](crate::serve()) can run.
pub fn router(api: Api) -> Router {
    let frame = Frame::new(&api.trace_ids, &api.limits);
    let (routes, injector) = (routes(Face::of(&api)), injector(&api));
    let auditor = api.audit.clone().map(|trail| Auditor::new(trail, Arc::clone(&api.clock)));
    framed(routes.router.with_state(Arc::new(api)), frame, injector, auditor)
}

/// Every path that [`router()`] routes for such an API, with its parameters in braces: for whoever must
/// try all of them.
pub fn paths(api: &Api) -> Vec<String> {
    let entries = entries(Face::of(api)).into_iter();
    entries.flat_map(|entry| [vec![entry.path], entry.also_at].concat()).collect()
}

/// Every path that a server of this face routes, with what is said of it.
pub(crate) fn entries(face: Face) -> Vec<Entry> {
    routes(face).entries
}

/// Routes with what is said of them. There is no other way to add one, so none is missing there.
#[derive(Default)]
struct Routes {
    router: Router<Arc<Api>>,
    entries: Vec<Entry>,
}

impl Routes {
    fn route(self, path: &str, methods: Methods) -> Self {
        self.route_at(&[path], methods)
    }

    /// The same under several spellings, of which the first one is shown.
    fn route_at(mut self, paths: &[&str], methods: Methods) -> Self {
        let mut spellings = paths.iter().map(|path| (*path).to_owned());
        let path = spellings.next().unwrap_or_default();
        let also_at = spellings.collect();
        self.entries.push(Entry { path, also_at, methods: methods.described });
        let handler = methods.router;
        let router =
            paths.iter().fold(self.router, |router, path| router.route(path, handler.clone()));
        Self { router, ..self }
    }
}

fn routes(face: Face) -> Routes {
    let mut routes = resources(unversioned(face));
    if let Some(path) = face.webhooks {
        let say: Describe = if path.contains('{') {
            webhooks::describe::receive_at_secret
        } else {
            webhooks::describe::receive
        };
        routes = routes.route(path, post(webhooks::receive, say));
    }
    if face.operators {
        routes = desk(routes);
    }
    if face.clients {
        routes = register(routes);
    }
    if face.sandbox {
        routes = controls(routes);
    }
    routes
}

/// What makes a sandbox misbehave.
fn injector(api: &Api) -> Option<Injector> {
    api.sandbox.as_ref().map(|sandbox| Injector {
        faults: sandbox.faults.clone(),
        clock: Arc::clone(&api.clock),
        ids: Arc::clone(&api.trace_ids),
    })
}

/// Puts around a router what every request and every answer needs. The last layer is the outermost.
pub(crate) fn framed(
    routes: Router,
    frame: Frame,
    injector: Option<Injector>,
    auditor: Option<Auditor>,
) -> Router {
    let frame = Arc::new(frame);
    let routes = routes
        .layer(from_fn_with_state(Arc::clone(&frame), admit))
        .layer(CatchPanicLayer::custom(|_| Fault::panicked()));
    let routes = match injector {
        Some(injector) => routes.layer(from_fn_with_state(injector, inject)),
        None => routes,
    };
    let routes = match auditor {
        Some(auditor) => routes.layer(from_fn_with_state(auditor, audit)),
        None => routes,
    };
    routes.layer(from_fn_with_state(frame, conduct))
}

fn unversioned(face: Face) -> Routes {
    use probes::describe;
    let own = Arc::new(OwnPages::new(face));
    let for_people = Arc::clone(&own);
    let openapi = move || async move { probes::openapi(&own) };
    let docs = move || async move { probes::docs(&for_people) };
    Routes::default()
        .route(route::TOKEN, post(token::issue, token::describe::issue))
        .route(route::JWKS, get(probes::own_keys, describe::own_keys))
        .route("/healthz", get(probes::alive, describe::alive))
        .route("/readyz", get(probes::ready, describe::ready))
        .route("/openapi.json", get(openapi, describe::openapi))
        .route("/docs", get(docs, describe::docs))
}

fn resources(routes: Routes) -> Routes {
    let table = payouts().into_iter().chain(merchant_accounts()).chain(payments());
    table.fold(routes, |routes, (route, methods)| resource(routes, route, methods))
}

fn payouts() -> Vec<(Route, Methods)> {
    use payouts::describe;
    vec![
        (
            route::PAYOUTS,
            write(payouts::create, describe::create).and(get(payouts::list, describe::list)),
        ),
        (route::PAYOUT, get(payouts::show, describe::show)),
        (route::PAYOUT_HISTORY, get(payouts::history, describe::history)),
    ]
}

fn merchant_accounts() -> Vec<(Route, Methods)> {
    use merchant_accounts::describe;
    let sweeping = step(merchant_accounts::sweep, describe::sweep)
        .and(get(merchant_accounts::sweeping, describe::sweeping))
        .and(delete(merchant_accounts::sweep, describe::unsweep));
    let sweeping_old = step(merchant_accounts::sweep, describe::sweep_old)
        .and(get(merchant_accounts::sweeping, describe::sweeping_old))
        .and(delete(merchant_accounts::sweep, describe::unsweep_old));
    vec![
        (route::MERCHANT_ACCOUNTS, get(merchant_accounts::list, describe::list)),
        (route::MERCHANT_ACCOUNT, get(merchant_accounts::show, describe::show)),
        (route::TRANSACTIONS, get(merchant_accounts::transactions, describe::transactions)),
        (
            route::PAYMENT_SOURCES,
            get(merchant_accounts::payment_sources, describe::payment_sources),
        ),
        (route::SWEEPING, sweeping),
        (route::SWEEPING_OLD, sweeping_old),
    ]
}

fn payments() -> Vec<(Route, Methods)> {
    use payments::describe;
    vec![
        (route::PAYMENTS, write(payments::create, describe::create)),
        (route::PAYMENT, get(payments::show, describe::show)),
        (route::AUTHORIZATION_FLOW, step(payments::start, describe::start)),
        (route::PROVIDER_SELECTION, step(payments::select_provider, describe::select_provider)),
        (route::CONSENT, step(payments::consent, describe::consent)),
        (route::FORM, step(payments::form, describe::form)),
        (route::CANCEL_PAYMENT, step(payments::cancel, describe::cancel)),
        (
            route::REFUNDS,
            step(payments::refund, describe::refund).and(get(payments::refunds, describe::refunds)),
        ),
        (route::REFUND, get(payments::show_refund, describe::show_refund)),
    ]
}

/// Every resource has a path with and without the version, and with and without a slash at the end.
fn resource(routes: Routes, route: Route, methods: Methods) -> Routes {
    let [v3, plain] = route.both();
    routes.route_at(&[v3, &format!("{v3}/"), plain, &format!("{plain}/")], methods)
}

/// A write: its handler must take what only verifying gives.
fn write<H, M>(handler: H, describe: Describe) -> Methods
where
    H: Handler<(M, axum::extract::State<Arc<Api>>, VerifiedWrite), Arc<Api>>,
    M: 'static,
{
    post(handler, describe)
}

/// A write that is about one thing.
fn step<H, M>(handler: H, describe: Describe) -> Methods
where
    H: Handler<
            (M, axum::extract::State<Arc<Api>>, axum::extract::Path<String>, VerifiedWrite),
            Arc<Api>,
        >,
    M: 'static,
{
    post(handler, describe)
}

/// What operators see and decide.
fn desk(routes: Routes) -> Routes {
    use operators::describe;
    let pause = get(operators::show_pause, describe::show_pause)
        .and(put(operators::pause, describe::pause))
        .and(delete(operators::resume, describe::resume));
    routes
        .route(route::OPERATOR_PAYOUTS, get(operators::list, describe::list))
        .route(route::OPERATOR_PAYOUT, get(operators::show, describe::show))
        .route(route::OPERATOR_CANCEL, post(operators::cancel, describe::cancel))
        .route(route::OPERATOR_RELEASE, post(operators::release, describe::release))
        .route(route::OPERATOR_RESOLVE, post(operators::resolve, describe::resolve))
        .route(route::OPERATOR_PAUSE, pause)
        .route(
            route::OPERATOR_DEAD_LETTERS,
            get(operators::list_dead_letters, describe::list_dead_letters),
        )
        .route(route::OPERATOR_REPLAY, post(operators::replay, describe::replay))
}

/// Who may call.
fn register(routes: Routes) -> Routes {
    use operators::describe;
    let clients = get(operators::list_clients, describe::list_clients)
        .and(post(operators::add_client, describe::add_client));
    routes
        .route(route::OPERATOR_CLIENTS, clients)
        .route(route::OPERATOR_CLIENT, post(operators::change_client, describe::change_client))
        .route(
            route::OPERATOR_CLIENT_SECRET,
            post(operators::rotate_secret, describe::rotate_secret),
        )
        .route(
            route::OPERATOR_CLIENT_REVOKE,
            post(operators::revoke_client, describe::revoke_client),
        )
}

fn controls(routes: Routes) -> Routes {
    use sandbox::describe;
    let faults = post(sandbox::fail_next, describe::fail_next)
        .and(put(sandbox::set_faults, describe::set_faults))
        .and(get(sandbox::faults, describe::faults))
        .and(delete(sandbox::clear_faults, describe::clear_faults));
    let clock = get(sandbox::clock, describe::clock).and(post(sandbox::advance, describe::advance));
    let bank = format!("{}/{{id}}", route::SANDBOX_BANKS);
    routes
        .route(route::SANDBOX_DEPOSITS, post(sandbox::deposit, describe::deposit))
        .route(route::SANDBOX_FAULTS, faults)
        .route(route::SANDBOX_RETURNS, post(sandbox::return_payout, describe::return_payout))
        .route(route::SANDBOX_LOGINS, post(sandbox::log_in, describe::log_in))
        .route(&bank, get(sandbox::bank_page, describe::bank_page))
        .route(route::SANDBOX_DELAYS, post(sandbox::set_delays, describe::set_delays))
        .route(route::SANDBOX_LIFETIMES, post(sandbox::set_lifetimes, describe::set_lifetimes))
        .route(route::SANDBOX_WEBHOOK, post(sandbox::point_webhooks, describe::point_webhooks))
        .route(route::SANDBOX_CLOCK, clock)
}
