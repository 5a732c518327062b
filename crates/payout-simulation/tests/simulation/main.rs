//! What the simulation finds, and what it does not.

mod determinism;
mod planted_bugs;
mod worlds;
