//! The keys that the provider signs its events with.

use std::sync::Arc;

use async_trait::async_trait;
use payout_http_client::JwksCache;
use payout_http_server::WebhookKeys;
use payout_signature::VerifyingKey;

/// Fetches them from the provider's key set, and from nowhere else.
pub(crate) struct ProviderKeys {
    pub(crate) cache: JwksCache,
}

#[async_trait]
impl WebhookKeys for ProviderKeys {
    async fn key(&self, jku: &str, kid: &str) -> Option<Arc<VerifyingKey>> {
        self.cache.key(jku, kid).await
    }
}
