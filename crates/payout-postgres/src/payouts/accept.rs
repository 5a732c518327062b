//! Accepting payouts under their keys.

use std::collections::BTreeSet;

use payout_domain::{ClientId, IdempotencyKey, PayoutId, Scheme, Timestamp};
use payout_ports::{
    AcceptOutcome, Acceptance, Fingerprint, IdempotencyRecord, PersonalField, Sealing,
};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::record::{personal, proof_cells};
use crate::cells::Cells;
use crate::connections::{Connection, Connections, on_connection};
use crate::failure::Failure;
use crate::lane::Group;
use payout_domain::record_text as text;

/// Acceptances that are written together.
#[derive(Debug)]
pub(crate) struct Acceptances;

impl Group for Acceptances {
    type Request = Acceptance;
    type Answer = AcceptOutcome;
    type Key = (ClientId, IdempotencyKey);

    fn key(acceptance: &Acceptance) -> Self::Key {
        let payout = &acceptance.payout;
        (payout.client_id().clone(), payout.idempotency_key().clone())
    }

    async fn write(
        connections: &Connections,
        acceptances: &[&Acceptance],
    ) -> Result<Vec<Result<AcceptOutcome, Failure>>, Failure> {
        Ok(on_connection!(connections, connection => accept(&connection, acceptances)))
    }
}

/// Stores payouts, their first events, their instructions and their keys, where the keys are free;
/// no two of them have the same key.
async fn accept(
    connection: &Connection,
    acceptances: &[&Acceptance],
) -> Result<Vec<Result<AcceptOutcome, Failure>>, Failure> {
    let won = store(connection, acceptances).await?;
    let mut answers = Vec::with_capacity(acceptances.len());
    for acceptance in acceptances {
        let payout = &acceptance.payout;
        answers.push(if won.contains(&payout.id().as_uuid()) {
            Ok(AcceptOutcome::Accepted)
        } else {
            used(connection, acceptance).await
        });
    }
    Ok(answers)
}

/// What is said of a key that somebody else has used. It is never free again.
async fn used(connection: &Connection, acceptance: &Acceptance) -> Result<AcceptOutcome, Failure> {
    let payout = &acceptance.payout;
    let used = find_key(connection, payout.client_id(), payout.idempotency_key()).await?;
    let used = used.ok_or(Failure::Contradiction("a key is taken and not there"))?;
    Ok(if used.fingerprint == acceptance.fingerprint {
        AcceptOutcome::Replayed(used.payout_id)
    } else {
        AcceptOutcome::KeyReused
    })
}

/// Finds what a key was used for.
pub(crate) async fn find_key(
    connection: &Connection,
    client_id: &ClientId,
    key: &IdempotencyKey,
) -> Result<Option<IdempotencyRecord>, Failure> {
    let row = connection.query_one(FIND_KEY, &[&client_id.as_str(), &key.as_str()]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut cells = Cells::new(&row);
    Ok(Some(IdempotencyRecord {
        payout_id: PayoutId::from_uuid(cells.uuid("payout_id")?),
        fingerprint: Fingerprint(cells.digest("fingerprint")?),
        created_at: cells.time("created_at")?,
    }))
}

const FIND_KEY: &str = "SELECT payout_id, fingerprint, created_at FROM idempotency \
     WHERE client_id = $1 AND key = $2";

/// One statement: whoever wins the key stores the payout. A use that is forgotten gives way. The keys
/// are taken in one order by everybody, so that two groups never wait for each other.
const STORE: &str = "WITH offered AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::text[], \
     $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::text[], $9::text[], \
     $10::text[], $11::text[], $12::uuid[], $13::bigint[], $14::text[], $15::text[], $16::text[], \
     $17::bigint[], $18::text[], $19::text[], $20::bytea[], $21::text[], $22::bytea[], \
     $23::bigint[]) AS offered (id, client_id, idempotency_key, merchant_account_id, user_id, \
     payment_source_id, amount_minor, currency, reference, scheme_selection, metadata, \
     proof_payment_id, proof_listed_at, scheme_found, account_holder_name, account_identifiers, \
     created_at, profile, gateway_key, gateway_body, state, fingerprint, forget_before)), \
     won AS (INSERT INTO idempotency AS held (client_id, key, payout_id, fingerprint, created_at) \
     SELECT client_id, idempotency_key, id, fingerprint, created_at FROM offered \
     ORDER BY client_id, idempotency_key ON CONFLICT (client_id, key) DO UPDATE SET \
     payout_id = excluded.payout_id, fingerprint = excluded.fingerprint, \
     created_at = excluded.created_at WHERE held.created_at < \
     (SELECT forget_before FROM offered WHERE offered.id = excluded.payout_id) \
     RETURNING payout_id), \
     stored AS (INSERT INTO payout (id, client_id, idempotency_key, merchant_account_id, user_id, \
     payment_source_id, amount_minor, currency, reference, scheme_selection, metadata, \
     proof_payment_id, proof_listed_at, scheme_found, account_holder_name, account_identifiers, \
     created_at, profile, gateway_key, gateway_body, state, version, attempts, due_at) \
     SELECT id, client_id, idempotency_key, merchant_account_id, user_id, payment_source_id, \
     amount_minor, currency, reference, scheme_selection, metadata, proof_payment_id, \
     proof_listed_at, scheme_found, account_holder_name, account_identifiers, created_at, \
     profile, gateway_key, gateway_body, state, 1, 0, created_at FROM offered \
     WHERE id IN (SELECT payout_id FROM won)), \
     begun AS (INSERT INTO payout_event (payout_id, version, at, evidence, state) \
     SELECT id, 1, created_at, 'accepted', state FROM offered \
     WHERE id IN (SELECT payout_id FROM won)), \
     stepped AS (UPDATE store_progress SET sequence = sequence + 1, \
     latest_at = greatest(latest_at, new.newest) FROM (SELECT max(created_at) AS newest FROM offered \
     WHERE id IN (SELECT payout_id FROM won)) AS new \
     WHERE new.newest IS NOT NULL AND share = pg_backend_pid() % 32) \
     SELECT payout_id FROM won";

/// Tries to store all of them, and says which were.
async fn store(
    connection: &Connection,
    acceptances: &[&Acceptance],
) -> Result<BTreeSet<Uuid>, Failure> {
    let statement = connection.prepare(STORE).await?;
    let columns = Columns::of(connection.sealing(), acceptances);
    let cells = columns.cells();
    // All three are on their way before the first answer comes.
    let (begun, won, committed) = tokio::join!(
        biased;
        connection.begin(),
        connection.query_prepared(&statement, &cells),
        connection.commit(),
    );
    begun?;
    let won = won?;
    // What the commit says counts only if the rest went well.
    committed?;
    won.iter().map(|row| Cells::new(row).uuid("payout_id")).collect()
}

/// Acceptances as the columns of a table.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<Uuid>,
    client_ids: Vec<&'a str>,
    idempotency_keys: Vec<&'a str>,
    merchant_account_ids: Vec<Uuid>,
    user_ids: Vec<&'a str>,
    payment_source_ids: Vec<Uuid>,
    amounts: Vec<i64>,
    currencies: Vec<&'a str>,
    references: Vec<String>,
    scheme_selections: Vec<String>,
    metadata: Vec<String>,
    proof_payment_ids: Vec<Option<Uuid>>,
    proofs_listed_at: Vec<Option<i64>>,
    schemes_found: Vec<Option<&'static str>>,
    account_holder_names: Vec<Option<String>>,
    account_identifiers: Vec<String>,
    created_at: Vec<i64>,
    profiles: Vec<&'a str>,
    gateway_keys: Vec<&'a str>,
    gateway_bodies: Vec<Vec<u8>>,
    states: Vec<String>,
    fingerprints: Vec<&'a [u8]>,
    forget_before: Vec<Option<i64>>,
}

