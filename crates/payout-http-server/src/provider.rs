//! What a provider does beside closed-loop payouts, where there is one that does it.

use payout_service::{
    ClientWrite, ProviderRefused, ServiceError, TakePayment, TransferMoney, chain,
};
use payout_wire::problem::ProblemKind;

use crate::Api;
use crate::fault::Fault;
use crate::verified_write::VerifiedWrite;

/// What a provider does beside closed-loop payouts. Only a sandbox plays one.
pub struct Provider {
    /// Lets users pay in.
    pub take_payment: TakePayment,
    /// Refunds payments, and pays out to any account.
    pub transfer_money: TransferMoney,
    /// Where this server is reached, such as `http://127.0.0.1:8080`: the pages of the banks are there.
    pub base_url: String,
}

/// What somebody does who wanted this service to take a payment.
pub(crate) const PAYMENTS_ELSEWHERE: &str = "This service sends closed-loop payouts and takes no payments. Send this request to the provider \
     itself, with your own credentials there; this service learns of the payment by the provider's \
     webhook once it has settled.";

/// What somebody does who wanted this service to refund a payment.
pub(crate) const REFUNDS_ELSEWHERE: &str = "This service sends closed-loop payouts and keeps no refunds. Send this request to the provider \
     itself, with your own credentials there, or pay the user back with a closed-loop payout.";

/// What somebody does who wanted a merchant account swept.
pub(crate) const SWEEPING_ELSEWHERE: &str = "Sweeping is not kept here. Set it up at the provider itself, with your own credentials there; a \
     sandbox has none.";

/// The provider of a sandbox, or what to do where there is none.
pub(crate) fn provider<'a>(api: &'a Api, elsewhere: &str) -> Result<&'a Provider, Fault> {
    let provider = api.sandbox.as_ref().map(|sandbox| &sandbox.provider);
    provider.ok_or_else(|| not_here(elsewhere))
}

/// Another server does this.
pub(crate) fn not_here(elsewhere: &str) -> Fault {
    Fault::new(ProblemKind::MethodNotAllowed, elsewhere)
}

/// A write as the provider knows it again.
pub(crate) fn client_write(api: &Api, write: &VerifiedWrite) -> ClientWrite {
    ClientWrite {
        client_id: write.client_id().clone(),
        key: write.key().clone(),
        fingerprint: write.fingerprint(),
        key_window: api.request_payout().key_window,
    }
}

impl From<ProviderRefused> for Fault {
    fn from(refused: ProviderRefused) -> Self {
        let sentence = refused.to_string();
        let at = |field| Self::of(ProblemKind::InvalidParameters).at(field, sentence.clone());
        match refused {
            ProviderRefused::NoSuchPayment => Self::not_found("Payment could not be found."),
            ProviderRefused::KeyReused => Self::of(ProblemKind::IdempotencyKeyReuse),
            ProviderRefused::Order(refusal) => payout_domain::Refusals::from(refusal).into(),
            ProviderRefused::AboveSandboxLimit { .. }
            | ProviderRefused::TooMuch
            | ProviderRefused::Refund(_) => at("amount_in_minor"),
            ProviderRefused::NoBank(_) => at("currency"),
            ProviderRefused::Step(refused) => step_fault(refused),
            ProviderRefused::NotRefundable { .. } => {
                Self::new(ProblemKind::InvalidState, format!("It cannot be done: {sentence}."))
            }
            ProviderRefused::Unavailable(error) => {
                tracing::warn!(cause = chain(&error), "the bank of the sandbox failed");
                ServiceError::from(error).into()
            }
        }
    }
}

fn step_fault(refused: payout_domain::PayInRefused) -> Fault {
    use payout_domain::PayInRefused as Refused;
    let at = |field| Fault::of(ProblemKind::InvalidParameters).at(field, refused.to_string());
    match refused {
        Refused::Status { .. } | Refused::NotNext => {
            Fault::new(ProblemKind::InvalidState, format!("It cannot be done: {refused}."))
        }
        Refused::ProviderNotOffered => at("provider_id"),
        Refused::NoWayToBank => at("redirect"),
        Refused::NoProviderSelection => at("provider_selection"),
    }
}
