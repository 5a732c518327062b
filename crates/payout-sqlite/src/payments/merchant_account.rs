//! Our accounts at the provider, as it last told them.

use payout_domain::{Currency, MerchantAccount, MerchantAccountId, Money};
use rusqlite::params;

use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use payout_domain::record_text as text;

pub(crate) const BY_ID: &str = "SELECT currency, account_identifiers, account_holder_name, \
     available_minor, current_minor FROM merchant_account WHERE id = ?1";

/// Remembers accounts; nothing of a list that changes a currency is believed.
pub(crate) fn remember(
    connection: &Connection,
    accounts: &[MerchantAccount],
) -> Result<(), Failure> {
    for account in accounts {
        let balances = [account.available_balance, account.current_balance];
        if balances.iter().any(|balance| balance.currency() != account.currency) {
            return Err(Failure::Contradiction("a balance is not in its account's currency"));
        }
        write(connection, account)?;
    }
    Ok(())
}

/// Finds an account.
pub(crate) fn find(
    connection: &Connection,
    id: MerchantAccountId,
) -> Result<Option<MerchantAccount>, Failure> {
    let mut statement = connection.prepare_cached(BY_ID)?;
    let mut rows = statement.query([id.as_uuid().into_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut cells = Cells::new(row);
    let currency: Currency = cells.parsed("currency")?;
    Ok(Some(MerchantAccount {
        id,
        currency,
        account_identifiers: cells.read_as("account_identifiers", text::identifiers_from)?,
        account_holder_name: cells.plain("account_holder_name")?,
        available_balance: balance(&mut cells, "available_minor", currency)?,
        current_balance: balance(&mut cells, "current_minor", currency)?,
    }))
}

fn balance(
    cells: &mut Cells<'_>,
    column: &'static str,
    currency: Currency,
) -> Result<Money, Failure> {
    let minor: i64 = cells.plain(column)?;
    let minor = u64::try_from(minor).map_err(|_| Failure::Unreadable(column))?;
    Money::from_minor(minor, currency).map_err(|_| Failure::Unreadable(column))
}

/// That the currency stays the same is left to the table: it refuses another one.
fn write(connection: &Connection, account: &MerchantAccount) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO merchant_account (id, currency, account_identifiers, account_holder_name, \
         available_minor, current_minor) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE \
         SET currency = excluded.currency, account_identifiers = excluded.account_identifiers, \
         account_holder_name = excluded.account_holder_name, \
         available_minor = excluded.available_minor, current_minor = excluded.current_minor",
    )?;
    statement.execute(params![
        account.id.as_uuid().into_bytes(),
        account.currency.code(),
        text::of_identifiers(&account.account_identifiers),
        account.account_holder_name,
        text::minor(account.available_balance),
        text::minor(account.current_balance),
    ])?;
    Ok(())
}
