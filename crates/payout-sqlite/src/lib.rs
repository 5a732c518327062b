//! Adapter: the embedded store.
