//! Policies: what may be saved, how they are written, and what a fault in one does.

use masthead_domain::article::{Article, ArticleParts, Block, Kind, Provenance, Span, Stage, Text};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, SectionId};
use masthead_domain::paywall::policy::{Condition, KnownCondition};
use masthead_domain::paywall::{Policy, Reason, Requirement, Surroundings, present};
use masthead_domain::view::ArticleView;
use masthead_domain::viewer::{Entitlement, Viewer};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(1_750_000_000_000_000 + seconds * 1_000_000).expect("in range")
}

fn read(document: Value) -> Policy {
    serde_json::from_value(document).expect("a policy")
}

fn rule(when: Value, requires: Value) -> Policy {
    read(json!({ "rules": [{ "name": "a-rule", "when": when, "requires": requires }] }))
}

/// The one fault of a policy.
fn fault(document: Value) -> String {
    let faults = read(document).faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].to_string()
}

fn seen(policy: &Policy, viewer: &Viewer, now: i64, kind: Kind) -> ArticleView {
    let (article, around) = looked_at(policy, now, kind);
    present(&article, viewer, &around)
}

/// A page, or an article that was published at second zero: three words in each of two paragraphs.
fn looked_at(policy: &Policy, now: i64, kind: Kind) -> (Article, Surroundings) {
    let text = |text: &str| Block::Text(Text { spans: vec![Span::plain(text)], ..Text::default() });
    let article = Article::new(ArticleParts {
        id: ArticleId::new(at(0), [1; 10]),
        slug: "an-article".parse().expect("slug"),
        kind,
        stage: Stage::Published,
        title: "An article".into(),
        standfirst: None,
        hero: None,
        body: vec![text("one two three"), text("four five six")],
        section: Some(section(2)),
        tags: Vec::new(),
        flags: BTreeSet::from(["breaking".parse().expect("slug")]),
        bylines: Vec::new(),
        citations: Vec::new(),
        sources_requirement: Requirement::public(),
        language: "en".parse().expect("tag"),
        provenance: Provenance::default(),
        corrections: Vec::new(),
        canonical: None,
        meta_title: None,
        meta_description: None,
        published: Some(at(0)),
        updated: at(0),
    })
    .expect("valid");
    let around = Surroundings {
        now: at(now),
        links: Arc::default(),
        tiers: Arc::from([]),
        parents: Arc::new([(section(1), None), (section(2), Some(section(1))), (section(3), None)].into()),
        policy: Arc::new(policy.clone()),
    };
    (article, around)
}

fn section(number: u8) -> SectionId {
    SectionId::new(at(0), [number; 10])
}

fn words(policy: &Policy, viewer: &Viewer) -> usize {
    seen(policy, viewer, 10, Kind::Article).measure.words
}

fn member() -> Viewer {
    Viewer::member("somebody", [Entitlement::Member])
}

#[test]
fn a_policy_that_is_right_can_be_saved_and_reads_back() {
    let policy = read(json!({
        "rules": [
            { "name": "breaking", "when": [{ "kind": "flag", "name": "breaking" }] },
            {
                "name": "archive",
                "when": [{ "kind": "olderThan", "seconds": 86400 }, { "kind": "language", "tag": "en" }],
                "requires": { "anyOf": ["member", "tier:patron"] },
                "freeBlocks": 2,
            },
        ],
        "meters": [
            { "who": "devices", "limit": 3, "period": "month" },
            { "who": { "holders": "subscriber" }, "limit": 5, "period": "week", "opens": ["member"] },
        ],
        "gifts": { "monthly": 5, "days": 7, "uses": 1 },
    }));
    assert_eq!(policy.faults(), []);
    assert_eq!(policy.ages(), BTreeSet::from([86_400]));
    let written = serde_json::to_value(&policy).expect("written");
    assert_eq!(read(written), policy);
    assert_eq!(Policy::default().faults(), [], "the empty one");
}

/// A policy holds for a section whoever may see it, and where it cannot be told what stands below what.
#[test]
fn a_rule_on_a_section_that_is_not_known_locks() {
    let about = |number| rule(json!([{ "kind": "section", "id": section(number).to_string() }]), json!(null));
    let free = |policy: &Policy, parents: &[(SectionId, Option<SectionId>)]| {
        let (article, mut around) = looked_at(policy, 0, Kind::Article);
        around.parents = Arc::new(parents.iter().copied().collect());
        present(&article, &member(), &around).measure.words == 6
    };
    let known = [(section(1), None), (section(2), Some(section(1)))];
    for number in 1..=3 {
        assert!(free(&about(number), &known), "a rule without a requirement leaves the article as it is");
        let is_its_own = number == 2;
        assert_eq!(free(&about(number), &[]), is_its_own, "nothing is known of the section");
        let is_below_a_stranger = [(section(2), Some(section(1)))];
        assert_eq!(free(&about(number), &is_below_a_stranger), number < 3, "nor of the one above it");
    }
    assert!(free(&read(json!({ "rules": [] })), &[]), "no rule asks");
}

