//! Requests as bytes, signed before any clock starts.

use std::net::SocketAddr;
use std::thread;

use anyhow::{Context as _, Result};
use payout_domain::GatewayPayoutId;
use payout_ports::Clock as _;
use payout_signature::{Request, SigningKey, sign};
use payout_wire::payout::CreatePayout;
use payout_wire::{header, route, timestamp};
use serde_json::json;
use uuid::Uuid;

use super::quick_provider::QuickProvider;
use crate::clock::SystemClock;
use crate::load::order;
use crate::provider::PaidIn;
use crate::random::Random;

/// Where the service takes events.
const WEBHOOKS: &str = "/webhooks";

/// A request that stands for any.
const EMPTY: Request<'static> = Request {
    method: "POST",
    path: route::PAYOUTS.v3,
    headers: &[("Idempotency-Key", b"any")],
    body: b"",
};

/// Whom requests are for, and who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letterhead<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) token: &'a str,
}

impl Letterhead<'_> {
    /// `GET`.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let Self { address, token } = self;
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Accept: application/json\r\n\r\n"
        );
        head.into_bytes()
    }

    /// Requests for payouts, each under a key of its own: a random one, as clients make them.
    pub(crate) fn creates(
        &self,
        key: &SigningKey,
        user: &PaidIn,
        count: usize,
    ) -> Result<Vec<Vec<u8>>> {
        made_by_all(count, |number, random| {
            self.create(key, user, number, &random.uuid().to_string())
        })
    }

    /// Webhooks of the provider: as many events, each with a name of its own, about these payouts in turn.
    pub(crate) fn events(
        &self,
        provider: &QuickProvider,
        payouts: &[GatewayPayoutId],
        count: usize,
    ) -> Result<Vec<Vec<u8>>> {
        made_by_all(count, |number, random| {
            let payout = payouts.get(number.checked_rem(payouts.len()).context("there are some")?);
            self.event(provider, *payout.context("it is one of them")?, random.uuid())
        })
    }

    /// The same, all with the signature of the first: for a server that does not look.
    pub(crate) fn unsigned(
        &self,
        key: &SigningKey,
        user: &PaidIn,
        count: usize,
    ) -> Result<Vec<Vec<u8>>> {
        let signature = sign(key, &EMPTY, &["Idempotency-Key"], None)?;
        let mut random = Random::new(crate::clock::seed());
        let made = (0..count).map(|number| {
            let body = CreatePayout::render(&order(user, 0, u64::try_from(number)?)?, None);
            Ok(self.post(&body, &random.uuid().to_string(), &signature))
        });
        made.collect()
    }

    fn create(
        &self,
        key: &SigningKey,
        user: &PaidIn,
        number: usize,
        idempotency_key: &str,
    ) -> Result<Vec<u8>> {
        let body = CreatePayout::render(&order(user, 0, u64::try_from(number)?)?, None);
        let headers: &[(&str, &[u8])] = &[("Idempotency-Key", idempotency_key.as_bytes())];
        let request = Request { method: "POST", path: route::PAYOUTS.v3, headers, body: &body };
        let signature = sign(key, &request, &["Idempotency-Key"], None)?;
        Ok(self.post(&body, idempotency_key, &signature))
    }

    /// As the provider tells it.
    fn event(
        &self,
        provider: &QuickProvider,
        payout: GatewayPayoutId,
        event_id: Uuid,
    ) -> Result<Vec<u8>> {
        let body = told(payout, event_id);
        let sent_at = timestamp::to_seconds(SystemClock.now());
        let name = header::X_TL_WEBHOOK_TIMESTAMP_SIGNED;
        let headers: &[(&str, &[u8])] = &[(name, sent_at.as_bytes())];
        let request = Request { method: "POST", path: WEBHOOKS, headers, body: &body };
        let jku = format!("http://{}{}", provider.address, route::JWKS);
        let signature = sign(provider.event_key(), &request, &[name], Some(&jku))?;
        let (address, length) = (self.address, body.len());
        let head = format!(
            "POST {WEBHOOKS} HTTP/1.1\r\nHost: {address}\r\n{}: {sent_at}\r\n\
             Tl-Signature: {signature}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n",
            header::X_TL_WEBHOOK_TIMESTAMP
        );
        Ok([head.as_bytes(), &body].concat())
    }

    fn post(&self, body: &[u8], idempotency_key: &str, signature: &str) -> Vec<u8> {
        let Self { address, token } = self;
        let (path, length) = (route::PAYOUTS.v3, body.len());
        let mut bytes = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: {idempotency_key}\r\nTl-Signature: {signature}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        bytes.extend(body);
        bytes
    }
}

/// Makes requests on all processors: signing costs about half of verifying.
fn made_by_all(
    count: usize,
    make: impl Fn(usize, &mut Random) -> Result<Vec<u8>> + Sync,
) -> Result<Vec<Vec<u8>>> {
    let lanes = thread::available_parallelism()?.get();
    let share = count.div_ceil(lanes);
    let work = |lane: usize, mut random: Random| {
        let number = |place: usize| lane.saturating_mul(share).saturating_add(place);
        let requests = (0..share).map(|place| make(number(place), &mut random));
        requests.collect::<Result<Vec<_>>>()
    };
    let work = &work;
    thread::scope(|scope| {
        let mut chance = Random::new(crate::clock::seed());
        let lanes: Vec<_> = (0..lanes)
            .map(|lane| {
                let random = chance.fork();
                scope.spawn(move || work(lane, random))
            })
            .collect();
        let mut all = Vec::with_capacity(count);
        for lane in lanes {
            all.extend(lane.join().ok().context("a thread that signs panicked")??);
        }
        Ok(all)
    })
}

/// The request for a token.
pub(crate) fn token(address: SocketAddr, body: &[u8]) -> Vec<u8> {
    let (path, length) = (route::TOKEN, body.len());
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    [text.as_bytes(), body].concat()
}

/// What the provider says of a payout that is executed.
fn told(payout: GatewayPayoutId, event_id: Uuid) -> Vec<u8> {
    let event = json!({
        "type": "payout_executed",
        "event_version": 1,
        "event_id": event_id.to_string(),
        "payout_id": payout.to_string(),
        "executed_at": "2026-03-02T09:14:07.412Z",
        "scheme_id": "faster_payments_service",
        "beneficiary": { "type": "payment_source", "user_id": "sam" },
    });
    event.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use payout_wire::webhook::{InboundEvent, InboundSubject};

    use super::*;

    #[test]
    fn an_event_names_itself_and_its_payout() {
        let (payout, event_id) =
            (GatewayPayoutId::from_uuid(Uuid::from_u128(9)), Uuid::from_u128(7));

        let read = InboundEvent::parse(&told(payout, event_id)).expect("it is an event");

        assert_eq!(read.event_id.as_uuid(), event_id);
        let InboundSubject::Payout { gateway_payout_id } = read.subject else {
            panic!("it is about a payout: {read:?}")
        };
        assert_eq!(gateway_payout_id, payout);
    }
}
