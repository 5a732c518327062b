//! What is one client's does not exist for another.

use http::StatusCode;

use crate::call::{Answer, Call};
use crate::house::{BETS_KEY, House, PaidIn};

/// Ids that nothing has.
const NOTHING: &str = "00000000-0000-4000-8000-00000000dead";

/// Everything that can be read by naming something, with the name left open.
const READS: [&str; 9] = [
    "/v3/payouts/{payout}",
    "/v3/payouts/{payout}/history",
    "/v3/payouts?cursor={payout}",
    "/v3/payments/{payment}",
    "/v3/merchant-accounts/{account}",
    "/v3/merchant-accounts/{account}/transactions?from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z",
    "/v3/merchant-accounts/{account}/transactions?from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z&type=payout",
    "/v3/merchant-accounts/{account}/payment-sources?user_id=sam",
    "/v3/merchant-accounts/{account}/payment-sources?user_id=nobody",
];

/// A house in which both clients have been paid into, and have paid out.
struct Town {
    house: House,
    of_acme: Owned,
    of_bets: Owned,
}

/// What a client has.
struct Owned {
    client: &'static str,
    paid_in: PaidIn,
    payout: String,
}

impl Town {
    async fn new() -> Self {
        let house = House::new();
        let (pounds, euros) = (house.paid_in().await, house.paid_in_to_bets().await);
        let first = Call::payout(&house, "key-1", &pounds.order()).await.send(&house).await;
        let order = euros.order_of(1250, "EUR", "WD-20417");
        let second = of_bets(&house, &order).await.send(&house).await;
        house.work().await;
        let id = |answer: Answer| answer.member("id").expect("it was accepted");
        Self {
            of_acme: Owned { client: "acme", paid_in: pounds, payout: id(first) },
            of_bets: Owned { client: "bets", paid_in: euros, payout: id(second) },
            house,
        }
    }

    async fn get(&self, client: &str, path: &str) -> Answer {
        let token = self.house.token(client).await;
        Call::get(path).bearer(&token).send(&self.house).await
    }
}

impl Owned {
    fn named_in(&self, path: &str) -> String {
        let Self { paid_in, payout, .. } = self;
        path.replace("{payout}", payout)
            .replace("{payment}", &paid_in.payment)
            .replace("{account}", &paid_in.merchant_account)
    }
}

async fn of_bets(house: &House, order: &str) -> Call {
    let token = house.token("bets").await;
    let call = Call::post("/v3/payouts", order).bearer(&token);
    call.header("Idempotency-Key", "key-1").signed(&BETS_KEY)
}

#[tokio::test]
async fn whatever_another_client_has_looks_exactly_like_nothing() {
    let town = Town::new().await;
    for (owner, other) in [(&town.of_acme, "bets"), (&town.of_bets, "acme")] {
        for path in READS {
            let nothing = path.replace("{payout}", NOTHING).replace("{payment}", NOTHING);
            let nothing = nothing.replace("{account}", NOTHING);

            let own = town.get(owner.client, &owner.named_in(path)).await;
            let of_another = town.get(other, &owner.named_in(path)).await;
            let unknown = town.get(other, &nothing).await;

            assert_eq!(own.status, StatusCode::OK, "{path}: {own:?}");
            assert_eq!(of_another.without_trace(), unknown.without_trace(), "{path}");
            // After its only payout there is nothing for the owner either.
            assert!(of_another.body != own.body || path.contains("cursor"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_list_holds_nothing_of_another_client() {
    let town = Town::new().await;

    for (own, other) in [(&town.of_acme, &town.of_bets), (&town.of_bets, &town.of_acme)] {
        let payouts = town.get(own.client, "/v3/payouts").await.body;
        let accounts = town.get(own.client, "/v3/merchant-accounts").await.body;

        assert!(payouts.contains(&own.payout) && !payouts.contains(&other.payout), "{payouts}");
        let (mine, yours) = (&own.paid_in.merchant_account, &other.paid_in.merchant_account);
        assert!(accounts.contains(mine) && !accounts.contains(yours), "{accounts}");
    }
}

#[tokio::test]
async fn nothing_is_paid_from_another_clients_account_or_to_another_clients_user() {
    let town = Town::new().await;
    let (acme, bets) = (&town.of_acme.paid_in, &town.of_bets.paid_in);
    let unknown = PaidIn { merchant_account: NOTHING.to_owned(), ..acme.clone() };
    let own_account = PaidIn { merchant_account: bets.merchant_account.clone(), ..acme.clone() };
    let no_source = PaidIn { payment_source: NOTHING.to_owned(), ..bets.clone() };
    let ask = async |order: String| {
        let call = of_bets(&town.house, &order).await.without("Idempotency-Key");
        let call = call.header("Idempotency-Key", "key-2").signed(&BETS_KEY);
        call.send(&town.house).await.without_trace()
    };

    let from_another = ask(acme.order()).await;
    let from_nothing = ask(unknown.order()).await;
    assert_eq!(from_another.0, StatusCode::BAD_REQUEST);
    assert_eq!(from_another, from_nothing);

    let to_another = ask(own_account.order_of(1250, "EUR", "WD-1")).await;
    let to_nobody = ask(no_source.order_of(1250, "EUR", "WD-1")).await;
    assert_eq!(to_another.0, StatusCode::BAD_REQUEST);
    assert_eq!(to_another, to_nobody);
}
