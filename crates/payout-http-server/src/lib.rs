//! Driving adapter: the v3 API, inbound webhooks and the sandbox's controls over HTTP.
