//! `POST /v3/payments/{id}/authorization-flow` and its actions: the user's way to the bank.

use std::collections::BTreeMap;
use std::fmt;

use payout_domain::{
    FlowSupport, Login, NextAction, PayIn, PayInState, ProviderId, ProviderSelection,
};
use serde::Serialize;

use super::method::{country_of, mock_bank};
use crate::InvalidBody;
use crate::json::{self, Value};

/// The body of `POST …/authorization-flow`: what the caller can do.
#[derive(Debug)]
pub struct StartFlow;

/// The body of `POST …/actions/provider-selection`.
#[derive(Debug)]
pub struct SelectProvider;

/// The body of `POST …/actions/form`: how the user logs in.
#[derive(Debug)]
pub struct SubmitForm;

/// How far the authorisation of a payment has come: the answer to every step of it.
#[derive(Serialize)]
pub struct FlowBody {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_flow: Option<FlowTwin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
}

/// The flow inside of an answer, and of the payment itself.
#[derive(Serialize)]
pub(super) struct FlowTwin {
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Actions>,
    configuration: SupportTwin,
}

#[derive(Serialize)]
struct Actions {
    next: ActionTwin,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ActionTwin {
    ProviderSelection { providers: Vec<ProviderTwin> },
    Consent { subsequent_action_hint: &'static str },
    Redirect { uri: String, metadata: RedirectMetadata },
    Form { inputs: [InputTwin; 1] },
}

#[derive(Serialize)]
struct ProviderTwin {
    id: String,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_code: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "provider")]
struct RedirectMetadata {
    #[serde(flatten)]
    provider: ProviderTwin,
}

/// The one question of a form: the name to log in with.
#[derive(Serialize)]
#[serde(tag = "type", rename = "text")]
struct InputTwin {
    id: &'static str,
    mandatory: bool,
    display_text: DisplayText,
    format: &'static str,
    sensitive: bool,
    min_length: u8,
    max_length: u8,
    regexes: [(); 0],
}

#[derive(Serialize)]
struct DisplayText {
    key: &'static str,
    default: &'static str,
}

#[derive(Serialize)]
struct SupportTwin {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_selection: Option<Supported>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect: Option<RedirectSupport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Supported>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<FormSupport>,
}

#[derive(Serialize)]
struct Supported {}

#[derive(Serialize)]
struct RedirectSupport {
    return_uri: String,
}

#[derive(Serialize)]
struct FormSupport {
    input_types: [&'static str; 1],
}

/// The name of the one question of a form.
const LOGIN: &str = "login";

/// The longest address that a user is sent back to.
pub(crate) const RETURN_URI_MAX: usize = 2048;

impl StartFlow {
    /// Reads what the caller can do.
    pub fn parse(bytes: &[u8]) -> Result<FlowSupport, InvalidBody> {
        json::read(bytes, |body| {
            let return_uri = body.if_any("redirect", |redirect| {
                let uri = redirect.require("return_uri")?;
                let text = uri.text()?;
                if text.is_empty() || text.len() > RETURN_URI_MAX {
                    return uri.refuse("must be an address of at most 2048 bytes");
                }
                Some(Box::from(text))
            });
            Some(FlowSupport {
                provider_selection: body.member("provider_selection").is_some(),
                consent: body.member("consent").is_some(),
                return_uri: return_uri?,
                form: body.member("form").is_some(),
            })
        })
    }

    /// Writes what the caller can do.
    pub fn render(support: &FlowSupport) -> Vec<u8> {
        json::to_bytes(&SupportTwin::from(support))
    }
}

impl SelectProvider {
    /// Reads which bank the user has chosen.
    pub fn parse(bytes: &[u8]) -> Result<ProviderId, InvalidBody> {
        json::read(bytes, |body| body.required("provider_id"))
    }

    /// Writes it.
    pub fn render(provider_id: &ProviderId) -> Vec<u8> {
        json::to_bytes(&BTreeMap::from([("provider_id", provider_id.as_str())]))
    }
}

impl SubmitForm {
    /// Reads how the user logs in. Other inputs are ignored.
    pub fn parse(bytes: &[u8]) -> Result<Login, InvalidBody> {
        json::read(bytes, |body| body.require_object("inputs")?.required(LOGIN))
    }

