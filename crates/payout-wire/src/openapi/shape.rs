//! How schemas are put together.

use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType,
};
use utoipa::openapi::{Ref, RefOr, Schema, Type};

use super::{Described, Example};

/// A schema, or the name of one.
pub(super) type Part = RefOr<Schema>;

/// A text.
pub(super) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text of this form. Patterns keep to what all dialects of regular expressions have in common.
pub(super) fn pattern(pattern: &str) -> ObjectBuilder {
    text().pattern(Some(pattern))
}

/// One of these words.
pub(super) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    text().enum_values(Some(words))
}

/// A whole number from the first to the last of these.
pub(super) fn whole(min: u64, max: u64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min)).maximum(Some(max))
}

/// A whole number from this one up to 2⁶⁴ - 1, which is no limit that anybody meets.
pub(super) fn whole_from(min: u64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min))
}

/// Something that is true or false.
pub(super) fn truth() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// Any number of these.
pub(super) fn list(of: impl Into<Part>) -> ArrayBuilder {
    ArrayBuilder::new().items(of.into())
}

/// What is described under this name.
pub(super) fn named(name: &str) -> Ref {
    Ref::from_schema_name(name)
}

/// Exactly one of these.
pub(super) fn either<P: Into<Part>>(parts: impl IntoIterator<Item = P>) -> OneOfBuilder {
    parts.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item)
}

/// At least one of these.
pub(super) fn any<P: Into<Part>>(parts: impl IntoIterator<Item = P>) -> AnyOfBuilder {
    parts.into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item)
}

/// All of these at once.
pub(super) fn both(one: impl Into<Part>, other: impl Into<Part>) -> AllOfBuilder {
    AllOfBuilder::new().item(one).item(other)
}

/// What must be absent: a `null` is.
pub(super) fn absent() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}

/// A part, for whoever refers to it.
pub(super) fn part(name: &'static str, schema: impl Into<Part>) -> Described {
    Described { name, schema: schema.into(), examples: Vec::new() }
}

/// A body with its examples.
pub(super) fn body(
    name: &'static str,
    schema: impl Into<Part>,
    examples: Vec<Example>,
) -> Described {
    Described { name, schema: schema.into(), examples }
}

/// An object, member by member.
pub(super) struct Members {
    object: ObjectBuilder,
    null_is_absent: bool,
}

impl Members {
    /// Of what we write.
    pub(super) fn told(sentence: &str) -> Self {
        Self::new(sentence, false)
    }

    /// Of what we read.
    pub(super) fn asked(sentence: &str) -> Self {
        Self::new(sentence, true)
    }

    fn new(sentence: &str, null_is_absent: bool) -> Self {
        let description = Some(sentence).filter(|sentence| !sentence.is_empty());
        let object = ObjectBuilder::new().schema_type(Type::Object).description(description);
        Self { object, null_is_absent }
    }

    /// A member that is always there.
    pub(super) fn must(self, name: &str, part: impl Into<Part>, sentence: &str) -> Self {
        let part = explained(part.into(), sentence);
        Self { object: self.object.property(name, part).required(name), ..self }
    }

    /// A member that can be absent.
    pub(super) fn may(self, name: &str, part: impl Into<Part>, sentence: &str) -> Self {
        let part = part.into();
        let part = if self.null_is_absent { or_null(part) } else { part };
        Self { object: self.object.property(name, explained(part, sentence)), ..self }
    }

    /// The discriminating word of a member that is always there.
    pub(super) fn tag(self, name: &str, word: &str) -> Self {
        self.must(name, one_of([word]), "")
    }

    /// An amount, and of what.
    pub(super) fn money(self) -> Self {
        self.must("amount_in_minor", named("MinorUnits"), "").must(
            "currency",
            named("Currency"),
            "",
        )
    }

    /// Whatever is not named is refused.
    pub(super) fn only(self) -> Self {
        use utoipa::openapi::schema::AdditionalProperties;
        let none = Some(AdditionalProperties::FreeForm(false));
        Self { object: self.object.additional_properties(none), ..self }
    }

    /// What is said of members holds if it is an object; something else is as good.
    pub(super) fn of_any_type(self) -> Self {
        self.with(|object| object.schema_type(SchemaType::AnyValue))
    }

    /// The same, with whatever else the builder can say.
    pub(super) fn with(self, say: impl FnOnce(ObjectBuilder) -> ObjectBuilder) -> Self {
        Self { object: say(self.object), ..self }
    }
}

impl From<Members> for Part {
    fn from(members: Members) -> Self {
        members.object.into()
    }
}

/// A list told whole, or a page of one.
pub(super) fn items(of: &str, sentence: &str) -> Members {
    Members::told(sentence).must("items", list(named(of)), "")
}

/// A page of a list, which says where the next one begins.
pub(super) fn page(of: &str, sentence: &str) -> Members {
    items(of, sentence).may("pagination", named("Pagination"), "Absent on the last page.")
}

/// The part with a sentence, unless it has one of its own to which there is nothing to add.
fn explained(part: Part, sentence: &str) -> Part {
    if sentence.is_empty() {
        return part;
    }
    match part {
        RefOr::Ref(mut named) => {
            sentence.clone_into(&mut named.description);
            RefOr::Ref(named)
        }
        RefOr::T(mut schema) => {
            let sentence = Some(sentence.to_owned());
            match &mut schema {
                Schema::Array(array) => array.description = sentence,
                Schema::Object(object) => object.description = sentence,
                Schema::OneOf(one) => one.description = sentence,
                Schema::AllOf(all) => all.description = sentence,
                Schema::AnyOf(any) => any.description = sentence,
                _ => {}
            }
            RefOr::T(schema)
        }
    }
}

fn or_null(part: Part) -> Part {
    match part {
        RefOr::T(Schema::Object(mut object)) if object.enum_values.is_none() => {
            object.schema_type = nullable(object.schema_type);
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::Array(mut array)) => {
            array.schema_type = nullable(array.schema_type);
            RefOr::T(Schema::Array(array))
        }
        RefOr::T(_) | RefOr::Ref(_) => any([part, absent().into()]).into(),
    }
}

fn nullable(known: SchemaType) -> SchemaType {
    match known {
        SchemaType::Type(known) => SchemaType::Array(vec![known, Type::Null]),
        SchemaType::Array(_) | SchemaType::AnyValue => known,
    }
}
