//! The faulty world: the production use cases, a seed, every fault, and an auditor.
