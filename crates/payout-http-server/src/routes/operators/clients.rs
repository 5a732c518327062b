//! Who may call.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::{ClientId, ClientSecretDigest, Registration, RegistrationError, Timestamp};
use payout_service::{ManageClients, ManageClientsError};
use payout_signature::VerifyingKey;
use payout_wire::operator::{
    ClientBody, ClientChange, ClientKey, ClientList, ClientOrder, ClientOrigin, ClientWithSecret,
    NewSecretOrder,
};
use payout_wire::problem::ProblemKind;

use crate::answer;
use crate::fault::Fault;
use crate::operator_caller::{NoBody, OperatorBody, OperatorCaller, operators};
use crate::{Api, ClientDesk, SecretDigest};

/// `GET /operator/clients`
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    OperatorCaller(_): OperatorCaller,
) -> Result<Response, Fault> {
    let manage = &desk(&api)?.manage;
    let all = manage.list().await?;
    let items = all.iter().map(|client| body(manage, client)).collect();
    Ok(answer::json(StatusCode::OK, ClientList { items }.to_bytes()))
}

/// `POST /operator/clients`: the only answer that shows the secret.
pub(crate) async fn add(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    order: OperatorBody,
) -> Result<Response, Fault> {
    let desk = desk(&api)?;
    let order = order.parse(ClientOrder::parse)?;
    let (secret, now) = ((desk.new_secret)(), desk.manage.now());
    let client = registration(desk, &order, &secret, now)?;
    let client = desk.manage.add(&by, client).await.map_err(refused)?;
    let body = ClientWithSecret { client_secret: secret, client: body(&desk.manage, &client) };
    Ok(answer::json(StatusCode::CREATED, body.to_bytes()))
}

/// `POST /operator/clients/{id}`
pub(crate) async fn change(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    order: OperatorBody,
) -> Result<Response, Fault> {
    let desk = desk(&api)?;
    let order = order.parse(ClientChange::parse)?;
    let key = order.add_key.as_ref().map(|key| public_key("add_key", key)).transpose()?;
    if let Some(url) = order.webhook.as_deref().filter(|url| !url.is_empty()) {
        check_webhook(desk, url)?;
    }
    let id = parse_id(&id)?;
    let changed =
        desk.manage.change(&by, &id, |client, now| apply(client, &order, key.as_ref(), now));
    shown(&desk.manage, changed.await)
}

/// `POST /operator/clients/{id}/secret`: the only answer that shows it.
pub(crate) async fn rotate_secret(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    order: OperatorBody,
) -> Result<Response, Fault> {
    let desk = desk(&api)?;
    let overlap = order.parse(NewSecretOrder::parse)?.overlap;
    let (id, secret) = (parse_id(&id)?, (desk.new_secret)());
    let kept = digest(&secret);
    let changed =
        desk.manage.change(&by, &id, |client, now| client.rotate_secret(kept, now, overlap));
    let client = changed.await.map_err(refused)?.ok_or_else(not_found)?;
    let body = ClientWithSecret { client_secret: secret, client: body(&desk.manage, &client) };
    Ok(answer::json(StatusCode::OK, body.to_bytes()))
}

/// `POST /operator/clients/{id}/revoke`
pub(crate) async fn revoke(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Fault> {
    let (manage, id) = (&desk(&api)?.manage, parse_id(&id)?);
    let changed = manage.change(&by, &id, |client, now| {
        client.revoke(now);
        Ok(())
    });
    shown(manage, changed.await)
}

fn desk(api: &Api) -> Result<&ClientDesk, Fault> {
    operators(api)?.client_desk.as_ref().ok_or_else(|| Fault::of(ProblemKind::NotFound))
}

fn registration(
    desk: &ClientDesk,
    order: &ClientOrder,
    secret: &str,
    now: Timestamp,
) -> Result<Registration, Fault> {
    let made =
        Registration::new(order.client_id.clone(), order.scopes.clone(), digest(secret), now);
    let mut client = made.map_err(|error| Fault::invalid("scopes", error.to_string()))?;
    for (at, key) in order.keys.iter().enumerate() {
        let field = format!("keys[{at}]");
        let key = public_key(&field, key)?;
        let added = client.add_key(key.kid(), &key.public_key_pem(), now);
        added.map_err(|error| Fault::invalid(&field, error.to_string()))?;
    }
    client.set_merchant_accounts(order.merchant_accounts.clone());
    if let Some(url) = &order.webhook {
        check_webhook(desk, url)?;
    }
    let set = client.set_webhook(order.webhook.as_deref());
    set.map_err(|error| Fault::invalid("webhook", error.to_string()))?;
    Ok(client)
}

fn apply(
    client: &mut Registration,
    order: &ClientChange,
    add_key: Option<&VerifyingKey>,
    now: Timestamp,
) -> Result<(), RegistrationError> {
    // First the one that makes room.
    if let Some(kid) = &order.revoke_key {
        client.revoke_key(kid, now)?;
    }
    if let Some(key) = add_key {
        client.add_key(key.kid(), &key.public_key_pem(), now)?;
    }
    if let Some(scopes) = &order.scopes {
        client.set_scopes(scopes.clone())?;
    }
    if let Some(accounts) = &order.merchant_accounts {
        client.set_merchant_accounts(accounts.clone());
    }
    if let Some(webhook) = &order.webhook {
        client.set_webhook(Some(&**webhook).filter(|url| !url.is_empty()))?;
    }
    Ok(())
}

fn public_key(field: &str, key: &ClientKey) -> Result<VerifyingKey, Fault> {
    let parsed = VerifyingKey::from_public_pem(&key.kid, key.public_key.as_bytes());
    parsed.map_err(|error| Fault::invalid(field, error.to_string()))
}

fn check_webhook(desk: &ClientDesk, url: &str) -> Result<(), Fault> {
    (desk.check_webhook)(url).map_err(|sentence| Fault::invalid("webhook", sentence))
}

fn digest(secret: &str) -> ClientSecretDigest {
    ClientSecretDigest(*SecretDigest::of(secret).as_bytes())
}

fn shown(
    manage: &ManageClients,
    changed: Result<Option<Registration>, ManageClientsError>,
) -> Result<Response, Fault> {
    let client = changed.map_err(refused)?.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, body(manage, &client).to_bytes()))
}

fn body(manage: &ManageClients, client: &Registration) -> ClientBody {
    let is_configured = client.id() == manage.configured.id();
    let from = if is_configured { ClientOrigin::Configuration } else { ClientOrigin::Register };
    ClientBody::new(client, from)
}

fn refused(error: ManageClientsError) -> Fault {
    match error {
        ManageClientsError::Service(error) => error.into(),
        ManageClientsError::Configured
        | ManageClientsError::Refused(_)
        | ManageClientsError::IdTaken
        | ManageClientsError::KeyTaken
        | ManageClientsError::AccountTaken
        | ManageClientsError::Contended => {
            let mut detail = error.to_string();
            if let Some(first) = detail.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            Fault::new(ProblemKind::DecisionRefused, detail + ".")
        }
    }
}

fn parse_id(text: &str) -> Result<ClientId, Fault> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Fault {
    Fault::not_found("Client could not be found.")
}
