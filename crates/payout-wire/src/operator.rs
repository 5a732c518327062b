//! What operators see and decide. Ours; the provider has nothing like it.
//!
//! No account number and no name of a user's is ever in these bodies: an operator finds a payout by its
//! ids.

mod advice;
mod attempt;
mod client;
mod client_body;
mod dead_letter;
mod file;
mod pause;
mod resolve;
mod standing;
mod text;

pub use attempt::AttemptItem;
pub use client::{ClientChange, ClientKey, ClientOrder, NewSecretOrder};
pub use client_body::{ClientBody, ClientKeyBody, ClientList, ClientOrigin, ClientWithSecret};
pub use dead_letter::{DeadLetterAbout, DeadLetterItem, DeadLetterPage};
pub use file::PayoutFile;
pub use pause::{PauseBody, PauseOrder};
pub use resolve::ResolveOrder;
pub use standing::{ParseStandingError, StandingName, StandingPage, StandingPayout};
