//! Our way to a provider.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId, Money, Payment, PaymentId,
    PaymentSource, PayoutId, PayoutRequest, ProviderStatus, TokenLife, UserId,
};

use crate::{Cause, TransactionPage, TransactionQuery};

/// Moves money out of a merchant account, and knows what became of it.
///
/// # Laws
///
/// 1. *One key, one payout*: to submit an instruction again under its key, while the provider
///    remembers the key, gives the same id and moves no more money.
/// 2. *A key is not reused*: other bytes under a used key are [`SubmitOutcome::KeyReused`].
/// 3. *What was accepted is found*: under the id that was given, with the amount of the instruction.
/// 4. *Prepared once, the same for ever*: [`prepare`](Self::prepare) is a pure function of the payout
///    id and the request; what is submitted are its bytes, unchanged.
/// 5. *Doubt is said*: an outcome that is not certain is [`SubmitOutcome::Unknown`], never a
///    rejection.
/// 6. *Absence is no proof*: `None` from a look-up means "not found now", no more.
/// 7. *An expired token moves nothing*: a submission whose [`Authorisation`] has expired by the
///    provider's clock is [`SubmitOutcome::NotProcessed`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PayoutGateway: Send + Sync {
    /// Which account at which provider this is. A payout is only ever sent through the profile that
    /// it was prepared for.
    fn profile(&self) -> GatewayProfile;

    /// Writes down, once and for all, what will be sent for this payout.
    fn prepare(&self, payout_id: PayoutId, request: &PayoutRequest) -> Instruction;

    /// Gets leave to send: a token and its life by the provider's clock.
    async fn authorise(&self) -> Result<Authorisation, ReadError>;

    /// Sends the bytes once, with exactly that token. It retries nothing.
    async fn submit(
        &self,
        instruction: &Instruction,
        authorisation: &Authorisation,
    ) -> SubmitOutcome;

    /// Asks how a payout stands.
    async fn find_payout(&self, id: GatewayPayoutId) -> Result<Option<ReportedPayout>, ReadError>;

    /// Asks for a payment; `None` if there is none, or it has not settled.
    async fn find_payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError>;

    /// Asks which accounts a user has paid in from, into a merchant account; `None` if there is no
    /// such merchant account.
    async fn payment_sources(
        &self,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<Option<Vec<PaymentSource>>, ReadError>;

    /// Asks for all merchant accounts, with their balances.
    async fn merchant_accounts(&self) -> Result<Vec<MerchantAccount>, ReadError>;

    /// Asks for the movements on a merchant account; `None` if there is no such account. Only here can
    /// a cursor be unknown.
    async fn transactions(
        &self,
        merchant_account_id: MerchantAccountId,
        query: &TransactionQuery,
    ) -> Result<Option<TransactionPage>, ReadError>;
}

/// Which account at which provider: the namespace of its keys and ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GatewayProfile(Box<str>);

impl GatewayProfile {
    /// Names a profile by a text that changes whenever keys and ids would mean something else.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is sent for a payout: frozen when the payout is accepted, and never made again.
#[derive(Clone, PartialEq, Eq)]
pub struct Instruction {
    /// The payout.
    pub payout_id: PayoutId,
    /// The profile that it was prepared for.
    pub profile: GatewayProfile,
    /// The key under which the provider sees it: a pure function of the payout id, in which it ends.
    /// So no two payouts have the same, and stores hold it against the id.
    pub key: IdempotencyKey,
    /// The exact bytes.
    pub body: Arc<[u8]>,
}

impl fmt::Debug for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instruction")
            .field("payout_id", &self.payout_id)
            .field("profile", &self.profile)
            .field("key", &self.key)
            .field("body_len", &self.body.len())
            .finish()
    }
}

/// Leave to send until it expires.
#[derive(Clone, Debug)]
pub struct Authorisation {
    /// Its life, by the provider's clock.
    pub life: TokenLife,
    /// The token that is sent along.
    pub token: BearerToken,
}

/// A bearer token. It never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(Arc<str>);

impl BearerToken {
    /// Keeps a token.
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    /// Gives the token away, to be sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

/// What is known after a transmission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// The provider has the payout.
    Accepted(GatewayPayoutId),
    /// The provider refused it, and will not do it.
    Rejected {
        /// What it said.
        detail: String,
    },
    /// It did not reach the provider, or was turned away before anything happened. Send it again.
    NotProcessed {
        /// Why.
        detail: String,
        /// How long the provider asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The provider is still busy with an earlier transmission. Ask again soon.
    InProgress,
    /// The provider has seen the key with other bytes: two intentions share one key. Call somebody.
    KeyReused,
    /// Nobody knows: it may have been done. Ask again under the same key.
    Unknown {
        /// What was seen of it.
        detail: String,
    },
}

/// A payout as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedPayout {
    /// The provider's name for it.
    pub id: GatewayPayoutId,
    /// Our name for it, if the provider gives back what we attached.
    pub payout_id: Option<PayoutId>,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub status: ProviderStatus,
    /// What else the provider says of its past: the execution of one that came back.
    pub earlier: Option<ProviderStatus>,
}

/// What a caller of a look-up does next.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Ask again later.
    #[error("the provider is not available")]
    Unavailable(#[source] Cause),
    /// Check the credentials: the provider does not let us in.
    #[error("the provider refuses our credentials: {detail}")]
    Refused {
        /// What it said.
        detail: String,
    },
    /// Call somebody: the provider said something that we do not understand.
    #[error("the provider's answer cannot be read")]
    Unreadable(#[source] Cause),
    /// Begin the list anew: the cursor is not one that came with a page.
    #[error("the cursor is not one that came with a page")]
    UnknownCursor,
}
