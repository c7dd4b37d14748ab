//! Why a request is refused before it runs.

use crate::error::Code;
use async_graphql::parser::Error as SyntaxError;
use async_graphql::{Pos, ServerError};

/// Why the guard does not let a request pass, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of fault.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where in the document, if it is a matter of one place.
    pub at: Vec<Pos>,
}

impl Refusal {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), at: Vec::new() }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidQuery, message)
    }

    pub(super) fn too_deep(message: impl Into<String>) -> Self {
        Self::new(Code::QueryTooDeep, message)
    }

    pub(super) fn too_much(message: impl Into<String>) -> Self {
        Self::new(Code::QueryTooComplex, message)
    }

    pub(super) fn at(mut self, place: Pos) -> Self {
        self.at.push(place);
        self
    }
}

/// The parser draws the line of the text and an arrow below it; a client gets the reason and the place.
impl From<SyntaxError> for Refusal {
    fn from(error: SyntaxError) -> Self {
        let at = error.positions().collect();
        let message = match error {
            SyntaxError::Syntax { message, .. } => {
                let reason = message.lines().last().unwrap_or_default();
                let reason = reason.trim_start_matches([' ', '=']);
                format!("The document does not parse: {reason}.")
            }
            other => format!("The document does not parse: {}.", other.to_string().trim_end_matches('.')),
        };
        Self { code: Code::InvalidQuery, message, at }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.message, None);
        error.locations = refusal.at;
        error.extensions.get_or_insert_default().set("code", refusal.code.graphql());
        error
    }
}
