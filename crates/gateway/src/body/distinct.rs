//! JSON in which no object names a field twice: of two values, one would be lost in silence.

use crate::error::quote;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// A value in which no object names a field twice.
pub(super) struct Distinct(pub(super) Value);

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DistinctVisitor)
    }
}

struct DistinctVisitor;

impl<'de> Visitor<'de> for DistinctVisitor {
    type Value = Distinct;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Distinct, E> {
        Ok(Distinct(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Distinct, E> {
        Ok(Distinct(value.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Distinct, E> {
        Ok(Distinct(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Distinct, E> {
        Ok(Distinct(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Distinct, E> {
        Ok(Distinct(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Distinct, E> {
        Ok(Distinct(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Distinct, E> {
        Ok(Distinct(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Distinct, A::Error> {
        let mut array = Vec::new();
        while let Some(Distinct(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Distinct(array.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Distinct, A::Error> {
        let mut object = Map::new();
        while let Some((name, Distinct(value))) = fields.next_entry::<String, Distinct>()? {
            if object.contains_key(&name) {
                return Err(Error::custom(format_args!("{} stands twice in one object", quote(&name))));
            }
            object.insert(name, value);
        }
        Ok(Distinct(object.into()))
    }
}
