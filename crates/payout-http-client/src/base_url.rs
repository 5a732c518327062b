//! Where a server is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// The address of a server: a scheme, a host and a port, and nothing after them.
///
/// It is `https`, or `http` to this very machine: nothing that we send may be read on the way.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// The text is not the address of a server that may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It is no URL, or of another scheme.
    #[error("write a URL of http or https, such as https://api.truelayer.com")]
    Malformed,
    /// It would carry secrets in the clear over a network.
    #[error(
        "must be https: http is only for servers on this machine (127.0.0.1, [::1], localhost)"
    )]
    NotEncrypted,
    /// It has a user, a path, a query or a fragment. The server's paths are part of what is signed,
    /// so nothing can stand before them.
    #[error("must end after the host and port, such as https://api.truelayer.com")]
    NotBare,
}

impl BaseUrl {
    /// The address as text, without a slash at its end. One server has one text, whatever the
    /// spelling that it was given in.
    pub fn as_str(&self) -> &str {
        let text = self.0.as_str();
        text.strip_suffix('/').unwrap_or(text)
    }

    /// The address of something on the server. The path's segments must be free of characters that
    /// end a path; ours are made of ids.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// Whether nothing is encrypted, because it is on this machine.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|_| BaseUrlError::Malformed)?;
        check_scheme(&url)?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_bare || !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::NotBare);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

/// Whether whatever is sent to this address stays secret on its way.
pub(crate) fn check_scheme(url: &Url) -> Result<(), BaseUrlError> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err(BaseUrlError::NotEncrypted),
        _ => Err(BaseUrlError::Malformed),
    }
}

/// Whether the host is this machine, by its name or its address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match literal_address(url) {
        Some(address) => address.is_loopback(),
        None => url.host_str() == Some("localhost"),
    }
}

/// The address that a URL names, if it names one and no host name. The URL standard knows many
/// spellings of one address (`127.1`, `0x7f000001`, `2130706433`); they have become one by now.
pub(crate) fn literal_address(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, BaseUrlError> {
        text.parse::<BaseUrl>().map(|url| url.as_str().to_owned())
    }

    #[test]
    fn one_server_has_one_text() {
        for text in
            ["https://api.example.com", "https://api.example.com/", "HTTPS://API.Example.COM:443"]
        {
            assert_eq!(parse(text).as_deref(), Ok("https://api.example.com"), "{text}");
        }
        assert_eq!(parse("http://127.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        assert_eq!(parse("http://[::1]:8080").as_deref(), Ok("http://[::1]:8080"));
        assert_eq!(parse("http://localhost:8080").as_deref(), Ok("http://localhost:8080"));
    }

    #[test]
    fn nothing_is_sent_in_the_clear_to_another_machine() {
        for text in [
            "http://api.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://[::ffff:10.0.0.1]",
            "http://0.0.0.0",
        ] {
            assert_eq!(parse(text), Err(BaseUrlError::NotEncrypted), "{text}");
        }
    }

    #[test]
    fn an_address_ends_after_its_port() {
        for text in [
            "https://api.example.com/v3",
            "https://api.example.com/?a",
            "https://api.example.com/#a",
            "https://user@api.example.com",
            "https://:secret@api.example.com",
            "http://127.0.0.1@api.example.com",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for text in ["", "api.example.com", "ftp://api.example.com", "file:///etc", "https://"] {
            assert_eq!(parse(text), Err(BaseUrlError::Malformed), "{text}");
        }
    }
}
