//! What a closed-loop payout is, in types that cannot be wrong.
//!
//! A merchant takes money from its users' bank accounts: these are *payments*. Later it owes a user
//! money: a player's winnings, an investor's withdrawal. In a **closed loop** that money may go only
//! to an account that the same user has paid in from, so that nobody can launder money through the
//! merchant or be paid in somebody else's name. Sending it is a *payout*.
//!
//! This crate holds the rules and nothing else: no network, no database, no clock, no chance. A
//! service embeds it and brings its own.
//!
//! # From a payment to a payout
//!
//! A settled [`Payment`] shows that an account belongs to the loop. It becomes a [`PaymentSource`]; a
//! [`PayoutOrder`] names one; [`PayoutRequest::new`] checks every rule; and [`Payout::accept`] starts
//! the payout's life.
//!
//! ```
//! use payout_domain::*;
//!
//! // A user has paid 20 pounds into the merchant's account.
//! let payment = Payment {
//!     id: "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33".parse()?,
//!     user_id: "sam".parse()?,
//!     merchant_account_id: "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f".parse()?,
//!     amount: "20.00 GBP".parse()?,
//!     payment_source_id: "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21".parse()?,
//!     account_holder_name: Some("SAM EXAMPLE".into()),
//!     account_identifiers: vec!["04-06-68 00004417".parse()?],
//!     created_at: Timestamp::from_seconds(1_772_388_080),
//!     executed_at: Timestamp::from_seconds(1_772_388_118),
//!     settled_at: Timestamp::from_seconds(1_772_388_131),
//!     metadata: Metadata::default(),
//! };
//! let source = PaymentSource::of_payment(&payment);
//!
//! let merchant_account = MerchantAccount {
//!     id: payment.merchant_account_id,
//!     currency: Currency::GBP,
//!     account_identifiers: vec!["GB38CLRB04066800008812".parse()?],
//!     account_holder_name: "ACME GAMES".into(),
//!     available_balance: "1842.00 GBP".parse()?,
//!     current_balance: "1842.00 GBP".parse()?,
//! };
//!
//! // The user withdraws 12.50.
//! let order = PayoutOrder {
//!     merchant_account_id: merchant_account.id,
//!     user_id: "sam".parse()?,
//!     payment_source_id: source.id(),
//!     amount: "12.50 GBP".parse()?,
//!     reference: "WD-20417".parse()?,
//!     scheme_selection: SchemeSelection::InstantPreferred,
//!     metadata: Metadata::default(),
//! };
//! let request = PayoutRequest::new(order, &merchant_account, &source, &PayoutRules::default())?;
//! assert_eq!(request.proof(), Proof::Payment(payment.id));
//! assert_eq!(request.scheme(), Some(Scheme::FasterPaymentsService));
//!
//! let payout = Payout::accept(
//!     "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse()?,
//!     "acme".parse()?,
//!     "withdrawal-20417".parse()?,
//!     request,
//!     Timestamp::from_seconds(1_772_442_847),
//! );
//! assert_eq!(payout.state().status(), Status::Pending);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Many of these values are read from text and print as the same text; account identifiers alone
//! print masked, so that none gets into a log by accident.
//!
//! # What is refused
//!
//! [`PayoutRequest::new`] collects every reason and says what to do about it. Where a service finds
//! no payment source at all, [`PayoutRequest::refuse_without_source`] says the same as for one of
//! somebody else:
//!
//! ```
//! # use payout_domain::*;
//! # let payment = Payment {
//! #     id: "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33".parse()?,
//! #     user_id: "sam".parse()?,
//! #     merchant_account_id: "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f".parse()?,
//! #     amount: "20.00 GBP".parse()?,
//! #     payment_source_id: "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21".parse()?,
//! #     account_holder_name: None,
//! #     account_identifiers: vec!["04-06-68 00004417".parse()?],
//! #     created_at: Timestamp::from_seconds(1_772_388_080),
//! #     executed_at: Timestamp::from_seconds(1_772_388_118),
//! #     settled_at: Timestamp::from_seconds(1_772_388_131),
//! #     metadata: Metadata::default(),
//! # };
//! # let source = PaymentSource::of_payment(&payment);
//! # let pounds = MerchantAccount {
//! #     id: payment.merchant_account_id,
//! #     currency: Currency::GBP,
//! #     account_identifiers: vec![],
//! #     account_holder_name: "ACME GAMES".into(),
//! #     available_balance: "1842.00 GBP".parse()?,
//! #     current_balance: "1842.00 GBP".parse()?,
//! # };
//! # let other_pounds = MerchantAccount { id: "00000000-0000-4000-8000-000000000001".parse()?, ..pounds.clone() };
//! # let order = PayoutOrder {
//! #     merchant_account_id: pounds.id,
//! #     user_id: "sam".parse()?,
//! #     payment_source_id: source.id(),
//! #     amount: "12.50 GBP".parse()?,
//! #     reference: "WD-20417".parse()?,
//! #     scheme_selection: SchemeSelection::InstantPreferred,
//! #     metadata: Metadata::default(),
//! # };
//! let refusals = |order: PayoutOrder, account: &MerchantAccount| -> Vec<Refusal> {
//!     match PayoutRequest::new(order, account, &source, &PayoutRules::default()) {
//!         Ok(_) => vec![],
//!         Err(refusals) => refusals.iter().cloned().collect(),
//!     }
//! };
//!
//! // Somebody else's payment source looks like one that does not exist.
//! let other_user = PayoutOrder { user_id: "eve".parse()?, ..order.clone() };
//! assert_eq!(refusals(other_user, &pounds), [Refusal::UnknownPaymentSource]);
//!
//! // The account has paid in, but not into this merchant account.
//! let elsewhere = PayoutOrder { merchant_account_id: other_pounds.id, ..order.clone() };
//! assert_eq!(refusals(elsewhere, &other_pounds), [Refusal::NeverPaidIn]);
//!
//! // Euros from an account of pounds to an account of pounds: both are said.
//! let euros = PayoutOrder { amount: "12.50 EUR".parse()?, ..order.clone() };
//! assert_eq!(refusals(euros, &pounds).len(), 2);
//!
//! let nothing = PayoutOrder { amount: Money::zero(Currency::GBP), ..order.clone() };
//! assert_eq!(refusals(nothing, &pounds), [Refusal::AmountZero]);
//!
//! let too_much = PayoutOrder { amount: "30000000.00 GBP".parse()?, ..order };
//! assert_eq!(
//!     refusals(too_much, &pounds)[0].to_string(),
//!     "is above the limit of 21474836.47 GBP for one payout; ask for less, or have the limit raised",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The life of a payout
//!
//! A [`Payout`] moves by [`Evidence`] and by nothing else. Evidence may come late, twice and in any
//! order; [`Payout::apply`] always ends in the same state. Three traps are built into it:
//!
//! * **A timeout is not a failure.** What may have reached the provider is
//!   [`PayoutState::Unknown`] until the provider says otherwise, and no passage of time changes that.
//! * **A refusal of a repetition is not a refusal.** It may be refused *because* the first one went
//!   through.
//! * **Executed is not the end.** A beneficiary's bank can send the money back, days later.
//!
//! A transmission that had no answer may be repeated under the same key, because a provider answers a
//! key that it knows with the first answer. But it forgets keys. [`Payout::begin_transmission`] asks
//! the [`SendRule`] whether this one could arrive after that; if so, it must wait for an operator.
//!
//! ```
//! # use payout_domain::*;
//! use std::time::Duration;
//! # let account = MerchantAccount {
//! #     id: "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f".parse()?,
//! #     currency: Currency::GBP,
//! #     account_identifiers: vec![],
//! #     account_holder_name: "ACME GAMES".into(),
//! #     available_balance: "1842.00 GBP".parse()?,
//! #     current_balance: "1842.00 GBP".parse()?,
//! # };
//! # let id = "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21".parse()?;
//! # let into = (account.id, account.currency);
//! # let at = Timestamp::from_seconds(1_772_388_131);
//! # let source = PaymentSource::listed(id, "sam".parse()?, into, (None, vec![]), at);
//! # let order = PayoutOrder {
//! #     merchant_account_id: account.id,
//! #     user_id: "sam".parse()?,
//! #     payment_source_id: source.id(),
//! #     amount: "12.50 GBP".parse()?,
//! #     reference: "WD-20417".parse()?,
//! #     scheme_selection: SchemeSelection::InstantPreferred,
//! #     metadata: Metadata::default(),
//! # };
//! # let request = PayoutRequest::new(order, &account, &source, &PayoutRules::default())?;
//! # let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse()?;
//! # let (client, key) = ("acme".parse()?, "withdrawal-20417".parse()?);
//! let now = Timestamp::from_seconds(1_772_442_849);
//! # let mut payout = Payout::accept(id, client, key, request, now);
//! let rule = SendRule {
//!     key_window: Duration::from_hours(6),
//!     margin: Duration::from_mins(15),
//!     first_send_age_max: Duration::from_hours(24),
//! };
//! let token = |at: Timestamp| TokenLife { issued_at: at, expires_at: at.plus(Duration::from_hours(1)) };
//!
//! // Written down before the first byte leaves: whoever finds it after a crash knows enough.
//! let begun = payout.begin_transmission(&rule, token(now), now)?;
//! assert_eq!(begun.to_string(), "transmission_begun 1");
//!
//! // No answer came, and five hours later a new token would outlive the key.
//! assert_eq!(payout.apply(&Evidence::OutcomeUnknown { attempt: 1 }, now), Applied::Changed);
//! let later = now.plus(Duration::from_hours(5));
//! assert_eq!(
//!     payout.begin_transmission(&rule, token(later), later),
//!     Err(CannotSend::Park(ParkReason::WindowClosed)),
//! );
//! assert_eq!(payout.state().status(), Status::Pending, "which is the truth");
//!
//! // We ask the provider about it. However often it says so, it is executed once.
//! let gateway_payout_id = "1d7e5f30-c2b9-4a84-8f61-0e3a9b5c7d26".parse()?;
//! let status = ProviderStatus::Executed { at: now, scheme: None };
//! let executed = Evidence::Reported { gateway_payout_id, status };
//! assert_eq!(payout.apply(&executed, later), Applied::Changed);
//! assert_eq!(payout.apply(&executed, later), Applied::Unchanged);
//! assert_eq!(payout.state().status(), Status::Executed);
//! assert!(!payout.state().is_final(), "it can still come back");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! * `serde`: ids, money, currencies, accounts, references, schemes, states and evidence as the JSON
//!   strings that they are read from, and [`Timestamp`]s as microseconds. What is read is checked
//!   like any input. Account identifiers are written in full.
//! * `proptest`: the module `strategies`, which makes values of every type for property-based tests:
//!   IBANs of every country, orders that break no rule, histories that can happen.

