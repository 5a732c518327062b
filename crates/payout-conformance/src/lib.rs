//! The laws of the ports as tests; only ever a development dependency.
