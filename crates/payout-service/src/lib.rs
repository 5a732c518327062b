//! The use cases: what a payout service does, one file each.
