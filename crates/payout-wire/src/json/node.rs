//! A JSON document as it stands, nothing lost that matters: both of two equal keys are kept, and a
//! number that is not whole is never rounded into one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::{fmt, ptr};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::Segment;

use super::{DEPTH_MAX, value};
use crate::InvalidBody;

/// A JSON value. Names and texts are the document's own bytes, unless an escape stands in them.
pub(crate) enum Node<'a> {
    Null,
    Bool,
    /// Digits and nothing else, below 2⁶⁴.
    Whole(u64),
    /// Any other number: with a sign, a fraction or an exponent, or too large.
    OtherNumber,
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
    /// An object or list below the deepest level; what it held is gone.
    TooDeep,
}

/// What an object holds under a name.
pub(crate) type Member<'a> = (Cow<'a, str>, Node<'a>);

/// How many members are compared with each other one by one, without an index of their names.
const FEW: usize = 16;

/// Reads a document, which must be UTF-8 without a byte order mark.
pub(crate) fn parse(bytes: &[u8]) -> Result<Node<'_>, InvalidBody> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        let sentence = "begins with a byte order mark; send UTF-8 without one";
        return Err(InvalidBody::at(InvalidBody::WHOLE, sentence));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let sentence = format!("is not UTF-8 from byte {} on; send UTF-8", error.valid_up_to());
        InvalidBody::at(InvalidBody::WHOLE, sentence)
    })?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    OUTERMOST
        .deserialize(&mut deserializer)
        .and_then(|node| deserializer.end().map(|()| node))
        .map_err(|_| syntax_fault(text))
}

/// The members of an object of which another one before them has the name.
pub(super) fn repeated<'a>(members: &'a [Member<'a>]) -> Vec<&'a Node<'a>> {
    if members.len() <= FEW {
        let before = |at, name| members.iter().take(at).any(|(earlier, _)| earlier == name);
        let repeated = members.iter().enumerate().filter(|(at, (name, _))| before(*at, name));
        return repeated.map(|(_, (_, node))| node).collect();
    }
    let mut seen = BTreeSet::new();
    members.iter().filter(|(name, _)| !seen.insert(name)).map(|(_, node)| node).collect()
}

/// Where a value of a document stands: empty for the document itself.
pub(super) fn path_to(document: &Node<'_>, wanted: &Node<'_>) -> String {
    let mut steps = Vec::new();
    let _found = find(document, wanted, &mut steps);
    steps.iter().fold(String::new(), |path, step| match step {
        Step::Member(name) => value::member_path(&path, name),
        Step::Item(at) => value::item_path(&path, *at),
    })
}

/// A step from an object or a list to what is in it.
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

/// Leaves the steps that lead to a value, if it is there.
fn find<'a>(from: &'a Node<'_>, wanted: &Node<'_>, steps: &mut Vec<Step<'a>>) -> bool {
    if ptr::eq(from, wanted) {
        return true;
    }
    let mut leads = |step, node| {
        steps.push(step);
        let found = find(node, wanted, steps);
        if !found {
            steps.pop();
        }
        found
    };
    match from {
        Node::Object(members) => members.iter().any(|(name, node)| leads(Step::Member(name), node)),
        Node::List(items) => items.iter().enumerate().any(|(at, node)| leads(Step::Item(at), node)),
        Node::Null
        | Node::Bool
        | Node::Whole(_)
        | Node::OtherNumber
        | Node::Text(_)
        | Node::TooDeep => false,
    }
}

/// Reads once more what could not be read, now keeping track of where.
fn syntax_fault(text: &str) -> InvalidBody {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let outcome = OUTERMOST.deserialize(tracked).and_then(|_| deserializer.end());
    let path = track.path().iter().try_fold(String::new(), |path, segment| match segment {
        Segment::Map { key } => Some(value::member_path(&path, key)),
        Segment::Seq { index } => Some(value::item_path(&path, *index)),
        // Between two members, the fault is of the whole.
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    let path = path.filter(|path| !path.is_empty());
    let path = path.unwrap_or_else(|| InvalidBody::WHOLE.to_owned());
    let reason = outcome.err().map(|error| error.to_string()).unwrap_or_default();
    InvalidBody::at(path, format!("is not JSON: {reason}"))
}

const OUTERMOST: Levels = Levels { left: DEPTH_MAX };

/// Reads a value with that many levels of objects and lists.
#[derive(Clone, Copy)]
struct Levels {
    left: usize,
}

impl Levels {
    fn below(self) -> Option<Self> {
        self.left.checked_sub(1).map(|left| Self { left })
    }
}

impl<'de> DeserializeSeed<'de> for Levels {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Levels {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Whole(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node<'de>, E> {
        Ok(Node::OtherNumber)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node<'de>, E> {
        Ok(Node::OtherNumber)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let Some(below) = self.below() else {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Node::TooDeep);
        };
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node<'de>, A::Error> {
        let Some(below) = self.below() else {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Node::TooDeep);
        };
        let mut object = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            object.push((name, members.next_value_seed(below)?));
        }
        Ok(Node::Object(object))
    }
}

/// The name of a member.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
