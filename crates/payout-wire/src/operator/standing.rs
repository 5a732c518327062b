//! `GET /operator/payouts`: payouts of all clients by where they stand, the oldest first.

use std::str::FromStr;

use payout_domain::{
    ClientId, GatewayPayoutId, MerchantAccountId, Money, OperatorName, PaymentSourceId, Payout,
    PayoutId, PayoutState, Timestamp, TransactionId, UserId,
};
use serde::{Serialize, Serializer};

use super::advice;
use crate::json::{self, Value};
use crate::money::{self, MoneyMembers};
use crate::page::{self, Page};
use crate::{InvalidBody, timestamp};

/// A payout as an operator sees it: where it really stands, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandingPayout {
    /// Which payout.
    #[serde(serialize_with = "json::as_text")]
    pub id: PayoutId,
    /// Whose it is.
    #[serde(serialize_with = "json::as_text")]
    pub client_id: ClientId,
    /// The account that it is paid from.
    #[serde(serialize_with = "json::as_text")]
    pub merchant_account_id: MerchantAccountId,
    /// Who is paid.
    #[serde(serialize_with = "json::as_text")]
    pub user_id: UserId,
    /// The account that it is paid to.
    #[serde(serialize_with = "json::as_text")]
    pub payment_source_id: PaymentSourceId,
    /// How much.
    #[serde(flatten, serialize_with = "money_members")]
    pub amount: Money,
    /// Where it stands.
    #[serde(serialize_with = "json::as_text")]
    pub state: PayoutState,
    /// When it was accepted.
    #[serde(serialize_with = "timestamp::micros")]
    pub created_at: Timestamp,
    /// How many transmissions have begun.
    pub attempts: u32,
    /// When the first one began.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    pub first_sent_at: Option<Timestamp>,
    /// The provider's name for it, once it is known.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    pub gateway_payout_id: Option<GatewayPayoutId>,
    /// When it was executed, by the provider's clock.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    pub executed_at: Option<Timestamp>,
    /// When it failed or came back.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    pub failed_at: Option<Timestamp>,
    /// The movement that brought the money back.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    pub returned_by: Option<TransactionId>,
    /// Who has said first that the provider never had it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    pub proposed_by: Option<OperatorName>,
    /// The decisions that can be taken of it now: `cancel`, `release`, `resolve`.
    pub decisions: Vec<String>,
    /// What is best done next, in a sentence.
    pub next: String,
}

/// Which payouts are listed, by where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandingName {
    /// Those of which nobody knows whether the provider has them.
    Unknown,
    /// Those that wait for an operator.
    Parked,
}

/// The text names no standing that is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be unknown or parked")]
pub struct ParseStandingError;

/// A page of payouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingPage {
    /// The payouts.
    pub items: Vec<StandingPayout>,
    /// What to say as `after` for the next page; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl StandingName {
    /// The word itself.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Parked => "parked",
        }
    }
}

impl FromStr for StandingName {
    type Err = ParseStandingError;

    fn from_str(text: &str) -> Result<Self, ParseStandingError> {
        let known = [Self::Unknown, Self::Parked];
        known.into_iter().find(|name| name.as_str() == text).ok_or(ParseStandingError)
    }
}

impl StandingPayout {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, Self::read)
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    pub(super) fn read(body: &Value<'_>) -> Option<Self> {
        let ids = (body.required("id"), body.required("client_id"));
        let account = body.required("merchant_account_id");
        let beneficiary = (body.required("user_id"), body.required("payment_source_id"));
        let (amount, state) = (money::amount(body), body.required("state"));
        let (created_at, attempts) = (body.required_time("created_at"), count(body, "attempts"));
        let first_sent_at = body.optional_time("first_sent_at");
        let gateway_payout_id = body.optional("gateway_payout_id");
        let ends = (body.optional_time("executed_at"), body.optional_time("failed_at"));
        let (returned_by, proposed_by) =
            (body.optional("returned_by"), body.optional("proposed_by"));
        let decisions = body.require_items("decisions", |item| item.text().map(str::to_owned));
        let next = body.require("next").and_then(|next| next.text().map(str::to_owned));
        Some(Self {
            id: ids.0?,
            client_id: ids.1?,
            merchant_account_id: account?,
            user_id: beneficiary.0?,
            payment_source_id: beneficiary.1?,
            amount: amount?,
            state: state?,
            created_at: created_at?,
            attempts: attempts?,
            first_sent_at: first_sent_at?,
            gateway_payout_id: gateway_payout_id?,
            executed_at: ends.0?,
            failed_at: ends.1?,
            returned_by: returned_by?,
            proposed_by: proposed_by?,
            decisions: decisions?,
            next: next?,
        })
    }
}

impl From<&Payout> for StandingPayout {
    fn from(payout: &Payout) -> Self {
        let (order, progress) = (payout.request().order(), payout.progress());
        Self {
            id: payout.id(),
            client_id: payout.client_id().clone(),
            merchant_account_id: order.merchant_account_id,
            user_id: order.user_id.clone(),
            payment_source_id: order.payment_source_id,
            amount: payout.amount(),
            state: payout.state().clone(),
            created_at: payout.created_at(),
            attempts: progress.attempts,
            first_sent_at: progress.first_sent_at,
            gateway_payout_id: progress.gateway_payout_id,
            executed_at: progress.executed_at,
            failed_at: progress.failed_at,
            returned_by: progress.returned_by,
            proposed_by: progress.proposed_by.clone(),
            decisions: advice::decisions(payout),
            next: advice::next(payout),
        }
    }
}

impl StandingPage {
    /// These payouts, and where the next page begins if there is one.
    pub fn new<'a>(
        payouts: impl IntoIterator<Item = &'a Payout>,
        next_cursor: Option<String>,
    ) -> Self {
        Self { items: payouts.into_iter().map(StandingPayout::from).collect(), next_cursor }
    }

    /// Reads it; one payout that cannot be read refuses the page.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let next_cursor = page::next_cursor(body);
            let items = body.require_items("items", StandingPayout::read);
            Some(Self { items: items?, next_cursor: next_cursor? })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&Page::new(self.items.iter().collect(), self.next_cursor.clone()))
    }
}

/// A count that is told in a member.
pub(super) fn count(body: &Value<'_>, name: &str) -> Option<u32> {
    let member = body.require(name)?;
    u32::try_from(member.whole()?).ok().or_else(|| member.refuse("must be below 2^32"))
}

fn money_members<S: Serializer>(amount: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    MoneyMembers::from(*amount).serialize(serializer)
}
