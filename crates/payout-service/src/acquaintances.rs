//! Merchant accounts and payment sources that were asked for lately.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use payout_domain::{ClientId, MerchantAccount, MerchantAccountId, PaymentSource, PaymentSourceId};

/// Merchant accounts and payment sources that payouts were asked for lately.
///
/// What decides about a payout never changes: the currency of an account, the user and the currency of a
/// source. And what a source has proved once it has proved for ever. So whoever is paid again is not
/// looked up again; a name or an identifier that the provider has told since is in the payout's own record
/// later than it could be. What is *not* known here is always looked up.
///
/// Copies are one.
#[derive(Clone, Debug, Default)]
pub struct Acquaintances {
    accounts: Arc<Lately<MerchantAccountId, MerchantAccount>>,
    sources: Arc<Lately<(ClientId, PaymentSourceId), PaymentSource>>,
}

/// How many of each are remembered at least; at most it is twice as many.
const REMEMBERED: usize = 4_096;

impl Acquaintances {
    /// The merchant account, if it was met. Its balances may be old.
    pub(crate) fn account(&self, id: MerchantAccountId) -> Option<Arc<MerchantAccount>> {
        self.accounts.get(&id)
    }

    pub(crate) fn meet_account(&self, account: MerchantAccount) -> Arc<MerchantAccount> {
        self.accounts.put(account.id, account)
    }

    /// The payment source of a client, if it was met.
    pub(crate) fn source(
        &self,
        client_id: &ClientId,
        id: PaymentSourceId,
    ) -> Option<Arc<PaymentSource>> {
        self.sources.get(&(client_id.clone(), id))
    }

    pub(crate) fn meet_source(
        &self,
        client_id: &ClientId,
        source: PaymentSource,
    ) -> Arc<PaymentSource> {
        self.sources.put((client_id.clone(), source.id()), source)
    }
}

/// Values that were put or asked for lately, in two generations: when the younger one is full it becomes
/// the older one, whose values are forgotten unless somebody has asked for them.
#[derive(Debug)]
struct Lately<K, V>(Mutex<Generations<K, V>>);

#[derive(Debug)]
struct Generations<K, V> {
    young: BTreeMap<K, Arc<V>>,
    old: BTreeMap<K, Arc<V>>,
}

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Generations { young: BTreeMap::new(), old: BTreeMap::new() }))
    }
}

impl<K: Ord + Clone, V> Lately<K, V> {
    fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut generations = self.generations();
        if let Some(known) = generations.young.get(key) {
            return Some(Arc::clone(known));
        }
        let known = generations.old.remove(key)?;
        generations.add(key.clone(), Arc::clone(&known));
        Some(known)
    }

    fn put(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut generations = self.generations();
        generations.old.remove(&key);
        generations.add(key, Arc::clone(&value));
        value
    }

    fn generations(&self) -> std::sync::MutexGuard<'_, Generations<K, V>> {
        // Every step leaves whole maps, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Ord, V> Generations<K, V> {
    fn add(&mut self, key: K, value: Arc<V>) {
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered_and_no_more_than_twice_as_many() {
        let lately = Lately::default();

        for number in 0..REMEMBERED * 5 {
            lately.put(number, number);
            let (from, generations) =
                ((number + 1).saturating_sub(REMEMBERED), lately.generations());
            let is_there = |maps: &Generations<usize, usize>| {
                maps.young.contains_key(&from) || maps.old.contains_key(&from)
            };
            assert!(is_there(&generations), "{from} after {number}");
        }

        let generations = lately.generations();
        assert!(generations.young.len() <= REMEMBERED && generations.old.len() <= REMEMBERED);
    }

    #[test]
    fn whoever_is_asked_for_again_is_not_forgotten() {
        let lately = Lately::default();
        lately.put(usize::MAX, 7);

        for number in 0..REMEMBERED * 5 {
            lately.put(number, number);
            assert_eq!(lately.get(&usize::MAX).as_deref(), Some(&7), "{number}");
        }

        assert_eq!(lately.get(&0), None);
    }

    #[test]
    fn what_is_put_last_counts() {
        let lately = Lately::default();
        for number in 0..=REMEMBERED {
            lately.put(number, 1);
        }

        lately.put(0, 2);

        assert_eq!(lately.get(&0).as_deref(), Some(&2));
    }
}
