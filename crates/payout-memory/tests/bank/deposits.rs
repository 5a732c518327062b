//! Users pay in.

use std::collections::BTreeMap;
use std::time::Duration;

use payout_domain::{AccountIdentifier, Currency, Money, PaymentSourceId, Proof};
use payout_memory::{BankConfiguration, OpeningAccount};
use payout_ports::{DepositOrder, DepositRefused, PayoutGateway, SandboxDelays};
use proptest::prelude::*;

use crate::rig::{
    NO_DELAYS, Rig, START, at_once, configuration, deposit, identifier, merchant_account_id, money,
    user,
};

const ACCOUNTS: [&str; 7] = [
    "04-06-68 00004417",
    "GB72CLRB04066800004417",
    "04-06-68 00004418",
    "DE89370400440532013000",
    "61109010140000071219812874",
    "PL61109010140000071219812874",
    "NO9386011117947",
];

proptest! {
    #[test]
    fn the_same_user_account_and_currency_are_the_same_source(
        deposits in prop::collection::vec((0..3_usize, 0..8_usize, 0..3_usize), 1..30),
    ) {
        let rig = Rig::new();
        let mut sources: BTreeMap<(usize, Option<_>, usize), PaymentSourceId> = BTreeMap::new();

        for (user, account, currency) in deposits {
            let amount = money(["1.00 GBP", "1.00 EUR", "1.00 PLN"][currency]);
            let account: Option<AccountIdentifier> =
                ACCOUNTS.get(account).map(|text| identifier(text));
            let order = DepositOrder {
                account: account.clone(),
                ..deposit(["sam", "kim", "ola"][user], amount)
            };
            let reachable =
                account.as_ref().is_none_or(|account| account.scheme_for(amount.currency()).is_ok());

            let made = rig.try_deposit(&order);

            prop_assert_eq!(made.is_ok(), reachable);
            if let Ok(made) = made {
                let identity = account.map(|account| account.account());
                let known = *sources
                    .entry((user, identity, currency))
                    .or_insert(made.payment_source_id);
                prop_assert_eq!(known, made.payment_source_id);
            }
        }

        let mut all: Vec<_> = sources.values().collect();
        all.sort();
        all.dedup();
        prop_assert_eq!(all.len(), sources.len(), "another user, account or currency has another");
    }

    #[test]
    fn a_deposit_settles_after_its_delay(delay in 0..10_000_u64, later in 0..10_000_u64) {
        let settlement = Duration::from_millis(delay);
        let delays = SandboxDelays { settlement, ..NO_DELAYS };
        let rig = Rig::with(BankConfiguration { delays, ..configuration() });

        let made = rig.deposit("sam", "20.00 GBP");
        rig.clock.advance(Duration::from_millis(later));

        prop_assert_eq!(made.settles_at, START.plus(settlement));
        let payment = at_once(rig.bank.find_payment(made.payment_id)).expect("answers");
        let balance = rig.account(Currency::GBP).available_balance;
        if later >= delay {
            prop_assert_eq!(payment.map(|payment| payment.settled_at), Some(made.settles_at));
            prop_assert_eq!(balance, money("70.00 GBP"));
        } else {
            prop_assert_eq!(payment, None);
            prop_assert_eq!(balance, money("50.00 GBP"));
        }
    }
}

#[test]
fn a_usual_account_is_listed_with_all_its_identifiers() {
    let rig = Rig::new();
    for (amount, expected) in [("1.00 GBP", 2), ("1.00 EUR", 1), ("1.00 PLN", 2)] {
        let made = rig.deposit("sam", amount);

        let sources = at_once(rig.bank.payment_sources(made.merchant_account_id, &user("sam")))
            .expect("answers");

        let sources = sources.expect("the account exists");
        let [source] = &sources[..] else { panic!("one source: {sources:?}") };
        assert_eq!(source.id(), made.payment_source_id);
        assert_eq!(source.account_holder_name(), Some("SAM EXAMPLE"));
        assert_eq!(source.account_identifiers().len(), expected, "{amount}");
        assert_eq!(source.currency(), money(amount).currency());
        assert_eq!(source.proof(made.merchant_account_id), Some(Proof::Listed(START)));
    }
}

#[test]
fn a_source_is_listed_where_it_has_paid_in_and_for_its_user() {
    let mut configuration = configuration();
    let second = OpeningAccount::derived("second", money("0.00 GBP")).expect("a known currency");
    let second_id = second.id;
    configuration.merchant_accounts.push(second);
    let rig = Rig::with(configuration);
    let first = rig.deposit("sam", "1.00 GBP");
    rig.deposit("sam", "1.00 GBP");
    let listed = |id, name| {
        let sources = at_once(rig.bank.payment_sources(id, &user(name))).expect("answers");
        sources
            .map(|sources| sources.iter().map(payout_domain::PaymentSource::id).collect::<Vec<_>>())
    };

    assert_eq!(listed(first.merchant_account_id, "sam"), Some(vec![first.payment_source_id]));
    assert_eq!(listed(first.merchant_account_id, "eve"), Some(vec![]));
    assert_eq!(listed(second_id, "sam"), Some(vec![]));
    assert_eq!(listed(merchant_account_id(404), "sam"), None);

    let into_second =
        DepositOrder { merchant_account_id: Some(second_id), ..deposit("sam", money("1.00 GBP")) };
    let again = rig.try_deposit(&into_second).expect("in order");
    assert_eq!(again.payment_source_id, first.payment_source_id);
    assert_eq!(listed(second_id, "sam"), Some(vec![first.payment_source_id]));
}

