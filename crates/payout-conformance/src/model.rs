//! Two stores, one history: whatever is done to both, they answer alike.
//!
//! The laws say what must hold in the situations that somebody has thought of. Here histories are
//! drawn by chance, and a second store, simple enough to be believed, says what should come out.

mod answer;
mod operation;
mod player;
mod situation;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use crate::StoreRig;
use crate::fixtures::{acme, change, key, profile, seconds};
use operation::{Operation, operation};
use payout_domain::{Payout, strategies};
use payout_ports::{Acceptance, Fingerprint, GatewayProfile, Instruction};
use player::Player;
use situation::Situation;

/// Makes the test of a store against another one, in a module `store_model`. Both arguments name an
/// `async fn` without arguments that makes a rig over an empty store; the second is the one that is
/// believed.
#[macro_export]
macro_rules! store_model {
    ($fresh:ident, $reference:ident) => {
        mod store_model {
            #[test]
            fn any_history_gives_the_answers_of_the_reference() {
                $crate::model::any_history_gives_the_answers_of_the_reference(
                    super::$fresh,
                    super::$reference,
                );
            }
        }
    };
}

/// Every law of a store at once. `PROPTEST_CASES` times an eighth histories are tried.
pub fn any_history_gives_the_answers_of_the_reference<R, S>(
    fresh: impl AsyncFn() -> R,
    reference: impl AsyncFn() -> S,
) where
    R: StoreRig,
    S: StoreRig,
{
    let histories = (any::<bool>(), prop::collection::vec(operation(), 1..120));
    check(&histories, &async |(one_by_one, operations)| {
        let mut tested = Player::new(fresh().await);
        let mut believed = Player::new(reference().await);
        let mut situation = Situation::new(*one_by_one);
        for (place, operation) in operations.iter().enumerate() {
            let command = situation.next(operation, believed.rig()).await;
            let Some(command) = command else { continue };
            let (answer, expected) =
                (tested.perform(&command).await, believed.perform(&command).await);
            if answer != expected {
                let all: &[Operation] = operations;
                let reason = format!(
                    "operation {place}, {operation:?}, of {all:#?}\nanswered {answer:#?}\nand \
                     should have answered {expected:#?}"
                );
                return Err(TestCaseError::fail(reason));
            }
        }
        Ok(())
    });
}

/// `PayoutRepository`, laws 1 and 9, for every request and every evidence that there can be.
pub fn any_payout_with_any_history_survives_the_store<R: StoreRig>(fresh: impl AsyncFn() -> R) {
    let stories = strategies::history().prop_flat_map(|history| history.retold());
    let names = (strategies::payout_id(), strategies::client_id(), strategies::idempotency_key());
    let payouts = (names, strategies::payout_request(), stories);
    check(&payouts, &async |((id, client_id, idempotency_key), request, evidence)| {
        let rig = fresh().await;
        let (client_id, idempotency_key) = (client_id.clone(), idempotency_key.clone());
        let payout = Payout::accept(*id, client_id, idempotency_key, request.clone(), seconds(0));
        let accepted = rig.payouts().accept(acceptance(&payout)).await;
        accepted.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let mut expected = payout.clone();
        let mut events = Vec::new();
        for (place, evidence) in (1..).zip(evidence) {
            let change = change(&expected, evidence, seconds(place));
            expected = change.payout.clone();
            events.extend(change.events.clone());
            let saved = rig.payouts().save(change).await;
            saved.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        }

        let rig = rig.reopen().await;
        let found = rig.payouts().find_unscoped(payout.id()).await;
        let history = rig.payouts().history(payout.client_id(), payout.id()).await;

        let found = found.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        let history = history.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(found, Some(expected));
        let history = history.unwrap_or_default();
        prop_assert_eq!(history.split_first().map(|(_, rest)| rest), Some(&*events));
        Ok(())
    });
}

fn acceptance(payout: &Payout) -> Acceptance {
    let profile: GatewayProfile = profile();
    Acceptance {
        instruction: Instruction {
            payout_id: payout.id(),
            profile,
            key: key(&format!("{}-{}", acme(), payout.id())),
            body: payout.request().order().reference.as_str().as_bytes().into(),
        },
        payout: payout.clone(),
        fingerprint: Fingerprint([7; 32]),
        forget_before: None,
    }
}

/// Tries an eighth of the usual number of cases, because each opens a store.
fn check<T: std::fmt::Debug>(
    strategy: &impl Strategy<Value = T>,
    holds: &impl AsyncFn(&T) -> Result<(), TestCaseError>,
) {
    let usual = ProptestConfig::default();
    let config =
        ProptestConfig { cases: usual.cases.div_ceil(8), failure_persistence: None, ..usual };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime without threads can be made");
    let outcome = TestRunner::new(config).run(strategy, |case| runtime.block_on(holds(&case)));
    if let Err(found) = outcome {
        unreachable!("{found}");
    }
}
