//! What a payout service asks of the world.
//!
//! Every port is a trait with laws. An adapter is right when it keeps the laws; the crate
//! `payout-conformance` holds them as tests, the same for every adapter.
//!
//! | port | asks | adapters |
//! |---|---|---|
//! | [`PayoutGateway`] | to move money, and what became of it | the provider over HTTP, the bank in memory |
//! | [`PayoutRepository`] | to remember payouts and everything that happened to them | memory, SQLite, PostgreSQL |
//! | [`PaymentRepository`] | to remember who has paid in, from where, into what | memory, SQLite, PostgreSQL |
//! | [`Inbox`] | to remember what the provider told us unasked | memory, SQLite, PostgreSQL |
//! | [`Outbox`] | to remember what we still have to tell our clients | memory, SQLite, PostgreSQL |
//! | [`SendSwitch`] | to stop all sending | memory, SQLite, PostgreSQL |
//! | [`MarkedStore`], [`Marker`] | whether the store is still the one that it was | memory, SQLite, PostgreSQL; a file |
//! | [`Notifier`] | to tell a client what happened | signed webhooks over HTTP |
//! | [`SandboxBank`] | to play the users and banks of a sandbox | the bank in memory |
//! | [`SandboxProvider`] | to play what a provider does beside closed-loop payouts | the bank in memory |
//! | [`NoticeSender`] | to tell a client what that provider did | signed webhooks over HTTP |
//! | [`Clock`], [`MovableClock`] | what time it is | the binary |
//! | [`Sealer`] | to hide what is of a person from whoever has the store | the binary |
//! | [`IdGenerator`] | a name that nothing else has | the binary |
//!
//! Errors say what the caller does next, never which technology failed. The feature `mock` adds a
//! mock of every port, named `Mock…`.

mod account_owners;
mod attempt;
mod cause;
mod client_register;
mod clock;
mod coming;
mod gateway;
mod id_generator;
mod inbox;
mod marker;
mod outbox;
mod payment_repository;
mod payout_repository;
mod repository_error;
mod sandbox_bank;
mod sandbox_provider;
mod sealer;
mod sealing;
mod send_switch;
mod store;
mod transaction;

pub use account_owners::AccountOwners;
pub use attempt::{Attempt, AttemptEnd};
pub use cause::{Cause, chain};
pub use client_register::{ClientRegister, RegisterError};
pub use clock::{Clock, MovableClock};
pub use coming::{Coming, ComingCount};
pub use gateway::{
    Authorisation, BearerToken, GatewayProfile, Instruction, PayoutGateway, ReadError,
    ReportedPayout, SubmitOutcome,
};
pub use id_generator::IdGenerator;
pub use inbox::{Inbox, InboxEntry, InboxSubject, Remembered};
pub use marker::{MarkedStore, Marker, StoreMark};
pub use outbox::{
    AfterFailure, DeadLetter, DeadLetterSubject, Delivery, NewNotification, NotDelivered,
    Notification, NotificationKind, NotificationSubject, Notifier, Outbox,
};
pub use payment_repository::{PaymentRepository, RecordedPayment};
pub use payout_repository::{
    AcceptOutcome, Acceptance, Claim, Claimed, Epoch, Fingerprint, IdempotencyRecord, PageOrder,
    PayoutChange, PayoutEvent, PayoutRepository, Payouts, SaveError, Schedule, SendOrder, Standing,
    WatchOrder,
};
pub use repository_error::RepositoryError;
pub use sandbox_bank::{
    BankEvent, Deposit, DepositOrder, DepositRefused, SandboxBank, SandboxDelays,
};
pub use sandbox_provider::{
    ClientWrite, CreatedPayIn, Notice, NoticeSender, NoticeSubject, PayInReport, ProviderRefused,
    RefundOrder, SandboxProvider,
};
pub use sealer::{CannotOpen, PersonalField, SealedPlace, SealedRecord, Sealer};
pub use sealing::{KeyProof, Personal, Sealing};
pub use send_switch::{Pause, SendSwitch};
pub use store::Store;
pub use transaction::{
    PayingAccount, ReturnFor, ShownSource, Transaction, TransactionKind, TransactionPage,
    TransactionQuery, TransactionType,
};

#[cfg(feature = "mock")]
pub use {
    client_register::MockClientRegister,
    clock::{MockClock, MockMovableClock},
    gateway::MockPayoutGateway,
    id_generator::MockIdGenerator,
    inbox::MockInbox,
    marker::{MockMarkedStore, MockMarker},
    outbox::{MockNotifier, MockOutbox},
    payment_repository::MockPaymentRepository,
    payout_repository::MockPayoutRepository,
    sandbox_bank::MockSandboxBank,
    sandbox_provider::{MockNoticeSender, MockSandboxProvider},
    sealer::MockSealer,
    send_switch::MockSendSwitch,
};
