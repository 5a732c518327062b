//! What the laws do not see: the file, the lock, the groups of writes, and SQL typed by hand.

mod by_hand;
mod crash;
mod group;
mod life;
mod opening;
mod schema;
mod triggers;
