//! What bodies and their parts look like.

use maud::{Markup, html};
use utoipa::openapi::schema::{
    AdditionalProperties, Array, ArrayItems, Object, Schema, SchemaType, Type,
};
use utoipa::openapi::{OpenApi, RefOr};

use super::prose;

/// Every form that has a name.
pub(super) fn forms(document: &OpenApi) -> Markup {
    let all = document.components.iter().flat_map(|components| &components.schemas);
    html! {
        section #forms {
            h2 { "Bodies and their parts" }
            @for (name, schema) in all {
                article id=(format!("form-{name}")) {
                    h3 { (name) }
                    (form(schema))
                }
            }
        }
    }
}

/// The last part of a reference.
pub(super) fn name_of(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

/// One form, by its name if it has one.
pub(super) fn form(schema: &RefOr<Schema>) -> Markup {
    match schema {
        RefOr::Ref(named) => {
            let name = name_of(&named.ref_location);
            html! {
                a href=(format!("#form-{name}")) { (name) }
                @if !named.description.is_empty() { " " (prose(&named.description)) }
            }
        }
        RefOr::T(schema) => of(schema),
    }
}

fn of(schema: &Schema) -> Markup {
    match schema {
        Schema::Object(object) => of_object(object),
        Schema::Array(array) => of_array(array),
        Schema::OneOf(one) => choice("One of", &one.items, one.description.as_deref()),
        Schema::AnyOf(any) => choice("One of", &any.items, any.description.as_deref()),
        Schema::AllOf(all) => choice("All of", &all.items, all.description.as_deref()),
        _ => html! {},
    }
}

fn choice(word: &str, items: &[RefOr<Schema>], description: Option<&str>) -> Markup {
    if let [only, nothing] = items
        && is_nothing(nothing)
    {
        return html! {
            (form(only)) small.kind { ", or nothing" }
            @if let Some(description) = description { " " (prose(description)) }
        };
    }
    html! {
        @if let Some(description) = description { (prose(description)) " " }
        (word) ":"
        ul.choice { @for item in items { li { (form(item)) } } }
    }
}

fn of_array(array: &Array) -> Markup {
    html! {
        @if let Some(description) = &array.description { (prose(description)) " " }
        "List of "
        @if let ArrayItems::RefOrSchema(item) = &array.items { (form(item)) }
        @if let Some(most) = array.max_items { ", at most " (most) }
        @if let Some(fewest) = array.min_items { ", at least " (fewest) }
        @if takes_null(&array.schema_type) { ", or null" }
    }
}

fn of_object(object: &Object) -> Markup {
    if object.properties.is_empty() {
        return of_value(object);
    }
    let refuses = matches!(
        object.additional_properties.as_deref(),
        Some(AdditionalProperties::FreeForm(false))
    );
    html! {
        @if let Some(description) = &object.description { (prose(description)) }
        @if refuses { " Whatever is not named is refused." }
        dl {
            @for (name, member) in &object.properties {
                dt {
                    code { (name) }
                    @if object.required.contains(name) { small { " always" } }
                }
                dd { (form(member)) }
            }
        }
    }
}

/// What has no members.
fn of_value(object: &Object) -> Markup {
    if object.schema_type == SchemaType::Type(Type::Null) {
        return html! { small.kind { "must be absent" } };
    }
    html! {
        small.kind { (kind(object)) }
        @if let Some(words) = &object.enum_values {
            @for word in words { " " code { (word) } }
        }
        (limits(object))
        @if let Some(pattern) = &object.pattern { " " code.pattern { (pattern) } }
        @if let Some(description) = &object.description { " " (prose(description)) }
        @if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref() {
            " Each member: " (form(values))
        }
    }
}

/// Whether this is a `null` or an empty text, which are absent.
fn is_nothing(schema: &RefOr<Schema>) -> bool {
    let RefOr::T(Schema::Object(object)) = schema else { return false };
    object.max_length == Some(0) || object.schema_type == SchemaType::Type(Type::Null)
}

fn limits(object: &Object) -> Markup {
    html! {
        @if let Some(least) = &object.minimum { " from " (number(least)) }
        @if let Some(most) = &object.maximum { " to " (number(most)) }
        @if let Some(fewest) = object.min_length { " of at least " (fewest) }
        @if let Some(most) = object.max_length { " of at most " (most) " characters" }
        @if let Some(most) = object.max_properties { " of at most " (most) " members" }
    }
}

fn number(number: &utoipa::Number) -> String {
    match number {
        utoipa::Number::Int(number) => number.to_string(),
        utoipa::Number::UInt(number) => number.to_string(),
        utoipa::Number::Float(number) => number.to_string(),
    }
}

fn kind(object: &Object) -> String {
    match &object.schema_type {
        SchemaType::Type(one) => word(one).to_owned(),
        SchemaType::Array(several) => several.iter().map(word).collect::<Vec<_>>().join(" or "),
        SchemaType::AnyValue => "anything".to_owned(),
    }
}

fn takes_null(kind: &SchemaType) -> bool {
    match kind {
        SchemaType::Array(several) => several.contains(&Type::Null),
        SchemaType::Type(_) | SchemaType::AnyValue => false,
    }
}

fn word(kind: &Type) -> &'static str {
    match kind {
        Type::Object => "object",
        Type::String => "text",
        Type::Integer => "whole number",
        Type::Number => "number",
        Type::Boolean => "true or false",
        Type::Array => "list",
        Type::Null => "null",
    }
}
