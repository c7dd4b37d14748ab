//! The guard against the documents it is there for, and against ordinary ones.

use super::*;
use crate::error::Code;
use async_graphql::parser::types::{DocumentOperations, Selection, SelectionSet};
use proptest::prelude::*;
use serde_json::json;

const SDL: &str = "
    type Query {
        article(id: ID, slug: String): Article
        articles(first: Int, after: String, last: Int, before: String): ArticleConnection!
        nodes(ids: [ID!]!): [Node]!
        viewer: Viewer!
    }
    interface Node { id: ID! }
    type Article implements Node {
        id: ID! title: String! body: [Block!]! related(first: Int!): [Article!]! bookmarked: Boolean!
        section: Section
    }
    type Section implements Node { id: ID! name: String! articles(first: Int): ArticleConnection! }
    type ArticleConnection { edges: [ArticleEdge!]! nodes: [Article!]! totalCount: Int! }
    type ArticleEdge { cursor: String! node: Article! }
    type Text { key: String! } type Gate { key: String! content: [Block!] }
    union Block = Text | Gate
    type Viewer { kind: String! }
    schema { query: Query }
";

const SHARED: SharedFields = &[
    ("Query", &["article", "articles", "nodes"]),
    ("Node", &["id"]),
    ("Article", &["id", "title", "body", "related", "section"]),
    ("Section", &["id", "name", "articles"]),
    ("ArticleConnection", &["edges", "nodes", "totalCount"]),
    ("ArticleEdge", &["cursor", "node"]),
];

fn guard(limits: Limits) -> Guard {
    let catalogue = Catalogue::read(SDL, SHARED, &limits).expect("a schema");
    Guard::new(limits, catalogue)
}

fn refused(guard: &Guard, text: &str) -> Refusal {
    guard.check(text).err().unwrap_or_else(|| panic!("should be refused: {text}"))
}

fn cost(text: &str, variables: serde_json::Value) -> u64 {
    let guard = guard(Limits::default());
    let checked = guard.check(text).expect("passes");
    guard.choose(&checked, None, &Variables::from_json(variables)).expect("passes").cost
}

fn fan_out(levels: usize) -> String {
    let mut text = String::from("{ ...F0 }");
    for level in 0..levels {
        let next = level + 1;
        text.push_str(&format!(" fragment F{level} on Query {{ ...F{next} ...F{next} }}"));
    }
    text + &format!(" fragment F{levels} on Query {{ __typename }}")
}

#[test]
fn deep_literals_are_refused_before_parsing() {
    let guard = guard(Limits::default());
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let text = format!("{{ article(id: {}1{}) {{ id }} }}", open.repeat(2_000), close.repeat(2_000));
        assert_eq!(refused(&guard, &text).code, Code::QueryTooDeep);
    }
    let text = "{a".repeat(10_000);
    assert_eq!(refused(&guard, &text).code, Code::QueryTooDeep);
}

#[test]
fn fragments_that_fan_out_are_refused_at_once() {
    let guard = guard(Limits::default());
    for levels in [23, 90] {
        let text = fan_out(levels);
        assert!(
            matches!(refused(&guard, &text).code, Code::QueryTooComplex | Code::QueryTooDeep),
            "{levels} levels"
        );
    }
    assert!(guard.check(&fan_out(4)).is_ok(), "a few levels are nothing");
}

#[test]
fn a_document_is_read_once() {
    let guard = guard(Limits::default());
    let first = guard.check("{ article { id } }").expect("passes");
    let again = guard.check("{ article { id } }").expect("passes");
    assert!(Arc::ptr_eq(&first, &again));
}

