//! The values of a request's variables.

use super::limits::Limits;
use super::refusal::Refusal;
use async_graphql::{Value, Variables};

/// Measures all variables together.
///
/// # Errors
/// A [`Refusal`] when they nest too deep or are too many.
pub(super) fn check(variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
    if variables.values().any(|value| depth(value) > limits.variable_depth) {
        let limit = limits.variable_depth;
        return Err(Refusal::too_deep(format!("The variables nest deeper than {limit} levels.")));
    }
    let values = variables.iter().map(|(name, value)| text(name) + size(value)).fold(0, u64::saturating_add);
    if values > limits.variable_values as u64 {
        let limit = limits.variable_values;
        return Err(Refusal::too_much(format!("The variables hold more than {limit} values.")));
    }
    Ok(())
}

/// The number of values in a value; each 64 bytes of text count as one more.
pub(super) fn size(value: &Value) -> u64 {
    let inside: u64 = match value {
        Value::String(string) => text(string),
        Value::Enum(name) => text(name),
        Value::List(list) => list.iter().map(size).sum(),
        Value::Object(object) => object.iter().map(|(name, value)| text(name) + size(value)).sum(),
        Value::Binary(bytes) => bytes.len() as u64 / 64,
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
    };
    inside.saturating_add(1)
}

fn text(text: &str) -> u64 {
    text.len() as u64 / 64
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Feeds the variables to a hash so that equal variables, in whatever order their fields were written, give
/// equal bytes, and different ones different bytes.
pub(super) fn canonical(variables: &Variables, hasher: &mut blake3::Hasher) {
    hasher.update(&(variables.len() as u64).to_le_bytes());
    for (name, value) in variables.iter() {
        write_text(name, hasher);
        write_value(value, hasher);
    }
}

fn write_value(value: &Value, hasher: &mut blake3::Hasher) {
    match value {
        Value::Null => tag(b'n', hasher),
        Value::Boolean(false) => tag(b'f', hasher),
        Value::Boolean(true) => tag(b't', hasher),
        Value::Number(number) => {
            tag(b'0', hasher);
            write_text(&number.to_string(), hasher);
        }
        Value::String(text) => {
            tag(b'"', hasher);
            write_text(text, hasher);
        }
        Value::Enum(name) => {
            tag(b'e', hasher);
            write_text(name, hasher);
        }
        Value::Binary(bytes) => {
            tag(b'b', hasher);
            hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        }
        Value::List(list) => {
            tag(b'[', hasher);
            hasher.update(&(list.len() as u64).to_le_bytes());
            list.iter().for_each(|value| write_value(value, hasher));
        }
        Value::Object(object) => {
            tag(b'{', hasher);
            hasher.update(&(object.len() as u64).to_le_bytes());
            let mut fields: Vec<_> = object.iter().collect();
            fields.sort_by(|one, other| one.0.cmp(other.0));
            for (name, value) in fields {
                write_text(name, hasher);
                write_value(value, hasher);
            }
        }
    }
}

fn tag(tag: u8, hasher: &mut blake3::Hasher) {
    hasher.update(&[tag]);
}

fn write_text(text: &str, hasher: &mut blake3::Hasher) {
    hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use serde_json::json;

    fn variables(json: serde_json::Value) -> Variables {
        Variables::from_json(json)
    }

    fn hash(json: serde_json::Value) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        canonical(&variables(json), &mut hasher);
        hasher.finalize()
    }

    #[test]
    fn depth_and_number_are_limited() {
        let limits = Limits { variable_depth: 2, variable_values: 6, ..Limits::default() };
        let code = |json| check(&variables(json), &limits).err().map(|refusal| refusal.code);
        assert_eq!(code(json!({"a": [[1]], "b": 1})), None);
        assert_eq!(code(json!({"a": [[[]]]})), Some(Code::QueryTooDeep));
        assert_eq!(code(json!({"a": [1, 2, 3, 4, 5]})), None);
        assert_eq!(code(json!({"a": [1, 2, 3, 4, 5, 6]})), Some(Code::QueryTooComplex));
        assert_eq!(code(json!({"a": "x".repeat(64 * 6)})), Some(Code::QueryTooComplex));
        assert_eq!(code(json!({"x".repeat(64 * 6): 1})), Some(Code::QueryTooComplex));
    }

    #[test]
    fn equal_variables_have_one_form() {
        assert_eq!(hash(json!({"a": {"b": 1, "c": 2}})), hash(json!({"a": {"c": 2, "b": 1}})));
        let different = [
            json!({}),
            json!({"a": null}),
            json!({"a": 1}),
            json!({"a": 1.0}),
            json!({"a": "1"}),
            json!({"a": [1]}),
            json!({"a": [[1]]}),
            json!({"a": {"b": 1}}),
            json!({"a": ["b", 1]}),
            json!({"a": true}),
            json!({"a": false}),
            json!({"b": 1}),
            json!({"ab": "c"}),
            json!({"a": "bc"}),
        ];
        let hashes: std::collections::HashSet<_> = different.iter().map(|json| hash(json.clone())).collect();
        assert_eq!(hashes.len(), different.len());
    }
}
