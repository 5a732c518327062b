//! Which server is talked to, and as whom.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use payout_domain::OperatorName;
use payout_http_client::{
    ApiClient, ClientSecret, Connection, Deadlines, Environment, OperatorClient,
    OperatorConnection, SandboxControls,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::{Desk, ServeArgs, Target};
use crate::clock::SystemClock;
use crate::credentials::{Announcement, Credentials, read_secret, read_signing_key};
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::operators::{OwnSecrets, of_this_user};
use crate::settings::Settings;

/// The client that the verbs use, with the credentials that were found for its server.
///
/// They come from the first of: `--credentials`, the profile, the environment or `[client]` of the
/// file, what a server of this user on this machine wrote about itself.
pub(crate) fn client(target: &Target, settings: &Settings) -> Result<ApiClient, Failure> {
    let url = url(target, settings, &Announcement::known())?;
    let credentials = credentials(&url, target, settings)?;
    let client =
        ApiClient::new(&connection(environment(&url)?, credentials), Arc::new(SystemClock));
    client.map_err(|error| Failure::configuration(chain(&error)))
}

/// The client that operators' verbs use.
///
/// The operator is the one of `--as-operator`, else of the setting, else the only one whose secret this
/// user has for that server, else the one named as this user.
pub(crate) fn operator(desk: &Desk, settings: &Settings) -> Result<OperatorClient, Failure> {
    let target = &desk.target;
    let known = Announcement::known();
    let services: Vec<_> =
        known.iter().filter(|server| server.server == "service").cloned().collect();
    let url = url(target, settings, if services.is_empty() { &known } else { &services })?;
    let (name, secret) = match configured_operator(desk, settings)? {
        Some(found) => found,
        None => own_operator(desk, &url)?,
    };
    let connection = OperatorConnection {
        environment: environment(&url)?,
        name,
        secret: ClientSecret::new(secret.expose_secret()),
        deadlines: Deadlines::default(),
    };
    let client = OperatorClient::new(connection, Arc::new(SystemClock));
    client.map_err(|error| Failure::configuration(chain(&error)))
}

/// A sandbox's own controls, which need no credentials.
pub(crate) fn controls(target: &Target, settings: &Settings) -> Result<SandboxControls, Failure> {
    let sandboxes: Vec<_> =
        Announcement::known().into_iter().filter(|server| server.server == "sandbox").collect();
    let environment = environment(&url(target, settings, &sandboxes)?)?;
    SandboxControls::new(&environment, Deadlines::default())
        .map_err(|error| Failure::configuration(chain(&error)))
}

/// The service's connection to its provider.
pub(crate) fn of_gateway(args: &ServeArgs, settings: &Settings) -> Result<Connection, Failure> {
    let flag = args.gateway.clone().map(|gateway| ("gateway", gateway));
    let gateway: Option<String> = settings.get("serve.gateway", flag)?;
    let gateway = gateway.ok_or_else(|| {
        Failure::configuration(
            "which provider? say --gateway URL (a sandbox), --gateway truelayer-sandbox or --gateway \
             truelayer",
        )
    })?;
    let environment = environment(&gateway)?;
    let found = match &args.credentials {
        Some(directory) => Some(Announcement::read(directory)?.credentials()?),
        None => configured("gateway", settings)?
            .map_or_else(|| configured_for(&gateway, settings), |found| Ok(Some(found)))?,
    };
    let credentials = match found {
        Some(credentials) => credentials,
        None => written_by(&gateway).ok_or_else(|| {
            Failure::configuration(format!(
                "no credentials for {gateway}: say --credentials DIR (what `payout sandbox` wrote), or \
                 set PAYOUT_GATEWAY_CLIENT_ID, PAYOUT_GATEWAY_CLIENT_SECRET_FILE, PAYOUT_GATEWAY_KID \
                 and PAYOUT_GATEWAY_PRIVATE_KEY_FILE"
            ))
        })??,
    };
    if credentials.signing_key.is_none() {
        return Err(Failure::configuration(
            "payouts are signed: set PAYOUT_GATEWAY_KID and PAYOUT_GATEWAY_PRIVATE_KEY_FILE",
        ));
    }
    Ok(connection(environment, credentials))
}

fn connection(environment: Environment, credentials: Credentials) -> Connection {
    Connection {
        environment,
        client_id: credentials.client_id,
        client_secret: ClientSecret::new(credentials.client_secret.expose_secret()),
        signing_key: credentials.signing_key,
        deadlines: Deadlines::default(),
    }
}

fn environment(name: &str) -> Result<Environment, Failure> {
    match name {
        "truelayer" => Ok(Environment::truelayer()),
        "truelayer-sandbox" => Ok(Environment::truelayer_sandbox()),
        url => Environment::at(url)
            .map_err(|error| Failure::configuration(format!("`{url}`: {}", chain(&error)))),
    }
}

fn url(target: &Target, settings: &Settings, known: &[Announcement]) -> Result<String, Failure> {
    let profile = profile(target, settings)?;
    let from_profile = profile.and_then(|members| members.get("url")).cloned();
    let flag = target.url.clone().or(from_profile).map(|url| ("url", url));
    if let Some(url) = settings.get::<String>("client.url", flag)? {
        return Ok(url);
    }
    if let Some(directory) = &target.credentials {
        return Ok(Announcement::read(directory)?.base_url);
    }
    only(known)
}

/// The one server there is to talk to.
fn only(known: &[Announcement]) -> Result<String, Failure> {
    match known {
        [only] => Ok(only.base_url.clone()),
        [] => Err(Failure::configuration("which server? say --url URL, or start `payout sandbox`")),
        several => {
            let urls: Vec<_> = several.iter().map(|server| server.base_url.as_str()).collect();
            Err(Failure::configuration(format!(
                "which server? say --url URL; you have started {}",
                urls.join(", ")
            )))
        }
    }
}

fn credentials(url: &str, target: &Target, settings: &Settings) -> Result<Credentials, Failure> {
    if let Some(directory) = &target.credentials {
        return Announcement::read(directory)?.credentials();
    }
    if let Some(members) = profile(target, settings)? {
        let member = |name: &str| members.get(name).cloned();
        let secret = member("client_secret_file").map(|path| read_secret(Path::new(&path)));
        let found = assemble(
            "the profile",
            member("client_id"),
            secret.transpose()?,
            (member("kid"), member("private_key_file").map(PathBuf::from)),
        )?;
        if let Some(credentials) = found {
            return Ok(credentials);
        }
    }
    if let Some(credentials) = configured_for(url, settings)? {
        return Ok(credentials);
    }
    written_by(url).ok_or_else(|| {
        Failure::new(
            Exit::Configuration,
            format!(
                "no credentials for {url}: say --credentials DIR (what the server wrote), or set \
                 PAYOUT_CLIENT_ID, PAYOUT_CLIENT_SECRET_FILE, PAYOUT_KID and PAYOUT_PRIVATE_KEY_FILE"
            ),
        )
    })?
}

fn profile<'a>(
    target: &Target,
    settings: &'a Settings,
) -> Result<Option<&'a BTreeMap<String, String>>, Failure> {
    let flag = target.profile.clone().map(|name| ("profile", name));
    let name: Option<String> = settings.get("client.profile", flag)?;
    name.map(|name| settings.profile(&name)).transpose()
}

