//! Bodies that servers answer, and events that the provider sends.

use payout_wire::InvalidBody;
use payout_wire::history::HistoryBody;
use payout_wire::merchant_account::{MerchantAccountBody, MerchantAccountList};
use payout_wire::operator::{
    ClientBody, ClientList, ClientWithSecret, DeadLetterPage, PauseBody, PayoutFile, StandingPage,
    StandingPayout,
};
use payout_wire::payment::ReceivedPayment;
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::payout::{CreatedPayout, ReceivedPayout, ReceivedPayoutPage};
use payout_wire::problem::Problem;
use payout_wire::sandbox::{ClockBody, DepositBody, FaultReport};
use payout_wire::token::{OAuthError, TokenResponse};
use payout_wire::transaction::TransactionPage;
use payout_wire::webhook::InboundEvent;

use crate::Heard;
use crate::again::{self, bodies};

/// What the provider answers to the service.
pub(crate) fn provider_answer(bytes: &[u8]) -> Heard {
    bodies!(bytes: CreatedPayout, TokenResponse, OAuthError, Problem)
        .or(again::completed(bytes, transactions, TransactionPage::to_bytes))
        .or(again::completed(bytes, MerchantAccountBody::parse, |account| {
            MerchantAccountBody::from(account).to_bytes()
        }))
        .or(again::completed(bytes, MerchantAccountList::parse, |accounts| {
            MerchantAccountList::new(accounts).to_bytes()
        }))
        .or(payout(bytes))
        .or(again::taken(bytes, PaymentSourceList::parse))
        .or(again::taken(bytes, ReceivedPayment::parse))
}

/// What the service and the sandbox answer to the command line.
pub(crate) fn server_answer(bytes: &[u8]) -> Heard {
    bodies!(bytes:
        ClientBody, ClientList, ClientWithSecret, ClockBody, DeadLetterPage, DepositBody, FaultReport,
        HistoryBody, PauseBody, PayoutFile, StandingPage, StandingPayout,
    )
    .or(again::taken(bytes, ReceivedPayoutPage::parse))
}

/// What the provider tells by webhook.
pub(crate) fn webhook_event(bytes: &[u8]) -> Heard {
    again::taken(bytes, InboundEvent::parse)
}

/// Transactions, without the names of those that were passed over: they are not written again.
fn transactions(bytes: &[u8]) -> Result<TransactionPage, InvalidBody> {
    let page = TransactionPage::parse(bytes)?;
    Ok(TransactionPage::new(page.items, page.next_cursor))
}

/// A payout as the provider has it: each thing that it is evidence of can be recorded and read again.
fn payout(bytes: &[u8]) -> Heard {
    let Some(payout) = again::read(bytes, ReceivedPayout::parse) else { return Heard::Refused };
    for evidence in payout.evidence() {
        assert_eq!(evidence.to_string().parse().as_ref(), Ok(&evidence));
    }
    Heard::Taken
}
