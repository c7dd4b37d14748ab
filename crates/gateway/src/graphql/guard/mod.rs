//! The guard in front of the executor: it reads a document, says what it would cost, and refuses what would
//! cost too much, before anything is executed and before any part of it recurses.
//!
//! The order is: the raw text is scanned ([`Limits::brackets`]), then parsed, then outlined with every
//! fragment looked at once, then measured. What passed is kept by the hash of its text, so that a document
//! is parsed once and asked many times. Only the cost depends on the request: page sizes may be variables.

mod arrange;
mod catalogue;
mod limits;
mod outline;
mod refusal;
mod scan;
#[cfg(test)]
mod tests;
mod variables;
mod weigh;

pub use arrange::Shape;
pub use catalogue::{Catalogue, SharedFields};
pub use limits::Limits;
pub use refusal::Refusal;

use crate::error::quote;
use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use outline::{Operation, Outline};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;
use weigh::{Scales, Size};

/// How deep lists of the schema's own description may nest: fields of types of fields, and no further. The
/// queries that tools send need that much.
const MAX_SCHEMA_LISTS: usize = 3;

/// How many bytes of memory the kept documents may take, and about how many documents that makes.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
const CACHE_DOCUMENTS: usize = 4 * 1024;

/// About how many bytes are held for a field or fragment that is written out, for one in the text, and for a
/// value in an argument.
const WRITTEN_OUT_BYTES: u64 = 160;
const IN_TEXT_BYTES: u64 = 600;
const VALUE_BYTES: u64 = 200;

/// The guard, with the documents that it has let pass.
pub struct Guard {
    limits: Limits,
    catalogue: Catalogue,
    checked: Cache<[u8; 32], Arc<Checked>, ByMemory>,
}

#[derive(Clone)]
struct ByMemory;

impl Weighter<[u8; 32], Arc<Checked>> for ByMemory {
    fn weight(&self, _: &[u8; 32], checked: &Arc<Checked>) -> u64 {
        checked.held()
    }
}

/// A document that passed.
pub struct Checked {
    hash: [u8; 32],
    bytes: u64,
    document: ExecutableDocument,
    shapes: Vec<Shape>,
    outline: Outline,
    sizes: Vec<Size>,
}

/// The operation of a document that a request has chosen.
pub struct Chosen {
    /// A query, mutation or subscription.
    pub kind: OperationType,
    /// What it costs with the variables of this request.
    pub cost: u64,
    /// Whether every field that it reaches is the same for all viewers of one class.
    pub shared: bool,
}

impl Guard {
    /// A guard for the schema that the catalogue describes.
    #[must_use]
    pub fn new(limits: Limits, catalogue: Catalogue) -> Self {
        let checked = Cache::with_weighter(CACHE_DOCUMENTS, CACHE_BYTES, ByMemory);
        Self { limits, catalogue, checked }
    }

    /// The limits it goes by.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads a document, or finds it among those read before.
    ///
    /// # Errors
    /// A [`Refusal`] when the text is no document or passes a limit.
    pub fn check(&self, text: &str) -> Result<Arc<Checked>, Refusal> {
        let hash = *blake3::hash(text.as_bytes()).as_bytes();
        if let Some(checked) = self.checked.get(&hash) {
            return Ok(checked);
        }
        let checked = Arc::new(self.read(text, hash)?);
        self.checked.insert(hash, Arc::clone(&checked));
        Ok(checked)
    }

    fn read(&self, text: &str, hash: [u8; 32]) -> Result<Checked, Refusal> {
        scan::scan(text, &self.limits)?;
        let mut document = parse_query(text)?;
        let fragments = document.fragments.len();
        not_more(fragments, self.limits.fragments, "fragments")?;
        not_more(document.operations.iter().len(), self.limits.operations, "operations")?;
        let outline = Outline::of(&document, &self.catalogue)?;
        not_more(outline.aliases, self.limits.aliases, "aliases")?;
        not_more(outline.directives, self.limits.directives, "directives")?;
        if let Some(place) = outline.introspects.filter(|_| !self.limits.introspection) {
            return Err(Refusal::invalid("This server does not describe its schema.").at(place));
        }
        let fragments = weigh::sizes(&outline.fragments);
        let sizes: Vec<_> =
            outline.operations.iter().map(|operation| Size::of(&operation.steps, &fragments)).collect();
        // The executor's own rules walk over every operation, chosen or not.
        let fields = sizes.iter().map(|size| size.fields).fold(0, u64::saturating_add);
        if fields > self.limits.fields {
            let limit = self.limits.fields;
            return Err(Refusal::too_much(format!(
                "With its fragments written out, the document has more than {limit} fields."
            )));
        }
        sizes.iter().try_for_each(|size| self.check_size(size))?;
        let shapes = outline.operations.iter().map(|operation| operation.shape(&document)).collect();
        arrange::mark(&mut document);
        Ok(Checked { hash, bytes: text.len() as u64, document, shapes, outline, sizes })
    }

