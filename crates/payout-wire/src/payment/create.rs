//! `POST /v3/payments`: let a user pay in.

use std::fmt;

use payout_domain::{
    MerchantAccountId, Metadata, Money, ProviderId, ProviderSelection, Refusal, UserId,
};
use serde::Serialize;

use crate::json::{self, Value};
use crate::money::{self, MoneyMembers};
use crate::{InvalidBody, metadata};

/// What a caller asks for: let this user pay into that merchant account.
///
/// Whatever else a client says of its user, such as a name or an address, is read by nobody here.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatePayment {
    /// Who is to pay; somebody new if nothing is said.
    pub user_id: Option<UserId>,
    /// Where the money is to arrive.
    pub merchant_account_id: MerchantAccountId,
    /// How much.
    pub amount: Money,
    /// Which bank the user pays from.
    pub provider_selection: ProviderSelection,
    /// What the caller wants to find again.
    pub metadata: Metadata,
}

/// The answer to it, with status 201.
#[derive(Serialize)]
pub struct CreatedPayment<'a> {
    #[serde(serialize_with = "json::as_text")]
    id: payout_domain::PaymentId,
    user: UserTwin<'a>,
    resource_token: &'a str,
    status: &'static str,
}

#[derive(Serialize)]
struct Twin<'a> {
    #[serde(flatten)]
    amount: MoneyMembers,
    payment_method: MethodTwin<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserTwin<'a>>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: &'a Metadata,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "bank_transfer")]
struct MethodTwin<'a> {
    provider_selection: SelectionTwin<'a>,
    beneficiary: super::method::Beneficiary,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum SelectionTwin<'a> {
    UserSelected {
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<FilterTwin<'a>>,
    },
    Preselected {
        provider_id: &'a str,
    },
}

#[derive(Serialize)]
pub(super) struct FilterTwin<'a> {
    provider_ids: Vec<&'a str>,
}

#[derive(Serialize)]
struct UserTwin<'a> {
    id: &'a str,
}

impl CreatePayment {
    /// Reads what a caller asks for, or says everything that is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let amount = amount(body);
            let method = body.require_object("payment_method");
            let method = method.and_then(|method| read_method(&method));
            let user_id = body.if_any("user", |user| {
                if user.is_object() {
                    user.optional("id")
                } else {
                    user.refuse("must be an object, in braces")
                }
            });
            let metadata = metadata::read(body);
            let (provider_selection, merchant_account_id) = method?;
            Some(Self {
                user_id: user_id?.flatten(),
                merchant_account_id,
                amount: amount?,
                provider_selection,
                metadata: metadata?,
            })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let provider_selection = match &self.provider_selection {
            ProviderSelection::UserSelected(offered) => {
                SelectionTwin::UserSelected { filter: FilterTwin::of(offered) }
            }
            ProviderSelection::Preselected(provider) => {
                SelectionTwin::Preselected { provider_id: provider.as_str() }
            }
        };
        let beneficiary =
            super::method::Beneficiary { merchant_account_id: self.merchant_account_id };
        json::to_bytes(&Twin {
            amount: self.amount.into(),
            payment_method: MethodTwin { provider_selection, beneficiary },
            user: self.user_id.as_ref().map(|id| UserTwin { id: id.as_str() }),
            metadata: &self.metadata,
        })
    }
}

impl<'a> CreatedPayment<'a> {
    /// A payment that its user is yet to authorise.
    pub fn new(id: payout_domain::PaymentId, user_id: &'a UserId, resource_token: &'a str) -> Self {
        let status = "authorization_required";
        Self { id, user: UserTwin { id: user_id.as_str() }, resource_token, status }
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl<'a> FilterTwin<'a> {
    /// The banks that were offered; nothing if all were.
    pub(super) fn of(offered: &'a [ProviderId]) -> Option<Self> {
        let provider_ids: Vec<_> = offered.iter().map(ProviderId::as_str).collect();
        (!provider_ids.is_empty()).then_some(Self { provider_ids })
    }
}

impl fmt::Debug for CreatePayment {
    /// Shows no metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatePayment")
            .field("user_id", &self.user_id)
            .field("merchant_account_id", &self.merchant_account_id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CreatedPayment<'_> {
    /// Shows no token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedPayment").field("id", &self.id).finish_non_exhaustive()
    }
}

fn amount(body: &Value<'_>) -> Option<Money> {
    let amount = money::amount(body)?;
    if amount.is_zero() {
        return body.refuse_member("amount_in_minor", Refusal::AmountZero.to_string());
    }
    Some(amount)
}

fn read_method(method: &Value<'_>) -> Option<(ProviderSelection, MerchantAccountId)> {
    let kind = method.require("type").and_then(|kind| match kind.text()? {
        "bank_transfer" => Some(()),
        _ => kind.refuse("must be bank_transfer: a sandbox has no mandates and no cards"),
    });
    kind?;
    let selection = method.require_object("provider_selection");
    let selection = selection.and_then(|selection| read_selection(&selection));
    let account = method.require_object("beneficiary").and_then(|beneficiary| {
        let kind = beneficiary.require("type")?;
        match kind.text()? {
            "merchant_account" => beneficiary.required("merchant_account_id"),
            _ => kind.refuse(
                "must be merchant_account: a payment to anywhere else opens no closed loop",
            ),
        }
    });
    Some((selection?, account?))
}

fn read_selection(selection: &Value<'_>) -> Option<ProviderSelection> {
    let kind = selection.require("type")?;
    match kind.text()? {
        "user_selected" => {
            let offered = selection.if_any("filter", |filter| {
                filter.if_any("provider_ids", |ids| {
                    let ids: Vec<Option<ProviderId>> =
                        ids.items()?.iter().map(Value::parse).collect();
                    ids.into_iter().collect::<Option<Vec<_>>>()
                })
            });
            Some(ProviderSelection::UserSelected(offered?.flatten().unwrap_or_default()))
        }
        "preselected" => selection.required("provider_id").map(ProviderSelection::Preselected),
        _ => kind.refuse("is not a way to select a provider; write user_selected or preselected"),
    }
}
