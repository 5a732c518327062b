//! The parts of a server that are the same in both.

use std::sync::Arc;
use std::time::Duration;

use payout_http_client::WebhookNotifier;
use payout_http_server::{Api, ClientDesk, ClientDirectory, Limits, Operators, Tokens};
use payout_ports::Clock;
use payout_service::{DispatchPayouts, ManageClients};
use payout_signature::{Jwks, SigningKey, Verifier};

use super::{Database, Home, ServerPlan, StoreReadiness};
use crate::audit::AuditFiles;
use crate::failure::{Failure, chain};
use crate::id_generator;
use crate::known_clients::KnownClients;
use crate::wiring::{Adapters, UseCases};

/// For how long a stopping server waits for transmissions that are on their way. What takes longer is
/// sent again under its key after the next start.
const DRAIN: Duration = Duration::from_secs(25);

/// The API over these use cases, without inbound webhooks and sandbox controls.
pub(crate) fn api(
    use_cases: &UseCases,
    adapters: &Adapters,
    home: &Home,
    (clients, client_desk): (ClientDirectory, Option<ClientDesk>),
    webhook_key: &SigningKey,
) -> Result<Api, Failure> {
    let clock = Arc::clone(&adapters.clock);
    Ok(Api {
        request_payout: use_cases.request_payout.clone(),
        show_payout: use_cases.show_payout.clone(),
        list_payouts: use_cases.list_payouts.clone(),
        show_history: use_cases.show_history.clone(),
        show_payment: use_cases.show_payment.clone(),
        list_merchant_accounts: use_cases.list_merchant_accounts.clone(),
        list_transactions: use_cases.list_transactions.clone(),
        list_payment_sources: use_cases.list_payment_sources.clone(),
        clients,
        verifier: Verifier::LIBRARY,
        tokens: Tokens {
            keys: home.token_keys()?,
            issuer: "payout".to_owned(),
            audience: "payments_api".to_owned(),
            life: Duration::from_hours(1),
        },
        clock: Arc::new(move || clock.now()),
        trace_ids: Arc::new(|| id_generator::random().simple().to_string()),
        webhooks: None,
        own_keys: Jwks::render(&[webhook_key.verifying_key()]),
        operators: Some(operators(use_cases, home, client_desk)?),
        sandbox: None,
        audit: Some(Arc::new(AuditFiles::open(home.directory())?)),
        limits: Limits::default(),
        ready: Arc::new(StoreReadiness { payouts: Arc::clone(&adapters.stores.payouts) }),
    })
}

/// What people look after payouts with.
fn operators(
    use_cases: &UseCases,
    home: &Home,
    client_desk: Option<ClientDesk>,
) -> Result<Operators, Failure> {
    let wired = &use_cases.operators;
    Ok(Operators {
        directory: Arc::new(home.operators()?),
        list_standing: wired.list_standing.clone(),
        decide_payout: wired.decide_payout.clone(),
        resolve_payout: wired.resolve_payout.clone(),
        pause_sending: wired.pause_sending.clone(),
        replay_notifications: wired.replay_notifications.clone(),
        client_desk,
    })
}

/// What operators register clients with.
pub(crate) fn client_desk(
    known: &Arc<KnownClients>,
    use_cases: &UseCases,
    adapters: &Adapters,
    notifier: Arc<WebhookNotifier>,
) -> ClientDesk {
    ClientDesk {
        manage: ManageClients {
            register: Arc::<KnownClients>::clone(known),
            clock: Arc::clone(&adapters.clock),
            guard: use_cases.guard_store.clone(),
            configured: known.configured().clone(),
        },
        new_secret: Arc::new(id_generator::long_secret),
        check_webhook: Arc::new(move |url| {
            notifier.check_target(url).map_err(|error| chain(&error))
        }),
    }
}

/// Tells a client at its URL, signed; nobody if there is no URL.
pub(crate) fn notifier(
    plan: &ServerPlan,
    (key, jwks_url): (&Arc<SigningKey>, &str),
    clock: Arc<dyn Clock>,
) -> Result<Arc<WebhookNotifier>, Failure> {
    let named = plan.private_networks.clone();
    let notifier = WebhookNotifier::new(Arc::clone(key), jwks_url, named, clock)
        .map_err(|error| Failure::configuration(chain(&error)))?;
    notifier
        .set_target(plan.client_id.clone(), plan.webhook.as_deref())
        .map_err(|error| Failure::configuration(format!("--webhook: {}", chain(&error))))?;
    Ok(Arc::new(notifier))
}

/// Waits until the store can no longer be written, and says why; for ever if all is well.
pub(crate) async fn broken(store: Option<Database>) -> String {
    let Some(store) = store else { return std::future::pending().await };
    loop {
        if let Some(why) = store.stopped() {
            return why.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Waits for what is on its way, and closes the database.
pub(crate) async fn finish(
    dispatch: DispatchPayouts,
    store: Option<Database>,
) -> Result<(), Failure> {
    if tokio::time::timeout(DRAIN, dispatch.drain()).await.is_err() {
        tracing::warn!("some transmissions have no outcome yet: they are unknown, and asked again");
    }
    match store {
        Some(store) => store.close().await,
        None => Ok(()),
    }
}
