//! The JSON that client and server share: v3 bodies, problem documents and webhook events.
