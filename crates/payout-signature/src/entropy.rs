//! What the cryptographic library begins with.

use aws_lc_rs::rand;

/// Collects the entropy from which the cryptographic library draws all keys and signatures, unless it has
/// been collected: it measures how the processor's pace trembles, which takes some 25 ms, once for each
/// process. Whoever needs chance meanwhile waits for it, so a server calls this first of all, from a
/// thread of its own, and has something else to do until then.
///
/// ```
/// let gathering = std::thread::spawn(payout_signature::gather_entropy);
/// // Settings are read, files are opened.
/// let (key, _pem) = payout_signature::SigningKey::generate("first")?;
/// # gathering.join().expect("it does not panic");
/// # Ok::<(), payout_signature::KeyError>(())
/// ```
pub fn gather_entropy() {
    // If there is none, whoever needs it is told so.
    let _failed_for_all = rand::fill(&mut [0_u8]);
}
