//! What is said of one operation.

use std::collections::BTreeSet;

use payout_wire::openapi::problem_name;
use payout_wire::problem::ProblemKind as Kind;
use payout_wire::{header, media_type};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Required, Schema, SecurityRequirement};

use super::responses::{Answer, responses};
use super::{Face, Parameters, Tag};

/// Says what an operation is, to a server of this face.
pub(crate) type Describe = fn(Face) -> Operation;

/// What an operation is, what it takes and what it answers.
pub(crate) struct Operation {
    id: &'static str,
    tag: Tag,
    summary: &'static str,
    description: &'static str,
    security: Vec<SecurityRequirement>,
    needs: &'static str,
    parameters: Vec<Parameter>,
    takes: Option<Takes>,
    answers: Vec<Answer>,
    fails: BTreeSet<Kind>,
    names: BTreeSet<&'static str>,
}

/// The bodies that an operation takes.
struct Takes {
    required: Required,
    /// By media type, the forms of which one is taken.
    bodies: Vec<(&'static str, Vec<&'static str>)>,
}

/// Under which name an operation says in words what it needs.
pub(super) const NEEDS: &str = "x-needs";

/// In which ways every operation fails that needs a token.
const OF_TOKENS: [Kind; 3] = [Kind::Unauthenticated, Kind::Forbidden, Kind::RateLimitExceeded];

/// The names of what secures operations.
pub(super) const CLIENT: &str = "client_token";
pub(super) const OPERATOR: &str = "operator_token";
pub(super) const SIGNATURE: &str = "client_signature";
pub(super) const PROVIDER_SIGNATURE: &str = "provider_signature";

impl Operation {
    /// Whatever is asked, a head can be too large, and it can break or take too long.
    pub(crate) fn new(id: &'static str, tag: Tag, summary: &'static str) -> Self {
        Self {
            id,
            tag,
            summary,
            description: "",
            security: Vec::new(),
            needs: "",
            parameters: Vec::new(),
            takes: None,
            answers: Vec::new(),
            fails: [Kind::UnknownError, Kind::ServiceUnavailable].into(),
            names: BTreeSet::new(),
        }
    }