#[test]
fn a_kept_document_weighs_what_it_holds() {
    let guard = guard(Limits::default());
    let spread_often = |seed: usize| {
        let fields = "id title ".repeat(10);
        let aliases: String = (0..19).map(|n| format!(" a{n}: article {{ ...F }}")).collect();
        let names: String = (0..80).map(|n| format!(" x{n}: id")).collect();
        format!("{{ {aliases} }} fragment F on Article {{ {fields} {names} }} # {seed}")
    };
    let one = guard.check(&spread_often(0)).expect("passes");
    assert!(one.held() > 19 * 100 * WRITTEN_OUT_BYTES, "{}", one.held());
    let plain = guard.check("{ article { id } }").expect("passes");
    assert!(plain.held() < 5_000, "{}", plain.held());
    for seed in 1..400 {
        assert!(guard.check(&spread_often(seed)).is_ok());
    }
    assert!(guard.checked.weight() <= CACHE_BYTES);
    assert!((guard.checked.len() as u64) < CACHE_BYTES / one.held() + 2, "{}", guard.checked.len());
}

#[test]
fn bodies_and_whole_lists_weigh_more() {
    let limits = Limits::default();
    let sdl = "type Query { article: Article sections: [Section!]! } type Article { id: ID! bodyHtml: String! } \
               type Section { id: ID! children: [Section!]! path: [Section!]! tags: [Article!]! }";
    let mut catalogue = Catalogue::read(sdl, &[], &limits).expect("a schema");
    catalogue.weigh(&[("Article", &["bodyHtml"])], limits.body_weight);
    let guard = Guard::new(limits, catalogue);
    let cost = |text: &str| {
        let checked = guard.check(text).expect("passes");
        guard.choose(&checked, None, &Variables::default()).expect("passes").cost
    };
    assert_eq!(cost("{ article { bodyHtml } }"), 1 + 50);
    assert_eq!(
        cost("{ article { a: bodyHtml b: bodyHtml id } }"),
        1 + 50 + 50 + 1,
        "an alias is another body"
    );
    assert_eq!(cost("{ sections { id } }"), 1 + 50);
    assert_eq!(cost("{ sections { children { id } } }"), 1 + 50 * (1 + 10));
    assert_eq!(cost("{ sections { tags { id } } }"), 1 + 50 * (1 + 3));
}

#[test]
fn every_limit_has_an_edge() {
    let limits = Limits {
        depth: 3,
        levels: 4,
        fields: 12,
        root_fields: 3,
        aliases: 2,
        directives: 2,
        operations: 2,
        fragments: 1,
        ..Limits::default()
    };
    let guard = guard(limits);
    for passes in [
        "{ articles { nodes { id } } }",
        "{ article { ... on Article { ... { id } } } }",
        "{ a: article { id } b: article { id } }",
        "query @skip(if: false) { article { id @skip(if: true) } }",
        "query A { article { id } } query B { article { id } }",
        "{ article { ...F } } fragment F on Article { id }",
        "{ article { id id id id id id id id id id id } }",
    ] {
        assert!(guard.check(passes).is_ok(), "{passes}");
    }
    for (refused_text, code) in [
        ("{ articles { nodes { section { id } } } }", Code::QueryTooDeep),
        ("{ article { ... { ... { ... { id } } } } }", Code::QueryTooDeep),
        ("{ a: article { x: id } b: article { id } }", Code::QueryTooComplex),
        ("query @a @b { article { id @c } }", Code::QueryTooComplex),
        ("query A { x } query B { x } query C { x }", Code::QueryTooComplex),
        ("{ ...F } fragment F on Query { x } fragment G on Query { x }", Code::QueryTooComplex),
        ("{ article { id id id id id id id id id id id id } }", Code::QueryTooComplex),
        ("{ a b ... { c d } }", Code::QueryTooComplex),
    ] {
        assert_eq!(refused(&guard, refused_text).code, code, "{refused_text}");
    }
}

#[test]
fn what_is_no_document_is_told_with_its_place() {
    let guard = guard(Limits::default());
    let refusal = refused(&guard, "{ article(id: 1 { id } }");
    assert_eq!(refusal.code, Code::InvalidQuery);
    assert_eq!((refusal.at[0].line, refusal.at[0].column), (1, 17));
    assert!(refusal.message.starts_with("The document does not parse: expected"), "{}", refusal.message);
    for text in ["", "# nothing", "fragment F on Query { x }", "{ x } { y }", "query A { x } query A { y }"] {
        assert_eq!(refused(&guard, text).code, Code::InvalidQuery, "{text}");
    }
}

