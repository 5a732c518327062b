//! Where a database is, and how to talk to it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Where a database is, and how to talk to it: `postgres://USER@HOST:PORT/DATABASE?…`.
///
/// It holds no password, so it may be logged. After the question mark may stand
///
/// * `sslmode`, see [`SslMode`];
/// * `sslrootcert`, a file with the certificate authorities to be believed instead of the system's;
/// * `schema`, in which the tables are; `payout` by default.
///
/// Several hosts, separated by commas, are tried in turn until one is found that takes writes.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    config: Config,
    ssl_mode: SslMode,
    root_certificates: Option<PathBuf>,
    schema: Box<str>,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// Not at all: the default for this machine (a loopback address or a Unix socket) and wrong for
    /// every other.
    Disable,
    /// It is encrypted, but whoever answers is believed to be the server.
    Require,
    /// It is encrypted, and the server shows a certificate for its name: the default for every other
    /// machine.
    VerifyFull,
}

/// The address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Write it as `postgres://USER@HOST:PORT/DATABASE`.
    #[error("the database is not written as postgres://USER@HOST:PORT/DATABASE")]
    Unreadable,
    /// Name the user and the database.
    #[error("the database's address must name a {0}")]
    Incomplete(&'static str),
    /// Put the password into a file, and name the file.
    #[error(
        "the database's address must not hold a password, because addresses are shown and logged; \
         put it into a file"
    )]
    Password,
    /// Leave it out, or write it as this says.
    #[error("the database's address may not say `{name}`; it may say {allowed}")]
    Parameter {
        /// What was said.
        name: String,
        /// What may be said.
        allowed: &'static str,
    },
}

/// The password of a role. It never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Arc<str>);

