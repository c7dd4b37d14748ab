//! GraphQL documents that chance writes, led by the schema: each walks from the root to one field, and picks up
//! other fields, arguments, aliases and fragments on the way. A field that is added to the schema is asked for
//! without anybody writing a query.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use async_graphql::{Name, Value, indexmap::IndexMap};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How deep a document nests, and how many fields it has beside the way to its goal. Both stay within the limits
/// of the server, so that few documents are refused.
const DEPTH: usize = 11;
const FIELDS: usize = 40;

/// The schema, as far as one can walk through it.
pub struct Map {
    types: BTreeMap<String, Composite>,
    inputs: BTreeMap<String, Vec<Argument>>,
    enums: BTreeMap<String, Vec<String>>,
    root: String,
    goals: Vec<Goal>,
}

/// A type that has fields, or members that have.
#[derive(Default)]
struct Composite {
    fields: Vec<Field>,
    members: Vec<String>,
}

struct Field {
    name: String,
    of: String,
    arguments: Vec<Argument>,
}

struct Argument {
    name: String,
    of: String,
    is_list: bool,
    is_needed: bool,
}

/// A field of a type, with the shortest way to it.
#[derive(Clone)]
pub struct Goal {
    /// The type.
    pub of: String,
    /// The field.
    pub field: String,
    way: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    Field(String),
    On(String),
}

/// What arguments can name: things that are there, hidden and absent. The first of each is there.
#[derive(Default)]
pub struct Things {
    /// Slugs, by the kind of thing.
    pub slugs: BTreeMap<&'static str, Vec<String>>,
    /// Ids, by the kind of thing.
    pub ids: BTreeMap<&'static str, Vec<String>>,
    /// Cursors.
    pub cursors: Vec<String>,
    /// Instants.
    pub instants: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
}

/// A document.
pub struct Document {
    /// Its text.
    pub text: String,
    /// Every type and field that it asks for.
    pub fields: BTreeSet<(String, String)>,
    /// The keys under which the answer holds the goal.
    pub place: Vec<String>,
}

impl Map {
    /// Reads the schema definition language.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn read(sdl: &str) -> Self {
        let mut map = Self {
            types: BTreeMap::new(),
            inputs: BTreeMap::new(),
            enums: BTreeMap::new(),
            root: String::from("Query"),
            goals: Vec::new(),
        };
        for definition in parse_schema(sdl).expect("a schema").definitions {
            let definition = match definition {
                TypeSystemDefinition::Type(definition) => definition.node,
                TypeSystemDefinition::Schema(schema) => {
                    map.root = schema.node.query.expect("a root").node.to_string();
                    continue;
                }
                TypeSystemDefinition::Directive(_) => continue,
            };
            let name = definition.name.node.to_string();
            match definition.kind {
                TypeKind::Object(object) => {
                    for interface in object.implements {
                        let of = map.types.entry(interface.node.to_string()).or_default();
                        of.members.push(name.clone());
                    }
                    map.types.entry(name).or_default().fields = object.fields.iter().map(field).collect();
                }
                TypeKind::Interface(interface) => {
                    map.types.entry(name).or_default().fields = interface.fields.iter().map(field).collect();
                }
                TypeKind::Union(union) => {
                    let members = union.members.iter().map(|member| member.node.to_string());
                    map.types.entry(name).or_default().members = members.collect();
                }
                TypeKind::Enum(kind) => {
                    let values = kind.values.iter().map(|value| value.node.value.node.to_string());
                    map.enums.insert(name, values.collect());
                }
                TypeKind::InputObject(input) => {
                    map.inputs.insert(name, input.fields.iter().map(argument).collect());
                }
                TypeKind::Scalar => {}
            }
        }
        map.goals = map.walk();
        map
    }

    /// The same without these fields of the root, and without what they alone lead to.
    #[must_use]
    pub fn without(mut self, fields: &[&str]) -> Self {
        if let Some(root) = self.types.get_mut(&self.root) {
            root.fields.retain(|field| !fields.contains(&field.name.as_str()));
        }
        self.goals = self.walk();
        self
    }

    /// Every field of every type that can be reached.
    #[must_use]
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// The shortest ways to all types, and from there to their fields.
    fn walk(&self) -> Vec<Goal> {
        let mut goals = Vec::new();
        let mut seen = BTreeSet::from([self.root.clone()]);
        let mut next = VecDeque::from([(self.root.clone(), Vec::new())]);
        while let Some((of, way)) = next.pop_front() {
            let to = |step: Step| way.iter().cloned().chain([step]).collect::<Vec<_>>();
            let here = &self.types[&of];
            for field in &here.fields {
                let way = to(Step::Field(field.name.clone()));
                goals.push(Goal { of: of.clone(), field: field.name.clone(), way: way.clone() });
                if self.types.contains_key(&field.of) && seen.insert(field.of.clone()) {
                    next.push_back((field.of.clone(), way));
                }
            }
            for member in &here.members {
                if seen.insert(member.clone()) {
                    next.push_back((member.clone(), to(Step::On(member.clone()))));
                }
            }
        }
        goals
    }

    /// Writes the document that the throws lead to. The same throws write the same document, and fewer or
    /// smaller ones a simpler one. When it goes `straight`, the arguments on the way to the goal are not left to
    /// chance: they name things that are there.
    #[must_use]
    pub fn document(&self, goal: &Goal, throws: &[u16], things: &Things, straight: bool) -> Document {
        let document = Document { text: String::new(), fields: BTreeSet::new(), place: Vec::new() };
        let mut walk = Walk { map: self, things, throws: throws.iter(), document, aliases: 0, straight };
        walk.selection(&self.root, Some(&goal.way), 0, &mut BTreeSet::new());
        walk.document
    }
}