#[test]
fn fragments_exist_and_do_not_go_in_circles() {
    let guard = guard(Limits::default());
    for text in [
        "{ ...F }",
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { a { ...G } } fragment G on Query { ... { ...F } }",
        "{ x } fragment F on Query { ...G } fragment G on Query { ...F }",
    ] {
        assert_eq!(refused(&guard, text).code, Code::InvalidQuery, "{text}");
    }
}

#[test]
fn cost_counts_fields_as_often_as_there_are_rows() {
    assert_eq!(cost("{ article { id title } }", json!({})), 3);
    assert_eq!(cost("{ articles(first: 20) { edges { node { id title } } } }", json!({})), 1 + 20 * (1 + 3));
    assert_eq!(cost("{ articles(last: 5) { nodes { id } } }", json!({})), 1 + 5 * 2);
    assert_eq!(cost("{ articles { nodes { id } } }", json!({})), 1 + 20 * 2, "the assumed page");
    assert_eq!(
        cost("{ article { body { ... on Text { key } } } }", json!({})),
        1 + 1 + 10,
        "an assumed list"
    );
    let gates = "{ article { body { ... on Gate { key content { ... on Text { key } } } } } }";
    assert_eq!(cost(gates, json!({})), 1 + 1 + 10 * (1 + 1 + 2), "a part of the list around it");
    assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { id } }", json!({})), 1 + 3);
    assert_eq!(
        cost("{ articles(first: 10) { nodes { related(first: 5) { id title } } } }", json!({})),
        1 + 10 * (1 + 1 + 5 * 2)
    );
    assert_eq!(
        cost("{ articles(first: 1000000) { nodes { id } } }", json!({})),
        1 + 100 * 2,
        "the largest page"
    );
}

#[test]
fn cost_goes_by_the_variables() {
    let query =
        "query($n: Int = 3, $ids: [ID!]!) { articles(first: $n) { nodes { id } } nodes(ids: $ids) { id } }";
    assert_eq!(cost(query, json!({"ids": ["a", "b"]})), 1 + 3 * 2 + 1 + 2, "the default value");
    assert_eq!(cost(query, json!({"ids": [], "n": 50})), 1 + 50 * 2 + 1);
    assert_eq!(cost(query, json!({"ids": [], "n": null})), 1 + 20 * 2 + 1, "the assumed page");
    assert_eq!(cost(query, json!({"ids": [], "n": -5})), 1 + 20 * 2 + 1);
    assert_eq!(cost("{ articles(first: 1, first: 7) { nodes { id } } }", json!({})), 1 + 7 * 2, "the larger");
}

#[test]
fn arguments_cost_too() {
    let ids = vec!["\"x\""; 64].join(",");
    assert_eq!(cost(&format!("{{ article(id: [{ids}]) {{ id }} }}"), json!({})), 2 + 65 / 16);
    let ids = vec!["x"; 64];
    assert_eq!(cost("query($i: ID) { article(id: $i) { id } }", json!({"i": ids})), 2 + 65 / 16);
}

#[test]
fn what_costs_too_much_is_refused() {
    let guard = guard(Limits::default());
    let text = "query($n: Int) { articles(first: $n) { nodes { related(first: 100) { id title } } } }";
    let checked = guard.check(text).expect("passes");
    let choose = |n| guard.choose(&checked, None, &Variables::from_json(json!({"n": n})));
    assert!(choose(50).is_ok());
    assert_eq!(choose(100).err().map(|refusal| refusal.code), Some(Code::QueryTooComplex));
}

#[test]
fn a_large_variable_is_not_used_everywhere() {
    let guard = guard(Limits::default());
    let uses: String = (0..60).map(|_| " article(id: $x) { id }").collect();
    let text = format!("query($x: ID) {{ ... @include(if: true) {{ articles {{ nodes {{ {uses} }} }} }} }}");
    let checked = guard.check(&text).expect("passes");
    let choose = |x: usize| guard.choose(&checked, None, &Variables::from_json(json!({"x": vec![1; x]})));
    assert!(choose(1).is_ok());
    assert_eq!(choose(1_000).err().map(|refusal| refusal.code), Some(Code::QueryTooComplex));
}

