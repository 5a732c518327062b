//! The keys that a provider signs its webhooks with.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Method;
use payout_domain::Timestamp;
use payout_ports::{Cause, Clock, chain};
use payout_signature::{Jwks, VerifyingKey};
use reqwest::{Request, Url};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::base_url::{check_scheme, is_loopback, literal_address};
use crate::public_resolver::PublicResolver;
use crate::transport::{SMALL_ANSWER_LEN_MAX, SetUpError, Transport, quiet};
use crate::{Deadlines, PrivateNetworks};

/// A key set is asked for at most this often, whoever asks for whatever key.
const REFRESH_PAUSE: Duration = Duration::from_secs(30);

/// A key set is asked for again after this, so that a key that was withdrawn does not count for ever.
const REFRESH_AFTER: Duration = Duration::from_mins(30);

/// How long a webhook waits for the keys to come.
const DEADLINES: Deadlines =
    Deadlines { connect: Duration::from_secs(3), request: Duration::from_secs(5) };

/// The keys that a provider signs its webhooks with, fetched when they are needed.
///
/// Anybody can write anything into a `jku`. It is compared letter by letter with those that are
/// allowed, and only then is anything fetched. However many unknown keys are asked for, a set is
/// fetched at most once in 30 seconds, by one at a time; and while it cannot be fetched, the keys that
/// were known last still count.
pub struct JwksCache {
    transport: Transport,
    clock: Arc<dyn Clock>,
    sets: BTreeMap<String, Arc<KeySet>>,
}

struct KeySet {
    url: Url,
    known: RwLock<Known>,
    /// Held by the one who fetches.
    fetching: Arc<Mutex<()>>,
}

#[derive(Default)]
struct Known {
    keys: BTreeMap<String, Arc<VerifyingKey>>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

/// The cache cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum JwksCacheError {
    /// An allowed `jku` is no URL of https (or of http to this machine).
    #[error("`{0}` is no address of a key set; write a URL of https")]
    Jku(String),
    /// An allowed `jku` is in a private network that was not named.
    #[error("`{0}` is a private address; name its network with --private-network if that is meant")]
    Private(String),
    /// See there.
    #[error(transparent)]
    SetUp(#[from] SetUpError),
}

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct BadStatus(u16);

impl JwksCache {
    /// Allows these key sets, each spelled exactly as webhooks spell it. Their names must lead to public
    /// addresses or into the networks that are `named`. If all
    /// sets are on this machine, nothing needs to be named.
    pub fn new<'a>(
        allowed: impl IntoIterator<Item = &'a str>,
        named: &PrivateNetworks,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JwksCacheError> {
        let set = |jku: &str| {
            let url = Url::parse(jku).ok().filter(|url| check_scheme(url).is_ok());
            let url = url.ok_or_else(|| JwksCacheError::Jku(jku.to_owned()))?;
            // A name is checked when it is resolved; an address never is.
            let reachable =
                is_loopback(&url) || literal_address(&url).is_none_or(|it| named.allow(it));
            if !reachable {
                return Err(JwksCacheError::Private(jku.to_owned()));
            }
            let set = KeySet { url, known: RwLock::default(), fetching: Arc::default() };
            Ok((jku.to_owned(), Arc::new(set)))
        };
        let sets: BTreeMap<_, _> =
            allowed.into_iter().map(set).collect::<Result<_, JwksCacheError>>()?;
        let all_are = |is: fn(&Url) -> bool| sets.values().all(|set| is(&set.url));
        let transport = if all_are(|url| url.scheme() == "http") {
            Transport::new(DEADLINES, true)?
        } else {
            let only_here = all_are(is_loopback);
            let named = if only_here { PrivateNetworks::loopback() } else { named.clone() };
            Transport::from_builder(quiet(DEADLINES).dns_resolver(PublicResolver::system(named)))?
        };
        Ok(Self { transport, clock, sets })
    }

    /// Finds a key; `None` if the set is not allowed, or has no such key as far as we know.
    pub async fn key(&self, jku: &str, kid: &str) -> Option<Arc<VerifyingKey>> {
        let set = self.sets.get(jku)?;
        if let Some(key) = set.fresh(kid, self.clock.now()) {
            return Some(key);
        }
        let alone = Arc::clone(&set.fetching).lock_owned().await;
        let now = self.clock.now();
        // Somebody may have fetched while we waited.
        if let Some(key) = set.fresh(kid, now) {
            return Some(key);
        }
        if set.may_try(now) {
            let fetching = refresh(self.transport.clone(), Arc::clone(set), now, alone);
            // A task of its own: whoever hangs up must not keep the keys from everybody else.
            let _fetched = tokio::spawn(fetching).await;
        }
        set.key(kid)
    }
}

async fn refresh(
    transport: Transport,
    set: Arc<KeySet>,
    now: Timestamp,
    _alone: OwnedMutexGuard<()>,
) {
    set.known().tried_at = Some(now);
    match fetch(&transport, &set.url).await {
        Ok(jwks) => set.take_in(&jwks, now),
        Err(error) => {
            let error = chain(&*error);
            tracing::warn!(url = %set.url, error, "a key set could not be fetched");
        }
    }
}

async fn fetch(transport: &Transport, url: &Url) -> Result<Jwks, Cause> {
    let request = Request::new(Method::GET, url.clone());
    let answer = transport.send(request, SMALL_ANSWER_LEN_MAX).await?;
    if answer.status.as_u16() != 200 {
        return Err(BadStatus(answer.status.as_u16()).into());
    }
    Ok(Jwks::parse(&answer.body)?)
}

impl KeySet {
    fn key(&self, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.read().keys.get(kid).cloned()
    }

    /// The key, if the set was fetched not long ago.
    fn fresh(&self, kid: &str, now: Timestamp) -> Option<Arc<VerifyingKey>> {
        let known = self.read();
        let is_fresh = known.fetched_at.is_some_and(|at| is_within(at, now, REFRESH_AFTER));
        known.keys.get(kid).filter(|_| is_fresh).cloned()
    }

    fn may_try(&self, now: Timestamp) -> bool {
        !self.read().tried_at.is_some_and(|at| is_within(at, now, REFRESH_PAUSE))
    }

    fn take_in(&self, jwks: &Jwks, now: Timestamp) {
        let keys = jwks.keys().map(|key| (key.kid().to_owned(), Arc::new(key.clone())));
        let mut known = self.known();
        known.keys = keys.collect();
        known.fetched_at = Some(now);
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> std::sync::RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether less than `span` has gone by. A clock that was set back says nothing, so it does not count.
fn is_within(at: Timestamp, now: Timestamp, span: Duration) -> bool {
    now >= at && now.since(at) < span
}

impl fmt::Debug for JwksCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksCache")
            .field("allowed", &self.sets.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
