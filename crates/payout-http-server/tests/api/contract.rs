//! What a server says of itself in its document, held against everything that it does in these tests.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Validator};
use payout_http_server::{Face, openapi};
use serde_json::{Value, json};

use crate::call::{Answer, Call};

/// A server's document, and what judges bodies by it.
pub(crate) struct Contract {
    pub(crate) document: Value,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// An operation of a document.
pub(crate) struct Operation<'a> {
    pub(crate) method: String,
    pub(crate) path: &'a str,
    pub(crate) spellings: Vec<&'a str>,
    pub(crate) said: &'a Value,
}

/// Documents by the faces of their servers.
static KNOWN: LazyLock<Mutex<BTreeMap<Face, Arc<Contract>>>> = LazyLock::new(Mutex::default);

impl Contract {
    /// What a server of this face says of itself.
    pub(crate) fn of(face: Face) -> Arc<Self> {
        let mut known = KNOWN.lock().expect("no test panics here");
        let made = known.entry(face).or_insert_with(|| {
            let document = serde_json::from_str(&openapi(face)).expect("the document is JSON");
            Arc::new(Self { document, validators: Mutex::default() })
        });
        Arc::clone(made)
    }

    /// Every operation.
    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let paths = at(&self.document, "/paths").as_object().expect("there are paths");
        let mut operations = Vec::new();
        for (path, item) in paths {
            let also_at = at(item, "/x-also-at").as_array().into_iter().flatten();
            let spellings: Vec<_> =
                also_at.filter_map(Value::as_str).chain([path.as_str()]).collect();
            let methods = item.as_object().expect("it has methods").iter();
            operations.extend(methods.filter(|(name, _)| !name.starts_with("x-")).map(
                |(method, said)| {
                    let (method, spellings) = (method.to_uppercase(), spellings.clone());
                    Operation { method, path, spellings, said }
                },
            ));
        }
        operations
    }

    /// Holds an answer against what was said of the call, if that is one that is described.
    pub(crate) fn check(&self, call: &Call, answer: &Answer) {
        let path = call.path.split('?').next().unwrap_or_default();
        let operations = self.operations();
        let asked = operations.iter().find(|operation| {
            operation.method == call.method
                && operation.spellings.iter().any(|spelling| is_of(path, spelling))
        });
        let Some(asked) = asked else { return };
        let name = format!("{} {}", asked.method, asked.path);
        let said = at(asked.said, &format!("/responses/{}", answer.status.as_str()));
        assert!(!said.is_null(), "{name} is not said to answer {answer:?}");
        self.check_answer(&name, self.resolve(said), answer);
        if answer.status.is_success() {
            self.check_request(&name, asked.said, call);
        }
    }

    fn check_answer(&self, name: &str, said: &Value, answer: &Answer) {
        for (header, _) in at(said, "/headers").as_object().expect("every answer has headers") {
            assert!(answer.header(header).is_some(), "{name} answers without {header}: {answer:?}");
        }
        let Some(content) = at(said, "/content").as_object() else {
            return assert_eq!(answer.body, "", "{name}");
        };
        let media_type = answer.header("content-type").expect("a body has a media type");
        assert!(content.contains_key(media_type), "{name} answers {answer:?}");
        let schema = at(said, &format!("/content/{}/schema", media_type.replace('/', "~1")));
        // A text is no JSON.
        let body = serde_json::from_str(&answer.body).unwrap_or_else(|_| json!(answer.body));
        self.check_body(name, schema, &body);
    }

    /// What was taken is what is said to be taken.
    fn check_request(&self, name: &str, said: &Value, call: &Call) {
        let schema = at(said, "/requestBody/content/application~1json/schema");
        if let Ok(body) = serde_json::from_slice(&call.body)
            && !schema.is_null()
        {
            self.check_body(&format!("the body of {name}"), schema, &body);
        }
    }

    /// A body is of this form.
    pub(crate) fn check_body(&self, name: &str, schema: &Value, body: &Value) {
        let wrong: Vec<_> =
            self.validator(schema).iter_errors(body).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {body:#}\nis not as described: {wrong:#?}");
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().expect("no test panics here");
        let made = validators.entry(schema.to_string()).or_insert_with(|| {
            let components = at(&self.document, "/components");
            let whole = json!({ "allOf": [schema], "components": components });
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            let options = options.should_validate_formats(true);
            Arc::new(options.build(&whole).expect("it is a schema"))
        });
        Arc::clone(made)
    }

    pub(crate) fn resolve<'a>(&'a self, said: &'a Value) -> &'a Value {
        match at(said, "/$ref").as_str() {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').expect("it is in the document");
                self.document.pointer(pointer).expect("what is referred to is there")
            }
            None => said,
        }
    }
}

/// What stands there; null if nothing does.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// Whether a path is one of a template.
fn is_of(path: &str, template: &str) -> bool {
    let (path, template): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), template.split('/').collect());
    path.len() == template.len()
        && path
            .iter()
            .zip(template)
            .all(|(part, said)| *part == said || (said.starts_with('{') && !part.is_empty()))
}
