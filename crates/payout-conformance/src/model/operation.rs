//! What is done to a store, in small numbers, so that things meet.

use payout_domain::{ParkReason, Resolution};
use payout_ports::Standing;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixtures::seconds;

/// Something to do. Numbers name things; what they name is decided by the situation.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    OfPayouts(OfPayouts),
    OfPayments(OfPayments),
    OfEvents(OfEvents),
    Wait { minutes: u64 },
    Reopen,
}

/// What is done with payouts.
#[derive(Clone, Debug)]
pub(super) enum OfPayouts {
    Accept { client: u8, key: u8, fingerprint: u64, profile: u8, forget_after_s: Option<u64> },
    FindKey { client: u8, key: u8 },
    ClaimSendable { profile: u8 },
    ClaimWatched { profile: u8 },
    Save { payout: u64, said: Said, late: bool, told: u64, schedule: When, claim: Whose },
    Look { client: u8, payout: u64 },
    FindByGatewayId { profile: u8, number: u64 },
    List { client: u8, limit: usize, after: Option<u64> },
    ListStanding { standing: Standing, limit: usize, after: Option<u64> },
    Pause { by: &'static str },
    Resume,
}

/// What is done with payments.
#[derive(Clone, Debug)]
pub(super) enum OfPayments {
    Pay { client: u8, number: u64, fact: Fact, told: bool },
    ListSource { client: u8, fact: Fact, named: bool },
    Look { client: u8, number: u64, fact: Fact },
    RememberAccounts { accounts: Vec<(u64, bool)> },
}

/// What is done with events and notifications.
#[derive(Clone, Debug)]
pub(super) enum OfEvents {
    Remember { profile: u8, number: u64, digest: u64, about: u8 },
    ClaimEvents,
    EventDone { profile: u8, number: u64 },
    ClaimNotifications,
    NotificationDone { number: u64 },
    NotificationFailed { number: u64, after_s: u64 },
    GiveUp { number: u64 },
    Replay { number: u64, after_s: u64 },
    DeadLetters { limit: usize, after: Option<u64> },
}

/// What is said of a payout, about its latest transmission or under the provider's name for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said {
    Nothing,
    NotProcessed,
    Unknown,
    Rejected,
    Acknowledged(u64),
    Authorized(u64),
    Executed(u64),
    Failed(u64),
    CameBack(u64),
    Parked(ParkReason),
    Decided(Decision),
}

/// What operators say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decision {
    Released,
    Cancelled,
    Proposed(&'static str),
    Resolved(&'static str, Resolution),
}

/// When it is due again.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    AsItIs,
    Never,
    After(u64),
}

/// Under which claim it is scheduled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    Anybodys,
    Latest,
    TheOneBefore,
}

/// Who paid from where into what, in which currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    pub(super) user: u8,
    pub(super) source: u64,
    pub(super) account: u64,
    pub(super) euros: bool,
}

/// Any operation; those that lead somewhere more often.
pub(super) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        5 => of_payouts().prop_map(Operation::OfPayouts),
        2 => of_payments().prop_map(Operation::OfPayments),
        2 => of_events().prop_map(Operation::OfEvents),
        1 => prop_oneof![
            6 => (1..=90_u64).prop_map(|minutes| Operation::Wait { minutes }),
            1 => (200..=2000_u64).prop_map(|minutes| Operation::Wait { minutes }),
            1 => Just(Operation::Reopen),
        ],
    ]
}

fn of_payouts() -> impl Strategy<Value = OfPayouts> {
    prop_oneof![
        6 => (client(), 0..4_u8, 0..2_u64, profile(), proptest::option::weighted(0.2, 0..9000_u64))
            .prop_map(|(client, key, fingerprint, profile, forget_after_s)| {
                OfPayouts::Accept { client, key, fingerprint, profile, forget_after_s }
            }),
        6 => profile().prop_map(|profile| OfPayouts::ClaimSendable { profile }),
        4 => profile().prop_map(|profile| OfPayouts::ClaimWatched { profile }),
        14 => save(),
        2 => (client(), payout()).prop_map(|(client, payout)| OfPayouts::Look { client, payout }),
        1 => (client(), 0..4_u8).prop_map(|(client, key)| OfPayouts::FindKey { client, key }),
        1 => (profile(), gateway_id())
            .prop_map(|(profile, number)| OfPayouts::FindByGatewayId { profile, number }),
        2 => (client(), 1..4_usize, proptest::option::of(payout()))
            .prop_map(|(client, limit, after)| OfPayouts::List { client, limit, after }),
        2 => (standing(), 1..4_usize, proptest::option::of(payout()))
            .prop_map(|(standing, limit, after)| OfPayouts::ListStanding { standing, limit, after }),
        1 => by().prop_map(|by| OfPayouts::Pause { by }),
        2 => Just(OfPayouts::Resume),
    ]
}

