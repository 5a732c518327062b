//! `GET /v3/payouts`: the caller's payouts. This list is ours; the provider has none.

use std::fmt;

use payout_domain::Payout;

use super::{PayoutBody, ReceivedPayout};
use crate::InvalidBody;
use crate::json;
use crate::page::{self, Page};

/// A page of payouts to be told.
pub struct PayoutPage(Page<PayoutBody>);

/// A page of payouts as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedPayoutPage {
    /// The payouts.
    pub items: Vec<ReceivedPayout>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl PayoutPage {
    /// These payouts, and where the next page begins if there is one.
    pub fn new<'a>(
        payouts: impl IntoIterator<Item = &'a Payout>,
        next_cursor: Option<String>,
    ) -> Self {
        Self(Page::new(payouts.into_iter().map(PayoutBody::from).collect(), next_cursor))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&self.0)
    }
}

impl ReceivedPayoutPage {
    /// Reads it; one payout that cannot be read refuses the page.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let next_cursor = page::next_cursor(body);
            let items = body.require_items("items", ReceivedPayout::read);
            Some(Self { items: items?, next_cursor: next_cursor? })
        })
    }
}

impl fmt::Debug for PayoutPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0.items).finish()
    }
}