fn field(field: &async_graphql::Positioned<async_graphql::parser::types::FieldDefinition>) -> Field {
    let field = &field.node;
    Field {
        name: field.name.node.to_string(),
        of: innermost(&field.ty.node).0,
        arguments: field.arguments.iter().map(argument).collect(),
    }
}

fn argument(
    argument: &async_graphql::Positioned<async_graphql::parser::types::InputValueDefinition>,
) -> Argument {
    let argument = &argument.node;
    let (of, is_list) = innermost(&argument.ty.node);
    let is_needed = !argument.ty.node.nullable && argument.default_value.is_none();
    Argument { name: argument.name.node.to_string(), of, is_list, is_needed }
}

fn innermost(of: &Type) -> (String, bool) {
    match &of.base {
        BaseType::Named(name) => (name.to_string(), false),
        BaseType::List(of) => (innermost(of).0, true),
    }
}

struct Walk<'a> {
    map: &'a Map,
    things: &'a Things,
    throws: std::slice::Iter<'a, u16>,
    document: Document,
    aliases: usize,
    straight: bool,
}

impl<'a> Walk<'a> {
    /// A number below `sides`; 0 when there are no more throws.
    fn throw(&mut self, sides: usize) -> usize {
        self.throws.next().map_or(0, |throw| usize::from(*throw) % sides)
    }

    /// `way` leads on to the goal; `None` beside it. `taken` are the keys that the answer has here already.
    fn selection(&mut self, of: &str, way: Option<&[Step]>, depth: usize, taken: &mut BTreeSet<String>) {
        let map = self.map;
        let here = &map.types[of];
        self.document.text.push_str("{ ");
        let mut is_empty = true;
        match way.and_then(<[_]>::split_first) {
            Some((Step::Field(name), rest)) => {
                let field = here.fields.iter().find(|field| field.name == *name).expect("on the way");
                self.field(of, field, Some(rest), depth, taken);
                is_empty = false;
            }
            Some((Step::On(member), rest)) => {
                self.fragment(member, Some(rest), depth, taken);
                is_empty = false;
            }
            None => {}
        }
        for _ in 0..self.throw(5) {
            let choices = here.fields.len() + here.members.len();
            let choice = self.throw(choices);
            let is_full = depth >= DEPTH || self.document.fields.len() >= FIELDS;
            match here.fields.get(choice) {
                Some(field) if is_full && map.types.contains_key(&field.of) => {}
                Some(field) => {
                    self.field(of, field, None, depth, taken);
                    is_empty = false;
                }
                None if is_full => {}
                None => {
                    let member = &here.members[choice - here.fields.len()];
                    self.fragment(member, None, depth, taken);
                    is_empty = false;
                }
            }
        }
        if is_empty || self.throw(8) == 1 {
            self.document.text.push_str("__typename ");
        }
        self.document.text.push_str("} ");
    }

    fn fragment(&mut self, member: &str, way: Option<&[Step]>, depth: usize, taken: &mut BTreeSet<String>) {
        self.document.text.push_str("... on ");
        self.document.text.push_str(member);
        self.document.text.push(' ');
        self.selection(member, way, depth + 1, taken);
    }