impl Password {
    /// Keeps a password; a line break at its end, as files have one, does not belong to it.
    pub fn new(text: &str) -> Self {
        Self(text.trim_end_matches(['\r', '\n']).into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Address {
    /// What the driver is told, with the password.
    pub(crate) fn config(&self, password: Option<&Password>) -> Config {
        let mut config = self.config.clone();
        if let Some(Password(password)) = password {
            config.password(password.as_bytes());
        }
        config
    }

    /// How the connection is protected.
    pub fn ssl_mode(&self) -> SslMode {
        self.ssl_mode
    }

    /// The file with the certificate authorities to be believed; the system's if `None`.
    pub(crate) fn root_certificates(&self) -> Option<&PathBuf> {
        self.root_certificates.as_ref()
    }

    /// The schema that holds the tables.
    pub fn schema(&self) -> &str {
        &self.schema
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (place, parameters) = text.split_once('?').unwrap_or((text, ""));
        if !place.starts_with("postgres://") && !place.starts_with("postgresql://") {
            return Err(AddressError::Unreadable);
        }
        let config: Config = place.parse().map_err(|_| AddressError::Unreadable)?;
        check(&config)?;
        let default = if is_here(&config) { SslMode::Disable } else { SslMode::VerifyFull };
        let schema = "payout".into();
        let mut address = Self { config, ssl_mode: default, root_certificates: None, schema };
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            address.set(parameter)?;
        }
        Ok(address)
    }
}

impl Address {
    fn set(&mut self, parameter: &str) -> Result<(), AddressError> {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name {
            "sslmode" => self.ssl_mode = ssl_mode(value)?,
            "sslrootcert" if !value.is_empty() => self.root_certificates = Some(value.into()),
            "schema" if is_plain(value) => self.schema = value.into(),
            "schema" => {
                let allowed = "a schema of lower-case letters, digits and underscores";
                return Err(AddressError::Parameter { name: parameter.to_owned(), allowed });
            }
            "password" => return Err(AddressError::Password),
            _ => {
                let allowed = "sslmode, sslrootcert and schema";
                return Err(AddressError::Parameter { name: name.to_owned(), allowed });
            }
        }
        Ok(())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, database) = (self.config.get_user(), self.config.get_dbname());
        write!(f, "postgres://{}@", user.unwrap_or_default())?;
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            // One port may stand for all hosts.
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(number).or_else(|| ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", database.unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("place", &format_args!("{self}"))
            .field("ssl_mode", &self.ssl_mode)
            .field("root_certificates", &self.root_certificates)
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

fn check(config: &Config) -> Result<(), AddressError> {
    if config.get_password().is_some() {
        return Err(AddressError::Password);
    }
    if config.get_hosts().is_empty() {
        return Err(AddressError::Incomplete("host"));
    }
    if config.get_user().is_none_or(str::is_empty) {
        return Err(AddressError::Incomplete("user"));
    }
    if config.get_dbname().is_none_or(str::is_empty) {
        return Err(AddressError::Incomplete("database"));
    }
    Ok(())
}

fn ssl_mode(value: &str) -> Result<SslMode, AddressError> {
    match value {
        "disable" => Ok(SslMode::Disable),
        "require" => Ok(SslMode::Require),
        "verify-full" => Ok(SslMode::VerifyFull),
        _ => Err(AddressError::Parameter {
            name: format!("sslmode={value}"),
            allowed: "sslmode=disable, sslmode=require and sslmode=verify-full",
        }),
    }
}

/// Whether nothing of what is said leaves this machine.
fn is_here(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let name = name.trim_start_matches('[').trim_end_matches(']');
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
    })
}

/// Whether it is a name that needs no quotes. PostgreSQL cuts names after 63 bytes.
fn is_plain(name: &str) -> bool {
    let may_begin = |c: char| c.is_ascii_lowercase() || c == '_';
    name.len() <= 63
        && name.starts_with(may_begin)
        && name.chars().all(|c| may_begin(c) || c.is_ascii_digit())
        // Reserved for the server.
        && !name.starts_with("pg_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Result<Address, AddressError> {
        text.parse()
    }

    #[test]
    fn another_machine_must_show_who_it_is_unless_said_otherwise() {
        for (text, expected) in [
            ("postgres://payout@localhost/payout", SslMode::Disable),
            ("postgres://payout@127.0.0.1:5433/payout", SslMode::Disable),
            ("postgres://payout@%2Frun%2Fpostgresql/payout", SslMode::Disable),
            ("postgres://payout@db.example/payout", SslMode::VerifyFull),
            ("postgres://payout@localhost,db.example/payout", SslMode::VerifyFull),
            ("postgres://payout@10.0.0.7/payout?sslmode=disable", SslMode::Disable),
            ("postgres://payout@10.0.0.7/payout?sslmode=require", SslMode::Require),
            ("postgres://payout@localhost/payout?sslmode=verify-full", SslMode::VerifyFull),
        ] {
            let found = address(text).map(|address| address.ssl_mode());

            assert_eq!(found, Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_address_with_a_password_is_refused() {
        for text in [
            "postgres://payout:hunter2@db.example/payout",
            "postgres://payout@db.example/payout?password=hunter2",
        ] {
            assert_eq!(address(text), Err(AddressError::Password));
        }
    }

    #[test]
    fn what_an_address_must_and_may_not_say_is_said() {
        for (text, words) in [
            ("mysql://payout@db.example/payout", "postgres://USER@HOST"),
            ("host=db.example user=payout", "postgres://USER@HOST"),
            ("postgres://payout@db.example:x/payout", "postgres://USER@HOST"),
            ("postgres://db.example/payout", "must name a user"),
            ("postgres://payout@db.example", "must name a database"),
            ("postgres://payout@db.example/payout?sslmode=prefer", "sslmode=require"),
            ("postgres://payout@db.example/payout?options=-cfsync", "sslrootcert and schema"),
            ("postgres://payout@db.example/payout?schema=a-b", "underscores"),
            ("postgres://payout@db.example/payout?schema=pg_a", "underscores"),
        ] {
            let said = address(text).expect_err(text).to_string();

            assert!(said.contains(words), "{text}: {said}");
        }
    }

    #[test]
    fn an_address_prints_without_its_parameters() {
        let address = address("postgres://payout@a.example:1,b.example:2/money?schema=other");

        let address = address.expect("it is complete");
        assert_eq!(address.to_string(), "postgres://payout@a.example:1,b.example:2/money");
        assert_eq!(address.schema(), "other");
    }

    #[test]
    fn a_password_never_prints_itself() {
        let password = Password::new("hunter2\n");
        let address: Address =
            "postgres://payout@localhost/payout".parse().expect("it is complete");

        let config = address.config(Some(&password));

        assert_eq!(config.get_password(), Some(&b"hunter2"[..]));
        let printed = format!("{password:?} {address:?} {address} {config:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
