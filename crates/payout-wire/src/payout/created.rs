//! The answer to `POST /v3/payouts`.

use payout_domain::{GatewayPayoutId, PayoutId};
use serde::Serialize;
use uuid::Uuid;

use crate::InvalidBody;
use crate::json;

/// The id of a payout that has been accepted: `{"id":"…"}`, with status 202.
///
/// Whoever answers knows it as a [`PayoutId`]; to whoever asked it is the gateway's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CreatedPayout {
    #[serde(serialize_with = "json::as_text")]
    id: Uuid,
}

impl CreatedPayout {
    /// The answer for a payout of ours.
    pub const fn new(id: PayoutId) -> Self {
        Self { id: id.as_uuid() }
    }

    /// The id, to whoever asked.
    pub const fn gateway_payout_id(self) -> GatewayPayoutId {
        GatewayPayoutId::from_uuid(self.id)
    }

    /// Reads the answer.
    ///
    /// A payout of a closed loop never waits for its user, so an answer that says it does is not the
    /// answer to what was asked.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let id = body.required::<GatewayPayoutId>("id");
            let unexpected = body.if_any("status", |status| match status.text()? {
                "authorization_required" => {
                    status.refuse::<()>("belongs to a payout that its user must authorise first")
                }
                _ => Some(()),
            });
            unexpected?;
            id.map(|id| Self { id: id.as_uuid() })
        })
    }

    /// Writes the answer.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}