    fn field(
        &mut self,
        of: &str,
        field: &'a Field,
        way: Option<&[Step]>,
        depth: usize,
        taken: &mut BTreeSet<String>,
    ) {
        self.document.fields.insert((of.to_owned(), field.name.clone()));
        let mut key = field.name.clone();
        if taken.contains(&key) || self.throw(6) == 1 {
            self.aliases += 1;
            key = format!("a{}", self.aliases);
            self.document.text.push_str(&key);
            self.document.text.push_str(": ");
        }
        taken.insert(key.clone());
        if way.is_some() {
            self.document.place.push(key);
        }
        self.document.text.push_str(&field.name);
        let throws = self.throws.clone();
        if self.straight && way.is_some() {
            self.throws = [].iter();
        }
        let arguments = self.arguments(field);
        if self.straight && way.is_some() {
            self.throws = throws;
        }
        if !arguments.is_empty() {
            let written: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            self.document.text.push_str(&format!("({})", written.join(", ")));
        }
        self.document.text.push(' ');
        if self.map.types.contains_key(&field.of) {
            self.selection(&field.of, way, depth + 1, &mut BTreeSet::new());
        }
    }

    /// Of arguments that exclude each other one is given; now and then all or none are, which is an error.
    fn arguments(&mut self, field: &'a Field) -> Vec<(&'a str, Value)> {
        let mut given: BTreeSet<&str> = BTreeSet::new();
        for either in [["first", "last"], ["slug", "id"]] {
            let has = |name: &&str| field.arguments.iter().any(|argument| argument.name == **name);
            if either.iter().all(has) {
                match self.throw(60) {
                    59 => given.extend(either),
                    58 => {}
                    throw => {
                        given.insert(either[throw % 2]);
                    }
                }
            }
        }
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let name = argument.name.as_str();
            let is_one_of_several = ["first", "last", "slug", "id"].contains(&name);
            let is_cursor = ["after", "before"].contains(&name);
            let chance = if is_cursor { 30 } else { 3 };
            let is_given =
                argument.is_needed || given.contains(name) || (!is_one_of_several && self.throw(chance) == 1);
            if is_given {
                arguments.push((name, self.value(argument, &field.of)));
            }
        }
        arguments
    }

    fn value(&mut self, argument: &'a Argument, around: &str) -> Value {
        if argument.is_list {
            return Value::List((0..=self.throw(5)).map(|_| self.single(argument, around)).collect());
        }
        self.single(argument, around)
    }

    fn single(&mut self, argument: &'a Argument, around: &str) -> Value {
        let map = self.map;
        if let Some(values) = map.enums.get(&argument.of) {
            return Value::Enum(Name::new(self.any(values)));
        }
        if let Some(fields) = map.inputs.get(&argument.of) {
            let mut object = IndexMap::new();
            for field in fields {
                if field.is_needed || self.throw(8) == 1 {
                    object.insert(Name::new(&field.name), self.value(field, around));
                }
            }
            return Value::Object(object);
        }
        let things = self.things;
        let text = match (argument.of.as_str(), argument.name.as_str()) {
            ("Int", _) => {
                // Now and then a size that is too large or too small.
                let size = match self.throw(40) {
                    0 => 3,
                    37 => 100,
                    38 => 101,
                    39 => 0,
                    few => few % 5 + 1,
                };
                return Value::from(size);
            }
            ("Boolean", _) => return Value::from(self.throw(2) == 1),
            ("DateTime", _) => self.any(&things.instants),
            ("ID" | "String", "after" | "before") => self.any(&things.cursors),
            ("ID" | "String", "language") => self.any(&things.languages),
            ("ID" | "String", name) => {
                let of = |kind: &str| things.ids.keys().find(|known| kind.eq_ignore_ascii_case(known));
                let kind = of(name).or_else(|| of(around)).copied().unwrap_or("node");
                let is_id = argument.of == "ID" || kind == "node" || (name != "slug" && self.throw(3) == 2);
                self.any(if is_id { &things.ids[kind] } else { &things.slugs[kind] })
            }
            (other, _) => panic!("nothing is known of which values {other} has"),
        };
        Value::from(text)
    }

    fn any(&mut self, all: &'a [String]) -> &'a str {
        let place = self.throw(all.len());
        &all[place]
    }
}
