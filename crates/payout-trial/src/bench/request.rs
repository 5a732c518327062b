//! Requests as bytes, signed before any clock starts.

use std::net::SocketAddr;
use std::thread;

use anyhow::{Context as _, Result};
use payout_signature::{Request, SigningKey, sign};
use payout_wire::payout::CreatePayout;
use payout_wire::route;

use crate::load::order;
use crate::provider::PaidIn;
use crate::random::Random;

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
    ///
    /// Signing costs about half of verifying, so all processors sign.
    pub(crate) fn creates(
        &self,
        key: &SigningKey,
        user: &PaidIn,
        count: usize,
    ) -> Result<Vec<Vec<u8>>> {
        let lanes = thread::available_parallelism()?.get();
        let share = count.div_ceil(lanes);
        thread::scope(|scope| {
            let signed = |lane: usize, mut random: Random| {
                let number = |place: usize| lane.saturating_mul(share).saturating_add(place);
                let made = (0..share)
                    .map(|place| self.create(key, user, number(place), &random.uuid().to_string()));
                made.collect::<Result<Vec<_>>>()
            };
            let mut chance = Random::new(crate::clock::seed());
            let lanes: Vec<_> = (0..lanes)
                .map(|lane| {
                    let random = chance.fork();
                    scope.spawn(move || signed(lane, random))
                })
                .collect();
            let mut all = Vec::with_capacity(count);
            for lane in lanes {
                all.extend(lane.join().ok().context("a thread that signs panicked")??);
            }
            Ok(all)
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

/// The request for a token.
pub(crate) fn token(address: SocketAddr, body: &[u8]) -> Vec<u8> {
    let (path, length) = (route::TOKEN, body.len());
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    [text.as_bytes(), body].concat()
}