    /// Writes it.
    pub fn render(login: Login) -> Vec<u8> {
        json::to_bytes(&BTreeMap::from([("inputs", BTreeMap::from([(LOGIN, login.as_str())]))]))
    }
}

impl FlowBody {
    /// How far it has come. `pages` is where the pages of the banks are, such as
    /// `http://127.0.0.1:8080/sandbox/banks`.
    pub fn new(pay_in: &PayIn, pages: &str) -> Self {
        let failed = match pay_in.state() {
            PayInState::Failed { stage, reason, .. } => Some((stage.as_str(), reason.as_str())),
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Authorized
            | PayInState::Executed { .. }
            | PayInState::Settled { .. } => None,
        };
        Self {
            status: pay_in.state().as_str(),
            authorization_flow: FlowTwin::of(pay_in, pages),
            failure_stage: failed.map(|(stage, _)| stage),
            failure_reason: failed.map(|(_, reason)| reason),
        }
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl FlowTwin {
    /// The flow of a payment; `None` if nobody has begun to authorise it.
    pub(super) fn of(pay_in: &PayIn, pages: &str) -> Option<Self> {
        let support = pay_in.support()?;
        let next = pay_in.next_action().map(|action| action_twin(action, pay_in, pages));
        let actions = next.map(|next| Actions { next });
        Some(Self { actions, configuration: support.into() })
    }
}

fn action_twin(action: NextAction, pay_in: &PayIn, pages: &str) -> ActionTwin {
    match action {
        NextAction::SelectProvider => ActionTwin::ProviderSelection { providers: offered(pay_in) },
        NextAction::Consent => {
            let by_page = pay_in.support().is_some_and(|support| support.return_uri.is_some());
            let subsequent_action_hint = if by_page { "redirect" } else { "form" };
            ActionTwin::Consent { subsequent_action_hint }
        }
        NextAction::Redirect => ActionTwin::Redirect {
            uri: format!("{pages}/{}", pay_in.id()),
            metadata: RedirectMetadata { provider: chosen(pay_in) },
        },
        NextAction::Form => ActionTwin::Form { inputs: [login_input()] },
    }
}

fn login_input() -> InputTwin {
    InputTwin {
        id: LOGIN,
        mandatory: true,
        display_text: DisplayText { key: "login.display_text", default: "Name to log in with" },
        format: "any",
        sensitive: false,
        min_length: 1,
        max_length: 64,
        regexes: [],
    }
}

/// The banks that the user may choose from.
fn offered(pay_in: &PayIn) -> Vec<ProviderTwin> {
    let currency = pay_in.order().amount.currency();
    let named: Vec<&str> = match &pay_in.order().provider_selection {
        ProviderSelection::UserSelected(offered) if offered.is_empty() => {
            vec![mock_bank(currency).0]
        }
        ProviderSelection::UserSelected(offered) => {
            offered.iter().map(ProviderId::as_str).collect()
        }
        ProviderSelection::Preselected(provider) => vec![provider.as_str()],
    };
    named.into_iter().map(|id| provider_twin(id, pay_in)).collect()
}

fn chosen(pay_in: &PayIn) -> ProviderTwin {
    let currency = pay_in.order().amount.currency();
    let id = pay_in.provider_id().map_or(mock_bank(currency).0, ProviderId::as_str);
    provider_twin(id, pay_in)
}

fn provider_twin(id: &str, pay_in: &PayIn) -> ProviderTwin {
    ProviderTwin {
        id: id.to_owned(),
        display_name: format!("Sandbox bank {id}"),
        country_code: country_of(pay_in.order().amount.currency()),
    }
}

impl From<&FlowSupport> for SupportTwin {
    fn from(support: &FlowSupport) -> Self {
        let redirect = |uri: &str| RedirectSupport { return_uri: uri.to_owned() };
        Self {
            provider_selection: support.provider_selection.then_some(Supported {}),
            redirect: support.return_uri.as_deref().map(redirect),
            consent: support.consent.then_some(Supported {}),
            form: support.form.then_some(FormSupport { input_types: ["text"] }),
        }
    }
}

impl fmt::Debug for FlowBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowBody").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Reads nothing: what a caller sends with a step that needs no words.
pub fn is_object_or_empty(bytes: &[u8]) -> Result<(), InvalidBody> {
    if bytes.is_empty() { Ok(()) } else { json::read(bytes, |_: &Value<'_>| Some(())) }
}
