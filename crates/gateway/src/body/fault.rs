//! What is wrong with a JSON value, and where: in words for whoever sent it, not for whoever wrote the type that it is read
//! into.

use crate::error::{Code, Problem, cut, quote};
use serde::de::{Error, Expected, Unexpected};
use std::fmt::Display;

/// What is wrong with a JSON value, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// The way from the outside to the value: `rules[0].name`. Empty for the whole.
    place: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A field that nobody knows.
    Unknown(String),
    /// A field that is not there.
    Missing(&'static str),
    /// Anything else, as a sentence without a subject.
    Other(String),
}

impl Fault {
    /// The same, seen from outside of a field (`name`) or of an item (`[0]`).
    pub(super) fn inside(mut self, step: &str) -> Self {
        self.place = match self.place.as_str() {
            "" => step.to_owned(),
            place if place.starts_with('[') => format!("{step}{place}"),
            place => format!("{step}.{place}"),
        };
        self
    }

    /// A value that is none of these words.
    pub(super) fn none_of(words: &[&str]) -> Self {
        Self::new(format!("must be one of {}", words.join(", ")))
    }

    fn new(detail: impl Display) -> Self {
        Self { place: String::new(), kind: Kind::Other(detail.to_string()) }
    }

    fn field(&self, name: &str) -> String {
        match self.place.as_str() {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        }
    }

    /// As the client is told.
    pub(super) fn problem(self) -> Problem {
        match &self.kind {
            Kind::Unknown(name) => Problem::unknown_parameter(&self.field(name)),
            Kind::Missing(name) => {
                let place = self.field(name);
                Problem::invalid_parameter(&place, format!("{place}: is missing."))
            }
            Kind::Other(detail) if self.place.is_empty() => {
                Problem::new(Code::InvalidRequest, format!("The JSON {detail}."))
            }
            Kind::Other(detail) => {
                Problem::invalid_parameter(&self.place, format!("{}: {detail}.", cut(&self.place)))
            }
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Unknown(name) => write!(f, "{}: is not known", self.field(name)),
            Kind::Missing(name) => write!(f, "{}: is missing", self.field(name)),
            Kind::Other(detail) => f.write_str(detail),
        }
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: Display>(detail: T) -> Self {
        Self::new(detail)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("must be {}, not {}", wanted(&expected.to_string()), what(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("must be {}, not {length} values", wanted(&expected.to_string())))
    }

    fn unknown_variant(word: &str, words: &'static [&'static str]) -> Self {
        Self::new(format!("must be one of {}, not {}", words.join(", "), quote(word)))
    }

    fn unknown_field(name: &str, _known: &'static [&'static str]) -> Self {
        Self { place: String::new(), kind: Kind::Unknown(cut(name)) }
    }

    fn missing_field(name: &'static str) -> Self {
        Self { place: String::new(), kind: Kind::Missing(name) }
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::new(format!("names {name} twice"))
    }
}

/// What a type wants, in the words of JSON.
fn wanted(expected: &str) -> String {
    let range = |from: &dyn Display, to: &dyn Display| format!("a whole number from {from} to {to}");
    match expected {
        "a string" | "a borrowed string" => "a text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "an array".to_owned(),
        "u8" => range(&u8::MIN, &u8::MAX),
        "u16" => range(&u16::MIN, &u16::MAX),
        "u32" => range(&u32::MIN, &u32::MAX),
        "i32" => range(&i32::MIN, &i32::MAX),
        "u64" | "usize" => "a whole number that is not negative".to_owned(),
        "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "a map" => "an object".to_owned(),
        other if other.starts_with("struct ") || other.starts_with("internally tagged enum ") => {
            "an object".to_owned()
        }
        other if other.starts_with("enum ") => "a word".to_owned(),
        other => other.to_owned(),
    }
}

/// What stands there instead.
fn what(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Str(text) => quote(text),
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Float(number) => number.to_string(),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        _ => "this".to_owned(),
    }
}
