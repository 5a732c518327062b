//! Which people may look after payouts.

use async_trait::async_trait;
use payout_domain::OperatorName;
use payout_signature::digest;

use crate::SecretDigest;

/// Knows the operators. It is asked anew for every token and every request, so that whoever is added or
/// removed is so at once.
#[async_trait]
pub trait OperatorDirectory: Send + Sync {
    /// What is kept of an operator's secret; `None` if there is no such operator, or if that cannot be
    /// told now.
    async fn find(&self, name: &OperatorName) -> Option<SecretDigest>;
}

/// The scope of operators' tokens. No client has it.
pub(crate) const SCOPE: &str = "operator";

/// Whom operators' tokens are meant for: nothing but the operators' routes.
pub(crate) const AUDIENCE: &str = "operators";

/// Begins the name by which an operator asks for a token. No client can be called so: `:` is in no
/// client's id.
const PREFIX: &str = "operator:";

/// The operator whom a token request names; `None` if it names none.
pub(crate) fn asked_for(client_id: &str) -> Option<OperatorName> {
    client_id.strip_prefix(PREFIX)?.parse().ok()
}

/// Whether a token is one of an operator's, valid or not any more.
pub(crate) fn is_operators(subject: &str) -> bool {
    subject.starts_with(PREFIX)
}

/// Whom an operator's token is issued to: this name, with this secret. Whoever is removed and added
/// again has another secret, and the tokens from before end.
pub(crate) fn subject(name: &OperatorName, secret: &SecretDigest) -> String {
    format!("{PREFIX}{name}/{}", stamp(secret))
}

/// The operator of a token, if the directory still has that one with that secret.
pub(crate) async fn of_subject(
    directory: &dyn OperatorDirectory,
    subject: &str,
) -> Option<OperatorName> {
    let (name, stamped) = subject.strip_prefix(PREFIX)?.rsplit_once('/')?;
    let name: OperatorName = name.parse().ok()?;
    let secret = directory.find(&name).await?;
    digest::constant_time_eq(stamp(&secret).as_bytes(), stamped.as_bytes()).then_some(name)
}

/// Tells secrets apart without telling anything about them.
fn stamp(secret: &SecretDigest) -> String {
    let stamp = digest::sha256(&[b"which secret an operator of payout has", secret.as_bytes()]);
    format!("{:016x}", stamp.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)))
}
