//! What the laws do not see: the file, the lock, the groups of writes, and SQL typed by hand.

mod attempts;
mod by_hand;
mod crash;
mod group;
mod life;
mod mark;
mod migration;
mod opening;
mod restart;
mod save;
mod schema;
mod sealing;
mod switch;
mod triggers;
mod unreadable;
