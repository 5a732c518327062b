//! A payment on its way in: what its user and the user's bank have done of it.

mod login;
mod step;

use std::fmt;

use crate::{
    ClientId, Currency, MerchantAccountId, Metadata, Money, PaymentId, ProviderId, Scheme,
    Timestamp, UserId,
};

pub use login::{Login, ParseLoginError};
pub use step::{FlowSupport, PayInRefused, PayInStep};

/// What a caller asks for: let this user pay in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayInOrder {
    /// Who is to pay.
    pub user_id: UserId,
    /// Where the money is to arrive.
    pub merchant_account_id: MerchantAccountId,
    /// How much.
    pub amount: Money,
    /// Which bank the user pays from.
    pub provider_selection: ProviderSelection,
    /// What the caller wants to find again.
    pub metadata: Metadata,
}

/// Which bank a user pays from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderSelection {
    /// The user chooses among these; among all that hold the currency if there are none.
    UserSelected(Vec<ProviderId>),
    /// The caller has chosen.
    Preselected(ProviderId),
}

/// A payment on its way in.
///
/// It opens no loop: only what has settled does, and that is a [`Payment`](crate::Payment). This is
/// what a provider knows of it before, and it moves by [`PayInStep`]s alone.
#[derive(Clone, PartialEq, Eq)]
pub struct PayIn {
    pub(crate) id: PaymentId,
    pub(crate) client_id: ClientId,
    pub(crate) order: PayInOrder,
    pub(crate) created_at: Timestamp,
    pub(crate) support: Option<FlowSupport>,
    pub(crate) provider_id: Option<ProviderId>,
    pub(crate) consented: bool,
    pub(crate) login: Option<Login>,
    pub(crate) state: PayInState,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayInState {
    /// Nobody has begun to authorise it.
    AuthorizationRequired,
    /// Its user is about to authorise it.
    Authorizing,
    /// Its user has authorised it.
    Authorized,
    /// The user's bank has executed it.
    Executed {
        /// When.
        at: Timestamp,
    },
    /// The money has arrived.
    Settled {
        /// When the user's bank executed it.
        executed_at: Timestamp,
        /// When it arrived.
        at: Timestamp,
    },
    /// No money will come.
    Failed {
        /// Since when that is known.
        at: Timestamp,
        /// How far it had come.
        stage: PayInStage,
        /// Why.
        reason: PayInFailure,
    },
}

/// How far a payment had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayInStage {
    /// Nobody had begun to authorise it.
    AuthorizationRequired,
    /// Its user was about to authorise it.
    Authorizing,
    /// Its user had authorised it.
    Authorized,
}

/// Why a payment failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayInFailure {
    /// The user did not get through the bank's authorisation.
    AuthorizationFailed,
    /// The user or the caller called it off.
    Canceled,
    /// The bank did not execute what its user had authorised.
    Rejected,
}

/// What is to be done next so that a payment is authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAction {
    /// The user chooses a bank.
    SelectProvider,
    /// The user agrees to what is about to happen.
    Consent,
    /// The user logs in at the bank's own page.
    Redirect,
    /// The user logs in through a form of the caller's.
    Form,
}

impl PayIn {
    /// A payment that nobody has begun to authorise.
    pub fn new(id: PaymentId, client_id: ClientId, order: PayInOrder, at: Timestamp) -> Self {
        let provider_id = match &order.provider_selection {
            ProviderSelection::UserSelected(_) => None,
            ProviderSelection::Preselected(provider) => Some(provider.clone()),
        };
        Self {
            id,
            client_id,
            order,
            created_at: at,
            support: None,
            provider_id,
            consented: false,
            login: None,
            state: PayInState::AuthorizationRequired,
        }
    }

    /// Its name.
    pub fn id(&self) -> PaymentId {
        self.id
    }

    /// Whose it is.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// What was asked for.
    pub fn order(&self) -> &PayInOrder {
        &self.order
    }

    /// When it was asked for.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Where it stands.
    pub fn state(&self) -> PayInState {
        self.state
    }

    /// What its caller can do while it is authorised; `None` if nobody has begun.
    pub fn support(&self) -> Option<&FlowSupport> {
        self.support.as_ref()
    }

    /// The bank that it comes from, once that is chosen.
    pub fn provider_id(&self) -> Option<&ProviderId> {
        self.provider_id.as_ref()
    }

    /// By which scheme it comes, once its bank is chosen.
    pub fn scheme(&self) -> Option<Scheme> {
        self.provider_id.as_ref().map(|_| scheme_of(self.order.amount.currency()))
    }

    /// What is to be done next, while it is authorised.
    pub fn next_action(&self) -> Option<NextAction> {
        let support = self.support.as_ref().filter(|_| self.state == PayInState::Authorizing)?;
        Some(if self.provider_id.is_none() {
            NextAction::SelectProvider
        } else if support.consent && !self.consented {
            NextAction::Consent
        } else {
            Self::login_action(support)
        })
    }

    /// Whether it may be paid back: refunds wait for the money, but not for its user.
    pub fn may_be_refunded(&self) -> bool {
        match self.state {
            PayInState::Authorized | PayInState::Executed { .. } | PayInState::Settled { .. } => {
                true
            }
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Failed { .. } => false,
        }
    }

    /// How the user reaches the bank, once all else is done.
    fn login_action(support: &FlowSupport) -> NextAction {
        if support.return_uri.is_some() { NextAction::Redirect } else { NextAction::Form }
    }
}

impl PayInState {
    /// The provider's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationRequired => "authorization_required",
            Self::Authorizing => "authorizing",
            Self::Authorized => "authorized",
            Self::Executed { .. } => "executed",
            Self::Settled { .. } => "settled",
            Self::Failed { .. } => "failed",
        }
    }
}

impl PayInStage {
    /// The provider's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationRequired => "authorization_required",
            Self::Authorizing => "authorizing",
            Self::Authorized => "authorized",
        }
    }
}

impl PayInFailure {
    /// The provider's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationFailed => "authorization_failed",
            Self::Canceled => "canceled",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for PayInStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for PayInFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PayIn {
    /// Shows neither the metadata nor where the user is sent back to.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayIn")
            .field("id", &self.id)
            .field("client_id", &self.client_id)
            .field("amount", &self.order.amount)
            .field("provider_id", &self.provider_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The instant scheme of each currency, by which banks pay in.
fn scheme_of(currency: Currency) -> Scheme {
    match currency {
        Currency::GBP => Scheme::FasterPaymentsService,
        Currency::EUR => Scheme::SepaCreditTransferInstant,
        Currency::PLN => Scheme::PolishDomesticExpress,
        Currency::NOK => Scheme::NorwegianDomesticCreditTransfer,
        Currency::SEK => Scheme::SwedishDomesticCreditTransfer,
        _ => Scheme::Unknown,
    }
}
