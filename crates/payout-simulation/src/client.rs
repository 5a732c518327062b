//! The client: what it asks for, how it insists, and what it sees.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    ClientId, Currency, IdempotencyKey, MerchantAccountId, Metadata, Money, PaymentSourceId,
    PayoutId, PayoutOrder, SchemeSelection, UserId,
};
use payout_ports::{DepositOrder, Fingerprint, PayoutGateway, SandboxBank};
use payout_service::{PayoutApplication, RequestPayoutError, ShowPayout};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::FaultKind;
use crate::agenda::Happening;
use crate::chance::Chance;
use crate::plan::Plan;
use crate::statement::Statement;
use crate::world::World;

/// A payout that a client intends, under one key, however often it has to ask.
#[derive(Clone, Debug)]
pub(crate) struct Intention {
    pub(crate) at_ms: u64,
    pub(crate) key: IdempotencyKey,
    pub(crate) user: u64,
    pub(crate) amount_minor: u64,
    pub(crate) chosen: u64,
}

/// What a client has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accepted(PayoutId),
    Refused,
    KeyReused,
    Nothing,
}

/// What is wrong with an order, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    SourceOfNobody,
    SourceOfAnother,
    NotItsCurrency,
    NotItsAccount,
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn client_id() -> ClientId {
    "shop".parse().expect("a plain name")
}

impl Intention {
    /// Draws what clients will ask for: evenly, or in bursts.
    pub(crate) fn draw_all(plan: &Plan, chance: &mut Chance) -> Vec<Self> {
        let hour = crate::chance::millis(HOUR);
        let bursts: Vec<u64> =
            (0..plan.bursts).map(|_| chance.between(hour, plan.asking_ms)).collect();
        let draw = |number| {
            let is_last = number == plan.payouts.saturating_sub(1);
            let at_ms = match chance.pick(&bursts) {
                // What comes last proves to operators that the statement is complete.
                _ if is_last => plan.calm_ms.saturating_add(hour.saturating_mul(20)),
                Some(burst) => burst.saturating_add(chance.between(0, 60_000)),
                None => chance.between(hour, plan.asking_ms),
            };
            let key = format!("order-{number}").parse().expect("visible ASCII");
            let user = chance.between(0, plan.users.saturating_sub(1));
            let (amount_minor, chosen) = (chance.between(1, 5_000), chance.next());
            Self { at_ms, key, user, amount_minor, chosen }
        };
        (0..plan.payouts).map(draw).collect()
    }
}

impl World {
    /// A user pays in, in one currency or the other.
    pub(crate) async fn deposit(&self, user: u64) {
        let amount_minor = self.draw(|chance| chance.between(1_000, 50_000));
        let Ok(amount) = Money::from_minor(amount_minor, currency_of(user)) else { return };
        let order = DepositOrder {
            user_id: user_id(user),
            amount,
            account: None,
            account_holder_name: None,
            merchant_account_id: None,
        };
        if let Ok(deposit) = self.bank.deposit(&order).await {
            self.auditor().expects(user, &deposit);
            self.after(self.plan.delays.settlement, Happening::BankMoves);
        }
    }

    /// A client asks until it knows, and then sometimes once more.
    pub(crate) async fn ask(self: Arc<Self>, number: usize) {
        let flaw = self.flaw(number);
        let mut wait = SECOND;
        let id = loop {
            match self.ask_once(number, flaw, false).await {
                Answer::Accepted(id) => break id,
                Answer::Refused if flaw != Flaw::None => return self.auditor().refused(number),
                Answer::KeyReused => {
                    return self.auditor().accuse(Statement::AtMostOnce, "a new key is a used one");
                }
                Answer::Refused | Answer::Nothing => {}
            }
            sleep(wait).await;
            wait = wait.saturating_mul(2).min(HOUR);
        };
        self.acknowledged(number, flaw, id);
        if self.strikes(FaultKind::RequestRepeated) {
            self.pause(FaultKind::RequestRepeated).await;
            if let Answer::Accepted(again) = self.ask_once(number, flaw, false).await {
                let now_ms = self.now_ms();
                self.auditor().acknowledged(number, again, now_ms);
            }
        }
        if self.strikes(FaultKind::RequestAltered) {
            self.pause(FaultKind::RequestAltered).await;
            if let Answer::Accepted(other) = self.ask_once(number, flaw, true).await {
                self.auditor().took_altered(number, other);
            }
        }
    }

    /// A client looks how its payout stands. It looks at the store itself: what comes late or not at
    /// all teaches nothing about order.
    pub(crate) async fn look(&self, number: usize) {
        let Some(id) = self.auditor().last_id(number) else { return };
        let show = ShowPayout { payouts: self.store() };
        match show.run(&client_id(), id).await {
            Ok(Some(payout)) => self.auditor().shown(id, payout.state().status(), &self.bank),
            Ok(None) => self.auditor().missing(id),
            Err(_) => {}
        }
    }

