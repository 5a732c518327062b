//! Payments, the sources they come from, and the payouts that go back.

use proptest::prelude::*;
use proptest::sample::select;

use super::{account, money_in, payable_currency, text, timestamp};
use crate::{
    AccountIdentifier, Currency, MerchantAccount, MerchantAccountId, Money, Payment, PaymentId,
    PaymentSource, PaymentSourceId, PayoutOrder, PayoutRequest, PayoutRules, Refusals, Scheme,
    SchemeSelection, Timestamp, UserId,
};

/// An order that breaks no rule, with all that it is checked against.
///
/// Change one part of it to see the rule that it then breaks.
#[derive(Clone, Debug)]
pub struct AllowedOrder {
    /// The order.
    pub order: PayoutOrder,
    /// The merchant account that it names.
    pub merchant_account: MerchantAccount,
    /// The payment source that it names.
    pub source: PaymentSource,
    /// The rules that it keeps.
    pub rules: PayoutRules,
}

impl AllowedOrder {
    /// Checks the order, as a service would.
    pub fn check(&self) -> Result<PayoutRequest, Refusals> {
        let Self { order, merchant_account, source, rules } = self;
        PayoutRequest::new(order.clone(), merchant_account, source, rules)
    }
}

/// Any settled payment.
pub fn payment() -> impl Strategy<Value = Payment> {
    loop_currency().prop_flat_map(payment_in)
}

/// A merchant account in this currency.
pub fn merchant_account(currency: Currency) -> impl Strategy<Value = MerchantAccount> {
    let identifiers = account::identifiers_for(currency);
    (text::merchant_account_id(), identifiers, name(), money_in(currency), money_in(currency))
        .prop_map(move |(id, account_identifiers, account_holder_name, one, other)| {
            let covers = one.covers(other).unwrap_or_default();
            let (current_balance, available_balance) =
                if covers { (one, other) } else { (other, one) };
            MerchantAccount {
                id,
                currency,
                account_identifiers,
                account_holder_name,
                available_balance,
                current_balance,
            }
        })
}

/// Any payment source: of one payment or more, or listed by the provider.
pub fn payment_source() -> impl Strategy<Value = PaymentSource> {
    let of_payments =
        (payment(), prop::collection::vec((text::payment_id(), text::merchant_account_id()), 0..3))
            .prop_map(|(payment, more)| of_payments(&payment, more));
    let listed = (payment(), timestamp()).prop_map(|(payment, at)| listed(&payment, at));
    prop_oneof![3 => of_payments, 1 => listed]
}

/// An order that breaks no rule: of every currency with a scheme of its own, of others, with and
/// without known identifiers, limits and strict references.
pub fn allowed_order() -> impl Strategy<Value = AllowedOrder> {
    loop_currency().prop_flat_map(|currency| {
        (payment_in(currency), merchant_account(currency), proptest::option::of(timestamp()))
            .prop_flat_map(|(payment, merchant_account, listed_at)| {
                let merchant_account =
                    MerchantAccount { id: payment.merchant_account_id, ..merchant_account };
                let source = listed_at
                    .map_or_else(|| PaymentSource::of_payment(&payment), |at| listed(&payment, at));
                order_to(merchant_account, source)
            })
    })
}

/// A closed-loop payout that has passed every rule.
pub fn payout_request() -> impl Strategy<Value = PayoutRequest> {
    allowed_order().prop_map(|allowed| allowed.check().expect("the order breaks no rule"))
}

fn order_to(
    merchant_account: MerchantAccount,
    source: PaymentSource,
) -> impl Strategy<Value = AllowedOrder> {
    let currency = merchant_account.currency;
    let reachable = source.account_identifiers().iter().find_map(|i| i.scheme_for(currency).ok());
    let selection = select(selections(reachable));
    (selection, rules(currency)).prop_flat_map(move |(scheme_selection, rules)| {
        let scheme = match scheme_selection {
            SchemeSelection::Preselected(wanted) if reachable.is_some() => wanted,
            SchemeSelection::Preselected(_)
            | SchemeSelection::InstantOnly
            | SchemeSelection::InstantPreferred => reachable.unwrap_or(Scheme::Unknown),
        };
        let reference = if rules.strict_references {
            text::strict_reference(scheme).boxed()
        } else {
            text::reference().boxed()
        };
        let (merchant_account, source) = (merchant_account.clone(), source.clone());
        (1..=limit(&rules, currency), reference, text::metadata()).prop_map(
            move |(minor, reference, metadata)| AllowedOrder {
                order: PayoutOrder {
                    merchant_account_id: merchant_account.id,
                    user_id: source.user_id().clone(),
                    payment_source_id: source.id(),
                    amount: Money::from_minor(minor, currency).expect("a limit is an amount"),
                    reference,
                    scheme_selection,
                    metadata,
                },
                merchant_account: merchant_account.clone(),
                source: source.clone(),
                rules: rules.clone(),
            },
        )
    })
}

