//! Events, as webhooks carry them: those that we tell, and those that we are told.

mod ending;
mod event;
mod inbound;
mod notice;

pub use event::{Balances, WebhookEvent};
pub use inbound::{InboundEvent, InboundSubject};
#[cfg(feature = "openapi")]
pub(crate) use inbound::{OF_PAYMENTS, OF_PAYOUTS};