    fn acknowledged(&self, number: usize, flaw: Flaw, id: PayoutId) {
        self.note("acknowledged", id.as_uuid(), 0);
        let mut auditor = self.auditor();
        auditor.acknowledged(number, id, self.now_ms());
        match flaw {
            Flaw::None => {}
            Flaw::NotItsCurrency => {
                auditor.accuse(Statement::OneCurrency, "another currency is paid");
            }
            Flaw::SourceOfNobody | Flaw::SourceOfAnother | Flaw::NotItsAccount => {
                auditor.accuse(Statement::ClosedLoop, "somebody is paid who never paid in");
            }
        }
        drop(auditor);
        if self.strikes(FaultKind::CalledOff) {
            let later =
                self.draw_of(FaultKind::CalledOff, |chance| chance.heavy_tailed(SECOND, HOUR));
            self.after(later, Happening::CallOff(number));
        }
        for _ in 0..3 {
            let later = self.draw(|chance| chance.heavy_tailed(SECOND, HOUR.saturating_mul(100)));
            self.after(later, Happening::Look(number));
        }
    }

    async fn pause(&self, kind: FaultKind) {
        let pause =
            self.draw_of(kind, |chance| chance.heavy_tailed(SECOND, HOUR.saturating_mul(20)));
        sleep(pause).await;
    }

    fn flaw(&self, number: usize) -> Flaw {
        let flaws = [
            Flaw::SourceOfNobody,
            Flaw::SourceOfAnother,
            Flaw::NotItsCurrency,
            Flaw::NotItsAccount,
        ];
        if self.strikes(FaultKind::RequestForbidden) {
            let chosen = self.intentions.get(number).map(|intention| intention.chosen);
            return Chance::of(chosen.unwrap_or_default(), 0)
                .pick(&flaws)
                .copied()
                .unwrap_or(Flaw::None);
        }
        Flaw::None
    }

    async fn ask_once(&self, number: usize, flaw: Flaw, altered: bool) -> Answer {
        let Some(order) = self.order(number, flaw, altered) else { return Answer::Nothing };
        let Some(intention) = self.intentions.get(number) else { return Answer::Nothing };
        let Some(service) = self.some_service() else { return Answer::Nothing };
        let application = PayoutApplication {
            client_id: client_id(),
            key: intention.key.clone(),
            fingerprint: Fingerprint([u8::from(altered); 32]),
            order,
        };
        // A client that waits no longer hangs up, and the request ends where it stands.
        match timeout(PATIENCE, service.request_payout.run(application)).await {
            Ok(Ok(id)) => Answer::Accepted(id),
            Ok(Err(RequestPayoutError::Refused(_))) => Answer::Refused,
            Ok(Err(RequestPayoutError::KeyReused)) => Answer::KeyReused,
            Ok(Err(RequestPayoutError::Service(_))) | Err(_) => Answer::Nothing,
        }
    }

    /// The order of an intention; `None` as long as its user has not paid in.
    fn order(&self, number: usize, flaw: Flaw, altered: bool) -> Option<PayoutOrder> {
        let intention = self.intentions.get(number)?;
        let mut user = intention.user;
        let (mut source, mut account) = self.auditor().source_of(user)?;
        let mut currency = currency_of(user);
        match flaw {
            Flaw::None => {}
            Flaw::SourceOfNobody => source = PaymentSourceId::from_uuid(Uuid::from_u128(1)),
            Flaw::SourceOfAnother => user = user.saturating_add(1),
            Flaw::NotItsCurrency => currency = currency_of(user.saturating_add(1)),
            Flaw::NotItsAccount => account = MerchantAccountId::from_uuid(Uuid::from_u128(2)),
        }
        let amount_minor = intention.amount_minor.saturating_add(u64::from(altered));
        Some(PayoutOrder {
            merchant_account_id: account,
            user_id: user_id(user),
            payment_source_id: source,
            amount: Money::from_minor(amount_minor, currency).ok()?,
            reference: format!("WD-{number}").parse().ok()?,
            scheme_selection: SchemeSelection::InstantPreferred,
            metadata: Metadata::default(),
        })
    }
}

/// The currency that a user pays in.
pub(crate) fn currency_of(user: u64) -> Currency {
    if user.is_multiple_of(2) { Currency::GBP } else { Currency::EUR }
}

fn user_id(user: u64) -> UserId {
    format!("user-{user}").parse().expect("a plain name")
}

/// What the bank says of a merchant account's money now.
pub(crate) async fn balances(world: &World) -> Vec<Money> {
    let accounts = world.bank.merchant_accounts().await.unwrap_or_default();
    accounts.into_iter().map(|account| account.current_balance).collect()
}
