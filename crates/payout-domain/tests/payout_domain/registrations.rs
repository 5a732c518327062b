//! Who may call, and by what.

use std::time::Duration;

use payout_domain::{
    ClientSecretDigest, Registration, RegistrationError, RegistrationRecord, Scope, Timestamp,
};
use proptest::prelude::*;

const DAY: Duration = Duration::from_hours(24);

fn secret(number: u8) -> ClientSecretDigest {
    ClientSecretDigest([number; 32])
}

fn seconds(seconds: u32) -> Timestamp {
    Timestamp::from_seconds(i64::from(seconds))
}

fn acme() -> Registration {
    let id = "acme".parse().expect("the name is plain");
    Registration::new(id, [Scope::Payments].into(), secret(1), seconds(0)).expect("it has a scope")
}

/// What somebody does to a registration.
#[derive(Clone, Debug)]
enum Act {
    AddKey(u8, u8),
    RevokeKey(u8),
    Rotate(u8),
    SetScopes(bool),
    Revoke,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (0..5_u8, 0..5_u8).prop_map(|(kid, key)| Act::AddKey(kid, key)),
        4 => (0..5_u8).prop_map(Act::RevokeKey),
        2 => any::<u8>().prop_map(Act::Rotate),
        2 => any::<bool>().prop_map(Act::SetScopes),
        1 => Just(Act::Revoke),
    ];
    prop::collection::vec(act, 0..24)
}

fn perform(client: &mut Registration, act: &Act, now: Timestamp) -> Result<(), RegistrationError> {
    match act {
        Act::AddKey(kid, key) => client.add_key(&kid.to_string(), &format!("key {key}"), now),
        Act::RevokeKey(kid) => client.revoke_key(&kid.to_string(), now),
        Act::Rotate(number) => client.rotate_secret(secret(*number), now, DAY),
        Act::SetScopes(reads) => {
            client.set_scopes(reads.then_some(Scope::PaymentsRead).into_iter().collect())
        }
        Act::Revoke => {
            client.revoke(now);
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_done_a_key_never_comes_back_and_there_are_never_three(acts in acts()) {
        let mut client = acme();
        for (now, act) in (1..).zip(acts) {
            let before = client.clone();
            let done = perform(&mut client, &act, seconds(now));

            prop_assert!(client.keys_in_use().count() <= Registration::KEYS_MAX);
            for key in &before.record().keys {
                let after = client.record().keys.iter().find(|it| it.kid == key.kid);
                prop_assert!(after.is_some_and(|it| it.public_key == key.public_key));
                if key.revoked_at.is_some() {
                    prop_assert_eq!(after, Some(key));
                }
            }
            let changed = client.record().version != before.record().version;
            prop_assert_eq!(changed, client != before);
            prop_assert!(done.is_ok() || !changed, "{:?}", done);
            prop_assert_eq!(Registration::from_record(client.record().clone()), Some(client.clone()));
            if before.record().revoked_at.is_some() && !matches!(act, Act::RevokeKey(_) | Act::Revoke) {
                prop_assert_eq!(done, Err(RegistrationError::Revoked));
            }
        }
    }
}

#[test]
fn a_secret_that_was_replaced_opens_for_a_while_and_the_one_before_it_no_more() {
    let mut client = acme();

    client.rotate_secret(secret(2), seconds(10), DAY).expect("it is a client");
    client.rotate_secret(secret(3), seconds(20), DAY).expect("it is a client");

    assert_eq!(client.record().secret, secret(3));
    let earlier = client.record().earlier_secret.clone().expect("there was one");
    assert_eq!((earlier.digest, earlier.ends_at), (secret(2), seconds(20).plus(DAY)));
}

#[test]
fn each_refusal_says_what_to_do() {
    let mut client = acme();
    client.add_key("one", "key 1", seconds(1)).expect("it is the first");
    client.add_key("two", "key 2", seconds(1)).expect("it is the second");

    assert_eq!(client.add_key("three", "key 3", seconds(2)), Err(RegistrationError::TooManyKeys));
    assert_eq!(client.add_key("one", "key 3", seconds(2)), Err(RegistrationError::KidUsed));
    assert_eq!(client.add_key("three", "key 1", seconds(2)), Err(RegistrationError::KeyUsed));
    assert_eq!(client.revoke_key("four", seconds(2)), Err(RegistrationError::UnknownKey));
    assert_eq!(client.set_scopes([].into()), Err(RegistrationError::NoScope));
}

#[test]
fn what_nobody_could_have_stored_is_no_registration() {
    let mut client = acme();
    for (kid, key) in [("one", "key 1"), ("two", "key 2")] {
        client.add_key(kid, key, seconds(1)).expect("there is room");
    }
    let record = client.record().clone();
    let keys = |change: fn(&mut RegistrationRecord)| {
        let mut record = record.clone();
        change(&mut record);
        Registration::from_record(record)
    };

    assert_eq!(keys(|_| ()), Some(client));
    assert_eq!(keys(|record| record.version = 0), None);
    assert_eq!(keys(|record| record.scopes.clear()), None);
    assert_eq!(keys(|record| record.keys.extend(record.keys.clone())), None);
    for same in [
        |record: &mut RegistrationRecord| record.keys[1].kid = "one".into(),
        |record: &mut RegistrationRecord| record.keys[1].public_key = "key 1".into(),
    ] {
        assert_eq!(keys(same), None);
    }
}

#[test]
fn the_digest_of_a_secret_never_prints() {
    let mut client = acme();
    client.rotate_secret(secret(171), seconds(1), DAY).expect("it is a client");

    let printed = format!("{client:?}");

    assert!(!printed.contains("171") && !printed.contains("AB"), "{printed}");
}

#[test]
fn a_scope_is_read_as_it_is_written() {
    for scope in Scope::ALL {
        assert_eq!(scope.to_string().parse(), Ok(scope));
    }
    for other in ["", "payment", "Payments", "payments:", "payments:write", "payments payments"] {
        assert!(other.parse::<Scope>().is_err(), "{other}");
    }
}
