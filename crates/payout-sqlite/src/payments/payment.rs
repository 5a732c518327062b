//! Settled payments.

use payout_domain::{
    ClientId, MerchantAccountId, Payment, PaymentId, PaymentSource, PaymentSourceId,
};
use payout_ports::{
    NewNotification, Personal, PersonalField, RecordedPayment, SealedRecord, Sealing,
};
use rusqlite::params;

use super::source;
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::outbox::{self, Subject};
use payout_domain::record_text as text;

pub(crate) const BY_ID: &str = "SELECT user_id, merchant_account_id, amount_minor, currency, \
     payment_source_id, account_holder_name, account_identifiers, created_at, executed_at, \
     settled_at, metadata FROM payment WHERE client_id = ?1 AND id = ?2";

/// Records a payment, what it shows of its source, and who is to be told.
pub(crate) fn record(
    connection: &Connection,
    client_id: &ClientId,
    payment: &Payment,
    notification: Option<&NewNotification>,
) -> Result<RecordedPayment, Failure> {
    if let Some(known) = find(connection, client_id, payment.id)? {
        let same = is_same(&known, payment);
        return Ok(if same { RecordedPayment::Known } else { RecordedPayment::Contradicts });
    }
    let source = PaymentSource::of_payment(payment);
    if source::record(connection, client_id, &source)? == RecordedPayment::Contradicts {
        return Ok(RecordedPayment::Contradicts);
    }
    insert(connection, client_id, payment)?;
    if let Some(notification) = notification {
        outbox::add(connection, client_id, notification, Subject::Payment(payment.id))?;
    }
    Ok(RecordedPayment::Fresh)
}

/// Finds a payment.
pub(crate) fn find(
    connection: &Connection,
    client_id: &ClientId,
    id: PaymentId,
) -> Result<Option<Payment>, Failure> {
    let mut statement = connection.prepare_cached(BY_ID)?;
    let mut rows = statement.query((client_id.as_str(), id.as_uuid().into_bytes()))?;
    let personal = personal(connection.sealing(), client_id, id);
    rows.next()?.map(|row| payment_from(id, personal, &mut Cells::new(row))).transpose()
}

/// Whether two facts tell of one payment: one payer, one source, one place, one amount.
fn is_same(known: &Payment, told: &Payment) -> bool {
    known.user_id == told.user_id
        && known.payment_source_id == told.payment_source_id
        && known.merchant_account_id == told.merchant_account_id
        && known.amount == told.amount
}

/// What is of a person in a payment.
fn personal<'a>(sealing: &'a Sealing, client_id: &'a ClientId, id: PaymentId) -> Personal<'a> {
    sealing.record(SealedRecord::Payment, client_id.as_str(), id.as_uuid())
}

fn payment_from(
    id: PaymentId,
    personal: Personal<'_>,
    cells: &mut Cells<'_>,
) -> Result<Payment, Failure> {
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

fn insert(connection: &Connection, client_id: &ClientId, payment: &Payment) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO payment (client_id, id, user_id, merchant_account_id, amount_minor, \
         currency, payment_source_id, account_holder_name, account_identifiers, created_at, \
         executed_at, settled_at, metadata) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let personal = personal(connection.sealing(), client_id, payment.id);
    let keep = |field, plain: &str| personal.keep(field, plain);
    let holder_name = payment.account_holder_name.as_deref();
    statement.execute(params![
        client_id.as_str(),
        payment.id.as_uuid().into_bytes(),
        payment.user_id.as_str(),
        payment.merchant_account_id.as_uuid().into_bytes(),
        text::minor(payment.amount),
        payment.amount.currency().code(),
        payment.payment_source_id.as_uuid().into_bytes(),
        holder_name.map(|name| keep(PersonalField::AccountHolderName, name)),
        keep(
            PersonalField::AccountIdentifiers,
            &text::of_identifiers(&payment.account_identifiers),
        ),
        payment.created_at.as_micros(),
        payment.executed_at.as_micros(),
        payment.settled_at.as_micros(),
        keep(PersonalField::Metadata, &text::of_metadata(&payment.metadata)),
    ])?;
    Ok(())
}
