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
//! | [`LookForPayouts`] | looks for what was lost in the statement of its account |
//! | [`NotifyClients`] | tells clients what happened, until they have heard it |
//! | [`ShowPayout`], [`ListPayouts`], [`ShowHistory`] | what we know |
//! | [`ListMerchantAccounts`], [`ListTransactions`], [`ListPaymentSources`], [`ShowPayment`] | what the provider knows |
//! | [`ListStanding`], [`DecidePayout`], [`ResolvePayout`] | what operators see and decide |
//! | [`PauseSending`], [`GuardStore`] | stop sending: by hand, and when the store is not what it was |
//! | [`ReplayNotifications`] | tells once more what was given up |
//! | [`SteerSandbox`], [`FollowBank`] | play the users and banks of a sandbox |
//! | [`TakePayment`], [`TransferMoney`], [`TellNotices`] | play what a provider does beside closed-loop payouts |
//!
//! A use case knows the ports and nothing behind them. It reads no clock and draws no chance but
//! through them, so that a simulation can run it unchanged.

#![allow(
    missing_debug_implementations,
    reason = "a use case is its ports, and a port has nothing to print"
)]

mod acquaintances;
mod backoff;
mod decide_payout;
mod dispatch_payouts;
mod doorbell;
mod follow_bank;
mod follow_events;
mod guard_store;
mod list_merchant_accounts;
mod list_payment_sources;
mod list_payouts;
mod list_standing;
mod list_transactions;
mod look_for_payouts;
mod manage_clients;
mod notify_clients;
mod pause_sending;
mod places;
mod receive_event;
mod reconcile_payouts;
mod record_payment;
mod replay_notifications;
mod request_payout;
mod resolve_payout;
mod service_error;
mod show_history;
mod show_payment;
mod show_payout;
mod steer_sandbox;
mod take_in;
mod take_payment;
mod tell_notices;
mod transfer_money;

pub use acquaintances::Acquaintances;
pub use backoff::Backoff;
pub use decide_payout::DecidePayout;
pub use dispatch_payouts::{DispatchPayouts, DispatchSettings};
pub use doorbell::Doorbell;
pub use follow_bank::FollowBank;
pub use follow_events::FollowEvents;
pub use guard_store::{Adoption, GuardStore, StoreVerdict};
pub use list_merchant_accounts::ListMerchantAccounts;
pub use list_payment_sources::ListPaymentSources;
pub use list_payouts::ListPayouts;
pub use list_standing::ListStanding;
pub use list_transactions::ListTransactions;
pub use look_for_payouts::{Absence, LookForPayouts, LookSettings};
pub use manage_clients::{ManageClients, ManageClientsError};
pub use notify_clients::{NotifyClients, NotifySettings};
pub use pause_sending::PauseSending;
pub use receive_event::ReceiveEvent;
pub use reconcile_payouts::{ReconcilePayouts, WatchSettings};
pub use record_payment::RecordPayment;
pub use replay_notifications::ReplayNotifications;
pub use request_payout::{PayoutApplication, RequestPayout, RequestPayoutError};
pub use resolve_payout::{ResolveError, ResolvePayout, Resolved};
pub use service_error::ServiceError;
pub use show_history::{History, ShowHistory};
pub use show_payment::ShowPayment;
pub use show_payout::ShowPayout;
pub use steer_sandbox::SteerSandbox;
pub use take_in::{DecisionError, ScheduleOf, TakeIn};
pub use take_payment::{PaymentApplication, TakePayment};
pub use tell_notices::TellNotices;
pub use transfer_money::TransferMoney;

/// The words of the ports that the use cases speak to their callers.
pub use payout_ports::{
    Attempt, ClientWrite, Coming, CreatedPayIn, DeadLetter, DeadLetterSubject, Deposit,
    DepositOrder, DepositRefused, Fingerprint, GatewayProfile, InboxSubject, Notice, NoticeSubject,
    PageOrder, Pause, PayInReport, PayingAccount, PayoutEvent, Payouts, ProviderRefused,
    RefundOrder, Remembered, ReturnFor, SandboxDelays, ShownSource, Standing, StoreMark,
    Transaction, TransactionKind, TransactionPage, TransactionQuery, TransactionType, chain,
};
