//! The binary on trial: crash tests and load, from outside.

fn main() {}
