//! Evidence, histories that can happen, and payouts that they lead to.

use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::{closed_loop, scheme, text, timestamp};
use crate::{
    Evidence, FailureReason, GatewayPayoutId, OperatorName, ParkReason, Payout, PayoutState,
    ProviderStatus, Resolution, TransactionId,
};

/// A story of one payout that can happen: what we did, and what the provider said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Our own words about our transmissions, in their order.
    pub ours: Vec<Evidence>,
    /// The provider's words, in the order in which they became true.
    pub theirs: Vec<Evidence>,
}

impl History {
    /// The story in its order: first what we did, then what the provider said.
    pub fn in_order(&self) -> Vec<Evidence> {
        [self.ours.as_slice(), self.theirs.as_slice()].concat()
    }

    /// The same story as it may reach us: the provider's words in any order and some of them often,
    /// between and after our own words about the last transmission.
    pub fn retold(&self) -> impl Strategy<Value = Vec<Evidence>> + use<> {
        let begun = |e: &Evidence| matches!(e, Evidence::TransmissionBegun { .. });
        let last = self.ours.iter().rposition(begun).map_or(0, |at| at.saturating_add(1));
        let (head, tail) = self.ours.split_at_checked(last).unwrap_or_default();
        let (head, tail) = (head.to_vec(), tail.to_vec());
        let repeated = prop::collection::vec(1..=3_usize, self.theirs.len());
        let places = prop::collection::vec(any::<prop::sample::Index>(), tail.len());
        let theirs = self.theirs.clone();
        let theirs = repeated
            .prop_map(move |times| {
                let each = theirs.iter().zip(times);
                each.flat_map(|(word, n)| std::iter::repeat_n(word.clone(), n)).collect::<Vec<_>>()
            })
            .prop_shuffle();
        (theirs, places).prop_map(move |(theirs, places)| {
            let mut places: Vec<_> =
                places.iter().map(|place| place.index(theirs.len().saturating_add(1))).collect();
            places.sort_unstable();
            [head.clone(), woven(&theirs, &tail, &places)].concat()
        })
    }
}

/// Any evidence, also such as contradicts itself: a few attempts, two names of the provider's.
pub fn evidence() -> impl Strategy<Value = Evidence> {
    prop_oneof![
        1 => Just(Evidence::Accepted),
        3 => attempt().prop_map(|attempt| Evidence::TransmissionBegun { attempt }),
        3 => attempt().prop_map(|attempt| Evidence::NotProcessed { attempt }),
        3 => attempt().prop_map(|attempt| Evidence::OutcomeUnknown { attempt }),
        2 => (attempt(), r"\PC{0,40}").prop_map(|(attempt, detail)| Evidence::Rejected {
            attempt,
            detail: detail.into(),
        }),
        1 => few_ids().prop_map(|gateway_payout_id| Evidence::Acknowledged { gateway_payout_id }),
        4 => (few_ids(), provider_status()).prop_map(|(gateway_payout_id, status)| {
            Evidence::Reported { gateway_payout_id, status }
        }),
        1 => (few_ids(), 1..=2_u128, timestamp()).prop_map(|(gateway_payout_id, bits, at)| {
            let transaction_id = TransactionId::from_uuid(Uuid::from_u128(bits));
            Evidence::MoneyCameBack { gateway_payout_id, transaction_id, at }
        }),
        2 => park_reason().prop_map(Evidence::Parked),
        4 => decision(),
    ]
}

/// Any decision of one of two operators, also such as they may not take.
pub fn decision() -> impl Strategy<Value = Evidence> {
    let because = || r"\PC{0,40}".prop_map(Box::from);
    prop_oneof![
        operator_name().prop_map(|by| Evidence::Released { by }),
        operator_name().prop_map(|by| Evidence::Cancelled { by }),
        (operator_name(), because())
            .prop_map(|(by, because)| Evidence::NeverSubmittedProposed { by, because }),
        (operator_name(), resolution(), because())
            .prop_map(|(by, outcome, because)| Evidence::Resolved { by, outcome, because }),
    ]
}

/// One of two operators.
pub fn operator_name() -> impl Strategy<Value = OperatorName> {
    select(vec!["anna", "b.en@shop-1_x"])
        .prop_map(|name| name.parse().expect("both are operators' names"))
}

/// Anything that an operator may find out.
pub fn resolution() -> impl Strategy<Value = Resolution> {
    prop_oneof![
        timestamp().prop_map(|at| Resolution::Executed { at }),
        Just(Resolution::Failed),
        Just(Resolution::NeverSubmitted),
    ]
}

/// Any word of the provider about a payout.
pub fn provider_status() -> impl Strategy<Value = ProviderStatus> {
    prop_oneof![
        Just(ProviderStatus::Pending),
        proptest::option::of(timestamp()).prop_map(|at| ProviderStatus::Authorized { at }),
        (timestamp(), proptest::option::of(scheme()))
            .prop_map(|(at, scheme)| ProviderStatus::Executed { at, scheme }),
        (timestamp(), failure_reason())
            .prop_map(|(at, reason)| ProviderStatus::Failed { at, reason }),
    ]
}

/// Any reason to fail, also one that has no name here.
pub fn failure_reason() -> impl Strategy<Value = FailureReason> {
    prop_oneof![
        4 => select(&FailureReason::NAMED[..]),
        1 => "[a-z_]{1,30}".prop_map(|text| FailureReason::from(text.as_str())),
    ]
}

/// Any reason to wait for an operator.
pub fn park_reason() -> impl Strategy<Value = ParkReason> {
    select(&ParkReason::ALL[..])
}

