//! A closed-loop payout that has passed every rule.

mod refusal;

use std::fmt;

pub use refusal::{Field, Refusal, Refusals};

use crate::{
    AccountIdentifier, Currency, MerchantAccount, MerchantAccountId, Metadata, Money,
    PaymentSource, PaymentSourceId, Proof, Reference, Scheme, SchemeSelection, UserId, card_number,
};

/// What a caller asks for: pay this user back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutOrder {
    /// The account to pay from.
    pub merchant_account_id: MerchantAccountId,
    /// The user to pay.
    pub user_id: UserId,
    /// The account to pay to: one that the user has paid in from.
    pub payment_source_id: PaymentSourceId,
    /// How much.
    pub amount: Money,
    /// What the user sees on the statement.
    pub reference: Reference,
    /// How the provider is to choose the scheme.
    pub scheme_selection: SchemeSelection,
    /// What the caller wants to find again.
    pub metadata: Metadata,
}

/// The limits of a merchant, beyond the rules of the closed loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutRules {
    /// The most that one payout may be in the given currencies.
    pub limits: Vec<Money>,
    /// The most minor units that one payout may be in any other currency.
    pub limit_minor: u64,
    /// Whether a reference must be one that the scheme carries to every bank.
    pub strict_references: bool,
}

impl PayoutRules {
    /// The default limit: the largest amount that every client library of the provider can read
    /// (a signed 32-bit integer of minor units).
    pub const LIMIT_MINOR: u64 = 2_147_483_647;

    /// The most that one payout may be.
    fn limit(&self, currency: Currency) -> Money {
        let own = self.limits.iter().find(|limit| limit.currency() == currency);
        // A limit above what money can be at all is no limit.
        let minor = self.limit_minor.min(Money::MAX_MINOR);
        own.copied()
            .or_else(|| Money::from_minor(minor, currency).ok())
            .unwrap_or(Money::zero(currency))
    }
}

impl Default for PayoutRules {
    fn default() -> Self {
        Self { limits: Vec::new(), limit_minor: Self::LIMIT_MINOR, strict_references: false }
    }
}

/// A closed-loop payout that has passed every rule.
///
/// Its only constructor is [`PayoutRequest::new`], so to hold one is the proof: the user has paid in
/// from that account into that merchant account, all three share one currency, a scheme carries it,
/// and the amount is within the limits.
#[derive(Clone, PartialEq, Eq)]
pub struct PayoutRequest {
    order: PayoutOrder,
    proof: Proof,
    scheme: Option<Scheme>,
    account_holder_name: Option<String>,
    account_identifiers: Vec<AccountIdentifier>,
}

impl PayoutRequest {
    /// Checks an order against the merchant account and the payment source that it names. All the
    /// reasons to refuse it come back together.
    pub fn new(
        order: PayoutOrder,
        merchant_account: &MerchantAccount,
        source: &PaymentSource,
        rules: &PayoutRules,
    ) -> Result<Self, Refusals> {
        // Nothing of somebody else's source may show in the answer, so it is not looked at further.
        if order.payment_source_id != source.id() || order.user_id != *source.user_id() {
            return Err(Self::refuse_without_source(&order, merchant_account, rules));
        }
        let mut refusals = Vec::new();
        check_amount(&order, rules, &mut refusals);
        check_merchant_account(&order, merchant_account, &mut refusals);
        let proof = check_source(&order, source, &mut refusals);
        let scheme = check_scheme(&order, source, &mut refusals);
        check_reference(&order, scheme, rules, &mut refusals);
        check_card_numbers(&order, &mut refusals);
        match proof {
            Some(proof) if refusals.is_empty() => Ok(Self {
                order,
                proof,
                scheme,
                account_holder_name: source.account_holder_name().map(str::to_owned),
                account_identifiers: source.account_identifiers().to_vec(),
            }),
            _ => Err(Refusals::new(refusals)),
        }
    }

    /// Refuses an order whose payment source does not exist, in exactly the words that
    /// [`new`](Self::new) has for somebody else's source: the answer must not tell which of the two
    /// it is.
    pub fn refuse_without_source(
        order: &PayoutOrder,
        merchant_account: &MerchantAccount,
        rules: &PayoutRules,
    ) -> Refusals {
        let mut refusals = Vec::new();
        check_amount(order, rules, &mut refusals);
        check_merchant_account(order, merchant_account, &mut refusals);
        refusals.push(Refusal::UnknownPaymentSource);
        check_reference(order, None, rules, &mut refusals);
        check_card_numbers(order, &mut refusals);
        Refusals::new(refusals)
    }

    /// Takes back what a store kept. The rules of today did not bind the day it was accepted.
    pub(crate) fn restore(
        order: PayoutOrder,
        proof: Proof,
        scheme: Option<Scheme>,
        account: (Option<String>, Vec<AccountIdentifier>),
    ) -> Self {
        let (account_holder_name, account_identifiers) = account;
        Self { order, proof, scheme, account_holder_name, account_identifiers }
    }

