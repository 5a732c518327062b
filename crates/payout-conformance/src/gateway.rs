//! The laws of a gateway.