mod account_identifier;
mod card_number;
mod currency;
mod id;
mod idempotency_key;
mod merchant_account;
mod metadata;
mod money;
mod pay_in;
mod payment;
mod payment_source;
mod payout;
mod payout_request;
pub mod record_text;
mod reference;
mod registration;
mod scheme;
#[cfg(feature = "serde")]
mod serde_text;
#[cfg(feature = "proptest")]
pub mod strategies;
mod timestamp;
mod transfer;

pub use account_identifier::{
    AccountIdentifier, AccountIdentifierError, AccountIdentity, CurrencyAccountMismatch, Iban,
    IbanError, IdentifierKind, Nrb, NrbError, SortCodeAccountNumber, SortCodeAccountNumberError,
};
pub use currency::{Currency, CurrencyError};
pub use id::{
    ClientId, EventId, GatewayPayoutId, MerchantAccountId, ParseIdError, PaymentId,
    PaymentSourceId, PayoutId, ProviderId, TransactionId, TransferId, UserId,
};
pub use idempotency_key::{IdempotencyKey, IdempotencyKeyError};
pub use merchant_account::MerchantAccount;
pub use metadata::{Metadata, MetadataError};
pub use money::{Money, MoneyError};
pub use pay_in::{
    FlowSupport, Login, NextAction, ParseLoginError, PayIn, PayInFailure, PayInOrder, PayInRefused,
    PayInStage, PayInState, PayInStep, ProviderSelection,
};
pub use payment::Payment;
pub use payment_source::{PaymentSource, PaymentSourceConflict, Proof};
pub use payout::{
    Applied, CannotSend, Evidence, FailureReason, InvalidRecord, OperatorName, OperatorNameError,
    ParkReason, ParseEvidenceError, ParseStateError, Payout, PayoutRecord, PayoutState, Progress,
    ProviderStatus, Resolution, SendRule, Status, TokenLife,
};
pub use payout_request::{Field, PayoutOrder, PayoutRequest, PayoutRules, Refusal, Refusals};
pub use reference::{Reference, ReferenceError};
pub use registration::{
    ClientSecretDigest, EarlierSecret, RegisteredKey, Registration, RegistrationError,
    RegistrationRecord, Scope, ScopeError,
};
pub use scheme::{ParseSchemeError, Scheme, SchemeSelection};
pub use timestamp::Timestamp;
pub use transfer::{RefundRefused, Transfer, TransferOrder, TransferPurpose, refund_amount};

/// The README's code compiles, or the tests fail.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