#[test]
fn a_deposit_that_cannot_be_is_refused_with_its_reason() {
    use DepositRefused as D;
    let rig = Rig::new();
    let pounds = rig.account(Currency::GBP).id;
    let good = deposit("sam", money("1.00 GBP"));
    let refused = |order: DepositOrder| rig.try_deposit(&order).expect_err("it cannot be");

    let zero = refused(DepositOrder { amount: Money::zero(Currency::GBP), ..good.clone() });
    let unknown = refused(DepositOrder {
        merchant_account_id: Some(merchant_account_id(404)),
        ..good.clone()
    });
    let no_account = refused(DepositOrder { amount: money("1.00 NOK"), ..good.clone() });
    let other_currency = refused(DepositOrder {
        amount: money("1.00 EUR"),
        merchant_account_id: Some(pounds),
        ..good.clone()
    });
    let mismatch = refused(DepositOrder { account: Some(identifier(ACCOUNTS[3])), ..good.clone() });
    let most = Money::from_minor(Money::MAX_MINOR, Currency::GBP).expect("the limit itself");
    let too_much = refused(DepositOrder { amount: most, ..good });

    assert!(matches!(zero, D::AmountZero));
    assert!(matches!(unknown, D::UnknownMerchantAccount));
    assert!(matches!(no_account, D::NoMerchantAccount(_)));
    assert!(matches!(other_currency, D::MerchantAccountCurrency { held: Currency::GBP }));
    assert_eq!(mismatch.to_string(), "an IBAN of DE cannot receive GBP");
    assert!(matches!(too_much, D::TooMuch));
    assert!(rig.journal.operations().is_empty());
}

#[test]
fn what_is_on_its_way_takes_up_room_too() {
    let slow = SandboxDelays { settlement: Duration::from_mins(1), ..NO_DELAYS };
    let rig = Rig::with(BankConfiguration { delays: slow, ..configuration() });
    let room = Money::from_minor(Money::MAX_MINOR - 5_000, Currency::GBP).expect("below the limit");
    rig.try_deposit(&deposit("sam", room)).expect("it fits exactly");

    let one_more = rig.try_deposit(&deposit("kim", money("0.01 GBP")));

    assert!(matches!(one_more, Err(DepositRefused::TooMuch)));
    rig.clock.advance(Duration::from_mins(1));
    assert_eq!(rig.account(Currency::GBP).current_balance.minor(), Money::MAX_MINOR);
}

#[test]
fn a_currency_without_usual_accounts_is_refused_until_an_account_is_named() {
    let mut configuration = configuration();
    configuration.merchant_accounts.push(OpeningAccount {
        id: merchant_account_id(81),
        account_holder_name: "ACME GAMES".into(),
        account_identifiers: Vec::new(),
        opening_balance: money("0 JPY"),
    });
    let rig = Rig::with(configuration);

    let refused = rig.try_deposit(&deposit("sam", money("100 JPY"))).expect_err("unknown currency");

    assert!(matches!(refused, DepositRefused::Account(_)));
}

#[test]
fn the_default_bank_opens_with_the_same_two_accounts_every_time() {
    let accounts: Vec<_> = BankConfiguration::default()
        .merchant_accounts
        .into_iter()
        .map(|account| {
            let identifiers: Vec<_> =
                account.account_identifiers.iter().map(AccountIdentifier::electronic).collect();
            format!("{} {} {}", account.id, account.opening_balance, identifiers.join(" "))
        })
        .collect();

    assert_eq!(
        accounts,
        [
            "afa730f3-2a75-80fd-bc9e-f4e14a171b8e 1000000.00 GBP \
             04066191958731 GB84CLRB04066191958731",
            "2b0b709c-b9b6-8c18-9b93-aafb5de0d9f1 1000000.00 EUR GB28CLRB04068777265140",
        ]
    );
}

#[test]
fn no_name_and_no_account_number_is_printed() {
    let rig = Rig::new();
    let order = DepositOrder {
        account: Some(identifier("GB72CLRB04066800004417")),
        account_holder_name: Some("Sam Secret".into()),
        ..deposit("sam", money("20.00 GBP"))
    };
    let made = rig.try_deposit(&order).expect("in order");
    rig.pay(&made, "sam", "12.50 GBP");

    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        rig.bank,
        rig.configuration,
        rig.journal.operations(),
        at_once(payout_ports::SandboxBank::take_events(&rig.bank)),
    );

    for secret in ["00004417", "Secret", "SAM EXAMPLE", "ACME", "20417"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
