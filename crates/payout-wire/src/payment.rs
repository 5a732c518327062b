//! Payments: money that came in, and letting users pay it in.

mod create;
mod flow;
mod method;
mod standing;

use payout_domain::{Metadata, Payment, PaymentId, Timestamp, UserId};
use serde::Serialize;

use crate::json::{self, Value};
use crate::money::{self, MoneyMembers};
use crate::payment_source::{self, ReceivedPaymentSource};
use crate::{InvalidBody, metadata, timestamp};

pub use create::{CreatePayment, CreatedPayment};
#[cfg(feature = "openapi")]
pub(crate) use flow::RETURN_URI_MAX;
pub use flow::{FlowBody, SelectProvider, StartFlow, SubmitForm, is_object_or_empty};
pub(crate) use method::MethodTwin;
pub use standing::{PayInBody, SettledFrom};

/// A settled payment, to be told. One that has not settled opens nothing, and is not told.
#[derive(Serialize)]
pub struct PaymentBody {
    #[serde(serialize_with = "json::as_text")]
    id: PaymentId,
    #[serde(flatten)]
    amount: MoneyMembers,
    user: User,
    payment_method: method::ResourceMethodTwin,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
    #[serde(serialize_with = "timestamp::micros")]
    created_at: Timestamp,
    #[serde(serialize_with = "timestamp::micros")]
    executed_at: Timestamp,
    #[serde(serialize_with = "timestamp::micros")]
    settled_at: Timestamp,
    status: &'static str,
    payment_source: payment_source::Twin,
}

#[derive(Serialize)]
struct User {
    #[serde(serialize_with = "json::as_text")]
    id: UserId,
}

/// A payment as a provider describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceivedPayment {
    /// The money has arrived.
    Settled(Box<Payment>),
    /// It has not, or not yet.
    NotSettled {
        /// The provider's word for how it stands.
        status: String,
    },
}

impl PaymentBody {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl From<&Payment> for PaymentBody {
    fn from(payment: &Payment) -> Self {
        Self {
            id: payment.id,
            amount: payment.amount.into(),
            user: User { id: payment.user_id.clone() },
            payment_method: method::ResourceMethodTwin::of(payment),
            metadata: payment.metadata.clone(),
            created_at: payment.created_at,
            executed_at: payment.executed_at,
            settled_at: payment.settled_at,
            status: "settled",
            payment_source: source_twin(payment),
        }
    }
}

impl std::fmt::Debug for PaymentBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaymentBody").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ReceivedPayment {
    /// Reads what `GET /v3/payments/{id}` answers.
    ///
    /// Only `settled` is read any further, because only that proves anything: it must then say who
    /// paid, from which source, into which merchant account and when.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| match body.require("status")?.text()? {
            "settled" => settled(body).map(|payment| Self::Settled(Box::new(payment))),
            other => Some(Self::NotSettled { status: other.to_owned() }),
        })
    }
}

/// The source of a payment without its user, who stands beside it.
pub(crate) fn source_twin(payment: &Payment) -> payment_source::Twin {
    payment_source::Twin::from(&ReceivedPaymentSource {
        id: payment.payment_source_id,
        user_id: None,
        account_holder_name: payment.account_holder_name.clone(),
        account_identifiers: payment.account_identifiers.clone(),
    })
}

fn settled(body: &Value<'_>) -> Option<Payment> {
    let id = body.required("id");
    let amount = money::amount(body);
    let user_id = body.require_object("user").and_then(|user| user.required("id"));
    let merchant_account_id = method::read_merchant_account_id(body);
    let source = body.require_object("payment_source").and_then(|s| payment_source::read(&s));
    let created_at = body.required_time("created_at");
    let settled_at = body.required_time("settled_at");
    let executed_at = executed_at(body);
    let metadata = metadata::read(body);
    let source = same_user(body, source?, user_id.as_ref()?)?;
    Some(Payment {
        id: id?,
        user_id: user_id?,
        merchant_account_id: merchant_account_id?,
        amount: amount?,
        payment_source_id: source.id,
        account_holder_name: source.account_holder_name,
        account_identifiers: source.account_identifiers,
        created_at: created_at?,
        executed_at: executed_at?.or(settled_at)?,
        settled_at: settled_at?,
        metadata: metadata?,
    })
}

/// Some servers call it `succeeded_at`, and without either the money came at the latest when it
/// settled.
#[expect(clippy::option_option, reason = "absent is not the same as wrong")]
fn executed_at(body: &Value<'_>) -> Option<Option<Timestamp>> {
    match body.optional_time("executed_at")? {
        Some(at) => Some(Some(at)),
        None => body.optional_time("succeeded_at"),
    }
}

/// Where the source names its user as well, it must be the one who paid.
fn same_user(
    body: &Value<'_>,
    source: ReceivedPaymentSource,
    user_id: &UserId,
) -> Option<ReceivedPaymentSource> {
    if source.user_id.as_ref().is_some_and(|owner| owner != user_id) {
        return body.refuse_member("payment_source.user_id", "is not the user who paid");
    }
    Some(source)
}
