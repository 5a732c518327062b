//! Finding payouts.

use payout_domain::{ClientId, GatewayPayoutId, Payout, PayoutId};
use payout_ports::{GatewayProfile, PageOrder, PayoutEvent, Payouts, Standing};
use rusqlite::{OptionalExtension, Params, params};

use super::record::{payout_columns, payout_from};
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;

pub(crate) const BY_ID: &str = concat!("SELECT ", payout_columns!(), " FROM payout WHERE id = ?1");

const BY_SEQ: &str = concat!("SELECT ", payout_columns!(), " FROM payout WHERE seq = ?1");

pub(crate) const BY_GATEWAY_ID: &str = concat!(
    "SELECT ",
    payout_columns!(),
    " FROM payout WHERE profile = ?1 AND gateway_payout_id = ?2"
);

/// The newest first; of those accepted at one time, the highest id first.
pub(crate) const FIRST_PAGE: &str = concat!(
    "SELECT ",
    payout_columns!(),
    " FROM payout WHERE client_id = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2"
);

pub(crate) const NEXT_PAGE: &str = concat!(
    "SELECT ",
    payout_columns!(),
    " FROM payout WHERE client_id = ?1 AND (created_at, id) < \
     (SELECT created_at, id FROM payout WHERE id = ?3 AND client_id = ?1) \
     ORDER BY created_at DESC, id DESC LIMIT ?2"
);

pub(crate) const HISTORY: &str = "SELECT event.version, event.at, event.evidence, event.state \
     FROM payout JOIN payout_event AS event ON event.payout = payout.seq \
     WHERE payout.id = ?1 AND payout.client_id = ?2 ORDER BY event.version";

/// Where a payout comes in a list of all clients' payouts.
pub(crate) const PLACE: &str = "SELECT created_at, id FROM payout WHERE id = ?1";

/// The oldest first; of those accepted at one time, the lowest id first. The states are those of a
/// partial index, word for word.
macro_rules! standing {
    ($states:literal) => {
        concat!(
            "SELECT ",
            payout_columns!(),
            " FROM payout WHERE (",
            $states,
            ") AND (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT ?3"
        )
    };
}

pub(crate) const UNKNOWN: &str = standing!("state = 'sending:again' OR state = 'unknown'");

pub(crate) const PARKED: &str = standing!("state GLOB 'parked:*'");

pub(crate) const UNSETTLED: &str = standing!(
    "state = 'accepted' OR state = 'sending' OR state = 'sending:again' OR state = 'unknown' \
     OR state = 'parked:too_old' OR state = 'parked:profile_changed'"
);

/// Finds a payout by our name for it.
pub(crate) fn by_id(connection: &Connection, id: PayoutId) -> Result<Option<Payout>, Failure> {
    one(connection, BY_ID, [id.as_uuid().into_bytes()])
}

/// Finds a payout by its row.
pub(crate) fn by_seq(connection: &Connection, seq: i64) -> Result<Option<Payout>, Failure> {
    one(connection, BY_SEQ, [seq])
}

/// Finds a payout by the provider's name for it.
pub(crate) fn by_gateway_id(
    connection: &Connection,
    profile: &GatewayProfile,
    id: GatewayPayoutId,
) -> Result<Option<Payout>, Failure> {
    one(connection, BY_GATEWAY_ID, (profile.as_str(), id.as_uuid().into_bytes()))
}

/// One page of a client's payouts. After a payout that the client does not have comes nothing.
pub(crate) fn list(
    connection: &Connection,
    client_id: &ClientId,
    page: PageOrder,
) -> Result<Payouts, Failure> {
    // One more than asked for tells whether there are more.
    let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let client_id = client_id.as_str();
    let items = match page.after.map(|after| after.as_uuid().into_bytes()) {
        None => all(connection, FIRST_PAGE, (client_id, limit))?,
        Some(after) => all(connection, NEXT_PAGE, params![client_id, limit, after])?,
    };
    Ok(cut(items, page))
}

/// One page of all payouts that stand so. After a payout that does not exist comes nothing.
pub(crate) fn list_standing(
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
        None => Some((i64::MIN, Vec::new())),
        Some(after) => place(connection, after)?,
    };
    let Some((created_at, id)) = after else { return Ok(cut(Vec::new(), page)) };
    let limit = i64::try_from(page.limit.saturating_add(1)).unwrap_or(i64::MAX);
    Ok(cut(all(connection, sql, (created_at, id, limit))?, page))
}

fn place(connection: &Connection, id: PayoutId) -> Result<Option<(i64, Vec<u8>)>, Failure> {
    let mut statement = connection.prepare_cached(PLACE)?;
    let place =
        statement.query_row([id.as_uuid().into_bytes()], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(place.optional()?)
}

/// A page, of which one payout too many was found if there are more.
fn cut(mut items: Vec<Payout>, page: PageOrder) -> Payouts {
    let more = items.len() > page.limit;
    items.truncate(page.limit);
    Payouts { items, more }
}

/// Everything that happened to a payout; every payout has at least its acceptance.
pub(crate) fn history(
    connection: &Connection,
    client_id: &ClientId,
    id: PayoutId,
) -> Result<Option<Vec<PayoutEvent>>, Failure> {
    let mut statement = connection.prepare_cached(HISTORY)?;
    let mut rows = statement.query((id.as_uuid().into_bytes(), client_id.as_str()))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        events.push(PayoutEvent {
            version: cells.plain("version")?,
            at: cells.time("at")?,
            evidence: cells.parsed("evidence")?,
            state: cells.parsed("state")?,
        });
    }
    Ok((!events.is_empty()).then_some(events))
}

fn one(
    connection: &Connection,
    sql: &'static str,
    params: impl Params,
) -> Result<Option<Payout>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let row = rows.next()?;
    row.map(|row| payout_from(connection.sealing(), &mut Cells::new(row))).transpose()
}

fn all(
    connection: &Connection,
    sql: &'static str,
    params: impl Params,
) -> Result<Vec<Payout>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut payouts = Vec::new();
    while let Some(row) = rows.next()? {
        payouts.push(payout_from(connection.sealing(), &mut Cells::new(row))?);
    }
    Ok(payouts)
}
