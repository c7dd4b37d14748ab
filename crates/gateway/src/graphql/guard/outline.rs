//! The outline of a document: what counts of it, with every fragment looked at once.
//!
//! A fragment that spreads another twice, which spreads a third twice, and so on, doubles the work of a
//! server at every level. Here such a spread is one step that points to the fragment; sizes and costs of
//! fragments are added up once each, in an order in which every fragment comes after those it spreads.

use super::arrange::Shape;
use super::catalogue::{Catalogue, FieldFacts};
use super::refusal::Refusal;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition,
    OperationType, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::{ConstValue, Value};
use std::collections::{HashMap, HashSet};

/// What counts of a document.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) operations: Vec<Operation>,
    /// Every fragment after those that it spreads.
    pub(super) fragments: Vec<Steps>,
    pub(super) aliases: usize,
    pub(super) directives: usize,
    /// Where the document asks for the schema itself.
    pub(super) introspects: Option<Pos>,
    /// How often each variable is used in the text.
    pub(super) uses: HashMap<Name, u64>,
}

#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: Option<Name>,
    pub(super) kind: OperationType,
    pub(super) steps: Steps,
    /// The default values of its variables.
    pub(super) defaults: HashMap<Name, ConstValue>,
    /// The variables that may not be null, and where they are defined.
    pub(super) needed: Vec<(Name, Pos)>,
}

impl Operation {
    /// The shape of its answer.
    pub(super) fn shape(&self, document: &ExecutableDocument) -> Shape {
        let own = self.definition(document);
        own.map(|own| Shape::of(own, &document.fragments)).unwrap_or_default()
    }

    /// The fields at its root, with the fragments there written out.
    pub(super) fn roots<'d>(&self, document: &'d ExecutableDocument) -> Vec<&'d str> {
        let mut roots = Vec::new();
        let mut sets: Vec<_> =
            self.definition(document).map(|own| &own.selection_set.node).into_iter().collect();
        while let Some(set) = sets.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => roots.push(field.node.name.node.as_str()),
                    Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                    Selection::FragmentSpread(spread) => {
                        let fragment = document.fragments.get(&spread.node.fragment_name.node);
                        sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                    }
                }
            }
        }
        roots
    }

    fn definition<'d>(&self, document: &'d ExecutableDocument) -> Option<&'d OperationDefinition> {
        let mut operations = document.operations.iter();
        let own = operations.find(|(name, _)| *name == self.name.as_ref());
        own.map(|(_, own)| &own.node)
    }
}

/// A selection set.
pub(super) type Steps = Vec<Step>;

#[derive(Debug)]
pub(super) enum Step {
    Field(FieldStep),
    Inline(Steps),
    /// The fragment with this number in [`Outline::fragments`].
    Spread(usize),
}

#[derive(Debug)]
pub(super) struct FieldStep {
    pub(super) rows: Rows,
    /// What it costs beside what is below it.
    pub(super) weight: u64,
    /// The values in its arguments, variables left out.
    pub(super) literals: u64,
    /// The variables in its arguments.
    pub(super) variables: Vec<Name>,
    /// Whether it is a list of the schema's own description that can be nested without end.
    pub(super) lists_schema: bool,
    pub(super) shared: bool,
    pub(super) below: Steps,
}

/// How many rows a field brings.
#[derive(Debug)]
pub(super) enum Rows {
    /// This many, whatever the arguments.
    Fixed(u64),
    /// The largest of these, or `otherwise` when there is none.
    Given { counts: Vec<Count>, otherwise: u64 },
}

#[derive(Debug)]
pub(super) enum Count {
    Literal(u64),
    Variable(Name),
}

/// The schema's description is long: it is counted like this many rows.
const SCHEMA_ROWS: u64 = 20;

/// The fields and fragments that stand in a text, and the values in their arguments.
fn counts(steps: &Steps) -> (u64, u64) {
    steps.iter().fold((0, 0), |(number, values), step| {
        let (below, own) = match step {
            Step::Field(field) => (counts(&field.below), field.literals + field.variables.len() as u64),
            Step::Inline(steps) => (counts(steps), 0),
            Step::Spread(_) => ((0, 0), 0),
        };
        (number + 1 + below.0, values + own + below.1)
    })
}

