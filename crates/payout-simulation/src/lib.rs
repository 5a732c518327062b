//! The faulty world: the production use cases, a seed, every fault, and an auditor.
//!
//! A world is a provider with its bank, a store, one to three instances of the service, and clients.
//! The instances run the use cases of `payout-service` as they are; everything that they touch is a
//! port, and behind every port something goes wrong now and then. All of it follows from one seed, so
//! a world that fails can be lived through again.
//!
//! The auditor reads the bank's own book and what clients were told. It holds both against what
//! always holds: see [`Statement`].
//!
//! ```
//! use payout_simulation::{WorldOptions, run_world};
//!
//! let report = run_world(&WorldOptions::new(1, 5));
//!
//! assert!(report.violations.is_empty());
//! assert_eq!(report.digest, run_world(&WorldOptions::new(1, 5)).digest);
//! ```
//!
//! # What the provider is believed to do
//!
//! A world is only as bad as the provider may be and still be paid through. It checks the token of
//! every transmission when it arrives; it remembers a key from when it first accepted it for at least
//! the window; its clocks agree within the margin; an answer that says "not processed", or refuses the
//! only transmission, is true. Everything else goes wrong here.

mod agenda;
mod auditor;
mod chance;
mod client;
mod fault;
mod faulty_gateway;
mod faulty_store;
mod history;
mod instance;
mod life;
mod many_worlds;
mod marker;
mod mistakes;
mod operator;
mod plan;
mod plant;
mod provider;
mod receiver;
mod reckoning;
mod shrink;
mod statement;
mod trace;
mod world;

pub use fault::{FaultKind, FaultTally, UnknownFaultKind};
pub use history::{WorldOptions, WorldReport, run_world};
pub use many_worlds::{Sum, run_worlds};
pub use plant::{Plant, UnknownPlant};
pub use shrink::{Shrunk, shrink};
pub use statement::{Statement, UnknownStatement, Violation};
