//! On which calls what can go wrong.

use std::fmt;

/// A call in which something can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultCall {
    /// `POST /connect/token`
    Token,
    /// `POST /v3/payouts`
    CreatePayout,
    /// `GET /v3/payouts/{id}`
    GetPayout,
    /// `GET /v3/payments/{id}`
    GetPayment,
    /// `GET /v3/merchant-accounts` and one of them
    MerchantAccounts,
    /// `GET /v3/merchant-accounts/{id}/transactions`
    Transactions,
    /// `GET /v3/merchant-accounts/{id}/payment-sources`
    PaymentSources,
    /// `GET /.well-known/jwks`
    Jwks,
    /// A webhook on its way out
    Webhook,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// Another status is answered.
    Answer,
    /// A server error is answered, and to every repetition under the key the same.
    Remember,
    /// Nothing is answered, and the connection stays open.
    Hold,
    /// The connection is cut after so many bytes of the answer.
    Cut,
    /// It takes longer.
    Delay,
    /// The caller is sent elsewhere.
    Redirect,
    /// A web page is answered, as proxies do.
    Html,
    /// A status without a body is answered.
    Empty,
    /// The answer's JSON ends in its midst.
    Truncate,
    /// The answer is longer than anybody should read.
    Oversize,
    /// 202 is answered, and there is no such payout.
    Forget,
    /// The payout is made, and the id of the one before is answered.
    SameId,
    /// The payout is shown with one minor unit more.
    WrongAmount,
    /// The payout is shown in another currency.
    WrongCurrency,
    /// What happened of late is not listed.
    Lag,
    /// The list is in another order.
    Shuffle,
    /// The key set is empty, as in the midst of a rotation.
    NoKeys,
    /// The webhook is not sent.
    Drop,
    /// The webhook is sent twice.
    Double,
    /// The webhook is sent later.
    Late,
    /// The webhook is sent after the next one.
    Reorder,
    /// Before the webhook, another one tells of somebody else's payout.
    Foreign,
    /// After the webhook, its id comes again with another fate of the payout.
    Contradict,
}

/// A member of a rule beside those that every rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    When,
    Status,
    RetryAfter,
    AfterBytes,
    Milliseconds,
    Location,
}

/// The calls that come in over HTTP.
const HTTP: &[FaultCall] = &[
    FaultCall::Token,
    FaultCall::CreatePayout,
    FaultCall::GetPayout,
    FaultCall::GetPayment,
    FaultCall::MerchantAccounts,
    FaultCall::Transactions,
    FaultCall::PaymentSources,
    FaultCall::Jwks,
];

impl FaultCall {
    /// Every call.
    pub const ALL: [Self; 9] = [
        Self::Token,
        Self::CreatePayout,
        Self::GetPayout,
        Self::GetPayment,
        Self::MerchantAccounts,
        Self::Transactions,
        Self::PaymentSources,
        Self::Jwks,
        Self::Webhook,
    ];

    /// Its name in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::CreatePayout => "create_payout",
            Self::GetPayout => "get_payout",
            Self::GetPayment => "get_payment",
            Self::MerchantAccounts => "merchant_accounts",
            Self::Transactions => "transactions",
            Self::PaymentSources => "payment_sources",
            Self::Jwks => "jwks",
            Self::Webhook => "webhook",
        }
    }
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 23] = [
        Self::Answer,
        Self::Remember,
        Self::Hold,
        Self::Cut,
        Self::Delay,
        Self::Redirect,
        Self::Html,
        Self::Empty,
        Self::Truncate,
        Self::Oversize,
        Self::Forget,
        Self::SameId,
        Self::WrongAmount,
        Self::WrongCurrency,
        Self::Lag,
        Self::Shuffle,
        Self::NoKeys,
        Self::Drop,
        Self::Double,
        Self::Late,
        Self::Reorder,
        Self::Foreign,
        Self::Contradict,
    ];

    /// Its name in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Remember => "remember",
            Self::Hold => "hold",
            Self::Cut => "cut",
            Self::Delay => "delay",
            Self::Redirect => "redirect",
            Self::Html => "html",
            Self::Empty => "empty",
            Self::Truncate => "truncate",
            Self::Oversize => "oversize",
            Self::Forget => "forget",
            Self::SameId => "same_id",
            Self::WrongAmount => "wrong_amount",
            Self::WrongCurrency => "wrong_currency",
            Self::Lag => "lag",
            Self::Shuffle => "shuffle",
            Self::NoKeys => "no_keys",
            Self::Drop => "drop",
            Self::Double => "double",
            Self::Late => "late",
            Self::Reorder => "reorder",
            Self::Foreign => "foreign",
            Self::Contradict => "contradict",
        }
    }

    /// The calls in which it can happen.
    pub fn calls(self) -> &'static [FaultCall] {
        match self {
            Self::Answer
            | Self::Hold
            | Self::Cut
            | Self::Delay
            | Self::Redirect
            | Self::Html
            | Self::Empty
            | Self::Truncate
            | Self::Oversize => HTTP,
            Self::Remember | Self::Forget | Self::SameId => &[FaultCall::CreatePayout],
            Self::WrongAmount | Self::WrongCurrency => &[FaultCall::GetPayout],
            Self::Lag | Self::Shuffle => &[FaultCall::Transactions],
            Self::NoKeys => &[FaultCall::Jwks],
            Self::Drop
            | Self::Double
            | Self::Late
            | Self::Reorder
            | Self::Foreign
            | Self::Contradict => &[FaultCall::Webhook],
        }
    }

    /// The members that a rule of it must have, and those that it may have.
    pub(crate) fn members(self) -> (&'static [Member], &'static [Member]) {
        use Member as M;
        match self {
            Self::Answer => (&[M::Status], &[M::When, M::RetryAfter]),
            Self::Remember | Self::Empty => (&[M::Status], &[M::When]),
            Self::Hold => (&[], &[M::When]),
            Self::Cut => (&[], &[M::When, M::AfterBytes]),
            Self::Delay => (&[M::Milliseconds], &[M::When]),
            Self::Redirect => (&[M::Status, M::Location], &[M::When]),
            Self::Html => (&[], &[M::When, M::Status]),
            Self::Lag | Self::Late => (&[M::Milliseconds], &[]),
            Self::Truncate
            | Self::Oversize
            | Self::Forget
            | Self::SameId
            | Self::WrongAmount
            | Self::WrongCurrency
            | Self::Shuffle
            | Self::NoKeys
            | Self::Drop
            | Self::Double
            | Self::Reorder
            | Self::Foreign
            | Self::Contradict => (&[], &[]),
        }
    }
}

impl Member {
    pub(crate) const ALL: [Self; 6] = [
        Self::When,
        Self::Status,
        Self::RetryAfter,
        Self::AfterBytes,
        Self::Milliseconds,
        Self::Location,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::When => "when",
            Self::Status => "status",
            Self::RetryAfter => "retry_after_seconds",
            Self::AfterBytes => "after_bytes",
            Self::Milliseconds => "milliseconds",
            Self::Location => "location",
        }
    }
}

impl fmt::Display for FaultCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
