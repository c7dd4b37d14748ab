//! Scalars.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use masthead_domain::clock::Timestamp;

/// An instant by RFC 3339, such as `2026-11-22T09:30:00Z`.
#[derive(Clone, Copy)]
pub(super) struct DateTime(pub(super) Timestamp);

#[Scalar(name = "DateTime", specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(Timestamp::parse(text)?)),
            _ => Err(InputValueError::custom("an instant is a text")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The version of a thing that can be changed: an opaque text. A change names the one that it is based on.
#[derive(Clone, Copy)]
pub(super) struct Version(pub(super) i64);

#[Scalar(name = "Version")]
impl ScalarType for Version {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        number.map(Self).ok_or_else(|| InputValueError::custom("a version is a text that the API gave out"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
