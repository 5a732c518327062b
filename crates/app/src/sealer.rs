//! The keys that seal what is of a person, from their file to the port of the stores.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use payout_ports::{CannotOpen, SealedPlace, Sealer, Sealing};
use payout_signature::sealing::{NotOpened, Place, SealingKeys};

use crate::credentials::read_private;
use crate::failure::Failure;
use crate::settings::Settings;

/// The setting that names the file.
const KEYS_FILE: &str = "serve.sealing_keys_file";

/// How a service keeps what is of a person: sealed, if it is configured with keys.
pub(crate) fn sealing(settings: &Settings, data: &Path) -> Result<Sealing, Failure> {
    let Some(path) = settings.get::<PathBuf>(KEYS_FILE, None)? else {
        return Ok(Sealing::default());
    };
    let text = read_private(&path)?;
    let wrong = |error| Failure::configuration(format!("{}: {error}", path.display()));
    let keys = SealingKeys::parse(&text).map_err(wrong)?;
    tracing::info!(?keys, "what is of a person is sealed with the first of these keys");
    if lies_in(&path, data) {
        tracing::warn!(
            "the sealing keys lie in the data directory: whoever gets a copy of it gets both"
        );
    }
    Ok(Sealing::with(Arc::new(KeySealer(keys))))
}

fn lies_in(file: &Path, directory: &Path) -> bool {
    match (file.canonicalize(), directory.canonicalize()) {
        (Ok(file), Ok(directory)) => file.starts_with(directory),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// Seals with the keys of a file.
#[derive(Debug)]
struct KeySealer(SealingKeys);

impl Sealer for KeySealer {
    fn key_id(&self) -> &str {
        self.0.key_id()
    }

    fn seal(&self, place: &SealedPlace<'_>, plain: &[u8]) -> String {
        at(place, |place| self.0.seal(place, plain))
    }

    fn open(&self, place: &SealedPlace<'_>, sealed: &str) -> Result<Vec<u8>, CannotOpen> {
        at(place, |place| self.0.open(place, sealed)).map_err(|why| match why {
            NotOpened::UnknownKey(key_id) => CannotOpen::UnknownKey { key_id },
            NotOpened::Broken(key_id) => CannotOpen::Broken { key_id },
            NotOpened::Malformed => CannotOpen::NotSealed,
        })
    }
}

/// Does this with the place as the keys know it.
fn at<T>(place: &SealedPlace<'_>, work: impl FnOnce(&Place<'_>) -> T) -> T {
    let SealedPlace { record, field, client_id, id, number } = place;
    let number = number.to_be_bytes();
    let row = [record.as_str().as_bytes(), client_id.as_bytes(), id.as_bytes(), &number];
    work(&Place { row: &row, column: field.as_str().as_bytes() })
}

#[cfg(test)]
mod tests {
    use payout_conformance::sealer::TestKey;

    use super::*;

    payout_conformance::sealer_laws!(with_keys);

    fn with_keys(keys: &[TestKey]) -> Arc<dyn Sealer> {
        let line =
            |(id, secret): &TestKey| format!("{id} {}\n", format!("{secret:02x}").repeat(32));
        let text: String = keys.iter().map(line).collect();
        Arc::new(KeySealer(SealingKeys::parse(&text).expect("they are keys")))
    }
}