#[test]
fn the_operation_is_chosen_by_name() {
    let guard = guard(Limits::default());
    let none = Variables::default();
    let several =
        guard.check("query A { article { id } } mutation B { x } query C { viewer { kind } }").expect("ok");
    let choose = |name| guard.choose(&several, name, &none);
    assert_eq!(choose(Some("B")).expect("exists").kind, OperationType::Mutation);
    assert_eq!(choose(Some("A")).expect("exists").kind, OperationType::Query);
    assert_eq!(several.roots(Some("A")).expect("exists"), ["article"]);
    assert_eq!(choose(Some("D")).err().map(|refusal| refusal.code), Some(Code::InvalidQuery));
    assert_eq!(choose(None).err().map(|refusal| refusal.code), Some(Code::InvalidQuery));
    let single = guard.check("{ article { id } }").expect("ok");
    assert!(guard.choose(&single, None, &none).is_ok());
    assert!(guard.choose(&single, Some("A"), &none).is_err());
}

#[test]
fn a_variable_that_is_needed_has_to_be_given() {
    let guard = guard(Limits::default());
    let text = "query($n: Int!, $m: Int! = 1, $o: Int) { articles(first: $n, last: $m, after: $o) { nodes { id } } }";
    let checked = guard.check(text).expect("passes");
    let choose = |json| guard.choose(&checked, None, &Variables::from_json(json));
    assert!(choose(json!({"n": 1})).is_ok());
    for missing in [json!({}), json!({"n": null}), json!({"n": 1, "m": null})] {
        assert_eq!(choose(missing).err().map(|refusal| refusal.code), Some(Code::InvalidQuery));
    }
}

#[test]
fn shared_is_what_every_reached_field_is() {
    let guard = guard(Limits::default());
    for (text, shared) in [
        ("{ article { id title __typename } }", true),
        (
            "{ articles { edges { cursor node { ...F } } } } fragment F on Article { id section { name } }",
            true,
        ),
        ("{ nodes(ids: []) { id ... on Article { title } } }", true),
        ("{ viewer { kind } }", false),
        ("{ article { id } viewer { kind } }", false),
        ("{ article { bookmarked } }", false),
        ("{ article { ...F } } fragment F on Article { related(first: 1) { bookmarked } }", false),
        ("{ article { ... on Article { bookmarked @skip(if: true) } } }", false),
        ("{ article { body { ... on Text { key } } } }", false),
        ("{ unknown }", false),
        ("{ __schema { description } }", false),
        ("mutation { article { id } }", false),
    ] {
        let checked = guard.check(text).expect("passes");
        assert_eq!(guard.choose(&checked, None, &Variables::default()).expect("ok").shared, shared, "{text}");
    }
}

#[test]
fn keys_tell_requests_apart() {
    let guard = guard(Limits::default());
    let text = "query A($n: Int) { articles(first: $n) { nodes { id } } } query B { article { id } }";
    let one = guard.check(text).expect("passes");
    let other = guard.check(&format!("{text} ")).expect("passes");
    let variables = |n| Variables::from_json(json!({"n": n}));
    let keys = [
        one.key(Some("A"), &variables(1)),
        one.key(Some("A"), &variables(2)),
        one.key(Some("B"), &variables(1)),
        one.key(None, &variables(1)),
        one.key(Some("A"), &Variables::default()),
        other.key(Some("A"), &variables(1)),
    ];
    assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), keys.len());
    assert_eq!(keys[0], one.key(Some("A"), &variables(1)));
}

#[test]
fn the_schema_describes_itself_to_tools_but_not_without_end() {
    let ask =
        "query { __schema { types { fields { args { type { name ofType { name ofType { name } } } } } } } }";
    assert!(guard(Limits::default()).check(ask).is_ok());
    let nested = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert_eq!(refused(&guard(Limits::default()), nested).code, Code::QueryTooDeep);
    let silent = guard(Limits { introspection: false, ..Limits::default() });
    for text in [
        ask,
        "{ __type(name: \"Query\") { name } }",
        "{ ...F } fragment F on Query { __schema { description } }",
    ] {
        assert_eq!(refused(&silent, text).code, Code::InvalidQuery, "{text}");
    }
    assert!(silent.check("{ __typename article { __typename } }").is_ok());
}

