//! An account that has paid in.

use std::collections::BTreeMap;
use std::fmt;

use crate::{
    AccountIdentifier, Currency, MerchantAccountId, Payment, PaymentId, PaymentSourceId, Timestamp,
    UserId,
};

/// An account from which a settled payment of a user came.
///
/// It can only be made from a [`Payment`], or from what the provider lists as having paid into a
/// merchant account, so to hold one is to hold its proofs: for every merchant account that it has
/// paid into, what showed it.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentSource {
    id: PaymentSourceId,
    user_id: UserId,
    currency: Currency,
    account_holder_name: Option<String>,
    account_identifiers: Vec<AccountIdentifier>,
    // Invariant: not empty.
    proofs: BTreeMap<MerchantAccountId, Proof>,
}

/// What shows that a payment source has paid into a merchant account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// This settled payment.
    Payment(PaymentId),
    /// The provider listed the source for that merchant account when we asked at this time.
    Listed(Timestamp),
}

/// Two facts about one payment source contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentSourceConflict {
    /// The fact names another source.
    #[error("the facts are of two payment sources")]
    OtherSource,
    /// The source belongs to another user.
    #[error("the payment source belongs to another user")]
    OtherUser,
    /// The source holds another currency.
    #[error("the payment source holds another currency")]
    OtherCurrency,
}

impl PaymentSource {
    /// The source that a settled payment came from.
    pub fn of_payment(payment: &Payment) -> Self {
        Self {
            id: payment.payment_source_id,
            user_id: payment.user_id.clone(),
            currency: payment.amount.currency(),
            account_holder_name: payment.account_holder_name.clone(),
            account_identifiers: payment.account_identifiers.clone(),
            proofs: [(payment.merchant_account_id, Proof::Payment(payment.id))].into(),
        }
    }

    /// A source as the provider lists it for a user and a merchant account of `currency`.
    pub fn listed(
        id: PaymentSourceId,
        user_id: UserId,
        (merchant_account_id, currency): (MerchantAccountId, Currency),
        account: (Option<String>, Vec<AccountIdentifier>),
        at: Timestamp,
    ) -> Self {
        let (account_holder_name, account_identifiers) = account;
        let proofs = [(merchant_account_id, Proof::Listed(at))].into();
        Self { id, user_id, currency, account_holder_name, account_identifiers, proofs }
    }

    /// A source as a store kept it; `None` if it kept no proof, because then it is none.
    pub fn restore(
        id: PaymentSourceId,
        user_id: UserId,
        currency: Currency,
        account: (Option<String>, Vec<AccountIdentifier>),
        proofs: impl IntoIterator<Item = (MerchantAccountId, Proof)>,
    ) -> Option<Self> {
        let (account_holder_name, account_identifiers) = account;
        let proofs: BTreeMap<_, _> = proofs.into_iter().collect();
        (!proofs.is_empty()).then_some(Self {
            id,
            user_id,
            currency,
            account_holder_name,
            account_identifiers,
            proofs,
        })
    }

    /// Adds what another fact says of the same source. A payment is the better proof, the first one
    /// the lasting one; identifiers and names once known are kept.
    pub fn merge(&mut self, other: &Self) -> Result<(), PaymentSourceConflict> {
        if self.id != other.id {
            return Err(PaymentSourceConflict::OtherSource);
        }
        if self.user_id != other.user_id {
            return Err(PaymentSourceConflict::OtherUser);
        }
        if self.currency != other.currency {
            return Err(PaymentSourceConflict::OtherCurrency);
        }
        for (merchant_account_id, proof) in &other.proofs {
            let known = self.proofs.entry(*merchant_account_id).or_insert(*proof);
            if matches!((&*known, proof), (Proof::Listed(_), Proof::Payment(_))) {
                *known = *proof;
            }
        }
        for identifier in &other.account_identifiers {
            if !self.account_identifiers.contains(identifier) {
                self.account_identifiers.push(identifier.clone());
            }
        }
        if self.account_holder_name.is_none() {
            self.account_holder_name.clone_from(&other.account_holder_name);
        }
        Ok(())
    }

    /// The provider's name for it.
    pub fn id(&self) -> PaymentSourceId {
        self.id
    }

    /// Who paid from it.
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The currency that it paid in, which is the one that it can be paid in.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Whose account it is, if the provider said so.
    pub fn account_holder_name(&self) -> Option<&str> {
        self.account_holder_name.as_deref()
    }

    /// How schemes find the account; empty if the provider did not say.
    pub fn account_identifiers(&self) -> &[AccountIdentifier] {
        &self.account_identifiers
    }

    /// What shows that it has paid into this merchant account; `None` if nothing does.
    pub fn proof(&self, merchant_account_id: MerchantAccountId) -> Option<Proof> {
        self.proofs.get(&merchant_account_id).copied()
    }

    /// Every merchant account that it has paid into, with what shows it.
    pub fn proofs(&self) -> impl Iterator<Item = (MerchantAccountId, Proof)> {
        self.proofs.iter().map(|(id, proof)| (*id, *proof))
    }
}

impl fmt::Debug for PaymentSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentSource")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("currency", &self.currency)
            .field("account_identifiers", &self.account_identifiers)
            .field("proofs", &self.proofs)
            .finish_non_exhaustive()
    }
}
