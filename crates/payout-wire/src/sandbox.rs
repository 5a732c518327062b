//! The controls of the sandbox. They are ours: the provider has nothing like them.

mod control;
mod deposit;
pub mod distort;
mod fault_rules;

#[cfg(feature = "openapi")]
pub(crate) use control::possible;
pub use control::{
    BankLogin, ClockAdvance, ClockBody, Delays, FailNext, Lifetimes, ReturnPayout, WebhookTarget,
};
pub use deposit::{Deposit, DepositBody};
pub use fault_rules::{
    FaultCall, FaultKind, FaultOften, FaultReport, FaultRule, FaultRules, FaultTally, FaultTime,
};
#[cfg(feature = "openapi")]
pub(crate) use fault_rules::{FaultMember, MILLISECONDS_MAX};
