//! JSON in and out: the strict way in which every body is read, and the one in which it is written.

mod node;
mod value;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::InvalidBody;
use node::Node;

pub(crate) use value::Value;

/// How many objects and lists may stand inside each other, the outermost one included.
pub const DEPTH_MAX: usize = 16;

/// How many sentences one refusal holds at most: whoever is wrong everywhere is told enough.
const FAULTS_MAX: usize = 32;

/// Reads a body that must be an object. Everything that `read` finds wrong comes back together.
pub(crate) fn read<T>(
    bytes: &[u8],
    read: impl FnOnce(&Value<'_>) -> Option<T>,
) -> Result<T, InvalidBody> {
    let node = node::parse(bytes)?;
    let faults = Faults::of(&node);
    check_shape(&node, &faults);
    let value = Value::root(&node, &faults).object().and_then(|body| read(&body));
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(faults.into_invalid_body()),
    }
}

/// Writes a body: compact, members in the order in which they are declared.
pub(crate) fn to_bytes(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("memory takes every byte, and every key is a text")
}

/// Writes what prints as its own wire form: identifiers, currencies, schemes.
pub(crate) fn as_text<S: Serializer>(
    value: &impl fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// The same, for what may be absent; the member itself is left out by `skip_serializing_if`.
#[expect(clippy::ref_option, reason = "serde hands over references")]
pub(crate) fn as_optional_text<S: Serializer>(
    value: &Option<impl fmt::Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// What has been found wrong so far with a document.
pub(crate) struct Faults<'a> {
    document: &'a Node<'a>,
    found: RefCell<BTreeMap<String, Vec<String>>>,
}

impl<'a> Faults<'a> {
    fn of(document: &'a Node<'a>) -> Self {
        Self { document, found: RefCell::default() }
    }

    /// Says what is wrong with a value of the document. Where that is, is looked for only now: nearly every
    /// document has nothing wrong with it.
    fn add(&self, node: &Node<'_>, sentence: String) {
        if self.has_room() {
            self.add_at(node::path_to(self.document, node), sentence);
        }
    }

    /// Says what is wrong with a member that is not there.
    fn add_missing(&self, object: &Node<'_>, name: &str, sentence: String) {
        if self.has_room() {
            self.add_at(value::member_path(&node::path_to(self.document, object), name), sentence);
        }
    }

    fn has_room(&self) -> bool {
        self.found.borrow().values().map(Vec::len).sum::<usize>() < FAULTS_MAX
    }

    fn add_at(&self, path: String, sentence: String) {
        let path = if path.is_empty() { InvalidBody::WHOLE.to_owned() } else { path };
        let mut found = self.found.borrow_mut();
        let sentences = found.entry(path).or_default();
        // A member can be asked for twice.
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }

    fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    fn into_invalid_body(self) -> InvalidBody {
        if self.is_empty() {
            self.add_at(String::new(), "does not have the form that is expected here".to_owned());
        }
        InvalidBody::new(self.found.into_inner())
    }
}

/// Finds what is wrong with the form of the whole document, also in members that nobody reads.
fn check_shape(node: &Node<'_>, faults: &Faults<'_>) {
    match node {
        Node::Object(members) => {
            for member in node::repeated(members) {
                faults.add(member, "occurs more than once; write it once".to_owned());
            }
            for (_, member) in members {
                check_shape(member, faults);
            }
        }
        Node::List(items) => {
            for item in items {
                check_shape(item, faults);
            }
        }
        Node::TooDeep => {
            faults.add(node, format!("is nested deeper than {DEPTH_MAX} levels; flatten it"));
        }
        Node::Null | Node::Bool | Node::Whole(_) | Node::OtherNumber | Node::Text(_) => {}
    }
}
