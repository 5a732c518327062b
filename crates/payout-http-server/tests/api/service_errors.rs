//! What our own troubles look like to a caller.

use std::sync::Arc;

use payout_http_server::Api;
use payout_ports::{Coming, MockPayoutGateway, MockPayoutRepository, ReadError, RepositoryError};

use crate::call::{Answer, Call};
use crate::house::House;

/// The secret words of a cause.
const CAUSE: &str = "disk 7 at 10.0.0.5 is full";

async fn list_with(error: fn() -> RepositoryError) -> Answer {
    let house = House::with(|api: &mut Api| {
        let mut payouts = MockPayoutRepository::new();
        payouts.expect_list().returning(move |_, _| Err(error()));
        api.list_payouts.payouts = Arc::new(payouts);
    });
    let token = house.token("acme").await;
    Call::get("/v3/payouts").bearer(&token).send(&house).await
}

async fn accounts_with(error: fn() -> ReadError) -> Answer {
    let house = House::with(|api: &mut Api| {
        let mut gateway = MockPayoutGateway::new();
        gateway.expect_merchant_accounts().returning(move || Err(error()));
        api.list_merchant_accounts.gateway = Arc::new(gateway);
        // A sandbox is its own provider, and always reached.
        api.sandbox = None;
    });
    let token = house.token("acme").await;
    Call::get("/v3/merchant-accounts").bearer(&token).send(&house).await
}

#[tokio::test]
async fn trouble_is_told_by_what_to_do_and_never_by_its_cause() {
    let unavailable = list_with(|| RepositoryError::Unavailable(CAUSE.into())).await;
    let corrupt = list_with(|| RepositoryError::Corrupt(CAUSE.into())).await;
    let unreachable = accounts_with(|| ReadError::Unavailable(CAUSE.into())).await;
    let refuses = accounts_with(|| ReadError::Refused { detail: CAUSE.to_owned() }).await;
    let unreadable = accounts_with(|| ReadError::Unreadable(CAUSE.into())).await;

    for (answer, status, title) in [
        (&unavailable, 503, "Service Unavailable"),
        (&corrupt, 500, "Unknown Error"),
        (&unreachable, 502, "Provider Error"),
        (&refuses, 502, "Provider Error"),
        (&unreadable, 500, "Unknown Error"),
    ] {
        let problem = answer.problem();

        assert_eq!((problem.status, problem.title.as_str()), (status, title));
        assert!(!answer.body.contains("10.0.0.5"), "{answer:?}");
    }
    assert_eq!(unavailable.header("retry-after"), Some("1"));
    assert!(unreachable.problem().detail.contains("cannot be reached"));
    assert_ne!(unreachable.problem().detail, refuses.problem().detail);
}

#[tokio::test]
async fn a_payout_that_could_not_be_remembered_has_no_id() {
    let house = House::with(|api: &mut Api| {
        let mut payouts = MockPayoutRepository::new();
        payouts.expect_coming().returning(Coming::default);
        payouts.expect_find_key().returning(|_, _| Ok(None));
        payouts
            .expect_accept()
            .times(1)
            .returning(|_| Err(RepositoryError::Unavailable(CAUSE.into())));
        api.request_payout.payouts = Arc::new(payouts);
    });
    let body = house.paid_in().await.order();

    let answer = Call::payout(&house, "key-1", &body).await.send(&house).await;

    assert_eq!(answer.problem().status, 503);
    assert_eq!(answer.header("tl-should-retry"), Some("true"));
    assert!(answer.member("id").is_none(), "{answer:?}");
}