/// Every selection that finds a scheme. Without identifiers the provider chooses, so all do.
fn selections(reachable: Option<Scheme>) -> Vec<SchemeSelection> {
    let preselected = |scheme: &Scheme| {
        reachable.is_none_or(|reachable| {
            *scheme == reachable
                || Some(*scheme) == reachable.fallback()
                || *scheme == Scheme::InternalTransfer
        })
    };
    let instant_only = reachable.is_none_or(Scheme::is_instant);
    [SchemeSelection::InstantPreferred]
        .into_iter()
        .chain(instant_only.then_some(SchemeSelection::InstantOnly))
        .chain(Scheme::ALL.into_iter().filter(preselected).map(SchemeSelection::Preselected))
        .collect()
}

fn rules(currency: Currency) -> impl Strategy<Value = PayoutRules> {
    let own = (1..=Money::MAX_MINOR).prop_map(move |minor| {
        vec![Money::from_minor(minor, currency).expect("no more than the most was drawn")]
    });
    (prop_oneof![Just(Vec::new()), own], 1..=u64::MAX, any::<bool>()).prop_map(
        |(limits, limit_minor, strict_references)| PayoutRules {
            limits,
            limit_minor,
            strict_references,
        },
    )
}

fn limit(rules: &PayoutRules, currency: Currency) -> u64 {
    let own = rules.limits.iter().find(|limit| limit.currency() == currency);
    own.map_or(rules.limit_minor.min(Money::MAX_MINOR), |limit| limit.minor())
}

/// Mostly the currencies that have a scheme.
fn loop_currency() -> impl Strategy<Value = Currency> {
    let schemes = [Currency::GBP, Currency::EUR, Currency::PLN, Currency::NOK, Currency::SEK];
    prop_oneof![8 => select(schemes.to_vec()), 1 => payable_currency()]
}

fn payment_in(currency: Currency) -> impl Strategy<Value = Payment> {
    let identifiers =
        prop_oneof![6 => account::identifiers_for(currency), 1 => Just(Vec::new()).boxed()];
    let ids = (
        text::payment_id(),
        text::user_id(),
        text::merchant_account_id(),
        text::payment_source_id(),
    );
    let account = (proptest::option::of(name()), identifiers);
    let times = prop::array::uniform3(timestamp());
    (ids, money_in(currency), account, times, text::metadata()).prop_map(
        |(ids, amount, account, mut times, metadata)| {
            times.sort_unstable();
            paid(ids, amount, account, times, metadata)
        },
    )
}

fn paid(
    ids: (PaymentId, UserId, MerchantAccountId, PaymentSourceId),
    amount: Money,
    account: (Option<String>, Vec<AccountIdentifier>),
    [created_at, executed_at, settled_at]: [Timestamp; 3],
    metadata: crate::Metadata,
) -> Payment {
    let (id, user_id, merchant_account_id, payment_source_id) = ids;
    let (account_holder_name, account_identifiers) = account;
    Payment {
        id,
        user_id,
        merchant_account_id,
        amount,
        payment_source_id,
        account_holder_name,
        account_identifiers,
        created_at,
        executed_at,
        settled_at,
        metadata,
    }
}

fn of_payments(payment: &Payment, more: Vec<(PaymentId, MerchantAccountId)>) -> PaymentSource {
    let mut source = PaymentSource::of_payment(payment);
    for (id, merchant_account_id) in more {
        let again = Payment { id, merchant_account_id, ..payment.clone() };
        let merged = source.merge(&PaymentSource::of_payment(&again));
        merged.expect("source, user and currency are the same");
    }
    source
}

fn listed(payment: &Payment, at: Timestamp) -> PaymentSource {
    let account = (payment.account_holder_name.clone(), payment.account_identifiers.clone());
    PaymentSource::listed(
        payment.payment_source_id,
        payment.user_id.clone(),
        (payment.merchant_account_id, payment.amount.currency()),
        account,
        at,
    )
}

/// A name that stands out where it must not be printed.
fn name() -> impl Strategy<Value = String> {
    "[A-ZŁŻÓ]{3,10} ZZNAME[A-ZŁŻÓ]{3,10}"
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #[test]
        fn an_allowed_order_is_allowed(allowed in allowed_order()) {
            prop_assert!(allowed.check().is_ok(), "{:?}", allowed.check());
        }
    }

    proptest! {
        #[test]
        fn every_source_has_a_proof(source in payment_source()) {
            prop_assert!(source.proofs().count() > 0);
        }
    }
}
