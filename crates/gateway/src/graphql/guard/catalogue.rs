//! What the guard knows of the schema: which fields are lists, what they hold, and which ones look the same
//! to all viewers of one class.

use super::limits::Limits;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};
use async_graphql::parser::{Error as SyntaxError, parse_schema};
use std::collections::{HashMap, HashSet};

/// The fields of one type, by name, whose values depend on nothing but the viewer's class and the state of
/// the publication.
pub type SharedFields = &'static [(&'static str, &'static [&'static str])];

/// The schema, as far as the guard needs it.
#[derive(Debug, Default)]
pub struct Catalogue {
    query: String,
    mutation: Option<String>,
    subscription: Option<String>,
    types: HashMap<String, HashMap<String, FieldFacts>>,
}

/// What is known of a field.
#[derive(Debug)]
pub(super) struct FieldFacts {
    /// The type of its value, without lists and exclamation marks.
    pub(super) of: String,
    /// How many rows it brings; `None` when it is no list.
    pub(super) rows: Option<RowFacts>,
    /// What it costs beside what is below it.
    pub(super) weight: u64,
    /// Whether its value is the same for all viewers of one class.
    pub(super) shared: bool,
}

/// Where the number of rows is to be found.
#[derive(Debug)]
pub(super) struct RowFacts {
    /// The arguments that give it.
    pub(super) arguments: &'static [&'static str],
    /// The number when none of them is given.
    pub(super) otherwise: u64,
}

impl Catalogue {
    /// Reads the schema definition language. Fields that `shared` does not name are taken to be different
    /// for every viewer.
    ///
    /// # Errors
    /// [`SyntaxError`] when the text is no schema.
    pub fn read(sdl: &str, shared: SharedFields, limits: &Limits) -> Result<Self, SyntaxError> {
        let mut catalogue = Self { query: "Query".to_owned(), ..Self::default() };
        let shared: HashMap<_, HashSet<_>> =
            shared.iter().map(|(of, fields)| (*of, fields.iter().copied().collect())).collect();
        let definitions = parse_schema(sdl)?.definitions;
        let unions = unions(&definitions);
        for definition in definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let name = |name: async_graphql::Positioned<async_graphql::Name>| name.node.to_string();
                    catalogue.query = schema.node.query.map_or_else(String::new, name);
                    catalogue.mutation = schema.node.mutation.map(name);
                    catalogue.subscription = schema.node.subscription.map(name);
                }
                TypeSystemDefinition::Type(definition) => {
                    let name = definition.node.name.node.to_string();
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        _ => continue,
                    };
                    let shared = shared.get(name.as_str());
                    let connection = name.ends_with("Connection");
                    let facts = fields.iter().map(|field| {
                        let field = &field.node;
                        let of = innermost(&field.ty.node);
                        let usual = match unions.get(of) {
                            Some(members) if members.contains(&name) => PART_ROWS,
                            Some(_) => limits.body_rows,
                            None if name == catalogue.query => limits.whole_rows,
                            None if name == of => limits.below_rows,
                            None => limits.list_rows,
                        };
                        let facts = FieldFacts {
                            of: of.to_owned(),
                            weight: 1,
                            rows: if connection { None } else { rows(field, usual, limits) },
                            shared: shared.is_some_and(|shared| shared.contains(field.name.node.as_str())),
                        };
                        (field.name.node.to_string(), facts)
                    });
                    let facts = facts.collect();
                    catalogue.types.insert(name, facts);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(catalogue)
    }

    /// Gives the named fields this weight.
    pub fn weigh(&mut self, heavy: &[(&str, &[&str])], weight: u64) {
        for (of, names) in heavy {
            for name in *names {
                if let Some(facts) = self.types.get_mut(*of).and_then(|fields| fields.get_mut(*name)) {
                    facts.weight = weight;
                }
            }
        }
    }

    pub(super) fn query(&self) -> &str {
        &self.query
    }

    pub(super) fn mutation(&self) -> Option<&str> {
        self.mutation.as_deref()
    }

    pub(super) fn subscription(&self) -> Option<&str> {
        self.subscription.as_deref()
    }

    pub(super) fn field(&self, of: &str, name: &str) -> Option<&FieldFacts> {
        self.types.get(of)?.get(name)
    }

    /// Every field that is not shared, as `Type.field` in alphabetical order.
    #[must_use]
    pub fn unshared(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .types
            .iter()
            .flat_map(|(of, fields)| {
                let unshared = fields.iter().filter(|(_, facts)| !facts.shared);
                unshared.map(move |(name, _)| format!("{of}.{name}"))
            })
            .collect();
        names.sort();
        names
    }
}

/// The rows that are counted for a list inside a member of the very list: a block that holds blocks holds
/// a part of the body and not another body.
const PART_ROWS: u64 = 2;

fn unions(definitions: &[TypeSystemDefinition]) -> HashMap<String, HashSet<String>> {
    let union = |definition: &TypeSystemDefinition| match definition {
        TypeSystemDefinition::Type(definition) => match &definition.node.kind {
            TypeKind::Union(union) => {
                let members = union.members.iter().map(|member| member.node.to_string()).collect();
                Some((definition.node.name.node.to_string(), members))
            }
            _ => None,
        },
        _ => None,
    };
    definitions.iter().filter_map(union).collect()
}

/// A connection counts what is below it once a row, so its own lists count once.
fn rows(field: &FieldDefinition, usual: u64, limits: &Limits) -> Option<RowFacts> {
    let takes = |name: &str| field.arguments.iter().any(|argument| argument.node.name.node == *name);
    if takes("first") || takes("last") {
        Some(RowFacts { arguments: &["first", "last"], otherwise: limits.page_rows })
    } else if is_list(&field.ty.node) {
        let arguments: &[&str] = if takes("ids") { &["ids"] } else { &[] };
        Some(RowFacts { arguments, otherwise: usual })
    } else {
        None
    }
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}

fn innermost(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => innermost(inner),
    }
}
