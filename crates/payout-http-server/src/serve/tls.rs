//! TLS: certificates, and how they are exchanged while connections go on.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// What peers are told to speak inside: our server knows nothing newer (RFC 7301).
const PROTOCOL: &[u8] = b"http/1.1";

/// The certificates that a server shows, and the key that proves them.
///
/// TLS 1.2 and 1.3 (RFC 5246, RFC 8446), with the cipher suites that the library holds safe. Clones
/// share them, so whoever keeps one can [`replace`](Self::replace) what the server shows.
#[derive(Clone)]
pub struct Tls {
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

/// These are no certificates with their key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of the certificates has none in PEM (RFC 7468).
    #[error(
        "there is no certificate in PEM; the server's own comes first, and then those that signed it"
    )]
    NoCertificate,
    /// The file of the key has none in PEM that is not encrypted.
    #[error("there is no private key in PEM, or only an encrypted one")]
    NoKey,
    /// The certificate cannot be read, or the key is another one's.
    #[error("the certificate and the key do not belong together, or one of them cannot be used")]
    Unusable(#[source] rustls::Error),
}

impl Tls {
    /// Takes a chain of certificates, the server's own first, and its private key, both as PEM.
    pub fn new(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let config = config(certificates, key)?;
        Ok(Self { current: Arc::new(RwLock::new(Arc::new(config))) })
    }

    /// Shows others from the next handshake on. Connections that are open go on as they are; after an
    /// error everything does.
    pub fn replace(&self, certificates: &[u8], key: &[u8]) -> Result<(), TlsError> {
        let config = Arc::new(config(certificates, key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// What greets the next peer.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

fn config(certificates: &[u8], key: &[u8]) -> Result<ServerConfig, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(TlsError::NoCertificate)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(TlsError::Unusable)?;
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(config)
}

impl fmt::Debug for Tls {
    /// Shows no certificate: whose it is, a handshake tells.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