#[test]
fn a_fault_is_named_with_its_place() {
    let rule = |rule: Value| json!({ "rules": [{ "name": "first" }, rule] });
    let meter = |meter: Value| json!({ "meters": [meter] });
    for (document, place) in [
        (rule(json!({ "name": "first" })), "rules[1].name"),
        (rule(json!({ "name": "b", "when": [{ "kind": "moonPhase" }] })), "rules[1].when[0]"),
        (
            rule(json!({ "name": "b", "when": [{ "kind": "olderThan", "seconds": 0 }] })),
            "rules[1].when[0].seconds",
        ),
        (rule(json!({ "name": "b", "when": [{ "kind": "flag", "name": "x", "x": 1 }] })), "rules[1].when[0]"),
        (rule(json!({ "name": "b", "requires": { "anyOf": [] } })), "rules[1].requires.anyOf: "),
        (rule(json!({ "name": "b", "requires": { "anyOf": ["gold"] } })), "rules[1].requires.anyOf: "),
        (rule(json!({ "name": "b", "freeBlocks": 1_001 })), "rules[1].freeBlocks"),
        (meter(json!({ "who": "members", "limit": 0, "period": "day" })), "meters[0].limit"),
        (meter(json!({ "who": "members", "limit": 1, "period": "day", "opens": [] })), "meters[0].opens: "),
        (
            meter(json!({ "who": "members", "limit": 1, "period": "day", "opens": ["staff"] })),
            "meters[0].opens: ",
        ),
        (
            meter(json!({ "who": { "holders": "staff" }, "limit": 1, "period": "day" })),
            "meters[0].who.holders: ",
        ),
        (json!({ "gifts": { "monthly": 1_001, "days": 1, "uses": 1 } }), "gifts.monthly: must be 0 to 1000"),
        (json!({ "gifts": { "monthly": 1, "days": 0, "uses": 1 } }), "gifts.days: must be 1 to 366"),
    ] {
        let fault = fault(document.clone());
        assert!(fault.starts_with(place), "{document}: {fault}");
    }
    let conditions = vec![json!({ "kind": "flag", "name": "x" }); 21];
    assert!(fault(rule(json!({ "name": "b", "when": conditions }))).starts_with("rules[1].when"));
    let rules: Vec<_> = (0..101).map(|at| json!({ "name": format!("rule-{at}") })).collect();
    assert!(fault(json!({ "rules": rules })).starts_with("rules: at most"));
    let ages: Vec<_> = (1..10)
        .map(|age| json!({ "name": format!("r{age}"), "when": [{ "kind": "olderThan", "seconds": age }] }))
        .collect();
    assert!(fault(json!({ "rules": ages })).contains("ages"));
}

#[test]
fn all_faults_are_told_in_their_order() {
    let policy = read(json!({
        "rules": [
            {
                "name": "a",
                "when": [{ "kind": "moonPhase" }, { "kind": "youngerThan", "seconds": -1 }],
                "requires": { "anyOf": [] },
                "freeBlocks": 1_001,
            },
            { "name": "a" },
        ],
        "meters": [
            { "who": { "holders": "staff" }, "limit": 0, "period": "day", "opens": [] },
            { "who": "members", "limit": 1, "period": "day" },
        ],
        "gifts": { "monthly": 1_001, "days": 0, "uses": 0 },
    }));
    let places: Vec<_> = policy.faults().iter().map(ToString::to_string).collect();
    let places: Vec<_> = places.iter().filter_map(|fault| Some(fault.split_once(": ")?.0)).collect();
    assert_eq!(
        places,
        [
            "rules[0].when[0]",
            "rules[0].when[1].seconds",
            "rules[0].requires.anyOf",
            "rules[0].freeBlocks",
            "rules[1].name",
            "meters[0].limit",
            "meters[0].who.holders",
            "meters[0].opens",
            "gifts.monthly",
            "gifts.days",
            "gifts.uses",
        ]
    );
}

#[test]
fn a_rule_for_the_staff_takes_the_article_from_all_readers() {
    let policy = rule(json!([]), json!({ "anyOf": ["staff"] }));
    assert_eq!(policy.faults(), []);
    let seen = seen(&policy, &member(), 10, Kind::Article);
    let access = &seen.locks[0].access;
    assert_eq!((seen.measure.words, access.reason()), (0, Reason::Unavailable));
    assert_eq!(words(&policy, &Viewer::staff("desk")), 6);
}