    /// What was asked for.
    pub fn order(&self) -> &PayoutOrder {
        &self.order
    }

    /// How much.
    pub fn amount(&self) -> Money {
        self.order.amount
    }

    /// What shows that the account has paid in.
    pub fn proof(&self) -> Proof {
        self.proof
    }

    /// The scheme that the account can be reached by; `None` if the provider keeps the account's
    /// identifiers to itself.
    pub fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// Whose account is paid, as far as the provider has said.
    pub fn account_holder_name(&self) -> Option<&str> {
        self.account_holder_name.as_deref()
    }

    /// How schemes find the account that is paid.
    pub fn account_identifiers(&self) -> &[AccountIdentifier] {
        &self.account_identifiers
    }
}

fn check_amount(order: &PayoutOrder, rules: &PayoutRules, refusals: &mut Vec<Refusal>) {
    let currency = order.amount.currency();
    let limit = rules.limit(currency);
    if order.amount.is_zero() {
        refusals.push(Refusal::AmountZero);
    } else if order.amount.minor() > limit.minor() {
        refusals.push(Refusal::AmountAboveLimit { limit });
    }
    if currency.payable().is_err() {
        refusals.push(Refusal::CurrencyNotPayable { currency });
    }
}

fn check_merchant_account(
    order: &PayoutOrder,
    merchant_account: &MerchantAccount,
    refusals: &mut Vec<Refusal>,
) {
    let asked = order.amount.currency();
    if order.merchant_account_id != merchant_account.id {
        refusals.push(Refusal::UnknownMerchantAccount);
    } else if asked != merchant_account.currency {
        let held = merchant_account.currency;
        refusals.push(Refusal::MerchantAccountCurrency { asked, held });
    }
}

/// The closed loop itself, for a source of the user's own.
fn check_source(
    order: &PayoutOrder,
    source: &PaymentSource,
    refusals: &mut Vec<Refusal>,
) -> Option<Proof> {
    let asked = order.amount.currency();
    if asked != source.currency() {
        refusals.push(Refusal::PaymentSourceCurrency { asked, held: source.currency() });
    }
    let proof = source.proof(order.merchant_account_id);
    if proof.is_none() {
        refusals.push(Refusal::NeverPaidIn);
    }
    proof
}

/// Finds the scheme; a provider that keeps the identifiers to itself chooses it alone.
fn check_scheme(
    order: &PayoutOrder,
    source: &PaymentSource,
    refusals: &mut Vec<Refusal>,
) -> Option<Scheme> {
    // A currency that is not the source's own is refused for that; a second reason would mislead.
    if order.amount.currency() != source.currency() {
        return None;
    }
    let mut mismatch = None;
    for identifier in source.account_identifiers() {
        match identifier.scheme_for(order.amount.currency()) {
            Ok(scheme) => return chosen(scheme, order.scheme_selection, refusals),
            Err(error) => mismatch = Some(error),
        }
    }
    refusals.extend(mismatch.map(Refusal::NoScheme));
    None
}

fn chosen(
    reachable: Scheme,
    selection: SchemeSelection,
    refusals: &mut Vec<Refusal>,
) -> Option<Scheme> {
    match selection {
        SchemeSelection::InstantPreferred => Some(reachable),
        SchemeSelection::InstantOnly if reachable.is_instant() => Some(reachable),
        SchemeSelection::Preselected(wanted)
            if wanted == reachable
                || Some(wanted) == reachable.fallback()
                || wanted == Scheme::InternalTransfer =>
        {
            Some(wanted)
        }
        SchemeSelection::InstantOnly | SchemeSelection::Preselected(_) => {
            refusals.push(Refusal::SchemeSelection { reachable });
            None
        }
    }
}

fn check_reference(
    order: &PayoutOrder,
    scheme: Option<Scheme>,
    rules: &PayoutRules,
    refusals: &mut Vec<Refusal>,
) {
    if !rules.strict_references {
        return;
    }
    let scheme = scheme.unwrap_or(Scheme::Unknown);
    if let Err(error) = Reference::strict(order.reference.as_str(), scheme) {
        refusals.push(Refusal::Reference(error));
    }
}

/// Whoever writes a card number has made a mistake, and it is kept for ever if nobody says so.
fn check_card_numbers(order: &PayoutOrder, refusals: &mut Vec<Refusal>) {
    if card_number::is_in(order.reference.as_str()) {
        refusals.push(Refusal::CardNumberInReference);
    }
    for (place, (key, value)) in (1..).zip(order.metadata.pairs()) {
        if card_number::is_in(key) || card_number::is_in(value) {
            refusals.push(Refusal::CardNumberInMetadata { place });
        }
    }
}

impl fmt::Debug for PayoutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayoutRequest")
            .field("order", &self.order)
            .field("proof", &self.proof)
            .field("scheme", &self.scheme)
            .field("account_identifiers", &self.account_identifiers)
            .finish_non_exhaustive()
    }
}