impl Outline {
    /// The fields and fragments that stand in the text, and the values in their arguments.
    pub(super) fn counts(&self) -> (u64, u64) {
        let operations = self.operations.iter().map(|operation| &operation.steps);
        let all = operations.chain(&self.fragments).map(counts);
        all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// Walks over the document once.
    ///
    /// # Errors
    /// A [`Refusal`] when a fragment is missing or spreads itself.
    pub(super) fn of(document: &ExecutableDocument, catalogue: &Catalogue) -> Result<Self, Refusal> {
        let order = in_order(&document.fragments)?;
        let numbers = order.iter().enumerate().map(|(number, name)| (*name, number)).collect();
        let mut pen = Pen { outline: Self::default(), numbers, catalogue };
        for name in &order {
            let fragment = &document.fragments[*name].node;
            let of = fragment.type_condition.node.on.node.as_str();
            pen.directives(&fragment.directives);
            let steps = pen.steps(&fragment.selection_set.node, Some(of))?;
            pen.outline.fragments.push(steps);
        }
        match &document.operations {
            DocumentOperations::Single(operation) => pen.operation(None, &operation.node)?,
            DocumentOperations::Multiple(operations) => {
                for (name, operation) in operations {
                    pen.operation(Some(name), &operation.node)?;
                }
            }
        }
        Ok(pen.outline)
    }
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Orders the fragments so that each comes after those that it spreads (Kahn's algorithm, without
/// recursion).
fn in_order(fragments: &Fragments) -> Result<Vec<&Name>, Refusal> {
    let mut waits_for: HashMap<&Name, HashSet<&Name>> = HashMap::new();
    for (name, fragment) in fragments {
        let mut spreads = HashSet::new();
        collect_spreads(&fragment.node.selection_set.node, &mut spreads);
        waits_for
            .insert(name, spreads.into_iter().filter(|spread| fragments.contains_key(*spread)).collect());
    }
    let mut wanted_by: HashMap<&Name, Vec<&Name>> = HashMap::new();
    for (name, spreads) in &waits_for {
        for spread in spreads {
            wanted_by.entry(spread).or_default().push(name);
        }
    }
    let mut ready: Vec<&Name> =
        waits_for.iter().filter(|(_, spreads)| spreads.is_empty()).map(|(name, _)| *name).collect();
    let mut order = Vec::with_capacity(fragments.len());
    while let Some(name) = ready.pop() {
        order.push(name);
        for waiting in wanted_by.get(name).into_iter().flatten() {
            let Some(spreads) = waits_for.get_mut(waiting) else { continue };
            spreads.remove(name);
            if spreads.is_empty() {
                ready.push(waiting);
            }
        }
    }
    if order.len() == fragments.len() {
        return Ok(order);
    }
    let mut circle: Vec<_> = fragments.iter().filter(|(name, _)| !order.contains(name)).collect();
    circle.sort_by_key(|(_, fragment)| (fragment.pos.line, fragment.pos.column));
    let (name, fragment) = circle[0];
    Err(Refusal::invalid(format!("The fragment {name} spreads itself.")).at(fragment.pos))
}

fn collect_spreads<'a>(set: &'a SelectionSet, found: &mut HashSet<&'a Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => collect_spreads(&field.node.selection_set.node, found),
            Selection::InlineFragment(inline) => collect_spreads(&inline.node.selection_set.node, found),
            Selection::FragmentSpread(spread) => {
                found.insert(&spread.node.fragment_name.node);
            }
        }
    }
}

struct Pen<'a> {
    outline: Outline,
    numbers: HashMap<&'a Name, usize>,
    catalogue: &'a Catalogue,
}

