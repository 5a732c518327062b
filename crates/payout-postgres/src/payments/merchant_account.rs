//! Our accounts at the provider, as it last told them.

use payout_domain::{Currency, MerchantAccount, MerchantAccountId, Money};
use tokio_postgres::types::ToSql;

use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;
use payout_domain::record_text as text;

const BY_ID: &str = "SELECT currency, account_identifiers, account_holder_name, \
     available_minor, current_minor FROM merchant_account WHERE id = $1";

/// That the currency stays the same is left to the table: it refuses another one.
const WRITE: &str = "INSERT INTO merchant_account (id, currency, account_identifiers, \
     account_holder_name, available_minor, current_minor) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (id) DO UPDATE SET currency = excluded.currency, \
     account_identifiers = excluded.account_identifiers, \
     account_holder_name = excluded.account_holder_name, \
     available_minor = excluded.available_minor, current_minor = excluded.current_minor";

/// Remembers accounts; nothing of a list that changes a currency is believed.
pub(crate) async fn remember(
    connection: &Connection,
    accounts: &[MerchantAccount],
) -> Result<(), Failure> {
    let mut accounts: Vec<_> = accounts.iter().collect();
    // In one order, so that two callers never wait for each other; of two words about one account the
    // last still comes last.
    accounts.sort_by_key(|account| account.id);
    connection.begin().await?;
    for account in accounts {
        let balances = [account.available_balance, account.current_balance];
        if balances.iter().any(|balance| balance.currency() != account.currency) {
            return Err(Failure::Contradiction("a balance is not in its account's currency"));
        }
        write(connection, account).await?;
    }
    connection.commit().await
}

/// Finds an account.
pub(crate) async fn find(
    connection: &Connection,
    id: MerchantAccountId,
) -> Result<Option<MerchantAccount>, Failure> {
    let row = connection.query_one(BY_ID, &[&id.as_uuid()]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut cells = Cells::new(&row);
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
    let minor = cells.number(column)?;
    Money::from_minor(minor, currency).map_err(|_| Failure::Unreadable(column))
}

async fn write(connection: &Connection, account: &MerchantAccount) -> Result<(), Failure> {
    let identifiers = text::of_identifiers(&account.account_identifiers);
    let cells: [&(dyn ToSql + Sync); 6] = [
        &account.id.as_uuid(),
        &account.currency.code(),
        &identifiers,
        &account.account_holder_name,
        &text::minor(account.available_balance),
        &text::minor(account.current_balance),
    ];
    connection.execute(WRITE, &cells).await.map(drop)
}
