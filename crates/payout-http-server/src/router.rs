//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use payout_wire::route::{self, Route};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Api;
use crate::admission::admit;
use crate::audit::{Auditor, audit};
use crate::exchange::{Frame, conduct};
use crate::fault::Fault;
use crate::faults::{Injector, inject};
use crate::routes::{
    merchant_accounts, operators, payments, payouts, probes, sandbox, token, webhooks,
};
use crate::verified_write::VerifiedWrite;

/// The whole API as a service that [`serve`](crate::serve()) can run.
pub fn router(api: Api) -> Router {
    let frame = Frame::new(&api.trace_ids, &api.limits);
    let (routes, injector) = (routes(&api), injector(&api));
    let auditor = api.audit.clone().map(|trail| Auditor::new(trail, Arc::clone(&api.clock)));
    framed(routes.router.with_state(Arc::new(api)), frame, injector, auditor)
}

/// Every path that [`router()`] routes for such an API, with its parameters in braces: for whoever must
/// try all of them.
pub fn paths(api: &Api) -> Vec<String> {
    routes(api).paths
}

/// Routes with the list of their paths. There is no other way to add one, so none is missing there.
#[derive(Default)]
struct Routes {
    router: Router<Arc<Api>>,
    paths: Vec<String>,
}

impl Routes {
    fn route(mut self, path: &str, methods: MethodRouter<Arc<Api>>) -> Self {
        self.paths.push(path.to_owned());
        Self { router: self.router.route(path, methods), ..self }
    }
}

fn routes(api: &Api) -> Routes {
    let mut routes = resources(unversioned());
    if let Some(webhooks) = &api.webhooks {
        routes = routes.route(&webhooks::path(webhooks), post(webhooks::receive));
    }
    if api.operators.is_some() {
        routes = desk(routes);
    }
    if api.sandbox.is_some() {
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

fn unversioned() -> Routes {
    Routes::default()
        .route(route::TOKEN, post(token::issue))
        .route(route::JWKS, get(probes::own_keys))
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready))
}

fn resources(routes: Routes) -> Routes {
    let table = [
        (route::PAYOUTS, write(payouts::create).get(payouts::list)),
        (route::PAYOUT, get(payouts::show)),
        (route::PAYOUT_HISTORY, get(payouts::history)),
        (route::MERCHANT_ACCOUNTS, get(merchant_accounts::list)),
        (route::MERCHANT_ACCOUNT, get(merchant_accounts::show)),
        (route::TRANSACTIONS, get(merchant_accounts::transactions)),
        (route::PAYMENT_SOURCES, get(merchant_accounts::payment_sources)),
        (route::SWEEPING, sweeping()),
        (route::SWEEPING_OLD, sweeping()),
        (route::PAYMENTS, write(payments::create)),
        (route::PAYMENT, get(payments::show)),
        (route::AUTHORIZATION_FLOW, step(payments::start)),
        (route::PROVIDER_SELECTION, step(payments::select_provider)),
        (route::CONSENT, step(payments::consent)),
        (route::FORM, step(payments::form)),
        (route::CANCEL_PAYMENT, step(payments::cancel)),
        (route::REFUNDS, step(payments::refund).get(payments::refunds)),
        (route::REFUND, get(payments::show_refund)),
    ];
    table.into_iter().fold(routes, |routes, (route, methods)| resource(routes, route, &methods))
}

/// Every resource has a path with and without the version, and with and without a slash at the end.
fn resource(routes: Routes, route: Route, methods: &MethodRouter<Arc<Api>>) -> Routes {
    route.both().into_iter().fold(routes, |routes, path| {
        routes.route(path, methods.clone()).route(&format!("{path}/"), methods.clone())
    })
}

/// A write: its handler must take what only verifying gives.
fn write<H, M>(handler: H) -> MethodRouter<Arc<Api>>
where
    H: Handler<(M, axum::extract::State<Arc<Api>>, VerifiedWrite), Arc<Api>>,
    M: 'static,
{
    post(handler)
}

/// A write that is about one thing.
fn step<H, M>(handler: H) -> MethodRouter<Arc<Api>>
where
    H: Handler<
            (M, axum::extract::State<Arc<Api>>, axum::extract::Path<String>, VerifiedWrite),
            Arc<Api>,
        >,
    M: 'static,
{
    post(handler)
}

fn sweeping() -> MethodRouter<Arc<Api>> {
    step(merchant_accounts::sweep).get(merchant_accounts::sweeping).delete(merchant_accounts::sweep)
}

/// What operators see and decide.
fn desk(routes: Routes) -> Routes {
    let pause = get(operators::show_pause).put(operators::pause).delete(operators::resume);
    routes
        .route(route::OPERATOR_PAYOUTS, get(operators::list))
        .route(route::OPERATOR_PAYOUT, get(operators::show))
        .route(route::OPERATOR_CANCEL, post(operators::cancel))
        .route(route::OPERATOR_RELEASE, post(operators::release))
        .route(route::OPERATOR_RESOLVE, post(operators::resolve))
        .route(route::OPERATOR_PAUSE, pause)
        .route(route::OPERATOR_DEAD_LETTERS, get(operators::list_dead_letters))
        .route(route::OPERATOR_REPLAY, post(operators::replay))
        .route(route::OPERATOR_CLIENTS, get(operators::list_clients).post(operators::add_client))
        .route(route::OPERATOR_CLIENT, post(operators::change_client))
        .route(route::OPERATOR_CLIENT_SECRET, post(operators::rotate_secret))
        .route(route::OPERATOR_CLIENT_REVOKE, post(operators::revoke_client))
}

fn controls(routes: Routes) -> Routes {
    routes
        .route(route::SANDBOX_DEPOSITS, post(sandbox::deposit))
        .route(
            route::SANDBOX_FAULTS,
            post(sandbox::fail_next)
                .put(sandbox::set_faults)
                .get(sandbox::faults)
                .delete(sandbox::clear_faults),
        )
        .route(route::SANDBOX_RETURNS, post(sandbox::return_payout))
        .route(route::SANDBOX_LOGINS, post(sandbox::log_in))
        .route(&format!("{}/{{id}}", route::SANDBOX_BANKS), get(sandbox::bank_page))
        .route(route::SANDBOX_DELAYS, post(sandbox::set_delays))
        .route(route::SANDBOX_LIFETIMES, post(sandbox::set_lifetimes))
        .route(route::SANDBOX_WEBHOOK, post(sandbox::point_webhooks))
        .route(route::SANDBOX_CLOCK, get(sandbox::clock).post(sandbox::advance))
}
