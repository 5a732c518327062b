//! A merchant account: its balances and its movements.

use std::collections::BTreeMap;

use payout_domain::{
    GatewayPayoutId, MerchantAccount, Money, MoneyError, PaymentId, Timestamp, TransferId,
};

/// A merchant account with everything that moved on it.
pub(super) struct Account {
    // Invariant: available is current less what is reserved.
    shown: MerchantAccount,
    // Opened with and ever paid in, also what has not settled yet. Payouts that come back bring no
    // more than that, so no balance exceeds it.
    in_ever: Money,
    movements: BTreeMap<Position, Movement>,
}

/// A place in time that nothing else has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) at: Timestamp,
    pub(super) sequence: u64,
}

/// Something that moved on an account.
#[derive(Clone, Copy)]
pub(super) enum Movement {
    /// A user paid in.
    Payment(PaymentId),
    /// We paid a user, or are about to.
    Payout(GatewayPayoutId),
    /// This payout came back.
    Return(GatewayPayoutId),
    /// We paid somebody outside the closed loop, or are about to.
    Transfer(TransferId),
}

impl Account {
    pub(super) fn new(merchant_account: MerchantAccount) -> Self {
        let in_ever = merchant_account.current_balance;
        Self { shown: merchant_account, in_ever, movements: BTreeMap::new() }
    }

    pub(super) fn merchant_account(&self) -> &MerchantAccount {
        &self.shown
    }

    pub(super) fn has_room(&self, amount: Money) -> bool {
        self.in_ever.checked_add(amount).is_ok()
    }

    /// Makes room for money that is to come.
    pub(super) fn expect(&mut self, amount: Money) -> Result<(), MoneyError> {
        self.in_ever = self.in_ever.checked_add(amount)?;
        Ok(())
    }

    /// Takes in money that was expected, or comes back.
    pub(super) fn credit(&mut self, amount: Money) {
        change(&mut self.shown.available_balance, |balance| balance.checked_add(amount));
        change(&mut self.shown.current_balance, |balance| balance.checked_add(amount));
    }

    /// Sets money aside; `false` if there is too little.
    pub(super) fn reserve(&mut self, amount: Money) -> bool {
        let rest = self.shown.available_balance.checked_sub(amount);
        if let Ok(rest) = rest {
            self.shown.available_balance = rest;
        }
        rest.is_ok()
    }

    /// Gives back what was set aside.
    pub(super) fn release(&mut self, amount: Money) {
        change(&mut self.shown.available_balance, |balance| balance.checked_add(amount));
    }

    /// Pays out what was set aside.
    pub(super) fn debit(&mut self, amount: Money) {
        change(&mut self.shown.current_balance, |balance| balance.checked_sub(amount));
    }

    pub(super) fn book(&mut self, position: Position, movement: Movement) {
        self.movements.insert(position, movement);
    }

    pub(super) fn unbook(&mut self, position: Position) {
        self.movements.remove(&position);
    }

    /// The movements from one place in time to before another.
    pub(super) fn movements(
        &self,
        from: Position,
        before: Position,
    ) -> impl Iterator<Item = (Position, Movement)> {
        // A range that ends before it begins is empty, and not a panic.
        let before = before.max(from);
        self.movements.range(from..before).map(|(position, movement)| (*position, *movement))
    }
}

/// Changes a balance. The invariants of [`Account`] keep every change within the range of [`Money`].
fn change(balance: &mut Money, change: impl Fn(Money) -> Result<Money, MoneyError>) {
    let changed = change(*balance);
    debug_assert!(changed.is_ok(), "a balance left its range: {changed:?}");
    *balance = changed.unwrap_or(*balance);
}