    pub(crate) fn says(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// Needs a client's token, for reading.
    pub(crate) fn read_by_client(self) -> Self {
        let scopes = |scope| SecurityRequirement::new(CLIENT, [scope]);
        let security = vec![scopes("payments"), scopes("payments:read")];
        let needs = "a client's token for reading";
        Self { security, needs, ..self }.fails(OF_TOKENS)
    }

    /// Needs a client's token and signature, and a key.
    pub(crate) fn written_by_client(self) -> Self {
        let both =
            SecurityRequirement::new(CLIENT, ["payments"]).add::<_, [&str; 0], _>(SIGNATURE, []);
        let key = ParameterBuilder::new()
            .name(header::IDEMPOTENCY_KEY)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "Names one intention, however often it is sent: the same key with the same body always \
                 gives the same answer, and nothing happens twice. It is part of what is signed.",
            ))
            .schema(Some(Ref::from_schema_name("IdempotencyKey")))
            .build();
        let mut operation = Self {
            security: vec![both],
            needs: "a client's token for writing, and its signature",
            ..self
        }
        .named(["IdempotencyKey"]);
        operation.parameters.push(key);
        operation.fails(OF_TOKENS).has_body()
    }

    /// Needs an operator's token.
    pub(crate) fn by_operator(self) -> Self {
        let security = vec![SecurityRequirement::new(OPERATOR, ["operator"])];
        Self { security, needs: "an operator's token", ..self }.fails(OF_TOKENS)
    }

    /// Changes something by an operator's word alone, without a body.
    pub(crate) fn decided_by_operator(self) -> Self {
        self.by_operator().has_body()
    }

    /// Needs to come from this machine.
    pub(crate) fn on_this_machine(self) -> Self {
        Self { needs: "to come from this machine, and from no web page", ..self }
            .fails([Kind::Forbidden])
    }

    /// Needs the provider's signature.
    pub(crate) fn by_provider(self) -> Self {
        let none: [&str; 0] = [];
        let security = vec![SecurityRequirement::new(PROVIDER_SIGNATURE, none)];
        let sent_at = ParameterBuilder::new()
            .name(header::X_TL_WEBHOOK_TIMESTAMP)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("When it was sent. It is part of what is signed."))
            .schema(Some(Ref::from_schema_name("AskedTime")))
            .build();
        let needs = "the provider's signature";
        let mut operation = Self { security, needs, ..self }.named(["AskedTime"]);
        operation.parameters.push(sent_at);
        operation.fails([Kind::Unauthenticated, Kind::RateLimitExceeded]).has_body()
    }

    /// A body that arrives can be too large, too slow, or not arrive as a whole.
    fn has_body(self) -> Self {
        self.fails([Kind::PayloadTooLarge, Kind::RequestTimeout, Kind::InvalidParameters])
    }

    /// Takes JSON of one of these forms.
    pub(crate) fn takes(self, forms: &[&'static str]) -> Self {
        let takes = Some(Takes::required(vec![(media_type::JSON, forms.to_vec())]));
        let names = forms.iter().copied();
        Self { takes, ..self }.named(names).has_body().fails([Kind::UnsupportedMediaType])
    }

    /// Takes bodies of these media types and forms.
    pub(crate) fn takes_any_of(self, bodies: &[(&'static str, &'static str)]) -> Self {
        let names = bodies.iter().map(|(_, form)| *form);
        let bodies = bodies.iter().map(|(media_type, form)| (*media_type, vec![*form])).collect();
        let takes = Some(Takes::required(bodies));
        Self { takes, ..self }.named(names).has_body().fails([Kind::UnsupportedMediaType])
    }

    /// Takes a body that can be absent, and reads nothing of it.
    pub(crate) fn takes_nothing(self) -> Self {
        let bodies = vec![(media_type::JSON, vec!["Nothing"])];
        let takes = Some(Takes { required: Required::False, bodies });
        Self { takes, ..self }.named(["Nothing"]).has_body()
    }

    /// Answers this status with JSON of one of these forms; without a form, with nothing.
    pub(crate) fn answers(
        self,
        status: u16,
        sentence: &'static str,
        forms: &[&'static str],
    ) -> Self {
        self.answers_as(status, sentence, media_type::JSON, forms)
    }

    /// The same of another media type.
    pub(crate) fn answers_as(
        mut self,
        status: u16,
        sentence: &'static str,
        media_type: &'static str,
        forms: &[&'static str],
    ) -> Self {
        self.answers.push(Answer { status, sentence, media_type, forms: forms.to_vec() });
        self.named(forms.iter().copied())
    }

    /// Fails in these ways, too.
    pub(crate) fn fails(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.fails.extend(kinds);
        self
    }

    /// Nobody is told that it has asked too often where nobody's requests are counted.
    pub(super) fn counted(mut self, face: Face) -> Self {
        if !face.rates {
            self.fails.remove(&Kind::RateLimitExceeded);
        }
        self
    }

    /// Has to ask the provider, which may not be reached. A sandbox is its own.
    pub(crate) fn asks_provider(self, face: Face) -> Self {
        if face.sandbox { self } else { self.fails([Kind::ProviderError]) }
    }

    /// Takes JSON of one of these forms, whatever the head says of its media type.
    pub(crate) fn takes_as_json(self, form: &'static str) -> Self {
        let takes = Some(Takes::required(vec![(media_type::JSON, vec![form])]));
        Self { takes, ..self }.named([form]).has_body()
    }

    /// Has these parameters.
    pub(crate) fn with(mut self, parameters: Parameters) -> Self {
        self.parameters.extend(parameters.all);
        self.named(parameters.names)
    }

    fn named(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.names.extend(names);
        self
    }

    /// What has to be described for it.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let problems = self.fails.iter().map(|kind| problem_name(*kind));
        self.names.iter().copied().chain(problems)
    }

    /// In which ways it fails.
    pub(super) fn kinds(&self) -> &BTreeSet<Kind> {
        &self.fails
    }

    pub(super) fn tag(&self) -> Tag {
        self.tag
    }

    pub(super) fn build(self) -> utoipa::openapi::path::Operation {
        let description = Some(self.description).filter(|description| !description.is_empty());
        let needs = (!self.needs.is_empty()).then(|| Extensions::from_iter([(NEEDS, self.needs)]));
        let builder = OperationBuilder::new()
            .operation_id(Some(self.id))
            .tag(self.tag.name())
            .summary(Some(self.summary))
            .description(description)
            .securities(Some(self.security))
            .extensions(needs)
            .request_body(self.takes.map(Takes::build))
            .responses(responses(&self.answers, &self.fails));
        self.parameters.into_iter().fold(builder, OperationBuilder::parameter).build()
    }
}

impl Takes {
    fn required(bodies: Vec<(&'static str, Vec<&'static str>)>) -> Self {
        Self { required: Required::True, bodies }
    }

    fn build(self) -> RequestBody {
        let builder = RequestBodyBuilder::new().required(Some(self.required));
        let bodies = self.bodies.into_iter();
        bodies.fold(builder, |all, (kind, forms)| all.content(kind, content(&forms))).build()
    }
}

/// A body of one of these forms, with the examples that there are.
pub(super) fn content(forms: &[&str]) -> Content {
    let schema: RefOr<Schema> = match forms {
        [one] => Ref::from_schema_name(*one).into(),
        several => several
            .iter()
            .map(|form| Ref::from_schema_name(*form))
            .fold(AnyOfBuilder::new(), AnyOfBuilder::item)
            .into(),
    };
    let described = payout_wire::openapi::described();
    let examples = described
        .into_iter()
        .filter(|it| forms.contains(&it.name))
        .flat_map(|it| it.examples)
        .map(|example| (example.name, shown(example.json)));
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}

fn shown(json: &str) -> utoipa::openapi::example::Example {
    utoipa::openapi::example::ExampleBuilder::new().value(json.parse().ok()).build()
}