fn save() -> impl Strategy<Value = OfPayouts> {
    let late = prop::bool::weighted(0.1);
    let schedule = prop_oneof![
        3 => Just(When::AsItIs),
        1 => Just(When::Never),
        4 => (0..600_u64).prop_map(When::After),
    ];
    let claim = select(vec![Whose::Anybodys, Whose::Latest, Whose::TheOneBefore]);
    (payout(), said(), late, 0..3_u64, schedule, claim).prop_map(
        |(payout, said, late, told, schedule, claim)| OfPayouts::Save {
            payout,
            said,
            late,
            told,
            schedule,
            claim,
        },
    )
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        1 => Just(Said::Nothing),
        2 => Just(Said::NotProcessed),
        2 => Just(Said::Unknown),
        1 => Just(Said::Rejected),
        2 => gateway_id().prop_map(Said::Acknowledged),
        1 => gateway_id().prop_map(Said::Authorized),
        2 => gateway_id().prop_map(Said::Executed),
        1 => gateway_id().prop_map(Said::Failed),
        1 => gateway_id().prop_map(Said::CameBack),
        2 => select(&ParkReason::ALL[..]).prop_map(Said::Parked),
        4 => decision().prop_map(Said::Decided),
    ]
}

fn of_payments() -> impl Strategy<Value = OfPayments> {
    prop_oneof![
        3 => (client(), 0..6_u64, fact(), any::<bool>())
            .prop_map(|(client, number, fact, told)| OfPayments::Pay { client, number, fact, told }),
        2 => (client(), fact(), any::<bool>())
            .prop_map(|(client, fact, named)| OfPayments::ListSource { client, fact, named }),
        3 => (client(), 0..6_u64, fact())
            .prop_map(|(client, number, fact)| OfPayments::Look { client, number, fact }),
        1 => prop::collection::vec((0..2_u64, prop::bool::weighted(0.2)), 0..3)
            .prop_map(|accounts| OfPayments::RememberAccounts { accounts }),
    ]
}

fn of_events() -> impl Strategy<Value = OfEvents> {
    prop_oneof![
        3 => (profile(), 0..5_u64, 0..2_u64, 0..3_u8).prop_map(|(profile, number, digest, about)| {
            OfEvents::Remember { profile, number, digest, about }
        }),
        3 => Just(OfEvents::ClaimEvents),
        1 => (profile(), 0..5_u64)
            .prop_map(|(profile, number)| OfEvents::EventDone { profile, number }),
        5 => Just(OfEvents::ClaimNotifications),
        3 => (0..6_u64).prop_map(|number| OfEvents::NotificationDone { number }),
        3 => (0..6_u64, 0..600_u64)
            .prop_map(|(number, after_s)| OfEvents::NotificationFailed { number, after_s }),
        2 => (0..6_u64).prop_map(|number| OfEvents::GiveUp { number }),
        2 => (0..6_u64, 0..600_u64)
            .prop_map(|(number, after_s)| OfEvents::Replay { number, after_s }),
        2 => (1..3_usize, proptest::option::of(0..6_u64))
            .prop_map(|(limit, after)| OfEvents::DeadLetters { limit, after }),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    let outcome = select(vec![
        Resolution::NeverSubmitted,
        Resolution::Failed,
        Resolution::Executed { at: seconds(1) },
    ]);
    prop_oneof![
        Just(Decision::Released),
        Just(Decision::Cancelled),
        by().prop_map(Decision::Proposed),
        (by(), outcome).prop_map(|(by, outcome)| Decision::Resolved(by, outcome)),
    ]
}

fn by() -> impl Strategy<Value = &'static str> {
    select(vec!["anna", "ben"])
}

fn standing() -> impl Strategy<Value = Standing> {
    select(vec![Standing::Unknown, Standing::Parked, Standing::Unsettled])
}

fn client() -> impl Strategy<Value = u8> {
    prop_oneof![4 => Just(0), 1 => Just(1)]
}

fn profile() -> impl Strategy<Value = u8> {
    prop_oneof![9 => Just(0), 1 => Just(1)]
}

fn payout() -> impl Strategy<Value = u64> {
    0..8_u64
}

fn gateway_id() -> impl Strategy<Value = u64> {
    0..8_u64
}

fn fact() -> impl Strategy<Value = Fact> {
    (0..2_u8, 0..3_u64, 0..2_u64, prop::bool::weighted(0.1))
        .prop_map(|(user, source, account, euros)| Fact { user, source, account, euros })
}
