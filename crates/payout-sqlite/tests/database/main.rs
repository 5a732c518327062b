//! What the laws do not see: the file, the lock, the groups of writes, and SQL typed by hand.

mod by_hand;
mod life;
