//! Sizes and costs: what a document amounts to when all its fragments are written out.
//!
//! All sums saturate, so a document that doubles itself a hundred times is simply too large.

use super::outline::{Count, FieldStep, Operation, Rows, Step, Steps};
use super::variables;
use async_graphql::{Name, Variables};

/// What a selection set amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// How deep its fields nest.
    pub(super) depth: usize,
    /// How deep its selection sets nest.
    pub(super) levels: usize,
    /// The fields and fragments in it, at all levels.
    pub(super) fields: u64,
    /// The fields at its first level.
    pub(super) width: u64,
    /// How deep lists of the schema's own description nest.
    pub(super) schema_lists: usize,
    /// Whether every field is the same for all viewers of one class.
    pub(super) shared: bool,
}

impl Size {
    const EMPTY: Self = Self { depth: 0, levels: 0, fields: 0, width: 0, schema_lists: 0, shared: true };

    /// `fragments` are the sizes of all fragments that the steps spread.
    pub(super) fn of(steps: &Steps, fragments: &[Self]) -> Self {
        let mut size = Self::EMPTY;
        for step in steps {
            let step = match step {
                Step::Field(field) => Self::of_field(field, fragments),
                Step::Inline(steps) => Self::of(steps, fragments).in_fragment(),
                Step::Spread(number) => fragments[*number].in_fragment(),
            };
            size = Self {
                depth: size.depth.max(step.depth),
                levels: size.levels.max(step.levels),
                fields: size.fields.saturating_add(step.fields),
                width: size.width.saturating_add(step.width),
                schema_lists: size.schema_lists.max(step.schema_lists),
                shared: size.shared && step.shared,
            };
        }
        if !steps.is_empty() {
            size.levels = size.levels.saturating_add(1);
        }
        size
    }

    fn of_field(field: &FieldStep, fragments: &[Self]) -> Self {
        let below = Self::of(&field.below, fragments);
        Self {
            depth: below.depth.saturating_add(1),
            levels: below.levels,
            fields: below.fields.saturating_add(1),
            width: 1,
            schema_lists: below.schema_lists.saturating_add(usize::from(field.lists_schema)),
            shared: below.shared && field.shared,
        }
    }

    /// A fragment is work too, even one that holds nothing but other fragments.
    const fn in_fragment(self) -> Self {
        Self { fields: self.fields.saturating_add(1), ..self }
    }
}

/// The sizes of all fragments, given in an order in which each comes after those that it spreads.
pub(super) fn sizes(fragments: &[Steps]) -> Vec<Size> {
    let mut sizes = Vec::with_capacity(fragments.len());
    for steps in fragments {
        sizes.push(Size::of(steps, &sizes));
    }
    sizes
}

/// So many values in arguments cost as much as a field.
const VALUES_A_FIELD: u64 = 16;

/// Works out what an operation costs with the values of one request.
pub(super) struct Scales<'a> {
    pub(super) operation: &'a Operation,
    pub(super) variables: &'a Variables,
    pub(super) most_rows: u64,
}

impl Scales<'_> {
    /// The weights of the operation's fields, each counted as often as there are rows around it.
    pub(super) fn cost(&self, fragments: &[Steps]) -> u64 {
        let mut costs = Vec::with_capacity(fragments.len());
        for steps in fragments {
            costs.push(self.steps(steps, &costs));
        }
        self.steps(&self.operation.steps, &costs)
    }

    fn steps(&self, steps: &Steps, fragments: &[u64]) -> u64 {
        let cost = |step: &Step| match step {
            Step::Field(field) => self.field(field, fragments),
            Step::Inline(steps) => self.steps(steps, fragments),
            Step::Spread(number) => fragments[*number],
        };
        steps.iter().map(cost).fold(0, u64::saturating_add)
    }

    fn field(&self, field: &FieldStep, fragments: &[u64]) -> u64 {
        let given = field.variables.iter().map(|name| self.value(name).map_or(1, variables::size));
        let values = given.fold(field.literals, u64::saturating_add);
        let below = self.steps(&field.below, fragments);
        self.rows(&field.rows)
            .saturating_mul(below)
            .saturating_add(field.weight)
            .saturating_add(values / VALUES_A_FIELD)
    }

    fn rows(&self, rows: &Rows) -> u64 {
        match rows {
            Rows::Fixed(rows) => *rows,
            Rows::Given { counts, otherwise } => {
                let given = counts.iter().filter_map(|count| match count {
                    Count::Literal(count) => Some(*count),
                    Count::Variable(name) => match self.value(name)? {
                        async_graphql::Value::Number(number) => number.as_u64(),
                        async_graphql::Value::List(list) => Some(list.len() as u64),
                        _ => None,
                    },
                });
                given.max().unwrap_or(*otherwise).min(self.most_rows)
            }
        }
    }

    fn value(&self, name: &Name) -> Option<&async_graphql::Value> {
        self.variables.get(name).or_else(|| self.operation.defaults.get(name))
    }
}
