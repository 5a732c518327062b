//! What two facts about one payment source say together.

use std::collections::BTreeSet;

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

/// Two facts about one source.
fn two_facts() -> impl Strategy<Value = (PaymentSource, PaymentSource)> {
    (any::payment_source(), any::payment_source(), any::<bool>()).prop_map(
        |(one, other, shared)| {
            let mut proofs: Vec<_> = other.proofs().collect();
            if shared {
                let (merchant_account_id, _) =
                    one.proofs().next().expect("every source has a proof");
                let (_, proof) = proofs[0];
                proofs.push((merchant_account_id, proof));
            }
            let account = (
                other.account_holder_name().map(str::to_owned),
                other.account_identifiers().to_vec(),
            );
            let other = PaymentSource::restore(
                one.id(),
                one.user_id().clone(),
                one.currency(),
                account,
                proofs,
            );
            (one, other.expect("it has a proof"))
        },
    )
}

fn merged(mut one: PaymentSource, other: &PaymentSource) -> PaymentSource {
    one.merge(other).expect("both are facts of one source");
    one
}

/// What decides whether a payout is allowed, and by which scheme.
fn substance(
    source: &PaymentSource,
) -> (BTreeSet<(MerchantAccountId, bool)>, BTreeSet<AccountIdentifier>, bool) {
    let proofs = source.proofs().map(|(id, proof)| (id, matches!(proof, Proof::Payment(_))));
    let identifiers = source.account_identifiers().iter().cloned();
    (proofs.collect(), identifiers.collect(), source.account_holder_name().is_some())
}

proptest! {
    #[test]
    fn to_hear_a_fact_twice_changes_nothing((one, other) in two_facts()) {
        let once = merged(one.clone(), &other);

        prop_assert_eq!(&merged(one.clone(), &one), &one);
        prop_assert_eq!(&merged(once.clone(), &other), &once);
        prop_assert_eq!(&merged(once.clone(), &one), &once);
    }

    #[test]
    fn the_order_of_facts_does_not_matter((one, other) in two_facts()) {
        let forth = merged(one.clone(), &other);
        let back = merged(other, &one);

        prop_assert_eq!(substance(&forth), substance(&back));
    }

    #[test]
    fn what_was_proved_stays_proved((one, other) in two_facts()) {
        let both = merged(one.clone(), &other);

        for (id, proof) in one.proofs().chain(other.proofs()) {
            prop_assert!(both.proof(id).is_some());
            if let Proof::Payment(_) = proof {
                prop_assert!(matches!(both.proof(id), Some(Proof::Payment(_))));
            }
        }
        for (id, proof) in one.proofs().filter(|(_, proof)| matches!(proof, Proof::Payment(_))) {
            prop_assert_eq!(both.proof(id), Some(proof), "the first payment is the lasting proof");
        }
    }

    #[test]
    fn facts_of_two_sources_users_or_currencies_do_not_mix(
        one in any::payment_source(), other in any::payment_source(),
    ) {
        let account = || (None, Vec::new());
        let like = |id, user: &UserId, currency| {
            PaymentSource::restore(id, user.clone(), currency, account(), other.proofs())
                .expect("it has a proof")
        };
        prop_assume!(one.currency() != other.currency());
        let (id, user, currency) = (one.id(), one.user_id(), one.currency());
        for (fact, conflict) in [
            (like(other.id(), user, currency), PaymentSourceConflict::OtherSource),
            (like(id, other.user_id(), currency), PaymentSourceConflict::OtherUser),
            (like(id, user, other.currency()), PaymentSourceConflict::OtherCurrency),
        ] {
            let mut kept = one.clone();

            prop_assert_eq!(kept.merge(&fact), Err(conflict));
            prop_assert_eq!(&kept, &one);
        }
    }

    #[test]
    fn a_payment_proves_its_own_merchant_account_only(
        payment in any::payment(), elsewhere in any::merchant_account_id(),
    ) {
        let source = PaymentSource::of_payment(&payment);

        let proof = source.proof(payment.merchant_account_id);
        prop_assert_eq!(proof, Some(Proof::Payment(payment.id)));
        prop_assert_eq!(source.proof(elsewhere), None);
        prop_assert_eq!(source.currency(), payment.amount.currency());
        prop_assert_eq!(source.user_id(), &payment.user_id);
        prop_assert_eq!(source.id(), payment.payment_source_id);
    }

    #[test]
    fn a_stored_source_comes_back(source in any::payment_source()) {
        let account = (
            source.account_holder_name().map(str::to_owned),
            source.account_identifiers().to_vec(),
        );
        let (id, user) = (source.id(), source.user_id().clone());

        let nothing =
            PaymentSource::restore(id, user.clone(), source.currency(), account.clone(), []);
        let restored =
            PaymentSource::restore(id, user, source.currency(), account, source.proofs());

        prop_assert_eq!(restored, Some(source));
        prop_assert_eq!(nothing, None, "without a proof it is no source");
    }
}