#[test]
fn the_catalogue_names_what_is_not_shared() {
    let catalogue = Catalogue::read(SDL, SHARED, &Limits::default()).expect("a schema");
    let unshared =
        ["Article.bookmarked", "Gate.content", "Gate.key", "Query.viewer", "Text.key", "Viewer.kind"];
    assert_eq!(catalogue.unshared(), unshared);
}

/// A document of `fragments` fragments, of which each may spread those with a higher number.
fn documents() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("id".to_owned()),
        Just("title".to_owned()),
        Just("section { name }".to_owned()),
        Just("related(first: 3) { id }".to_owned()),
        Just("... on Article { id title }".to_owned()),
    ];
    let pieces = prop::collection::vec((piece, prop::option::of(0_usize..5)), 1..5);
    prop::collection::vec(pieces, 1..5).prop_map(|fragments| {
        let last = fragments.len() - 1;
        let mut text = String::from("{ article { ...F0 } }");
        for (number, pieces) in fragments.iter().enumerate() {
            text.push_str(&format!(" fragment F{number} on Article {{"));
            for (piece, spread) in pieces {
                let spread = spread.map(|ahead| number + 1 + ahead).filter(|target| *target <= last);
                match spread {
                    Some(target) => text.push_str(&format!(" related(first: 2) {{ ...F{target} }} {piece}")),
                    None => text.push_str(&format!(" {piece}")),
                }
            }
            text.push_str(" }");
        }
        text
    })
}

/// Fields and fragments as they come when everything is written out.
fn written_out(set: &SelectionSet, document: &ExecutableDocument) -> u64 {
    let count = |selection: &Selection| match selection {
        Selection::Field(field) => 1 + written_out(&field.node.selection_set.node, document),
        Selection::InlineFragment(inline) => 1 + written_out(&inline.node.selection_set.node, document),
        Selection::FragmentSpread(spread) => {
            let fragment = &document.fragments[&spread.node.fragment_name.node];
            1 + written_out(&fragment.node.selection_set.node, document)
        }
    };
    set.items.iter().map(|selection| count(&selection.node)).sum()
}

/// What it costs when everything is written out: `related` brings as many rows as it says.
fn cost_written_out(set: &SelectionSet, document: &ExecutableDocument) -> u64 {
    let count = |selection: &Selection| match selection {
        Selection::Field(field) => {
            let rows = field.node.arguments.first().map_or(1, |(_, value)| {
                value.node.clone().into_const().and_then(|value| value.to_string().parse().ok()).unwrap_or(1)
            });
            1 + rows * cost_written_out(&field.node.selection_set.node, document)
        }
        Selection::InlineFragment(inline) => cost_written_out(&inline.node.selection_set.node, document),
        Selection::FragmentSpread(spread) => {
            let fragment = &document.fragments[&spread.node.fragment_name.node];
            cost_written_out(&fragment.node.selection_set.node, document)
        }
    };
    set.items.iter().map(|selection| count(&selection.node)).sum()
}

fn generous() -> Limits {
    Limits { fields: u64::MAX, complexity: u64::MAX, ..Limits::default() }
}

proptest! {
    #[test]
    fn counting_once_is_counting_everything(text in documents()) {
        let guard = guard(generous());
        let checked = guard.check(&text).expect("passes");
        let document = parse_query(&text).expect("a document");
        let DocumentOperations::Single(operation) = &document.operations else { unreachable!() };
        let set = &operation.node.selection_set.node;
        prop_assert_eq!(checked.sizes[0].fields, written_out(set, &document));
        let chosen = guard.choose(&checked, None, &Variables::default()).expect("passes");
        prop_assert_eq!(chosen.cost, cost_written_out(set, &document));
    }

    #[test]
    fn no_text_brings_the_guard_down(text in "[{}()\\[\\]\"\\\\#a-c$:!@.=| \n]{0,60}") {
        drop(guard(Limits::default()).check(&text));
    }
}
