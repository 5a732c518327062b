//! Adapter: the gateway over HTTP, and the API client behind the command line.
