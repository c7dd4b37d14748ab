//! What one GraphQL request may ask for.

use super::LONGEST_WRITE;
use crate::graphql::guard::Limits;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use std::time::Duration;

/// What one GraphQL request may ask for. Smaller limits than these stand in the guard itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct GraphQlConfig {
    /// Whether clients may ask for the schema.
    pub introspection: bool,
    /// How deep fields nest, at most.
    pub depth: usize,
    /// What a request costs, at most: its fields, each counted as often as there are rows around it.
    pub complexity: u64,
    /// What a field that renders a body counts like, in plain fields.
    pub body_weight: u64,
    /// The rows that a request reads, at most.
    pub rows: u64,
    /// The bytes of an answer's data, at most.
    pub answer_bytes: u64,
    /// How many seconds an answer may take: 1 to 30.
    pub timeout_seconds: NonZeroU32,
    /// The bytes of a request's body, at most.
    pub body_bytes: usize,
}

impl Default for GraphQlConfig {
    fn default() -> Self {
        let Limits { introspection, depth, complexity, body_weight, rows, answer_bytes, body_bytes, .. } =
            Limits::default();
        let timeout_seconds = const { NonZeroU32::new(10).expect("ten is not zero") };
        Self {
            introspection,
            depth,
            complexity,
            body_weight,
            rows,
            answer_bytes,
            timeout_seconds,
            body_bytes,
        }
    }
}

/// A request could go on after another with the same key has taken over.
#[derive(Debug, thiserror::Error)]
#[error("graphql.timeout_seconds: must be 1 to {LONGEST_WRITE}")]
pub struct GraphQlTimeoutError;

impl GraphQlConfig {
    /// Checks what must hold of the limits.
    ///
    /// # Errors
    /// [`GraphQlTimeoutError`] when a mutation could take too long.
    pub fn check(&self) -> Result<(), GraphQlTimeoutError> {
        if self.timeout_seconds.get() > LONGEST_WRITE.into() { Err(GraphQlTimeoutError) } else { Ok(()) }
    }

    /// All limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let Self {
            introspection,
            depth,
            complexity,
            body_weight,
            rows,
            answer_bytes,
            timeout_seconds,
            body_bytes,
        } = *self;
        let time = Duration::from_secs(timeout_seconds.get().into());
        Limits {
            introspection,
            depth,
            complexity,
            body_weight,
            rows,
            answer_bytes,
            time,
            body_bytes,
            ..Limits::default()
        }
    }
}
