//! The controls of the sandbox. They are ours: the provider has nothing like them.

mod control;
mod deposit;

pub use control::{
    ClockAdvance, ClockBody, Delays, FailNext, Lifetimes, ReturnPayout, WebhookTarget,
};
pub use deposit::{Deposit, DepositBody};