impl<'a> Columns<'a> {
    fn of(sealing: &Sealing, acceptances: &[&'a Acceptance]) -> Self {
        let mut columns = Self::default();
        for acceptance in acceptances {
            columns.add_request(acceptance);
            columns.add_personal(sealing, acceptance);
            columns.add_frame(acceptance);
        }
        columns
    }

    fn add_request(&mut self, acceptance: &'a Acceptance) {
        let request = acceptance.payout.request();
        let order = request.order();
        let (proof_payment_id, proof_listed_at) = proof_cells(request.proof());
        self.merchant_account_ids.push(order.merchant_account_id.as_uuid());
        self.user_ids.push(order.user_id.as_str());
        self.payment_source_ids.push(order.payment_source_id.as_uuid());
        self.amounts.push(text::minor(order.amount));
        self.currencies.push(order.amount.currency().code());
        self.scheme_selections.push(text::of_selection(order.scheme_selection));
        self.proof_payment_ids.push(proof_payment_id);
        self.proofs_listed_at.push(proof_listed_at);
        self.schemes_found.push(request.scheme().map(Scheme::id));
    }

    fn add_personal(&mut self, sealing: &Sealing, acceptance: &Acceptance) {
        let (payout, instruction) = (&acceptance.payout, &acceptance.instruction);
        let (request, order) = (payout.request(), payout.request().order());
        let personal = personal(sealing, payout.client_id(), payout.id());
        let keep = |field, plain: &str| personal.keep(field, plain);
        let metadata = text::of_metadata(&order.metadata);
        let identifiers = text::of_identifiers(request.account_identifiers());
        let holder_name = request.account_holder_name();
        self.references.push(keep(PersonalField::Reference, order.reference.as_str()));
        self.metadata.push(keep(PersonalField::Metadata, &metadata));
        self.account_holder_names
            .push(holder_name.map(|name| keep(PersonalField::AccountHolderName, name)));
        self.account_identifiers.push(keep(PersonalField::AccountIdentifiers, &identifiers));
        self.gateway_bodies
            .push(personal.keep_bytes(PersonalField::GatewayBody, &instruction.body));
    }

    fn add_frame(&mut self, acceptance: &'a Acceptance) {
        let (payout, instruction) = (&acceptance.payout, &acceptance.instruction);
        self.ids.push(payout.id().as_uuid());
        self.client_ids.push(payout.client_id().as_str());
        self.idempotency_keys.push(payout.idempotency_key().as_str());
        self.created_at.push(payout.created_at().as_micros());
        self.profiles.push(instruction.profile.as_str());
        self.gateway_keys.push(instruction.key.as_str());
        self.states.push(payout.state().to_string());
        self.fingerprints.push(&acceptance.fingerprint.0);
        self.forget_before.push(acceptance.forget_before.map(Timestamp::as_micros));
    }

    /// In the order of [`STORE`].
    fn cells(&self) -> [&(dyn ToSql + Sync); 23] {
        [
            &self.ids,
            &self.client_ids,
            &self.idempotency_keys,
            &self.merchant_account_ids,
            &self.user_ids,
            &self.payment_source_ids,
            &self.amounts,
            &self.currencies,
            &self.references,
            &self.scheme_selections,
            &self.metadata,
            &self.proof_payment_ids,
            &self.proofs_listed_at,
            &self.schemes_found,
            &self.account_holder_names,
            &self.account_identifiers,
            &self.created_at,
            &self.profiles,
            &self.gateway_keys,
            &self.gateway_bodies,
            &self.states,
            &self.fingerprints,
            &self.forget_before,
        ]
    }
}
