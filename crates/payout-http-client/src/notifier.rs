//! Telling clients what happened, by signed webhooks.

mod target;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use payout_domain::ClientId;
use payout_ports::{
    Clock, Delivery, NotDelivered, Notice, NoticeSender, NoticeSubject, Notification,
    NotificationKind, NotificationSubject, Notifier,
};
use payout_signature::{SigningKey, sign};
use payout_wire::webhook::WebhookEvent;
use payout_wire::{header, media_type, timestamp};
use reqwest::{ClientBuilder, Request};

use crate::public_resolver::PublicResolver;
use crate::session::{sensitive, visible};
use crate::transport::{SendFailure, SetUpError, Transport, named, quiet};
use crate::{Deadlines, PrivateNetworks, address};

pub use target::{WebhookTarget, WebhookTargetError};

/// How long a receiver may take.
const DEADLINES: Deadlines =
    Deadlines { connect: Duration::from_secs(5), request: Duration::from_secs(10) };

/// The most bytes of a receiver's answer that are read. Nothing of them is used.
const ANSWER_LEN_MAX: usize = 4 * 1024;

/// Tells clients what happened, by signed webhooks.
///
/// Each delivery is signed anew, with the time of the delivery, so that a receiver can refuse one
/// that somebody has kept. Any 2xx is a confirmation; a redirect is none. Nothing that a receiver
/// answers is kept or logged.
///
/// An address is checked when it is connected to, after names are resolved: a webhook reaches no machine
/// behind our firewall, whatever its name says, but in networks that were named.
pub struct WebhookNotifier {
    /// Made for the first client who is told over TLS: no start shall wait until a system's certificates
    /// are read that nobody needs.
    encrypted: OnceLock<Transport>,
    /// For what stays in networks that were named.
    plain: Transport,
    signing_key: Arc<SigningKey>,
    jku: String,
    clock: Arc<dyn Clock>,
    named: PrivateNetworks,
    targets: RwLock<BTreeMap<ClientId, WebhookTarget>>,
}

impl WebhookNotifier {
    /// Signs with this key, whose public half receivers find at `jku`. Targets on this machine and in
    /// private networks are refused but where they are `named`.
    pub fn new(
        signing_key: Arc<SigningKey>,
        jku: &str,
        named: PrivateNetworks,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        Ok(Self {
            encrypted: OnceLock::new(),
            plain: Transport::plain(settings(PublicResolver::private(named.clone())))?,
            signing_key,
            jku: jku.to_owned(),
            clock,
            named,
            targets: RwLock::default(),
        })
    }

    /// Whether a client could be told at this address.
    pub fn check_target(&self, url: &str) -> Result<(), WebhookTargetError> {
        self.reachable(url).map(drop)
    }

    /// Says where a client wants to be told from now on; `None` if nowhere.
    pub fn set_target(
        &self,
        client_id: ClientId,
        url: Option<&str>,
    ) -> Result<(), WebhookTargetError> {
        let target = url.map(|url| self.reachable(url)).transpose()?;
        let mut targets = self.targets.write().unwrap_or_else(PoisonError::into_inner);
        match target {
            Some(target) => targets.insert(client_id, target),
            None => targets.remove(&client_id),
        };
        Ok(())
    }

    /// What a notification says to its client, as it is sent.
    pub fn words(notification: &Notification) -> Result<Vec<u8>, NotDelivered> {
        let event = event(notification)
            .ok_or_else(|| not_delivered("what is to be told is not true of its subject"))?;
        Ok(event.to_bytes())
    }

    /// What a notice says to its client, as it is sent.
    pub fn words_of_notice(notice: &Notice) -> Result<Vec<u8>, NotDelivered> {
        let event = match &notice.subject {
            NoticeSubject::PayIn(pay_in) => WebhookEvent::pay_in(notice.event_id, pay_in),
            NoticeSubject::Transfer(transfer) => WebhookEvent::transfer(notice.event_id, transfer),
        };
        let event =
            event.ok_or_else(|| not_delivered("what is to be told is not true of its subject"))?;
        Ok(event.to_bytes())
    }

    /// Sends words to a client, signed. It tries once.
    pub async fn deliver_words(
        &self,
        client_id: &ClientId,
        words: Vec<u8>,
    ) -> Result<Delivery, NotDelivered> {
        let Some(target) = self.target(client_id) else { return Ok(Delivery::NobodyListens) };
        let request = self.request(&target, words)?;
        let transport =
            self.transport(&target).map_err(|error| not_delivered(&error.to_string()))?;
        match transport.send_and_forget(request, ANSWER_LEN_MAX).await {
            Ok(status) if status.is_success() => Ok(Delivery::Delivered),
            Ok(status) => Err(not_delivered(&format!("status {}", status.as_u16()))),
            Err(failure) => Err(not_delivered(reason(&failure))),
        }
    }

