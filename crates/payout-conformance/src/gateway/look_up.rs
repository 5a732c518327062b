//! What is asked for and is not there.

use payout_domain::Currency;
use payout_ports::{ReadError, TransactionQuery};

use super::GatewayRig;
use super::steps::{authorise, eve, pounds, sam};
use crate::fixtures::{gateway_payout_id, merchant_account_id, payment_id};

/// `PayoutGateway`, law 6: it is no error either.
pub async fn what_does_not_exist_is_not_found(rig: &dyn GatewayRig) {
    let gateway = rig.gateway();
    let now = authorise(rig).await.life.issued_at;
    let query = TransactionQuery { from: now, to: now, only: None, cursor: None };

    let payout = gateway.find_payout(gateway_payout_id(1)).await.expect("the provider is there");
    let payment = gateway.find_payment(payment_id(1)).await.expect("the provider is there");
    let sources = gateway.payment_sources(merchant_account_id(1), &sam()).await;
    let movements = gateway.transactions(merchant_account_id(1), &query).await;

    assert_eq!((payout, payment), (None, None));
    assert_eq!(sources.expect("the provider is there"), None);
    assert_eq!(movements.expect("the provider is there"), None);
}

/// `PayoutGateway::transactions`: a cursor that came with no page is nobody's fault but its bearer's.
pub async fn a_cursor_of_nobody_is_unknown(rig: &dyn GatewayRig) {
    let now = authorise(rig).await.life.issued_at;
    let account = rig.merchant_account(Currency::GBP).await.id;

    for cursor in ["x", "1.2.3", "9223372036854775808.0", " ", "%"] {
        let cursor = Some(cursor.to_owned());
        let query = TransactionQuery { from: now, to: now, only: None, cursor };
        let refused = rig.gateway().transactions(account, &query).await;

        assert!(matches!(refused, Err(ReadError::UnknownCursor)), "{query:?}: {refused:?}");
    }
}

/// `PayoutGateway::payment_sources`: nobody is known before paying in.
pub async fn whoever_never_paid_in_has_no_sources(rig: &dyn GatewayRig) {
    rig.paid_in(&sam(), pounds(5_000)).await;
    let account = rig.merchant_account(Currency::GBP).await;

    let sources = rig.gateway().payment_sources(account.id, &eve()).await;

    assert_eq!(sources.expect("the provider is there"), Some(vec![]));
}

/// `PayoutGateway::merchant_accounts`: each once, with balances in its own currency.
pub async fn the_gateway_names_its_merchant_accounts(rig: &dyn GatewayRig) {
    let accounts = rig.gateway().merchant_accounts().await.expect("the provider is there");

    for currency in [Currency::GBP, Currency::EUR] {
        let account = rig.merchant_account(currency).await;
        assert_eq!(accounts.iter().filter(|known| **known == account).count(), 1);
        assert_eq!(account.currency, currency);
        assert_eq!(account.available_balance.currency(), currency);
        assert_eq!(account.current_balance.currency(), currency);
    }
}
