//! Payments, payment sources and merchant accounts.

use std::collections::{BTreeMap, BTreeSet};

use payout_domain::{
    ClientId, MerchantAccount, MerchantAccountId, Payment, PaymentId, PaymentSource,
    PaymentSourceId, UserId,
};
use payout_ports::{RecordedPayment, RepositoryError};

/// All that was paid in.
#[derive(Clone, Default)]
pub(super) struct PaymentTable {
    payments: BTreeMap<(ClientId, PaymentId), Payment>,
    sources: BTreeMap<(ClientId, PaymentSourceId), PaymentSource>,
    of_users: BTreeMap<(ClientId, UserId), BTreeSet<PaymentSourceId>>,
    merchant_accounts: BTreeMap<MerchantAccountId, MerchantAccount>,
}

/// The provider says another currency than before.
#[derive(Debug, thiserror::Error)]
#[error("merchant account {0} has changed its currency")]
struct CurrencyChanged(MerchantAccountId);

impl PaymentTable {
    pub(super) fn record_payment(
        &mut self,
        client_id: &ClientId,
        payment: &Payment,
    ) -> RecordedPayment {
        if let Some(known) = self.payment(client_id, payment.id) {
            return if is_same(known, payment) {
                RecordedPayment::Known
            } else {
                RecordedPayment::Contradicts
            };
        }
        if self.record_source(client_id, &PaymentSource::of_payment(payment))
            == RecordedPayment::Contradicts
        {
            return RecordedPayment::Contradicts;
        }
        self.payments.insert((client_id.clone(), payment.id), payment.clone());
        RecordedPayment::Fresh
    }

    pub(super) fn record_source(
        &mut self,
        client_id: &ClientId,
        source: &PaymentSource,
    ) -> RecordedPayment {
        let known = self.source(client_id, source.id());
        let mut merged = known.unwrap_or(source).clone();
        if merged.merge(source).is_err() {
            return RecordedPayment::Contradicts;
        }
        if known == Some(&merged) {
            return RecordedPayment::Known;
        }
        let user = (client_id.clone(), source.user_id().clone());
        self.of_users.entry(user).or_default().insert(source.id());
        self.sources.insert((client_id.clone(), source.id()), merged);
        RecordedPayment::Fresh
    }

    pub(super) fn payment(&self, client_id: &ClientId, id: PaymentId) -> Option<&Payment> {
        self.payments.get(&(client_id.clone(), id))
    }

    pub(super) fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Option<&PaymentSource> {
        self.sources.get(&(client_id.clone(), id))
    }

    pub(super) fn sources_of(
        &self,
        client_id: &ClientId,
        user_id: &UserId,
        merchant_account_id: MerchantAccountId,
    ) -> Vec<PaymentSource> {
        let ids = self.of_users.get(&(client_id.clone(), user_id.clone()));
        let sources = ids.into_iter().flatten().filter_map(|id| self.source(client_id, *id));
        sources.filter(|source| source.proof(merchant_account_id).is_some()).cloned().collect()
    }

    pub(super) fn remember_merchant_accounts(
        &mut self,
        accounts: &[MerchantAccount],
    ) -> Result<(), RepositoryError> {
        let mut news = BTreeMap::new();
        for account in accounts {
            let known = news.get(&account.id).or_else(|| self.merchant_accounts.get(&account.id));
            if known.is_some_and(|known| known.currency != account.currency) {
                return Err(RepositoryError::Corrupt(CurrencyChanged(account.id).into()));
            }
            news.insert(account.id, account.clone());
        }
        self.merchant_accounts.append(&mut news);
        Ok(())
    }

    pub(super) fn merchant_account(&self, id: MerchantAccountId) -> Option<&MerchantAccount> {
        self.merchant_accounts.get(&id)
    }
}

/// Whether two tellings of a payment agree on who paid how much, whence and whither.
fn is_same(known: &Payment, told: &Payment) -> bool {
    known.user_id == told.user_id
        && known.payment_source_id == told.payment_source_id
        && known.merchant_account_id == told.merchant_account_id
        && known.amount == told.amount
}
