//! Adapter: the store for several instances, on PostgreSQL.
