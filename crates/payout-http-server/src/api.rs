//! What the API is wired to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{ClientId, Timestamp};
use payout_service::{
    DecidePayout, ListMerchantAccounts, ListPaymentSources, ListPayouts, ListStanding,
    ListTransactions, ManageClients, PauseSending, ReceiveEvent, ReplayNotifications,
    RequestPayout, ResolvePayout, SandboxDelays, ShowHistory, ShowPayment, ShowPayout,
    SteerSandbox,
};
use payout_signature::Verifier;
use payout_signature::access_token::TokenKeys;
use payout_wire::sandbox::Lifetimes;

use crate::fault::Fault;
use crate::{
    AuditTrail, ClientDirectory, Faults, Limits, OperatorDirectory, Provider, WebhookKeys,
};

/// Tells the time.
pub type ApiClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Makes trace ids: 32 lower-case hexadecimal digits, never the same twice. Tokens are named by it
/// too.
pub type TraceIds = Arc<dyn Fn() -> String + Send + Sync>;

/// Lets our webhooks go to an address from now on, or says in a sentence what is wrong with it.
pub type PointWebhooks = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// Everything that the API needs.
pub struct Api {
    /// Accepts payouts.
    pub request_payout: RequestPayout,
    /// Shows a payout.
    pub show_payout: ShowPayout,
    /// Lists payouts.
    pub list_payouts: ListPayouts,
    /// Shows what happened to a payout.
    pub show_history: ShowHistory,
    /// Shows a payment.
    pub show_payment: ShowPayment,
    /// Lists merchant accounts.
    pub list_merchant_accounts: ListMerchantAccounts,
    /// Lists the movements on a merchant account.
    pub list_transactions: ListTransactions,
    /// Lists the accounts that a user has paid in from.
    pub list_payment_sources: ListPaymentSources,
    /// Who may call.
    pub clients: ClientDirectory,
    /// By what the signatures of writes are verified.
    pub verifier: Verifier,
    /// How tokens are made and known again.
    pub tokens: Tokens,
    /// What time it is; tokens live by it.
    pub clock: ApiClock,
    /// Names for requests.
    pub trace_ids: TraceIds,
    /// How events of the provider come in; `None` if nobody sends any.
    pub webhooks: Option<InboundWebhooks>,
    /// The key set at `/.well-known/jwks`: the keys that our own webhooks are signed with.
    pub own_keys: String,
    /// What people look after payouts with; `None` if nobody does, and then it does not exist.
    pub operators: Option<Operators>,
    /// The controls of a sandbox; `None` if this is none, and then they do not exist.
    pub sandbox: Option<Sandbox>,
    /// Remembers who did what; `None` if nobody needs to know.
    pub audit: Option<Arc<dyn AuditTrail>>,
    /// How much, how long and how many.
    pub limits: Limits,
    /// Whether requests can be served now.
    pub ready: Arc<dyn Readiness>,
}

/// How access tokens are made and known again.
#[derive(Debug)]
pub struct Tokens {
    /// The keys that sign and verify them.
    pub keys: TokenKeys,
    /// Who issues them, such as `payout`.
    pub issuer: String,
    /// Whom they are meant for: `payments_api`.
    pub audience: String,
    /// How long they live, unless a sandbox's lifetimes say otherwise. The provider's live for an hour.
    pub life: Duration,
}

/// How events of the provider come in, at `/webhooks`.
pub struct InboundWebhooks {
    /// Remembers an event.
    pub receive: ReceiveEvent,
    /// The keys that events are signed with.
    pub keys: Arc<dyn WebhookKeys>,
    /// One more segment of the path that only the provider knows, of letters, digits, `-`, `.`, `_`
    /// and `~`; `None` for `/webhooks` alone.
    pub path_secret: Option<String>,
    /// How old an event may be. It must outlast the sender's repetitions: the provider repeats for 72
    /// hours. What keeps an event from counting twice is its id, which is kept for ever.
    pub age_max: Duration,
}

/// What people look after payouts with.
pub struct Operators {
    /// Who may.
    pub directory: Arc<dyn OperatorDirectory>,
    /// Lists payouts by where they stand.
    pub list_standing: ListStanding,
    /// Calls payouts off, and lets them go on.
    pub decide_payout: DecidePayout,
    /// Takes a person's word for how a payout stands.
    pub resolve_payout: ResolvePayout,
    /// Stops all sending.
    pub pause_sending: PauseSending,
    /// Shows what was given up, and tells it once more.
    pub replay_notifications: ReplayNotifications,
    /// Says who may call; `None` if that cannot be changed, and then it does not exist.
    pub client_desk: Option<ClientDesk>,
}

/// What clients are registered with.
pub struct ClientDesk {
    /// Registers them.
    pub manage: ManageClients,
    /// Makes secrets: long random ones.
    pub new_secret: Arc<dyn Fn() -> String + Send + Sync>,
    /// Says in a sentence what is wrong with an address that a client wants to be told at.
    pub check_webhook: PointWebhooks,
}

/// The controls of a sandbox.
pub struct Sandbox {
    /// Plays the users and banks.
    pub steer: SteerSandbox,
    /// The client whose payouts banks send back.
    pub owner: ClientId,
    /// How long things take there now: what a caller does not change stays.
    pub delays: Mutex<SandboxDelays>,
    /// Says where our webhooks go from now on; `None` if that cannot be changed.
    pub point_webhooks: Option<PointWebhooks>,
    /// How long tokens live and keys are remembered, where that was changed since the start.
    pub lifetimes: Mutex<Lifetimes>,
    /// How it misbehaves.
    pub faults: Faults,
    /// What it does beside closed-loop payouts.
    pub provider: Provider,
}

impl Api {
    /// How long a token lives that is issued now.
    pub(crate) fn token_life(&self) -> Duration {
        self.lifetimes().token_life.unwrap_or(self.tokens.life)
    }

    /// The use case that accepts payouts, with what it remembers now.
    pub(crate) fn request_payout(&self) -> RequestPayout {
        let key_window = self.lifetimes().key_window.or(self.request_payout.key_window);
        RequestPayout { key_window, ..self.request_payout.clone() }
    }

    /// Refuses what is new while it could not be kept.
    pub(crate) fn check_intake(&self) -> Result<(), Fault> {
        self.ready.intake().map_err(|closed| Fault::closed(closed.reason))
    }

    fn lifetimes(&self) -> Lifetimes {
        // A copy of two spans is whole whoever panicked.
        let changed =
            |sandbox: &Sandbox| *sandbox.lifetimes.lock().unwrap_or_else(PoisonError::into_inner);
        self.sandbox.as_ref().map(changed).unwrap_or_default()
    }
}

/// Tells whether requests can be served now.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks everything that a request would need.
    async fn check(&self) -> Result<(), NotReady>;

    /// Whether something new can be taken on, which would have to be kept: by default always. It is
    /// asked for every request that brings something new, so it looks at what is known.
    fn intake(&self) -> Result<(), NotReady> {
        Ok(())
    }
}

/// Requests cannot be served now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotReady {
    /// What is missing, for whoever runs the server. It is shown to anybody who asks.
    pub reason: String,
}
