//! Events that come in.

use payout_wire::webhook::{InboundEvent, InboundSubject, WebhookEvent};

use crate::fixture::{self, of};

const EVENT_ID: &str = "a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52";

fn event(event_type: &str, members: &str) -> String {
    format!(r#"{{"type":"{event_type}","event_version":1,"event_id":"{EVENT_ID}"{members}}}"#)
}

fn subject(event_type: &str, members: &str) -> InboundSubject {
    let event = InboundEvent::parse(event(event_type, members).as_bytes());
    let event = event.expect("it is an event");
    assert_eq!((event.event_id, event.event_type.as_str()), (of(EVENT_ID), event_type));
    event.subject
}

#[test]
fn an_event_that_we_tell_is_one_that_we_understand() {
    let id = of(EVENT_ID);
    let payout = InboundSubject::Payout { gateway_payout_id: of(fixture::PAYOUT_ID) };
    let payment = InboundSubject::Payment { payment_id: of(fixture::PAYMENT_ID) };

    for (event, subject) in [
        (WebhookEvent::payout_executed(id, &fixture::executed(), None), payout),
        (WebhookEvent::payout_executed(id, &fixture::returned(), None), payout),
        (WebhookEvent::payout_failed(id, &fixture::returned()), payout),
        (Some(WebhookEvent::payment_settled(id, &fixture::payment())), payment),
    ] {
        let event = event.expect("it happened");

        let told = InboundEvent::parse(&event.to_bytes()).expect("it is what we write");

        assert_eq!(told.event_id, event.event_id());
        assert_eq!(told.event_type, event.event_type());
        assert_eq!(told.subject, subject);
    }
}

#[test]
fn an_event_carries_its_number_when_it_has_one() {
    let event = || WebhookEvent::payment_settled(of(EVENT_ID), &fixture::payment());
    let text = |event: WebhookEvent| String::from_utf8(event.to_bytes()).expect("JSON is text");

    let (numbered, plain) = (text(event().numbered(2)), text(event()));

    let member = r#","event_sequence":2,"#;
    assert!(numbered.contains(member), "{numbered}");
    assert_eq!(numbered.replace(member, ","), plain);
}

#[test]
fn what_has_not_happened_is_not_told() {
    let id = of(EVENT_ID);

    for payout in [fixture::pending(), fixture::authorized()] {
        assert!(WebhookEvent::payout_executed(id, &payout, None).is_none());
        assert!(WebhookEvent::payout_failed(id, &payout).is_none());
    }
    assert!(WebhookEvent::payout_executed(id, &fixture::failed(), None).is_none());
    assert!(WebhookEvent::payout_failed(id, &fixture::executed()).is_none());
}

#[test]
fn an_event_needs_no_more_than_its_name_and_its_subject() {
    let id = format!(r#","payout_id":"{}""#, fixture::PAYOUT_ID);
    let payout = InboundSubject::Payout { gateway_payout_id: of(fixture::PAYOUT_ID) };
    for event_type in ["payout_executed", "payout_failed", "payout_attempt_failed"] {
        assert_eq!(subject(event_type, &id), payout);
    }
    let older =
        format!(r#","payout_id":"{}","beneficiary":null,"metadata":"x""#, fixture::PAYOUT_ID);
    assert_eq!(subject("payout_failed", &older), payout);

    let id = format!(r#","payment_id":"{}""#, fixture::PAYMENT_ID);
    let payment = InboundSubject::Payment { payment_id: of(fixture::PAYMENT_ID) };
    for event_type in ["payment_settled", "payment_executed", "payment_reversed"] {
        assert_eq!(subject(event_type, &id), payment);
    }
}

#[test]
fn what_we_do_not_follow_is_still_an_event() {
    let refund = format!(r#","refund_id":"{0}","payment_id":"{0}""#, fixture::PAYMENT_ID);

    for (event_type, members) in [
        ("refund_executed", refund.as_str()),
        ("balance_notification", r#","threshold_in_minor":1"#),
        ("external_payment_received", ""),
        ("payout_rerouted", r#","payout_id":7"#),
        ("payment_became_art", ""),
    ] {
        assert_eq!(subject(event_type, members), InboundSubject::Other, "{event_type}");
    }
    let version_as_text = format!(r#"{{"type":"x","event_id":"{EVENT_ID}","event_version":"1"}}"#);
    assert!(InboundEvent::parse(version_as_text.as_bytes()).is_ok());
}

#[test]
fn without_its_name_type_or_subject_it_is_none() {
    let id = format!(r#""event_id":"{EVENT_ID}""#);

    for body in [
        String::new(),
        "{}".to_owned(),
        format!("{{{id}}}"),
        format!(r#"{{"type":"",{id}}}"#),
        format!(r#"{{"type":null,{id}}}"#),
        format!(r#"{{"type":1,{id}}}"#),
        r#"{"type":"payout_executed"}"#.to_owned(),
        r#"{"type":"x","event_id":"evt_1"}"#.to_owned(),
        format!(r#"{{"type":"x",{id},{id}}}"#),
        event("payout_executed", ""),
        event("payout_executed", r#","payout_id":"p1""#),
        event("payment_settled", r#","payment_id":null"#),
    ] {
        assert!(InboundEvent::parse(body.as_bytes()).is_err(), "{body}");
    }
}
