//! Webhooks of a sandbox, as its rules say that they go.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::ClientId;
use payout_http_client::WebhookNotifier;
use payout_http_server::Faults;
use payout_ports::{Delivery, NotDelivered, Notice, NoticeSender, Notification, Notifier};
use payout_wire::sandbox::{FaultCall, FaultKind, FaultRule, distort};

use crate::id_generator;

/// Tells a client what happened, unless a rule says that it is told otherwise.
#[derive(Debug)]
pub(crate) struct FaultyNotifier {
    notifier: Arc<WebhookNotifier>,
    faults: Faults,
    /// What waits for the next webhook, to come after it.
    held: Mutex<Vec<Words>>,
}

/// What is told, and to whom.
#[derive(Clone)]
struct Words {
    client_id: ClientId,
    body: Vec<u8>,
}

impl FaultyNotifier {
    pub(crate) fn new(notifier: Arc<WebhookNotifier>, faults: Faults) -> Self {
        Self { notifier, faults, held: Mutex::default() }
    }

    async fn told_by(&self, rule: &FaultRule, words: Words) -> Result<Delivery, NotDelivered> {
        tracing::info!(fault = %rule.kind, "a fault is injected into a webhook");
        match rule.kind {
            FaultKind::Drop => Ok(Delivery::Delivered),
            FaultKind::Double => {
                self.tell(words.clone()).await?;
                self.tell(words).await
            }
            FaultKind::Late => Ok(self.tell_later(rule, words)),
            FaultKind::Reorder => {
                self.held().push(words);
                Ok(Delivery::Delivered)
            }
            FaultKind::Foreign => {
                self.tell(words.of_somebody_else()).await?;
                self.tell(words).await
            }
            FaultKind::Contradict => {
                let contradicted = distort::contradicted(&words.body);
                self.tell(words.clone()).await?;
                self.tell(Words { body: contradicted, ..words }).await
            }
            FaultKind::Answer
            | FaultKind::Remember
            | FaultKind::Hold
            | FaultKind::Cut
            | FaultKind::Delay
            | FaultKind::Redirect
            | FaultKind::Html
            | FaultKind::Empty
            | FaultKind::Truncate
            | FaultKind::Oversize
            | FaultKind::Forget
            | FaultKind::SameId
            | FaultKind::WrongAmount
            | FaultKind::WrongCurrency
            | FaultKind::Lag
            | FaultKind::Shuffle
            | FaultKind::NoKeys => self.tell(words).await,
        }
    }

    async fn tell(&self, words: Words) -> Result<Delivery, NotDelivered> {
        self.notifier.deliver_words(&words.client_id, words.body).await
    }

    fn tell_later(&self, rule: &FaultRule, words: Words) -> Delivery {
        let wait = Duration::from_millis(rule.milliseconds.unwrap_or_default());
        let notifier = Arc::clone(&self.notifier);
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            if let Err(error) = notifier.deliver_words(&words.client_id, words.body).await {
                tracing::info!(%error, "a late webhook was not confirmed");
            }
        });
        Delivery::Delivered
    }

    async fn tell_held(&self) -> Result<(), NotDelivered> {
        let held = std::mem::take(&mut *self.held());
        for words in held {
            self.tell(words).await?;
        }
        Ok(())
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<Words>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Notifier for FaultyNotifier {
    async fn deliver(&self, notification: &Notification) -> Result<Delivery, NotDelivered> {
        if let Some(rule) = self.faults.next(FaultCall::Webhook) {
            let client_id = notification.client_id.clone();
            let body = WebhookNotifier::words(notification)?;
            return self.told_by(&rule, Words { client_id, body }).await;
        }
        let delivery = self.notifier.deliver(notification).await?;
        self.tell_held().await?;
        Ok(delivery)
    }
}

#[async_trait]
impl NoticeSender for FaultyNotifier {
    async fn send(&self, notice: &Notice) -> Result<Delivery, NotDelivered> {
        if let Some(rule) = self.faults.next(FaultCall::Webhook) {
            let client_id = notice.client_id.clone();
            let body = WebhookNotifier::words_of_notice(notice)?;
            return self.told_by(&rule, Words { client_id, body }).await;
        }
        let delivery = self.notifier.send(notice).await?;
        self.tell_held().await?;
        Ok(delivery)
    }
}

impl Words {
    /// The same, under another name and of a payout that nobody here knows.
    fn of_somebody_else(&self) -> Self {
        let body = distort::with_id(&self.body, &id_generator::random().to_string());
        let body = distort::with_event_id(&body, &id_generator::random().to_string());
        Self { body, client_id: self.client_id.clone() }
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
