//! The document as a whole.

use std::collections::BTreeSet;

use payout_wire::openapi::{ToldEvent, told_events, with_parts};
use payout_wire::{header, route};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn, PathItemBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, HttpMethod, Info, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths,
    PathsBuilder, Ref, Required, ResponseBuilder, tag,
};

use super::operation::{CLIENT, OPERATOR, PROVIDER_SIGNATURE, SIGNATURE, content};
use super::{Face, Operation, Tag, page, responses};
use crate::router;

/// The document of a server of this face, as JSON to be read by people and programs.
pub fn openapi(face: Face) -> String {
    let document = Pages::of(face, &router::entries(face)).openapi;
    String::from_utf8(document).unwrap_or_default()
}

/// A path, its other spellings, and what is said of each of its methods.
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) also_at: Vec<String>,
    pub(crate) methods: Vec<(HttpMethod, super::Describe)>,
}

/// What is shown of a server.
pub(crate) struct Pages {
    /// The document.
    pub(crate) openapi: Vec<u8>,
    /// The page to read it on.
    pub(crate) html: page::Page,
}

impl Pages {
    pub(crate) fn of(face: Face, entries: &[Entry]) -> Self {
        let document = document(face, entries);
        // Nothing in it has a key that is no text.
        let openapi = document.to_pretty_json().unwrap_or_default() + "\n";
        Self { html: page::render(&document), openapi: openapi.into_bytes() }
    }
}

fn document(face: Face, entries: &[Entry]) -> OpenApi {
    let described: Vec<(&Entry, Vec<(HttpMethod, Operation)>)> = entries
        .iter()
        .map(|entry| {
            let operations = entry.methods.iter();
            let said = operations.map(|(method, say)| (method.clone(), say(face).counted(face)));
            (entry, said.collect())
        })
        .collect();
    let operations = || described.iter().flat_map(|(_, methods)| methods).map(|(_, it)| it);
    let tags: BTreeSet<Tag> = operations().map(Operation::tag).collect();
    let components = components(face, operations());
    OpenApiBuilder::new()
        .info(info(face))
        .tags(Some(Tag::ALL.into_iter().filter(|tag| tags.contains(tag)).map(said)))
        .paths(paths(described))
        .webhooks(Some(webhooks(face)))
        .components(Some(components))
        .build()
}

fn info(face: Face) -> Info {
    let (title, description) = if face.sandbox {
        ("payout sandbox", include_str!("about_sandbox.md"))
    } else {
        ("payout service", include_str!("about_service.md"))
    };
    let license =
        LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0"));
    InfoBuilder::new()
        .title(title)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .license(Some(license.build()))
        .build()
}

fn said(tag: Tag) -> tag::Tag {
    TagBuilder::new().name(tag.name()).description(Some(tag.sentence())).build()
}

fn paths(described: Vec<(&Entry, Vec<(HttpMethod, Operation)>)>) -> Paths {
    let items = described.into_iter().map(|(entry, methods)| {
        // Readers that know no such member show one path, which is enough.
        let also_at = (!entry.also_at.is_empty())
            .then(|| Extensions::from_iter([("x-also-at", entry.also_at.clone())]));
        let item = methods.into_iter().fold(PathItemBuilder::new(), |item, (method, operation)| {
            item.operation(method, operation.build())
        });
        (entry.path.clone(), item.extensions(also_at).build())
    });
    items.fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item)).build()
}

fn components<'a>(
    face: Face,
    operations: impl Iterator<Item = &'a Operation> + Clone,
) -> Components {
    let mut names: BTreeSet<&str> = operations.clone().flat_map(Operation::names).collect();
    names.insert(responses::HEAD_FORM);
    names.extend(told_events().iter().flat_map(|event| bodies(event, face)));
    names.extend(["Signature", "AskedTime"]);
    let builder = with_parts(names)
        .into_iter()
        .fold(ComponentsBuilder::new(), |all, it| all.schema(it.name, it.schema));
    let builder = responses::shared(operations.map(Operation::kinds))
        .into_iter()
        .fold(builder, |all, (name, response)| all.response(name, response));
    let builder = responses::headers()
        .into_iter()
        .fold(builder, |all, (name, header)| all.header(name, header));
    secured(face, builder).build()
}

fn secured(face: Face, builder: ComponentsBuilder) -> ComponentsBuilder {
    let credentials = |scopes| {
        OAuth2::new([Flow::ClientCredentials(ClientCredentials::new(route::TOKEN, scopes))])
    };
    let signed = |sentence| {
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            header::TL_SIGNATURE,
            sentence,
        )))
    };
    let client =
        Scopes::from_iter([("payments", "To read and to write."), ("payments:read", "To read.")]);
    let builder = builder
        .security_scheme(CLIENT, SecurityScheme::OAuth2(credentials(client)))
        .security_scheme(
            SIGNATURE,
            signed(
                "A detached JWS over method, path, the header `Idempotency-Key` and the body: version 2, \
                 ES512, by a key of the client.",
            ),
        );
    let builder = if face.operators {
        let operator = Scopes::from_iter([("operator", "To look after payouts.")]);
        builder.security_scheme(OPERATOR, SecurityScheme::OAuth2(credentials(operator)))
    } else {
        builder
    };
    match face.webhooks {
        Some(_) => builder.security_scheme(
            PROVIDER_SIGNATURE,
            signed(
                "A detached JWS over method, path, the header `X-TL-Webhook-Timestamp` and the body: \
                 version 2, ES512, by a key of the provider, whose key set it names in `jku`.",
            ),
        ),
        None => builder,
    }
}

/// The events that a server of this face tells.
fn webhooks(face: Face) -> Paths {
    let told = told_events().iter().filter(|event| !bodies(event, face).is_empty());
    told.fold(PathsBuilder::new(), |all, event| {
        let operation = webhook(event, &bodies(event, face));
        let item = PathItemBuilder::new().operation(HttpMethod::Post, operation);
        all.path(event.event_type, item.build())
    })
    .build()
}

/// What the event's body looks like where it is told.
fn bodies(event: &ToldEvent, face: Face) -> Vec<&'static str> {
    let by_sandbox = if face.sandbox { event.of_sandbox } else { &[] };
    event.bodies.iter().chain(by_sandbox).copied().collect()
}

fn webhook(event: &ToldEvent, bodies: &[&str]) -> OperationBuilder {
    let in_head = |name: &str, sentence: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(sentence))
    };
    let signature = in_head(
        header::TL_SIGNATURE,
        "A detached JWS over method, path, `x-tl-webhook-timestamp` and the body: version 2, ES512. Its \
         `jku` names the key set to verify it with: look whether you know that address before you ask it.",
    );
    let sent_at = in_head(header::X_TL_WEBHOOK_TIMESTAMP, "When it was sent, in whole seconds.");
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content(payout_wire::media_type::JSON, content(bodies));
    let heard = ResponseBuilder::new()
        .description("It was heard. After anything else it is told again, for three days.");
    OperationBuilder::new()
        .operation_id(Some(event.event_type))
        .tag(Tag::Events.name())
        .summary(Some(event.summary))
        .parameter(signature.schema(Some(Ref::from_schema_name("Signature"))))
        .parameter(sent_at.schema(Some(Ref::from_schema_name("AskedTime"))))
        .request_body(Some(body.build()))
        .response("2XX", heard)
}
