//! What both servers share: a home for keys and secrets, an address, and a way to stop.

mod database;
mod disk_room;
mod entrance;
mod home;
mod plan;
mod readiness;
mod run;
mod verification;
mod wire_up;

pub(crate) use database::Database;
pub(crate) use disk_room::DiskRoom;
pub(crate) use entrance::{CertificateFiles, Gate};
pub(crate) use home::{Home, Identity};
pub(crate) use plan::{ServerPlan, flag, required};
pub(crate) use readiness::StoreReadiness;
pub(crate) use run::{Serving, start_sending, start_workers};
pub(crate) use verification::verifier;
pub(crate) use wire_up::{api, broken, client_desk, finish, notifier};
