//! A payout and its life.

mod evidence;
mod failure_reason;
mod operator;
mod send_rule;
mod state;
mod transition;

use std::fmt;

use crate::{
    AccountIdentifier, ClientId, GatewayPayoutId, IdempotencyKey, Money, PayoutId, PayoutOrder,
    PayoutRequest, Proof, Scheme, Timestamp, TransactionId,
};

pub use evidence::{Evidence, ParseEvidenceError, ProviderStatus};
pub use failure_reason::FailureReason;
pub use operator::{OperatorName, OperatorNameError, Resolution};
pub use send_rule::{CannotSend, SendRule, TokenLife};
pub use state::{ParkReason, ParseStateError, PayoutState, Status};
pub use transition::Applied;

/// Money on its way from a merchant account back to a user, and all that is known of it.
///
/// What a caller may see of its state is [`PayoutState::status`]; how it got there is the business of
/// [`Payout::apply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    id: PayoutId,
    client_id: ClientId,
    idempotency_key: IdempotencyKey,
    request: PayoutRequest,
    created_at: Timestamp,
    progress: Progress,
}

/// The part of a payout that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: PayoutState,
    /// How many facts have been recorded of it; the first is its acceptance.
    pub version: u32,
    /// How many transmissions have begun.
    pub attempts: u32,
    /// The provider's time when the token of the first transmission was issued: not later than the
    /// time at which the provider first saw the payout's key.
    pub first_sent_at: Option<Timestamp>,
    /// The provider's name for it.
    pub gateway_payout_id: Option<GatewayPayoutId>,
    /// The scheme that the provider says it used.
    pub scheme: Option<Scheme>,
    /// When the provider sent it to the scheme, by the provider's clock.
    pub authorized_at: Option<Timestamp>,
    /// When the provider executed it, by the provider's clock; kept when the money comes back.
    pub executed_at: Option<Timestamp>,
    /// When it failed or came back, by the clock of whoever found out.
    pub failed_at: Option<Timestamp>,
    /// The movement on the merchant account that brought the money back.
    pub returned_by: Option<TransactionId>,
    /// Who has proposed to resolve it as never submitted. Any news of the payout ends a proposal.
    pub proposed_by: Option<OperatorName>,
}

/// A payout as a store kept it.
#[derive(Clone)]
pub struct PayoutRecord {
    /// Its name.
    pub id: PayoutId,
    /// Whose it is.
    pub client_id: ClientId,
    /// The caller's name for the intention.
    pub idempotency_key: IdempotencyKey,
    /// What was asked for.
    pub order: PayoutOrder,
    /// What showed that the account had paid in.
    pub proof: Proof,
    /// The scheme that was found when it was accepted.
    pub scheme: Option<Scheme>,
    /// Whose account is paid.
    pub account_holder_name: Option<String>,
    /// How schemes find the account.
    pub account_identifiers: Vec<AccountIdentifier>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// The part that changes.
    pub progress: Progress,
}

/// A stored payout that cannot be: the store was changed by something else than this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored payout contradicts itself: {0}")]
pub struct InvalidRecord(&'static str);

impl fmt::Debug for PayoutRecord {
    /// Leaves out whose account it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayoutRecord")
            .field("id", &self.id)
            .field("client_id", &self.client_id)
            .field("idempotency_key", &self.idempotency_key)
            .field("order", &self.order)
            .field("proof", &self.proof)
            .field("scheme", &self.scheme)
            .field("account_identifiers", &self.account_identifiers)
            .field("created_at", &self.created_at)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

impl Payout {
    /// Accepts a request: from now on it is somebody's payout and is never lost.
    pub fn accept(
        id: PayoutId,
        client_id: ClientId,
        idempotency_key: IdempotencyKey,
        request: PayoutRequest,
        at: Timestamp,
    ) -> Self {
        let progress = Progress {
            state: PayoutState::Accepted,
            version: 1,
            attempts: 0,
            first_sent_at: None,
            gateway_payout_id: None,
            scheme: None,
            authorized_at: None,
            executed_at: None,
            failed_at: None,
            returned_by: None,
            proposed_by: None,
        };
        Self { id, client_id, idempotency_key, request, created_at: at, progress }
    }

    /// Takes back what a store kept. It checks what must hold of every payout, not the rules for
    /// new ones: today's rules did not bind yesterday.
    pub fn restore(record: PayoutRecord) -> Result<Self, InvalidRecord> {
        check(&record.progress)?;
        let account = (record.account_holder_name, record.account_identifiers);
        Ok(Self {
            id: record.id,
            client_id: record.client_id,
            idempotency_key: record.idempotency_key,
            request: PayoutRequest::restore(record.order, record.proof, record.scheme, account),
            created_at: record.created_at,
            progress: record.progress,
        })
    }

    /// Its name.
    pub fn id(&self) -> PayoutId {
        self.id
    }

    /// Whose it is.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The caller's name for the intention.
    pub fn idempotency_key(&self) -> &IdempotencyKey {
        &self.idempotency_key
    }

    /// What was accepted.
    pub fn request(&self) -> &PayoutRequest {
        &self.request
    }

    /// How much.
    pub fn amount(&self) -> Money {
        self.request.amount()
    }

    /// When it was accepted, by our clock.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Where it stands.
    pub fn state(&self) -> &PayoutState {
        &self.progress.state
    }

    /// How many facts have been recorded of it.
    pub fn version(&self) -> u32 {
        self.progress.version
    }

    /// All that has changed since it was accepted.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The provider's name for it, once known.
    pub fn gateway_payout_id(&self) -> Option<GatewayPayoutId> {
        self.progress.gateway_payout_id
    }

    /// The scheme: the provider's word if there is one, else what was found at acceptance.
    pub fn scheme(&self) -> Option<Scheme> {
        self.progress.scheme.or(self.request.scheme())
    }
}

fn check(progress: &Progress) -> Result<(), InvalidRecord> {
    let sent = progress.attempts > 0 && progress.first_sent_at.is_some();
    let holds = match &progress.state {
        PayoutState::Accepted | PayoutState::Parked(_) => true,
        PayoutState::Sending { .. } | PayoutState::Unknown => sent,
        PayoutState::Submitted { .. } => progress.gateway_payout_id.is_some(),
        PayoutState::Executed => progress.executed_at.is_some(),
        PayoutState::Failed(_) | PayoutState::Returned => progress.failed_at.is_some(),
    };
    if progress.version == 0 {
        return Err(InvalidRecord("its version is 0"));
    }
    if holds { Ok(()) } else { Err(InvalidRecord("its state lacks the facts that led to it")) }
}