/// The operator of the settings, if it is the one that is asked for.
fn configured_operator(
    desk: &Desk,
    settings: &Settings,
) -> Result<Option<(OperatorName, SecretString)>, Failure> {
    let name: Option<OperatorName> = settings.get("client.operator", None)?;
    let file: Option<PathBuf> = settings.get("client.operator_secret_file", None)?;
    let (Some(name), Some(file)) = (name, file) else { return Ok(None) };
    if desk.as_operator.as_ref().is_some_and(|asked| *asked != name) {
        return Ok(None);
    }
    Ok(Some((name, read_secret(&file)?)))
}

/// One of the operators whose secrets this user has for a server on this machine.
fn own_operator(desk: &Desk, url: &str) -> Result<(OperatorName, SecretString), Failure> {
    let announced = match &desk.target.credentials {
        Some(directory) => Some(Announcement::read(directory)?),
        None => Announcement::find(url),
    };
    let none = || {
        Failure::configuration(format!(
            "you are no operator of {url}: let somebody there run `payout operator add NAME`, then set \
             PAYOUT_OPERATOR and PAYOUT_OPERATOR_SECRET_FILE"
        ))
    };
    let own = OwnSecrets::of(&announced.and_then(|server| server.data).ok_or_else(none)?);
    let name = choose(desk.as_operator.clone(), &own.names(), none)?;
    Ok((name.clone(), own.read(&name)?))
}

