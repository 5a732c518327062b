//! What a payout service does: the use cases, one file each, named with a verb.
//!
//! In the order of a payout's life:
//!
//! | use case | does |
//! |---|---|
//! | [`RecordPayment`] | a payment has settled: its source may be paid back |
//! | [`RequestPayout`] | checks an order, remembers the payout, answers |
//! | [`DispatchPayouts`] | claims what is due, commits the intent, sends, records the outcome |
//! | [`ReceiveEvent`] | remembers what the provider tells us unasked |
//! | [`FollowEvents`] | asks the provider what is true about it |
//! | [`ReconcilePayouts`] | asks the provider after every payout that is not at its end |
//! | [`NotifyClients`] | tells clients what happened, until they have heard it |
//! | [`ShowPayout`], [`ListPayouts`], [`ShowHistory`] | what we know |
//! | [`ListMerchantAccounts`], [`ListTransactions`], [`ListPaymentSources`], [`ShowPayment`] | what the provider knows |
//! | [`SteerSandbox`], [`FollowBank`] | play the users and banks of a sandbox |
//!
//! A use case knows the ports and nothing behind them. It reads no clock and draws no chance but
//! through them, so that a simulation can run it unchanged.

#![allow(
    missing_debug_implementations,
    reason = "a use case is its ports, and a port has nothing to print"
)]

mod backoff;
mod dispatch_payouts;
mod doorbell;
mod follow_bank;
mod follow_events;
mod list_merchant_accounts;
mod list_payment_sources;
mod list_payouts;
mod list_transactions;
mod notify_clients;
mod receive_event;
mod reconcile_payouts;
mod record_payment;
mod request_payout;
mod service_error;
mod show_history;
mod show_payment;
mod show_payout;
mod steer_sandbox;
mod take_in;

pub use backoff::Backoff;
pub use dispatch_payouts::{DispatchPayouts, DispatchSettings};
pub use doorbell::Doorbell;
pub use follow_bank::FollowBank;
pub use follow_events::FollowEvents;
pub use list_merchant_accounts::ListMerchantAccounts;
pub use list_payment_sources::ListPaymentSources;
pub use list_payouts::ListPayouts;
pub use list_transactions::ListTransactions;
pub use notify_clients::NotifyClients;
pub use receive_event::ReceiveEvent;
pub use reconcile_payouts::{ReconcilePayouts, WatchSettings};
pub use record_payment::RecordPayment;
pub use request_payout::{PayoutApplication, RequestPayout, RequestPayoutError};
pub use service_error::ServiceError;
pub use show_history::ShowHistory;
pub use show_payment::ShowPayment;
pub use show_payout::ShowPayout;
pub use steer_sandbox::SteerSandbox;
pub use take_in::TakeIn;

/// The words of the ports that the use cases speak to their callers.
pub use payout_ports::{
    Deposit, DepositOrder, DepositRefused, Fingerprint, GatewayProfile, InboxSubject, PageOrder,
    PayingAccount, PayoutEvent, Payouts, Remembered, ReturnFor, SandboxDelays, Transaction,
    TransactionKind, TransactionPage, TransactionQuery, TransactionType, chain,
};
