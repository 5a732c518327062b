//! All schemas as one document, and what holds of it.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, Validator};
use payout_wire::openapi::described;
use serde_json::{Value, json};

/// All schemas by name.
pub(crate) fn schemas() -> BTreeMap<&'static str, Value> {
    let described = described().into_iter();
    described
        .map(|it| (it.name, serde_json::to_value(it.schema).expect("a schema is JSON")))
        .collect()
}

/// What judges a body of this name. With `strict`, no object has members that its schema does not name.
pub(crate) fn validator(name: &str, strict: bool) -> Validator {
    let mut schemas = json!(schemas());
    if strict {
        close(&mut schemas);
    }
    let document = json!({
        "$ref": format!("#/components/schemas/{name}"),
        "components": { "schemas": schemas },
    });
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(&document)
        .expect("it is a schema")
}

/// Refuses members that are not named. Bodies that are read take what they do not know, and the parts
/// of an `allOf` would refuse each other's members.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("properties").is_some() && members.get("allOf").is_none() {
                members.entry("additionalProperties").or_insert(json!(false));
            }
            members
                .iter_mut()
                .filter(|(name, _)| !["allOf", "anyOf"].contains(&name.as_str()))
                .for_each(|(_, member)| close(member));
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn references(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_schema_has_its_own_name() {
    assert_eq!(described().len(), schemas().len());
}

#[test]
fn every_name_that_is_referred_to_is_described() {
    let mut found = BTreeSet::new();
    for schema in schemas().values() {
        references(schema, &mut found);
    }

    for reference in found {
        let name = reference.strip_prefix("#/components/schemas/").expect("it is a schema's");
        assert!(schemas().contains_key(name), "{name}");
    }
}

#[test]
fn every_schema_is_one_of_json_schema_2020_12() {
    for (name, schema) in schemas() {
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}: {schema}");
    }
}
