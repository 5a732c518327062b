//! The gateway over HTTP keeps the laws of a gateway: through the client, the network, our own server
//! and its use cases, down to the bank in memory.

mod rig;
mod server;
mod verbs;

async fn fresh() -> rig::HttpRig {
    rig::HttpRig::new().await
}

payout_conformance::gateway_laws!(fresh);
