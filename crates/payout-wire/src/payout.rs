//! Payouts: asking for one, and seeing how it stands.

mod beneficiary;
mod body;
mod create;
mod created;
mod open;
mod page;
mod received;

pub use beneficiary::{Beneficiary, PaymentSourceBeneficiary};
pub(crate) use beneficiary::{BeneficiaryTwin, read as read_beneficiary};
pub use body::PayoutBody;
pub use create::CreatePayout;
#[cfg(feature = "openapi")]
pub(crate) use create::OF_OTHER_TYPES;
pub use created::CreatedPayout;
pub use open::{AnyPayout, OpenPayoutBody};
pub use page::{PayoutPage, ReceivedPayoutPage};
pub use received::ReceivedPayout;