/// Any state.
pub fn payout_state() -> impl Strategy<Value = PayoutState> {
    prop_oneof![
        Just(PayoutState::Accepted),
        any::<bool>().prop_map(|earlier_unresolved| PayoutState::Sending { earlier_unresolved }),
        Just(PayoutState::Unknown),
        park_reason().prop_map(PayoutState::Parked),
        any::<bool>().prop_map(|authorized| PayoutState::Submitted { authorized }),
        Just(PayoutState::Executed),
        failure_reason().prop_map(PayoutState::Failed),
        Just(PayoutState::Returned),
    ]
}

/// A story that can happen: up to four transmissions, each with or without an outcome, and, if one
/// of them may have arrived, whatever the provider then says.
pub fn history() -> impl Strategy<Value = History> {
    (transmissions(), provider_words(), proptest::option::weighted(0.2, park_reason())).prop_map(
        |((mut ours, has_arrived), words, parked)| {
            ours.extend(parked.map(Evidence::Parked));
            History { ours, theirs: if has_arrived { words } else { Vec::new() } }
        },
    )
}

/// A payout in any state that legal evidence leads to.
pub fn payout() -> impl Strategy<Value = Payout> {
    let names = (text::payout_id(), text::client_id(), text::idempotency_key());
    (names, closed_loop::payout_request(), timestamp(), history()).prop_flat_map(
        |((id, client_id, key), request, at, history)| {
            history.retold().prop_map(move |evidence| {
                let mut payout =
                    Payout::accept(id, client_id.clone(), key.clone(), request.clone(), at);
                for evidence in &evidence {
                    let _seen_elsewhere = payout.apply(evidence, at);
                }
                payout
            })
        },
    )
}

/// How a transmission ended, as far as its sender could write it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    NotProcessed,
    Unknown,
    /// The sender died first.
    Lost,
    /// Only the last one: nothing is sent after a refusal.
    Rejected,
}

/// Our words, and whether the provider may have the payout.
fn transmissions() -> impl Strategy<Value = (Vec<Evidence>, bool)> {
    let outcome = || select(vec![Outcome::NotProcessed, Outcome::Unknown, Outcome::Lost]);
    let last = prop_oneof![3 => outcome(), 1 => Just(Outcome::Rejected)];
    let outcomes =
        (prop::collection::vec(outcome(), 0..=3), proptest::option::weighted(0.95, last));
    outcomes.prop_map(|(mut outcomes, last)| {
        outcomes.extend(last);
        let arrived = |outcome: &Outcome| matches!(outcome, Outcome::Unknown | Outcome::Lost);
        let has_arrived = outcomes.iter().any(arrived);
        let ours = (1..).zip(outcomes).flat_map(|(attempt, outcome)| words(attempt, outcome));
        (ours.collect(), has_arrived)
    })
}

fn words(attempt: u32, outcome: Outcome) -> impl Iterator<Item = Evidence> {
    let end = match outcome {
        Outcome::NotProcessed => Some(Evidence::NotProcessed { attempt }),
        Outcome::Unknown => Some(Evidence::OutcomeUnknown { attempt }),
        Outcome::Rejected => Some(Evidence::Rejected { attempt, detail: "422".into() }),
        Outcome::Lost => None,
    };
    [Evidence::TransmissionBegun { attempt }].into_iter().chain(end)
}

/// What the provider says of one payout until we stop listening.
fn provider_words() -> impl Strategy<Value = Vec<Evidence>> {
    let not_returned = failure_reason()
        .prop_filter("a return needs an execution", |reason| *reason != FailureReason::Returned);
    let times = prop::array::uniform3(timestamp());
    let ends_well = any::<bool>();
    (few_ids(), times, proptest::option::of(scheme()), not_returned, ends_well, 0..=5_usize)
        .prop_map(|(id, mut times, scheme, reason, executed, heard)| {
            times.sort_unstable();
            let [authorized_at, at, failed_at] = times;
            let said = |status| Evidence::Reported { gateway_payout_id: id, status };
            let mut words = vec![
                Evidence::Acknowledged { gateway_payout_id: id },
                said(ProviderStatus::Pending),
                said(ProviderStatus::Authorized { at: Some(authorized_at) }),
            ];
            if executed {
                let returned = FailureReason::Returned;
                words.push(said(ProviderStatus::Executed { at, scheme }));
                words.push(said(ProviderStatus::Failed { at: failed_at, reason: returned }));
            } else {
                words.push(said(ProviderStatus::Failed { at, reason }));
            }
            words.truncate(heard);
            words
        })
}

/// Puts each of our words before the provider's word at its place.
fn woven(theirs: &[Evidence], ours: &[Evidence], places: &[usize]) -> Vec<Evidence> {
    let ours_at = |at: usize| {
        ours.iter().zip(places).filter(move |(_, place)| **place == at).map(|(word, _)| word)
    };
    let between = theirs.iter().enumerate().flat_map(|(at, word)| ours_at(at).chain([word]));
    between.chain(ours_at(theirs.len())).cloned().collect()
}

fn attempt() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0..=4_u32, 1 => any::<u32>()]
}

fn few_ids() -> impl Strategy<Value = GatewayPayoutId> {
    (1..=2_u128).prop_map(|bits| GatewayPayoutId::from_uuid(Uuid::from_u128(bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_put_where_it_came() {
        let word = |attempt| Evidence::OutcomeUnknown { attempt };

        let all = woven(&[word(1), word(3)], &[word(2), word(4)], &[1, 2]);

        assert_eq!(all, [word(1), word(2), word(3), word(4)]);
    }
}