fn choose(
    asked: Option<OperatorName>,
    own: &[OperatorName],
    none: impl FnOnce() -> Failure,
) -> Result<OperatorName, Failure> {
    let names = || own.iter().map(OperatorName::as_str).collect::<Vec<_>>().join(", ");
    match (asked, own) {
        (_, []) => Err(none()),
        (Some(asked), own) if own.contains(&asked) => Ok(asked),
        (Some(asked), _) => Err(Failure::configuration(format!(
            "you have no secret of the operator {asked} there, but of {}",
            names()
        ))),
        (None, [only]) => Ok(only.clone()),
        (None, own) => {
            let me = of_this_user();
            let which = || {
                let names = names();
                Failure::configuration(format!("which operator? say --as-operator, one of {names}"))
            };
            own.contains(&me).then_some(me).ok_or_else(which)
        }
    }
}

/// What a server of this user on this machine wrote about itself.
fn written_by(url: &str) -> Option<Result<Credentials, Failure>> {
    Announcement::find(url).map(|found| found.credentials())
}

/// The credentials of the verbs, unless they are configured for another server than this one.
fn configured_for(url: &str, settings: &Settings) -> Result<Option<Credentials>, Failure> {
    let same = |known: &str| known.trim_end_matches('/') == url.trim_end_matches('/');
    match settings.get::<String>("client.url", None)? {
        Some(known) if !same(&known) => Ok(None),
        Some(_) | None => configured("client", settings),
    }
}

/// The credentials of the section `client` or `gateway`, from the environment or the file.
fn configured(section: &str, settings: &Settings) -> Result<Option<Credentials>, Failure> {
    let text = |name: &str| settings.get::<String>(&format!("{section}.{name}"), None);
    let secret = match text("client_secret")? {
        Some(secret) => Some(SecretString::from(secret)),
        None => {
            text("client_secret_file")?.map(|path| read_secret(Path::new(&path))).transpose()?
        }
    };
    let key = (text("kid")?, text("private_key_file")?.map(PathBuf::from));
    assemble(&format!("[{section}]"), text("client_id")?, secret, key)
}

/// Credentials, if there are any; half of them is an error.
fn assemble(
    place: &str,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    key: (Option<String>, Option<PathBuf>),
) -> Result<Option<Credentials>, Failure> {
    let wrong = |what: &str| Failure::configuration(format!("{place}: {what}"));
    let (client_id, client_secret) = match (client_id, client_secret) {
        (None, None) => return Ok(None),
        (Some(id), Some(secret)) => (id, secret),
        (Some(_), None) => return Err(wrong("there is a client_id but no client_secret_file")),
        (None, Some(_)) => return Err(wrong("there is a client secret but no client_id")),
    };
    let signing_key = match key {
        (Some(kid), Some(path)) => Some(read_signing_key(&kid, &path)?),
        (None, None) => None,
        (Some(_), None) => return Err(wrong("there is a kid but no private_key_file")),
        (None, Some(_)) => return Err(wrong("there is a private_key_file but no kid")),
    };
    let client_id = client_id.parse().map_err(|error| wrong(&format!("client_id: {error}")))?;
    Ok(Some(Credentials { client_id, client_secret, signing_key }))
}
