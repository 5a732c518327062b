//! What a server was asked to be, by flags, environment and file.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use payout_domain::ClientId;
use payout_http_client::{BaseUrl, PrivateNetworks};
use payout_http_server::TrustedProxies;

use crate::cli::ServerArgs;
use crate::failure::Failure;
use crate::server::CertificateFiles;
use crate::settings::{Settings, directories};

/// What both servers are asked.
#[derive(Clone, Debug)]
pub(crate) struct ServerPlan {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) client_id: ClientId,
    pub(crate) client_secret_file: Option<PathBuf>,
    pub(crate) client_keys: Vec<String>,
    pub(crate) webhook: Option<String>,
    pub(crate) private_networks: PrivateNetworks,
    /// What is shown to who connects; `None` if nothing is encrypted here.
    pub(crate) certificates: Option<CertificateFiles>,
    /// How clients reach it, if that is not where it listens.
    pub(crate) public_url: Option<BaseUrl>,
    /// Whether only the trusted proxies may connect, one of which ends TLS.
    pub(crate) behind_proxy: bool,
    pub(crate) proxies: TrustedProxies,
}

impl ServerPlan {
    /// Reads the section `sandbox` or `serve`.
    pub(crate) fn new(
        section: &str,
        args: &ServerArgs,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let key = |name: &str| format!("{section}.{name}");
        let text = |path: &PathBuf| path.display().to_string();
        let data = settings.get(&key("data"), flag("data", args.data.as_ref().map(text)))?;
        let keys =
            settings.value(&key("client_keys"), Some(("client-key", args.client_keys.clone())));
        Ok(Self {
            listen: required(settings, &key("listen"), flag("listen", args.listen))?,
            data: data.or_else(|| Some(directories::data()?.join(section))).ok_or_else(|| {
                Failure::configuration("there is no home directory; name one with --data DIR")
            })?,
            client_id: required(
                settings,
                &key("client_id"),
                flag("client-id", args.client_id.as_ref()),
            )?,
            client_secret_file: settings.get(
                &key("client_secret_file"),
                flag("client-secret-file", args.client_secret_file.as_ref().map(text)),
            )?,
            client_keys: keys.map(|value| value.texts).unwrap_or_default(),
            webhook: settings.get(&key("webhook"), flag("webhook", args.webhook.as_ref()))?,
            private_networks: required(
                settings,
                &key("private_networks"),
                flag("private-network", joined(&args.private_networks)),
            )?,
            certificates: certificates(section, args, settings)?,
            public_url: settings
                .get(&key("public_url"), flag("public-url", args.public_url.as_ref()))?,
            behind_proxy: false,
            proxies: TrustedProxies::default(),
        })
    }
}

/// One is nothing without the other.
fn certificates(
    section: &str,
    args: &ServerArgs,
    settings: &Settings,
) -> Result<Option<CertificateFiles>, Failure> {
    let file = |name: &str, flag_name, given: &Option<PathBuf>| {
        let given = given.as_ref().map(|path| path.display());
        settings.get::<PathBuf>(&format!("{section}.{name}"), flag(flag_name, given))
    };
    match (
        file("tls_cert", "tls-cert", &args.tls_cert)?,
        file("tls_key", "tls-key", &args.tls_key)?,
    ) {
        (Some(chain), Some(key)) => Ok(Some(CertificateFiles { chain, key })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(Failure::configuration("--tls-cert: add --tls-key FILE, its private key"))
        }
        (None, Some(_)) => {
            Err(Failure::configuration("--tls-key: add --tls-cert FILE, its certificate"))
        }
    }
}

/// What was given again and again, with commas between.
fn joined(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(","))
}

/// A flag's name and text, if it was given.
pub(crate) fn flag<T: ToString>(
    name: &'static str,
    value: Option<T>,
) -> Option<(&'static str, String)> {
    value.map(|value| (name, value.to_string()))
}

/// A setting that has a default.
pub(crate) fn required<T: FromStr>(
    settings: &Settings,
    key: &str,
    flag: Option<(&'static str, String)>,
) -> Result<T, Failure>
where
    T::Err: fmt::Display,
{
    let missing = || Failure::configuration(format!("`{key}` is not set"));
    settings.get(key, flag)?.ok_or_else(missing)
}