    fn check_size(&self, size: &Size) -> Result<(), Refusal> {
        let limits = &self.limits;
        if size.depth > limits.depth {
            return Err(Refusal::too_deep(format!("Fields nest deeper than {} levels.", limits.depth)));
        }
        if size.levels > limits.levels {
            let limit = limits.levels;
            return Err(Refusal::too_deep(format!("Fields and fragments nest deeper than {limit} levels.")));
        }
        if size.schema_lists > MAX_SCHEMA_LISTS {
            return Err(Refusal::too_deep(format!(
                "Lists of the schema nest deeper than {MAX_SCHEMA_LISTS} levels."
            )));
        }
        if size.width > limits.root_fields {
            let limit = limits.root_fields;
            return Err(Refusal::too_much(format!("An operation has more than {limit} fields at its root.")));
        }
        Ok(())
    }

    /// Chooses the operation that a request names, and works out what it costs with these variables.
    ///
    /// # Errors
    /// A [`Refusal`] when there is no such operation, or when it would cost too much.
    pub fn choose(
        &self,
        checked: &Checked,
        name: Option<&str>,
        variables: &Variables,
    ) -> Result<Chosen, Refusal> {
        variables::check(variables, &self.limits)?;
        let (operation, size, _) = checked.operation(name)?;
        for (name, place) in &operation.needed {
            let given = variables.get(name).or_else(|| operation.defaults.get(name));
            if given.is_none_or(|value| *value == async_graphql::Value::Null) {
                return Err(Refusal::invalid(format!("The variable ${name} needs a value.")).at(*place));
            }
        }
        let places = checked.outline.uses.iter().map(|(name, uses)| {
            let size = variables.get(name).map_or(1, variables::size);
            uses.saturating_mul(size)
        });
        let places = places.fold(0, u64::saturating_add);
        if places > self.limits.substitutions {
            return Err(Refusal::too_much("The variables are too large for being used so often."));
        }
        let scales = Scales { operation, variables, most_rows: self.limits.most_rows };
        let cost = scales.cost(&checked.outline.fragments);
        if cost > self.limits.complexity {
            let limit = self.limits.complexity;
            return Err(Refusal::too_much(format!("The operation costs {cost}; {limit} is allowed.")));
        }
        let shared = size.shared && operation.kind == OperationType::Query;
        Ok(Chosen { kind: operation.kind, cost, shared })
    }
}

impl Checked {
    /// The document, parsed.
    #[must_use]
    pub const fn document(&self) -> &ExecutableDocument {
        &self.document
    }

    /// The shape of the answer to the operation of this name.
    ///
    /// # Errors
    /// A [`Refusal`] when there is no such operation.
    pub fn shape(&self, operation: Option<&str>) -> Result<&Shape, Refusal> {
        self.operation(operation).map(|(.., shape)| shape)
    }

    /// About how many bytes of memory it takes. The written-out fields weigh the most: a text of a kilobyte
    /// may spread one fragment twenty times.
    fn held(&self) -> u64 {
        let written_out = self.sizes.iter().map(|size| size.fields).fold(0, u64::saturating_add);
        let (steps, values) = self.outline.counts();
        [(written_out, WRITTEN_OUT_BYTES), (steps, IN_TEXT_BYTES), (values, VALUE_BYTES), (self.bytes, 2)]
            .into_iter()
            .map(|(number, bytes)| number.saturating_mul(bytes))
            .fold(1024, u64::saturating_add)
    }

    /// The fields at the root of the operation of this name, its fragments written out.
    ///
    /// # Errors
    /// A [`Refusal`] when there is no such operation.
    pub fn roots(&self, operation: Option<&str>) -> Result<Vec<&str>, Refusal> {
        self.operation(operation).map(|(operation, ..)| operation.roots(&self.document))
    }

    /// A key under which the answer to a request for this document can be kept. Two requests have the same
    /// key exactly when they ask for the same operation of the same text with equal variables.
    #[must_use]
    pub fn key(&self, operation: Option<&str>, variables: &Variables) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.hash);
        let name = operation.unwrap_or_default();
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
        variables::canonical(variables, &mut hasher);
        *hasher.finalize().as_bytes()
    }

    fn operation(&self, name: Option<&str>) -> Result<(&Operation, &Size, &Shape), Refusal> {
        let operations = self.outline.operations.iter();
        let mut all = operations.zip(&self.sizes).zip(&self.shapes);
        let mut all = all.by_ref().map(|((operation, size), shape)| (operation, size, shape));
        match name {
            Some(name) => all
                .find(|(operation, ..)| operation.name.as_deref() == Some(name))
                .ok_or_else(|| Refusal::invalid(format!("There is no operation {}.", quote(name)))),
            None => match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(Refusal::invalid(
                    "The document has several operations, so the request needs operationName.",
                )),
            },
        }
    }
}

fn not_more(number: usize, limit: usize, what: &str) -> Result<(), Refusal> {
    if number > limit {
        return Err(Refusal::too_much(format!("The document has {number} {what}; {limit} are allowed.")));
    }
    Ok(())
}