    /// A target that may be told, and could be.
    fn reachable(&self, url: &str) -> Result<WebhookTarget, WebhookTargetError> {
        let target = WebhookTarget::new(url, &self.named)?;
        self.transport(&target)?;
        Ok(target)
    }

    fn transport(&self, target: &WebhookTarget) -> Result<&Transport, WebhookTargetError> {
        if !target.is_encrypted() {
            return Ok(&self.plain);
        }
        if let Some(ready) = self.encrypted.get() {
            return Ok(ready);
        }
        let made = Transport::from_builder(settings(PublicResolver::system(self.named.clone())));
        // All else that could be wrong with it would have been wrong with the plain one.
        let made = made.map_err(|_| WebhookTargetError::NoCertificates)?;
        Ok(self.encrypted.get_or_init(|| made))
    }

    fn target(&self, client_id: &ClientId) -> Option<WebhookTarget> {
        let targets = self.targets.read().unwrap_or_else(PoisonError::into_inner);
        targets.get(client_id).cloned()
    }

    fn request(&self, target: &WebhookTarget, body: Vec<u8>) -> Result<Request, NotDelivered> {
        let sent_at = timestamp::to_seconds(self.clock.now());
        let covered = payout_signature::Request {
            method: "POST",
            path: target.path(),
            headers: &[(header::X_TL_WEBHOOK_TIMESTAMP_SIGNED, sent_at.as_bytes())],
            body: &body,
        };
        let names = [header::X_TL_WEBHOOK_TIMESTAMP_SIGNED];
        let signature = sign(&self.signing_key, &covered, &names, Some(&self.jku))
            .map_err(|error| not_delivered(&format!("it cannot be signed: {error}")))?;
        let mut request = Request::new(Method::POST, target.url().clone());
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type::JSON));
        headers.insert(named(header::X_TL_WEBHOOK_TIMESTAMP), visible(&sent_at));
        headers.insert(named(header::TL_SIGNATURE), sensitive(&signature));
        *request.body_mut() = Some(body.into());
        Ok(request)
    }
}

#[async_trait]
impl Notifier for WebhookNotifier {
    async fn deliver(&self, notification: &Notification) -> Result<Delivery, NotDelivered> {
        if self.target(&notification.client_id).is_none() {
            return Ok(Delivery::NobodyListens);
        }
        self.deliver_words(&notification.client_id, Self::words(notification)?).await
    }
}

#[async_trait]
impl NoticeSender for WebhookNotifier {
    async fn send(&self, notice: &Notice) -> Result<Delivery, NotDelivered> {
        self.deliver_words(&notice.client_id, Self::words_of_notice(notice)?).await
    }
}

/// The settings for receivers whose names lead where this says.
fn settings(resolver: PublicResolver) -> ClientBuilder {
    quiet(DEADLINES).dns_resolver(resolver)
}

/// The event in the provider's words; `None` if the subject does not bear it out.
fn event(notification: &Notification) -> Option<WebhookEvent> {
    let id = notification.event_id;
    let event = match (notification.kind, &notification.subject) {
        (NotificationKind::PayoutExecuted, NotificationSubject::Payout(payout)) => {
            // A balance of now is not the balance of then, so none is told.
            WebhookEvent::payout_executed(id, payout, None)
        }
        (NotificationKind::PayoutFailed, NotificationSubject::Payout(payout)) => {
            WebhookEvent::payout_failed(id, payout)
        }
        (NotificationKind::PaymentSettled, NotificationSubject::Payment(payment)) => {
            Some(WebhookEvent::payment_settled(id, payment))
        }
        (NotificationKind::PaymentSettled, NotificationSubject::Payout(_))
        | (
            NotificationKind::PayoutExecuted | NotificationKind::PayoutFailed,
            NotificationSubject::Payment(_),
        ) => None,
    };
    event.map(|event| event.numbered(notification.sequence))
}

/// The kind of failure, and nothing that the receiver said.
fn reason(failure: &SendFailure) -> &'static str {
    match failure {
        SendFailure::NotSent(cause) if address::is_refusal(&**cause) => {
            "its address is neither public nor in a private network that was named"
        }
        SendFailure::NotSent(_) => "there is no connection",
        SendFailure::Lost(_) => "there is no answer in time",
    }
}

fn not_delivered(reason: &str) -> NotDelivered {
    NotDelivered { reason: reason.to_owned() }
}

impl fmt::Debug for WebhookNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookNotifier")
            .field("kid", &self.signing_key.kid())
            .field("jku", &self.jku)
            .field("named", &self.named)
            .finish_non_exhaustive()
    }
}
