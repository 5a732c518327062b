//! The store, and what others may do to its database.

mod server;
mod by_hand;
mod conformance;
mod life;
mod triggers;
mod opening;
mod schema;
mod sealing;
mod rights;
mod save;
mod switch;
mod unreadable;
mod group;
mod claims;
mod mark;
mod cuts;
mod proxy;
