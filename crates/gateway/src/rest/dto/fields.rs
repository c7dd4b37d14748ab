//! Fields of bodies that need more than their type says.

use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::str::FromStr;

/// Tells a field that is null from one that is left out.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(field).map(Some)
}

/// A field that may be left out, and is not null.
pub(super) fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

/// An instant, where one is given.
pub(super) fn instant(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    text.map(|text| instant_of(field, text)).transpose()
}

/// An instant.
pub(super) fn instant_of(field: &str, text: &str) -> Result<Timestamp, Problem> {
    Timestamp::parse(text).map_err(|error| wrong(field, &error))
}

/// A field that has a form.
pub(super) fn parsed<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| wrong(field, &error))
}

fn wrong(field: &str, fault: &dyn Display) -> Problem {
    Problem::invalid_parameter(field, format!("{field}: {fault}."))
}
