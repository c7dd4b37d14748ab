//! Puts the executor's data into the shape that the document asks for.
//!
//! The executor writes the fields of an object in the order in which they became ready, leaves out a field
//! that failed, and writes `null` for an object of which nothing was selected. GraphQL (October 2021,
//! sections 6.3.2, 6.4.4 and 7.1.1) wants the fields in the order of the document, `null` for a failed
//! field, and `{}` for the empty object. Equal requests also have to get equal bytes, so the order may not
//! depend on which read of the database came back first.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, PathSegment, Positioned, ServerError, Value};
use std::collections::HashMap;

/// The fields of an object, in the order of the document, and what is selected below each. A field below
/// which nothing is selected holds a value that is left as it is.
#[derive(Debug, Default)]
pub struct Shape(IndexMap<Name, Self>);

/// Under this name the executor is asked for something in every selection, so that an object is never
/// taken for `null`.
const MARK: &str = "__shape";

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

impl Shape {
    /// The shape that an operation asks for. The guard has limited how large it is with all its fragments
    /// written out.
    #[must_use]
    pub fn of(operation: &OperationDefinition, fragments: &Fragments) -> Self {
        let mut shape = Self::default();
        shape.add(&operation.selection_set.node, fragments);
        shape
    }

    fn add(&mut self, set: &SelectionSet, fragments: &Fragments) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let below = self.0.entry(field.node.response_key().node.clone()).or_default();
                    below.add(&field.node.selection_set.node, fragments);
                }
                Selection::InlineFragment(inline) => self.add(&inline.node.selection_set.node, fragments),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                        self.add(&fragment.node.selection_set.node, fragments);
                    }
                }
            }
        }
    }

    /// Arranges the data of an answer.
    #[must_use]
    pub fn arrange(&self, mut data: Value, errors: &[ServerError]) -> Value {
        if data == Value::Null {
            data = Value::Object(IndexMap::new());
        }
        for error in errors {
            fill(&mut data, &error.path);
        }
        self.order(&mut data);
        data
    }

    fn order(&self, value: &mut Value) {
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::List(list) => list.iter_mut().for_each(|value| self.order(value)),
            Value::Object(object) => {
                object.retain(|name, _| self.0.contains_key(name));
                object.sort_by_cached_key(|name, _| self.0.get_index_of(name));
                for (name, value) in object.iter_mut() {
                    if let Some(below) = self.0.get(name) {
                        below.order(value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Writes `null` where a field failed and nothing stands. Every field that can fail is nullable in our
/// schema, so a failure never reaches the object around it.
fn fill(data: &mut Value, path: &[PathSegment]) {
    let Some((last, above)) = path.split_last() else { return };
    let mut at = data;
    for segment in above {
        let below = match (at, segment) {
            (Value::Object(object), PathSegment::Field(name)) => object.get_mut(name.as_str()),
            (Value::List(list), PathSegment::Index(index)) => list.get_mut(*index),
            _ => None,
        };
        let Some(below) = below else { return };
        at = below;
    }
    if let (Value::Object(object), PathSegment::Field(name)) = (at, last) {
        object.entry(Name::new(name)).or_insert(Value::Null);
    }
}

/// Sees to it that in every object something is selected in any case.
pub(super) fn mark(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => mark_set(&mut operation.node.selection_set),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| mark_set(&mut operation.node.selection_set));
        }
    }
    document.fragments.values_mut().for_each(|fragment| mark_set(&mut fragment.node.selection_set));
}

fn mark_set(set: &mut Positioned<SelectionSet>) {
    if set.node.items.is_empty() {
        return;
    }
    let mut is_certain = false;
    for selection in &mut set.node.items {
        match &mut selection.node {
            Selection::Field(field) => {
                is_certain |= field.node.directives.is_empty();
                mark_set(&mut field.node.selection_set);
            }
            Selection::InlineFragment(inline) => mark_set(&mut inline.node.selection_set),
            Selection::FragmentSpread(_) => {}
        }
    }
    if !is_certain {
        let at = |name| Positioned::new(Name::new(name), set.pos);
        let field = Field {
            alias: Some(at(MARK)),
            name: at("__typename"),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet::default(), set.pos),
        };
        set.node.items.push(Positioned::new(Selection::Field(Positioned::new(field, set.pos)), set.pos));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use serde_json::json;

    fn arranged(query: &str, data: serde_json::Value, errors: &[&[&str]]) -> String {
        let document = parse_query(query).expect("a document");
        let DocumentOperations::Single(operation) = &document.operations else { unreachable!() };
        let shape = Shape::of(&operation.node, &document.fragments);
        let segment = |text: &&str| match text.parse() {
            Ok(index) => PathSegment::Index(index),
            Err(_) => PathSegment::Field((*text).to_owned()),
        };
        let errors: Vec<_> = errors
            .iter()
            .map(|path| ServerError::new("x", None).with_path(path.iter().map(segment).collect()))
            .collect();
        let data = shape.arrange(Value::from_json(data).expect("data"), &errors);
        serde_json::to_string(&data).expect("json")
    }

    #[test]
    fn fields_stand_in_the_order_of_the_document() {
        let query = "{ b: x { d ...F c } a } fragment F on X { e { g f } c }";
        let data = json!({"a": 1, "b": [{"c": 1, "d": 2, "e": {"f": 1, "g": 2}}, null, {"e": null, "d": 1}]});
        assert_eq!(
            arranged(query, data, &[]),
            r#"{"b":[{"d":2,"e":{"g":2,"f":1},"c":1},null,{"d":1,"e":null}],"a":1}"#
        );
    }

    #[test]
    fn values_of_scalars_are_left_alone() {
        assert_eq!(
            arranged("{ json }", json!({"json": {"b": [{"z": 1, "a": 2}]}}), &[]),
            r#"{"json":{"b":[{"a":2,"z":1}]}}"#
        );
    }

    #[test]
    fn a_field_that_failed_is_null() {
        assert_eq!(arranged("{ a b }", json!({"b": 1}), &[&["a"]]), r#"{"a":null,"b":1}"#);
        assert_eq!(arranged("{ a }", json!(null), &[&["a"]]), r#"{"a":null}"#);
        let data = json!({"a": [{"c": 1}]});
        assert_eq!(arranged("{ a { b c } }", data, &[&["a", "0", "b"]]), r#"{"a":[{"b":null,"c":1}]}"#);
        assert_eq!(arranged("{ a { b } }", json!({"a": null}), &[&["a", "0", "b"]]), r#"{"a":null}"#);
    }

    #[test]
    fn every_selection_gets_a_mark_unless_it_has_a_certain_field() {
        let mut document = parse_query(
            "{ a { ... on X { b } } c @skip(if: true) { d } ...F } fragment F on Q { e { ...G } } fragment G on Q { f }",
        )
        .expect("a document");
        mark(&mut document);
        let DocumentOperations::Single(operation) = &document.operations else { unreachable!() };
        let marks = |set: &SelectionSet| {
            let of = |selection: &Positioned<Selection>| match &selection.node {
                Selection::Field(field) => field.node.response_key().node == MARK,
                _ => false,
            };
            set.items.iter().filter(|selection| of(selection)).count()
        };
        let set = &operation.node.selection_set.node;
        assert_eq!(marks(set), 0, "a is certain");
        let Selection::Field(a) = &set.items[0].node else { unreachable!() };
        assert_eq!(marks(&a.node.selection_set.node), 1);
        assert_eq!(marks(&document.fragments["F"].node.selection_set.node), 0);
        assert_eq!(marks(&document.fragments["G"].node.selection_set.node), 0);
        assert_eq!(arranged("{ a }", json!({"__shape": "Query"}), &[]), "{}");
    }
}
