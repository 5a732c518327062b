//! Who has paid in, from where, into what.

use std::collections::BTreeMap;

use payout_domain::{
    AccountIdentity, Currency, MerchantAccountId, Payment, PaymentSource, PaymentSourceId,
    Timestamp, UserId,
};

/// The payment sources: one for each user, account and currency.
#[derive(Default)]
pub(in crate::bank) struct PaymentSources {
    // Also those whose first payment has not settled.
    names: BTreeMap<(UserId, Currency, AccountIdentity), PaymentSourceId>,
    settled: BTreeMap<PaymentSourceId, PaymentSource>,
    // When a source first reached a merchant account, in that order.
    listed: BTreeMap<(MerchantAccountId, UserId), Vec<(Timestamp, PaymentSourceId)>>,
}

impl PaymentSources {
    /// The name of a source that has paid, or is about to.
    pub(in crate::bank) fn named(
        &self,
        user_id: &UserId,
        currency: Currency,
        account: AccountIdentity,
    ) -> Option<PaymentSourceId> {
        self.names.get(&(user_id.clone(), currency, account)).copied()
    }

    /// A source from which a payment has settled.
    pub(in crate::bank) fn find(&self, id: PaymentSourceId) -> Option<&PaymentSource> {
        self.settled.get(&id)
    }

    /// The sources from which a payment of a user had settled on a merchant account at `horizon`, in
    /// the order in which they first did.
    pub(in crate::bank) fn listed(
        &self,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
        horizon: Timestamp,
    ) -> impl Iterator<Item = &PaymentSource> {
        let listed = self.listed.get(&(merchant_account_id, user_id.clone()));
        listed
            .into_iter()
            .flatten()
            .filter(move |(since, _)| *since <= horizon)
            .filter_map(|(_, id)| self.find(*id))
    }

    /// Gives a source its name; the first one lasts.
    pub(super) fn name(
        &mut self,
        user_id: &UserId,
        currency: Currency,
        account: AccountIdentity,
        id: PaymentSourceId,
    ) {
        self.names.entry((user_id.clone(), currency, account)).or_insert(id);
    }

    /// Learns from a payment that has settled.
    pub(super) fn learn(&mut self, payment: &Payment, at: Timestamp) {
        let shown = PaymentSource::of_payment(payment);
        let known = self.settled.get(&shown.id());
        let is_new = known.is_none_or(|known| known.proof(payment.merchant_account_id).is_none());
        let known = self.settled.entry(shown.id()).or_insert_with(|| shown.clone());
        // One name is of one user, account and currency, so nothing can contradict.
        let _ = known.merge(&shown);
        if is_new {
            let key = (payment.merchant_account_id, payment.user_id.clone());
            self.listed.entry(key).or_default().push((at, payment.payment_source_id));
        }
    }
}
