//! The bank's other side: its users, their banks, and whoever plans their failures.

use async_trait::async_trait;
use payout_domain::{
    AccountIdentifier, Currency, CurrencyAccountMismatch, FailureReason, GatewayPayoutId,
    MerchantAccountId, PaymentId, PaymentSourceId, TransactionId, UserId,
};
use payout_ports::{
    BankEvent, Deposit, DepositOrder, DepositRefused, RepositoryError, SandboxBank, SandboxDelays,
};

use super::book::Book;
use super::configuration::identifiers_for;
use super::journal::BankOperation;
use super::{Bank, derived_account};

#[async_trait]
impl SandboxBank for Bank {
    async fn deposit(&self, order: &DepositOrder) -> Result<Deposit, DepositRefused> {
        let mut book = self.book();
        let currency = order.amount.currency();
        if order.amount.is_zero() {
            return Err(DepositRefused::AmountZero);
        }
        let merchant_account_id = merchant_account(&book, order.merchant_account_id, currency)?;
        let account = paying_account(order, currency)?;
        if !book.has_room(merchant_account_id, order.amount) {
            return Err(DepositRefused::TooMuch);
        }
        let known = book.sources().named(&order.user_id, currency, account.account());
        let deposit = Deposit {
            payment_id: PaymentId::from_uuid(self.ids.next()),
            payment_source_id: known.unwrap_or_else(|| PaymentSourceId::from_uuid(self.ids.next())),
            merchant_account_id,
            settles_at: book.now().plus(book.delays().settlement),
        };
        let holder = order.account_holder_name.clone();
        let operation = BankOperation::Deposit {
            at: book.now(),
            payment_id: deposit.payment_id,
            transaction_id: TransactionId::from_uuid(self.ids.next()),
            payment_source_id: deposit.payment_source_id,
            user_id: order.user_id.clone(),
            merchant_account_id,
            amount: order.amount,
            account_holder_name: holder.unwrap_or_else(|| name_of(&order.user_id)),
            account_identifiers: identifiers_for(account, currency),
            settles_at: deposit.settles_at,
        };
        self.write_down(&mut book, operation).map_err(DepositRefused::Unavailable)?;
        Ok(deposit)
    }

    async fn fail_next(&self, reason: FailureReason) -> Result<(), RepositoryError> {
        let mut book = self.book();
        let at = book.now();
        self.write_down(&mut book, BankOperation::FailNext { at, reason })
    }

    async fn return_payout(&self, id: GatewayPayoutId) -> Result<bool, RepositoryError> {
        let mut book = self.book();
        if !book.can_come_back(id) {
            return Ok(false);
        }
        let operation = BankOperation::Return {
            at: book.now(),
            gateway_payout_id: id,
            return_transaction_id: TransactionId::from_uuid(self.ids.next()),
        };
        self.write_down(&mut book, operation)?;
        Ok(true)
    }

    async fn set_delays(&self, delays: SandboxDelays) -> Result<(), RepositoryError> {
        let mut book = self.book();
        let at = book.now();
        self.write_down(&mut book, BankOperation::SetDelays { at, delays })
    }

    async fn take_events(&self) -> Vec<BankEvent> {
        self.book().take_events()
    }
}

impl Bank {
    fn write_down(&self, book: &mut Book, operation: BankOperation) -> Result<(), RepositoryError> {
        self.carry_out(book, operation).map_err(RepositoryError::Unavailable)
    }
}

/// The merchant account that was asked for, or the first one of the currency.
fn merchant_account(
    book: &Book,
    asked: Option<MerchantAccountId>,
    currency: Currency,
) -> Result<MerchantAccountId, DepositRefused> {
    let Some(id) = asked else {
        let first = book.merchant_accounts().find(|account| account.currency == currency);
        return first.map(|account| account.id).ok_or(DepositRefused::NoMerchantAccount(currency));
    };
    let account = book.merchant_account(id).ok_or(DepositRefused::UnknownMerchantAccount)?;
    if account.currency == currency {
        Ok(id)
    } else {
        Err(DepositRefused::MerchantAccountCurrency { held: account.currency })
    }
}

/// The account that was named, if it carries the currency, or the user's usual one.
fn paying_account(
    order: &DepositOrder,
    currency: Currency,
) -> Result<AccountIdentifier, CurrencyAccountMismatch> {
    match &order.account {
        Some(account) => account.scheme_for(currency).map(|_| account.clone()),
        None => derived_account::of_user(&order.user_id, currency),
    }
}

/// What the user's bank calls the user of whom nothing else is known.
pub(super) fn name_of(user_id: &UserId) -> String {
    format!("{} EXAMPLE", user_id.as_str().to_ascii_uppercase())
}
