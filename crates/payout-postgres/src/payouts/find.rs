//! Finding payouts.

use std::collections::BTreeMap;

use payout_domain::{ClientId, GatewayPayoutId, Payout, PayoutId};
use payout_ports::{GatewayProfile, PageOrder, PayoutEvent, Payouts, Standing};
use uuid::Uuid;

use super::limit;
use super::record::{payout_columns, payout_from};
use crate::cells::Cells;
use crate::connections::{Connection, Parameters};
use crate::failure::Failure;

const BY_ID: &str = concat!("SELECT ", payout_columns!(), " FROM payout WHERE id = $1");

const BY_IDS: &str = concat!("SELECT ", payout_columns!(), " FROM payout WHERE id = ANY($1)");

const BY_GATEWAY_ID: &str = concat!(
    "SELECT ",
    payout_columns!(),
    " FROM payout WHERE profile = $1 AND gateway_payout_id = $2"
);

/// The newest first; of those accepted at one time, the highest id first.
const FIRST_PAGE: &str = concat!(
    "SELECT ",
    payout_columns!(),
    " FROM payout WHERE client_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"
);

const NEXT_PAGE: &str = concat!(
    "SELECT ",
    payout_columns!(),
    " FROM payout WHERE client_id = $1 AND (created_at, id) < \
     (SELECT created_at, id FROM payout WHERE id = $3 AND client_id = $1) \
     ORDER BY created_at DESC, id DESC LIMIT $2"
);

const HISTORY: &str = "SELECT event.version, event.at, event.evidence, event.state \
     FROM payout JOIN payout_event AS event ON event.payout_id = payout.id \
     WHERE payout.id = $1 AND payout.client_id = $2 ORDER BY event.version";

/// Where a payout comes in a list of all clients' payouts.
const PLACE: &str = "SELECT created_at, id FROM payout WHERE id = $1";

/// The oldest first; of those accepted at one time, the lowest id first. The states are those of a
/// partial index, word for word.
macro_rules! standing {
    ($states:literal) => {
        concat!(
            "SELECT ",
            payout_columns!(),
            " FROM payout WHERE ",
            $states,
            " AND (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3"
        )
    };
}

const UNKNOWN: &str = standing!("state IN ('sending:again', 'unknown')");

const PARKED: &str = standing!("state LIKE 'parked:%'");

const UNSETTLED: &str = standing!(
    "state IN ('accepted', 'sending', 'sending:again', 'unknown', 'parked:too_old', \
     'parked:profile_changed')"
);

/// Finds a payout by our name for it.
pub(crate) async fn by_id(
    connection: &Connection,
    id: PayoutId,
) -> Result<Option<Payout>, Failure> {
    one(connection, BY_ID, &[&id.as_uuid()]).await
}

/// Finds payouts by our names for them. One that cannot be read has its own answer.
pub(crate) async fn by_ids(
    connection: &Connection,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Result<Payout, Failure>>, Failure> {
    let rows = connection.query(BY_IDS, &[&ids]).await?;
    let found = rows.iter().map(|row| {
        let id = Cells::new(row).uuid("id")?;
        Ok((id, payout_from(connection.sealing(), &mut Cells::new(row))))
    });
    found.collect()
}

/// Finds a payout by the provider's name for it.
pub(crate) async fn by_gateway_id(
    connection: &Connection,
    profile: &GatewayProfile,
    id: GatewayPayoutId,
) -> Result<Option<Payout>, Failure> {
    one(connection, BY_GATEWAY_ID, &[&profile.as_str(), &id.as_uuid()]).await
}

/// One page of a client's payouts. After a payout that the client does not have comes nothing.
pub(crate) async fn list(
    connection: &Connection,
    client_id: &ClientId,
    page: PageOrder,
) -> Result<Payouts, Failure> {
    // One more than asked for tells whether there are more.
    let limit = limit(page.limit.saturating_add(1));
    let client_id = client_id.as_str();
    let items = match page.after.map(PayoutId::as_uuid) {
        None => all(connection, FIRST_PAGE, &[&client_id, &limit]).await?,
        Some(after) => all(connection, NEXT_PAGE, &[&client_id, &limit, &after]).await?,
    };
    Ok(cut(items, page))
}

/// One page of all payouts that stand so. After a payout that does not exist comes nothing.
pub(crate) async fn list_standing(
    connection: &Connection,
    standing: Standing,
    page: PageOrder,
) -> Result<Payouts, Failure> {
    let sql = match standing {
        Standing::Unknown => UNKNOWN,
        Standing::Parked => PARKED,
        Standing::Unsettled => UNSETTLED,
    };
    let after = match page.after {
        None => Some((i64::MIN, Uuid::nil())),
        Some(after) => place(connection, after).await?,
    };
    let Some((created_at, id)) = after else { return Ok(cut(Vec::new(), page)) };
    let limit = limit(page.limit.saturating_add(1));
    Ok(cut(all(connection, sql, &[&created_at, &id, &limit]).await?, page))
}

async fn place(connection: &Connection, id: PayoutId) -> Result<Option<(i64, Uuid)>, Failure> {
    let row = connection.query_one(PLACE, &[&id.as_uuid()]).await?;
    let place = row.map(|row| {
        let mut cells = Cells::new(&row);
        Ok((cells.plain("created_at")?, cells.uuid("id")?))
    });
    place.transpose()
}

/// A page, of which one payout too many was found if there are more.
fn cut(mut items: Vec<Payout>, page: PageOrder) -> Payouts {
    let more = items.len() > page.limit;
    items.truncate(page.limit);
    Payouts { items, more }
}

/// Everything that happened to a payout; every payout has at least its acceptance.
pub(crate) async fn history(
    connection: &Connection,
    client_id: &ClientId,
    id: PayoutId,
) -> Result<Option<Vec<PayoutEvent>>, Failure> {
    let rows = connection.query(HISTORY, &[&id.as_uuid(), &client_id.as_str()]).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut cells = Cells::new(row);
        events.push(PayoutEvent {
            version: cells.number("version")?,
            at: cells.time("at")?,
            evidence: cells.parsed("evidence")?,
            state: cells.parsed("state")?,
        });
    }
    Ok((!events.is_empty()).then_some(events))
}

async fn one(
    connection: &Connection,
    sql: &'static str,
    parameters: Parameters<'_>,
) -> Result<Option<Payout>, Failure> {
    let row = connection.query_one(sql, parameters).await?;
    row.map(|row| payout_from(connection.sealing(), &mut Cells::new(&row))).transpose()
}

async fn all(
    connection: &Connection,
    sql: &'static str,
    parameters: Parameters<'_>,
) -> Result<Vec<Payout>, Failure> {
    let rows = connection.query(sql, parameters).await?;
    rows.iter().map(|row| payout_from(connection.sealing(), &mut Cells::new(row))).collect()
}
