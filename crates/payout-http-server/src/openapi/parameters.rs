//! Parameters in the path and in the query.

use std::collections::BTreeSet;

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Required, Schema, Type};

/// Parameters in the path and in the query.
#[derive(Default)]
pub(crate) struct Parameters {
    pub(super) all: Vec<Parameter>,
    pub(super) names: BTreeSet<&'static str>,
}

impl Parameters {
    /// What is named by an id in the path. What is no id names nothing.
    pub(crate) fn id(sentence: &'static str) -> Self {
        Self::default().path("id", "Id", sentence)
    }

    /// A part of the path.
    pub(crate) fn path(
        mut self,
        name: &'static str,
        form: &'static str,
        sentence: &'static str,
    ) -> Self {
        let schema = Ref::from_schema_name(form).into();
        self.all.push(parameter(name, ParameterIn::Path, Required::True, schema, sentence));
        self.names.insert(form);
        self
    }

    /// What must be asked for.
    pub(crate) fn must(
        mut self,
        name: &'static str,
        form: &'static str,
        sentence: &'static str,
    ) -> Self {
        let schema = Ref::from_schema_name(form).into();
        self.all.push(parameter(name, ParameterIn::Query, Required::True, schema, sentence));
        self.names.insert(form);
        self
    }

    /// One of these words, which must be said.
    pub(crate) fn must_be_one_of(
        mut self,
        name: &'static str,
        words: &[&'static str],
        sentence: &'static str,
    ) -> Self {
        let words = text().enum_values(Some(words.iter().copied()));
        self.all.push(parameter(name, ParameterIn::Query, Required::True, words.into(), sentence));
        self
    }

    /// What can be asked for; an empty value is absent.
    pub(crate) fn may(
        mut self,
        name: &'static str,
        form: &'static str,
        sentence: &'static str,
    ) -> Self {
        let schema = or_empty(Ref::from_schema_name(form).into());
        self.all.push(parameter(name, ParameterIn::Query, Required::False, schema, sentence));
        self.names.insert(form);
        self
    }

    /// One of these words, if anything is said.
    pub(crate) fn may_be_one_of(
        mut self,
        name: &'static str,
        words: &[&'static str],
        sentence: &'static str,
    ) -> Self {
        let words = text().enum_values(Some(words.iter().copied().chain([""])));
        self.all.push(parameter(name, ParameterIn::Query, Required::False, words.into(), sentence));
        self
    }

    /// How many a page has, from 1 to the most.
    pub(crate) fn limit(mut self, usual: usize, max: usize) -> Self {
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1_u64))
            .maximum(Some(max))
            .default(Some(usual.into()));
        let schema = or_empty(number.into());
        let sentence = "How many there are on a page.";
        self.all.push(parameter("limit", ParameterIn::Query, Required::False, schema, sentence));
        self
    }
}

fn parameter(
    name: &'static str,
    place: ParameterIn,
    required: Required,
    schema: RefOr<Schema>,
    sentence: &'static str,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(sentence))
        .schema(Some(schema))
        .build()
}

fn or_empty(schema: RefOr<Schema>) -> RefOr<Schema> {
    AnyOfBuilder::new().item(schema).item(text().max_length(Some(0))).into()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
