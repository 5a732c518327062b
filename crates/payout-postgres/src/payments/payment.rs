//! Payments that have settled.

use std::collections::BTreeMap;

use payout_domain::{
    ClientId, MerchantAccountId, Payment, PaymentId, PaymentSource, PaymentSourceId,
};
use payout_ports::{
    NewNotification, Personal, PersonalField, RecordedPayment, SealedRecord, Sealing,
};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::source;
use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;
use crate::outbox::{self, Telling};
use payout_domain::record_text as text;

/// The columns that [`payment_from`] reads, in its order.
macro_rules! payment_columns {
    () => {
        "payment.client_id, payment.id, user_id, merchant_account_id, amount_minor, currency, \
         payment_source_id, account_holder_name, account_identifiers, created_at, executed_at, \
         settled_at, metadata"
    };
}

const BY_ID: &str =
    concat!("SELECT ", payment_columns!(), " FROM payment WHERE client_id = $1 AND id = $2");

const BY_IDS: &str = concat!(
    "SELECT ",
    payment_columns!(),
    " FROM payment JOIN unnest($1::text[], $2::uuid[]) AS wanted (client_id, id) \
     ON payment.client_id = wanted.client_id AND payment.id = wanted.id"
);

const INSERT: &str = "INSERT INTO payment (client_id, id, user_id, merchant_account_id, \
     amount_minor, currency, payment_source_id, account_holder_name, account_identifiers, \
     created_at, executed_at, settled_at, metadata) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";

/// Records a payment, what it shows of its source, and who is to be told.
pub(crate) async fn record(
    connection: &Connection,
    client_id: &ClientId,
    payment: &Payment,
    notification: Option<&NewNotification>,
) -> Result<RecordedPayment, Failure> {
    if find(connection, client_id, payment.id).await?.is_some() {
        return compare(connection, client_id, payment).await;
    }
    connection.begin().await?;
    if !insert_with_source(connection, client_id, payment).await? {
        connection.roll_back().await?;
        return compare(connection, client_id, payment).await;
    }
    if let Some(notification) = notification {
        let statement = connection.prepare(outbox::ADD).await?;
        let telling = Telling::of_payment(client_id, payment.id, notification);
        outbox::add(connection, &statement, &[telling]).await?;
    }
    connection.commit().await?;
    Ok(RecordedPayment::Fresh)
}

/// Writes the source and then the payment; `false` if either stands otherwise already. Everybody
/// locks the source first, so that of two tellings of one payment the second finds the first.
async fn insert_with_source(
    connection: &Connection,
    client_id: &ClientId,
    payment: &Payment,
) -> Result<bool, Failure> {
    let source = PaymentSource::of_payment(payment);
    let merged = source::merge(connection, client_id, &source).await?;
    Ok(merged != RecordedPayment::Contradicts && insert(connection, client_id, payment).await?)
}

/// What is said of a payment that was not recorded: it is known as it is, or it contradicts.
async fn compare(
    connection: &Connection,
    client_id: &ClientId,
    payment: &Payment,
) -> Result<RecordedPayment, Failure> {
    let known = find(connection, client_id, payment.id).await?;
    let same = known.is_some_and(|known| is_same(&known, payment));
    Ok(if same { RecordedPayment::Known } else { RecordedPayment::Contradicts })
}

/// Finds a payment.
pub(crate) async fn find(
    connection: &Connection,
    client_id: &ClientId,
    id: PaymentId,
) -> Result<Option<Payment>, Failure> {
    let row = connection.query_one(BY_ID, &[&client_id.as_str(), &id.as_uuid()]).await?;
    row.map(|row| payment_from(connection.sealing(), &row)).transpose()
}

/// Finds payments of any clients. One that cannot be read has its own answer.
pub(crate) async fn by_ids(
    connection: &Connection,
    wanted: &[(&str, Uuid)],
) -> Result<BTreeMap<(String, Uuid), Result<Payment, Failure>>, Failure> {
    let (client_ids, ids): (Vec<_>, Vec<_>) = wanted.iter().copied().unzip();
    let rows = connection.query(BY_IDS, &[&client_ids, &ids]).await?;
    let found = rows.iter().map(|row| {
        let mut cells = Cells::new(row);
        let key = (cells.plain("client_id")?, cells.uuid("id")?);
        Ok((key, payment_from(connection.sealing(), row)))
    });
    found.collect()
}

/// Whether two facts tell of one payment: one payer, one source, one place, one amount.
fn is_same(known: &Payment, told: &Payment) -> bool {
    known.user_id == told.user_id
        && known.payment_source_id == told.payment_source_id
        && known.merchant_account_id == told.merchant_account_id
        && known.amount == told.amount
}

/// What is of a person in a payment.
fn personal<'a>(sealing: &'a Sealing, client_id: &'a str, id: PaymentId) -> Personal<'a> {
    sealing.record(SealedRecord::Payment, client_id, id.as_uuid())
}

fn payment_from(sealing: &Sealing, row: &Row) -> Result<Payment, Failure> {
    let mut cells = Cells::new(row);
    let client_id: &str = cells.plain("client_id")?;
    let id = PaymentId::from_uuid(cells.uuid("id")?);
    let personal = personal(sealing, client_id, id);
    Ok(Payment {
        id,
        user_id: cells.parsed("user_id")?,
        merchant_account_id: MerchantAccountId::from_uuid(cells.uuid("merchant_account_id")?),
        amount: cells.money()?,
        payment_source_id: PaymentSourceId::from_uuid(cells.uuid("payment_source_id")?),
        account_holder_name: cells.holder_name(personal)?,
        account_identifiers: cells.identifiers(personal)?,
        created_at: cells.time("created_at")?,
        executed_at: cells.time("executed_at")?,
        settled_at: cells.time("settled_at")?,
        metadata: cells.metadata(personal)?,
    })
}

/// Writes a payment, unless there is one of its name.
async fn insert(
    connection: &Connection,
    client_id: &ClientId,
    payment: &Payment,
) -> Result<bool, Failure> {
    let personal = personal(connection.sealing(), client_id.as_str(), payment.id);
    let keep = |field, plain: &str| personal.keep(field, plain);
    let holder_name = payment.account_holder_name.as_deref();
    let identifiers = text::of_identifiers(&payment.account_identifiers);
    let cells: [&(dyn ToSql + Sync); 13] = [
        &client_id.as_str(),
        &payment.id.as_uuid(),
        &payment.user_id.as_str(),
        &payment.merchant_account_id.as_uuid(),
        &text::minor(payment.amount),
        &payment.amount.currency().code(),
        &payment.payment_source_id.as_uuid(),
        &holder_name.map(|name| keep(PersonalField::AccountHolderName, name)),
        &keep(PersonalField::AccountIdentifiers, &identifiers),
        &payment.created_at.as_micros(),
        &payment.executed_at.as_micros(),
        &payment.settled_at.as_micros(),
        &keep(PersonalField::Metadata, &text::of_metadata(&payment.metadata)),
    ];
    Ok(connection.execute(INSERT, &cells).await? == 1)
}