#[test]
fn a_field_that_is_not_known_is_refused() {
    for document in [
        json!({ "rule": [] }),
        json!({ "rules": [{ "name": "a", "requirs": { "anyOf": ["member"] } }] }),
        json!({ "rules": [{ "name": "a", "requires": { "anyof": ["member"] } }] }),
        json!({ "meters": [{ "who": "members", "limit": 1, "period": "day", "free": 1 }] }),
        json!({ "meters": [{ "who": "everybody", "limit": 1, "period": "day" }] }),
        json!({ "meters": [{ "who": "members", "limit": 1, "period": "year" }] }),
        json!({ "gifts": { "monthly": 1, "days": 1, "uses": 1, "more": 1 } }),
    ] {
        assert!(serde_json::from_value::<Policy>(document.clone()).is_err(), "{document}");
    }
}

#[test]
fn a_condition_that_is_not_known_locks_for_everybody_but_the_staff() {
    let policy = rule(json!([{ "kind": "moonPhase", "phase": "full" }]), json!(null));
    assert!(matches!(policy.rules[0].when[..], [Condition::Unknown(_)]));
    assert_eq!(words(&policy, &member()), 0);
    assert_eq!(words(&policy, &Viewer::staff("desk")), 6);
    let reason = seen(&policy, &member(), 10, Kind::Article).locks[0].access.reason();
    assert_eq!(reason, Reason::Unavailable);
    // With another condition that does not hold, it cannot have meant this article.
    let elsewhere = json!([{ "kind": "moonPhase" }, { "kind": "flag", "name": "other" }]);
    assert_eq!(words(&rule(elsewhere, json!(null)), &Viewer::Anonymous), 6);
}

#[test]
fn a_requirement_of_nothing_is_never_public() {
    let policy = rule(json!([]), json!({ "anyOf": [] }));
    for viewer in [Viewer::Anonymous, member()] {
        assert_eq!(words(&policy, &viewer), 0, "{viewer:?}");
    }
    assert_eq!(words(&policy, &Viewer::staff("desk")), 6);
}

#[test]
fn the_first_rule_that_matches_holds() {
    let policy = read(json!({ "rules": [
        { "name": "breaking", "when": [{ "kind": "flag", "name": "breaking" }] },
        { "name": "all", "requires": { "anyOf": ["member"] } },
    ]}));
    assert_eq!(words(&policy, &Viewer::Anonymous), 6);
    let mut reversed = policy;
    reversed.rules.reverse();
    assert_eq!(words(&reversed, &Viewer::Anonymous), 0);
    assert_eq!(words(&reversed, &member()), 6);
    reversed.rules[0].free_blocks = 1;
    assert_eq!(words(&reversed, &Viewer::Anonymous), 3);
    assert_eq!(
        seen(&reversed, &Viewer::Anonymous, 10, Kind::Page).measure.words,
        6,
        "pages are under no rule"
    );
}

#[test]
fn an_age_is_reached_at_its_instant() {
    let older = rule(json!([{ "kind": "olderThan", "seconds": 5 }]), json!({ "anyOf": ["member"] }));
    let younger = rule(json!([{ "kind": "youngerThan", "seconds": 5 }]), json!({ "anyOf": ["member"] }));
    assert!(matches!(older.rules[0].when[..], [Condition::Known(KnownCondition::OlderThan { seconds: 5 })]));
    let words = |policy, now| seen(policy, &Viewer::Anonymous, now, Kind::Article).measure.words;
    assert_eq!((words(&older, 4), words(&older, 5)), (6, 0));
    assert_eq!((words(&younger, 4), words(&younger, 5)), (0, 6));
}

#[test]
fn what_is_explained_is_what_is_decided() {
    use masthead_domain::paywall::explain;
    let policy = rule(json!([]), json!({ "anyOf": ["subscriber", "member"] }));
    let viewer = member();
    let view = seen(&policy, &viewer, 10, Kind::Article);
    let (article, around) = looked_at(&policy, 10, Kind::Article);
    let explained = explain(&article, &viewer, &around);
    let locks: Vec<_> = explained.iter().map(|one| one.lock.clone()).collect();
    assert_eq!(locks, view.locks);
    assert_eq!(explained[0].rule, Some("a-rule".parse().expect("slug")));
    assert_eq!(explained[0].lock.access.decision().by(), Some(&Entitlement::Member));
    let shut = explain(&article, &Viewer::Anonymous, &around);
    assert_eq!(shut[0].lock.access.decision().by(), None);
}