impl Pen<'_> {
    fn operation(&mut self, name: Option<&Name>, operation: &OperationDefinition) -> Result<(), Refusal> {
        let of = match operation.ty {
            OperationType::Query => Some(self.catalogue.query()),
            OperationType::Mutation => self.catalogue.mutation(),
            OperationType::Subscription => self.catalogue.subscription(),
        };
        self.directives(&operation.directives);
        for variable in &operation.variable_definitions {
            self.directives(&variable.node.directives);
        }
        let steps = self.steps(&operation.selection_set.node, of)?;
        let default = |variable: &Positioned<VariableDefinition>| {
            let value = variable.node.default_value.as_ref()?;
            Some((variable.node.name.node.clone(), value.node.clone()))
        };
        let defaults = operation.variable_definitions.iter().filter_map(default).collect();
        let needed = operation.variable_definitions.iter().filter(|one| !one.node.var_type.node.nullable);
        let needed = needed.map(|one| (one.node.name.node.clone(), one.pos)).collect();
        let (name, kind) = (name.cloned(), operation.ty);
        self.outline.operations.push(Operation { name, kind, steps, defaults, needed });
        Ok(())
    }

    /// Recursion follows the brackets of the text, which the scan has limited.
    fn steps(&mut self, set: &SelectionSet, of: Option<&str>) -> Result<Steps, Refusal> {
        let mut steps = Vec::with_capacity(set.items.len());
        for selection in &set.items {
            self.directives(selection.node.directives());
            steps.push(match &selection.node {
                Selection::Field(field) => Step::Field(self.field(&field.node, field.pos, of)?),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let of = condition.map_or(of, |condition| Some(condition.node.on.node.as_str()));
                    Step::Inline(self.steps(&inline.node.selection_set.node, of)?)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let number = self.numbers.get(name).copied().ok_or_else(|| {
                        Refusal::invalid(format!("There is no fragment {name}.")).at(spread.pos)
                    })?;
                    Step::Spread(number)
                }
            });
        }
        Ok(steps)
    }

    fn field(&mut self, field: &Field, pos: Pos, of: Option<&str>) -> Result<FieldStep, Refusal> {
        let name = field.name.node.as_str();
        self.outline.aliases += usize::from(field.alias.is_some());
        let facts = of.and_then(|of| self.catalogue.field(of, name));
        let about_schema = matches!(name, "__schema" | "__type");
        if about_schema {
            self.outline.introspects.get_or_insert(pos);
        }
        let (mut literals, mut variables) = (0, Vec::new());
        for (_, value) in &field.arguments {
            count_values(&value.node, &mut literals, &mut variables);
        }
        self.note_uses(&variables);
        let rows = if about_schema { Rows::Fixed(SCHEMA_ROWS) } else { rows(field, facts) };
        Ok(FieldStep {
            rows,
            weight: facts.map_or(1, |facts| facts.weight),
            literals,
            variables,
            lists_schema: matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes"),
            shared: name == "__typename" || facts.is_some_and(|facts| facts.shared),
            below: self.steps(&field.selection_set.node, facts.map(|facts| facts.of.as_str()))?,
        })
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.outline.directives += directives.len();
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            let mut variables = Vec::new();
            count_values(&value.node, &mut 0, &mut variables);
            self.note_uses(&variables);
        }
    }

    fn note_uses(&mut self, variables: &[Name]) {
        for variable in variables {
            *self.outline.uses.entry(variable.clone()).or_default() += 1;
        }
    }
}

fn rows(field: &Field, facts: Option<&FieldFacts>) -> Rows {
    let Some(facts) = facts.and_then(|facts| facts.rows.as_ref()) else { return Rows::Fixed(1) };
    let counts = field.arguments.iter().filter(|(name, _)| facts.arguments.contains(&name.node.as_str()));
    let counts = counts.filter_map(|(_, value)| match &value.node {
        Value::Variable(name) => Some(Count::Variable(name.clone())),
        Value::Number(number) => number.as_u64().map(Count::Literal),
        Value::List(list) => Some(Count::Literal(list.len() as u64)),
        _ => None,
    });
    Rows::Given { counts: counts.collect(), otherwise: facts.otherwise }
}

fn count_values(value: &Value, literals: &mut u64, variables: &mut Vec<Name>) {
    match value {
        Value::Variable(name) => variables.push(name.clone()),
        Value::List(list) => {
            *literals += 1;
            list.iter().for_each(|value| count_values(value, literals, variables));
        }
        Value::Object(object) => {
            *literals += 1;
            object.values().for_each(|value| count_values(value, literals, variables));
        }
        Value::String(text) => *literals += 1 + text.len() as u64 / 64,
        _ => *literals += 1,
    }
}
