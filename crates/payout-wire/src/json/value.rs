//! Reading a value, and saying what is wrong with it.

use std::fmt;
use std::str::FromStr;

use payout_domain::Timestamp;

use super::Faults;
use super::node::Node;
use crate::timestamp;

/// A value somewhere in a document, which knows where when something is wrong with it.
///
/// Every question that has no answer leaves a sentence behind, so a reader asks all its questions
/// first and gives up (`?`) afterwards.
pub(crate) struct Value<'a> {
    node: &'a Node<'a>,
    faults: &'a Faults<'a>,
}

/// The path of a member. Names are the sender's, so they are cut to what a reader needs to find them.
pub(super) fn member_path(parent: &str, name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    if parent.is_empty() { name } else { format!("{parent}.{name}") }
}

/// The path of an item of a list, counted from 0.
pub(super) fn item_path(list: &str, at: usize) -> String {
    format!("{list}[{at}]")
}

impl<'a> Value<'a> {
    pub(super) fn root(node: &'a Node<'a>, faults: &'a Faults<'a>) -> Self {
        Self { node, faults }
    }

    /// Says what is wrong with this value, and that it has no answer.
    pub(crate) fn refuse<T>(&self, sentence: impl Into<String>) -> Option<T> {
        self.faults.add(self.node, sentence.into());
        None
    }

    /// Says what is wrong with a member that is not there to say it of.
    pub(crate) fn refuse_member<T>(&self, name: &str, sentence: impl Into<String>) -> Option<T> {
        self.faults.add_missing(self.node, name, sentence.into());
        None
    }

    /// The value, if it is an object.
    pub(crate) fn object(self) -> Option<Self> {
        if self.is_object() { Some(self) } else { self.refuse("must be an object, in braces") }
    }

    /// Whether it is an object.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self.node, Node::Object(_))
    }

    /// The members of an object, in their order, `null`s included.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let members = if let Node::Object(members) = self.node { members.as_slice() } else { &[] };
        members.iter().map(|(name, node)| (&**name, Self { node, faults: self.faults }))
    }

    /// A member of an object; a `null` is absent.
    pub(crate) fn member(&self, name: &str) -> Option<Self> {
        let Node::Object(members) = self.node else { return None };
        let (_, node) = members.iter().find(|(member, _)| member == name)?;
        (!matches!(node, Node::Null)).then_some(Self { node, faults: self.faults })
    }

    /// A member that must be there.
    pub(crate) fn require(&self, name: &str) -> Option<Self> {
        self.member(name).or_else(|| self.refuse_member(name, "is required; add it"))
    }

    /// A member that must be there and be an object.
    pub(crate) fn require_object(&self, name: &str) -> Option<Self> {
        self.require(name)?.object()
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Option<Vec<Self>> {
        if matches!(self.node, Node::List(_)) {
            return Some(self.items_if_any());
        }
        self.refuse("must be a list, in brackets")
    }

    /// The items of a list; none if it is no list.
    pub(crate) fn items_if_any(&self) -> Vec<Self> {
        let items = if let Node::List(items) = self.node { items.as_slice() } else { &[] };
        items.iter().map(|node| Self { node, faults: self.faults }).collect()
    }

    /// Reads every item of a list that must be there; one that cannot be read has said why.
    pub(crate) fn require_items<T>(
        &self,
        name: &str,
        read: impl Fn(&Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        // All are read before the first one that failed ends it, so that all faults are found.
        let items: Vec<Option<T>> = self.require(name)?.items()?.iter().map(read).collect();
        items.into_iter().collect()
    }

    /// The text, if it is one; without a sentence if it is not.
    pub(crate) fn as_text(&self) -> Option<&'a str> {
        if let Node::Text(text) = self.node { Some(text) } else { None }
    }

    /// The text.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.as_text().or_else(|| self.refuse("must be a text, in quotes"))
    }

    /// The number, if it is whole and not negative; without a sentence if it is not.
    pub(crate) fn as_whole(&self) -> Option<u64> {
        if let Node::Whole(number) = self.node { Some(*number) } else { None }
    }

    /// The number, which must be whole and not negative.
    pub(crate) fn whole(&self) -> Option<u64> {
        self.as_whole().or_else(|| self.refuse("must be a whole number, without quotes"))
    }

    /// What the text names.
    pub(crate) fn parse<T: FromStr<Err: fmt::Display>>(&self) -> Option<T> {
        match self.text()?.parse() {
            Ok(value) => Some(value),
            Err(error) => self.refuse(error.to_string()),
        }
    }

    /// The time that the text names, as RFC 3339 writes it.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        match timestamp::parse(self.text()?) {
            Ok(at) => Some(at),
            Err(error) => self.refuse(error.to_string()),
        }
    }

    /// What the text of a member names that must be there.
    pub(crate) fn required<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Option<T> {
        self.require(name)?.parse()
    }

    /// What the text of a member names, if it is there. The outer `None` has left its sentence.
    #[expect(clippy::option_option, reason = "absent is not the same as wrong")]
    pub(crate) fn optional<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Option<Option<T>> {
        self.if_any(name, Self::parse)
    }

    /// The time of a member that must be there.
    pub(crate) fn required_time(&self, name: &str) -> Option<Timestamp> {
        self.require(name)?.time()
    }

    /// The time of a member, if it is there. The outer `None` has left its sentence.
    #[expect(clippy::option_option, reason = "absent is not the same as wrong")]
    pub(crate) fn optional_time(&self, name: &str) -> Option<Option<Timestamp>> {
        self.if_any(name, Self::time)
    }

    /// Reads a member if it is there. The outer `None` has left its sentence.
    #[expect(clippy::option_option, reason = "absent is not the same as wrong")]
    pub(crate) fn if_any<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.member(name) {
            None => Some(None),
            Some(member) => read(&member).map(Some),
        }
    }

    /// Whether it is a number of whatever form.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.node, Node::Whole(_) | Node::OtherNumber)
    }
}
