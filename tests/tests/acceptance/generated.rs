//! Queries that chance writes from the committed schema, each led to one field, so that every field is asked for:
//! what a viewer may not see moves no answer and stands in none.

use super::leaks::secret_in;
use masthead_domain::id::{ArticleId, AuthorId, SectionId, SourceId, TagId, TierId};
use masthead_tests::publication::{LOCKS, Variant, World, day};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use masthead_tests::wander::{Document, Map, Things};
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

masthead_tests::on_both!(
    what_is_for_others_is_refused,
    the_anonymous_find_the_same_in_both_worlds,
    a_subscriber_finds_the_same_in_both_worlds,
    a_member_finds_the_same_in_both_worlds,
    no_answer_holds_what_its_token_may_not_read,
    who_may_see_the_difference_finds_it,
);

const SCHEMA: &str = include_str!("../../../schema.graphql");

/// How many documents are led to each field; the first one straight.
const ROUNDS: usize = 2;

/// How many simpler documents are tried when one has failed.
const SIMPLER: usize = 300;

fn things(cursor: String) -> Things {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    macro_rules! ids {
        ($kind:ident, $($number:expr),+) => { vec![$($kind::new(day(1), [$number; 10]).to_string()),+] };
    }
    let slugs = [
        (
            "article",
            &[
                LOCKS,
                LOCKS,
                LOCKS,
                "whole-for-members",
                "opens-with-a-gate",
                "free-to-read",
                "filler-00",
                "a-draft",
                "a-draft-of-both-worlds",
                "scheduled",
                "withdrawn",
                "no-such-article",
            ][..],
        ),
        ("author", &["quay-watcher", "mara-lindqvist", "the-newsroom", "no-such-author"]),
        ("section", &["harbours", "world", "money", "no-such-section"]),
        ("tag", &["ports", "budgets", "embargoed-topic", "no-such-tag"]),
    ];
    let mut ids: BTreeMap<_, _> = [
        ("article", ids!(ArticleId, 1, 1, 2, 3, 4, 77, 78, 79, 80, 99)),
        ("author", ids!(AuthorId, 1, 2, 3, 50)),
        ("section", ids!(SectionId, 2, 1, 3, 50)),
        ("tag", ids!(TagId, 1, 2, 9, 50)),
        ("source", ids!(SourceId, 1, 2, 9, 50)),
        ("tier", ids!(TierId, 1, 2, 50)),
    ]
    .into();
    let mut all: Vec<_> = ids.values().flatten().cloned().collect();
    all.push("nonsense".into());
    ids.insert("node", all);
    Things {
        slugs: slugs.into_iter().map(|(kind, slugs)| (kind, words(slugs))).collect(),
        ids,
        cursors: vec![cursor, "nonsense".into()],
        instants: words(&[
            "2026-10-15T00:00:00Z",
            "2026-10-22T00:00:00Z",
            "2026-10-21T12:00:00Z",
            "2031-01-01T12:00:00Z",
        ]),
        languages: words(&["en", "nl", "x"]),
    }
}

async fn cursor(server: &TestServer) -> String {
    let query = "{ articles(first: 3) { pageInfo { endCursor } } }";
    let page = server.graphql(Asker::Anonymous, query).await.json();
    page["data"]["articles"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned()
}

/// What was asked for, over all documents.
#[derive(Default)]
struct Tally {
    documents: usize,
    /// Fields of documents that were answered without an error.
    answered: BTreeSet<(String, String)>,
    /// Goals that had a value in some answer.
    found: BTreeSet<(String, String)>,
    faultless: usize,
    errors: BTreeMap<String, usize>,
}

impl Tally {
    fn count(&mut self, goal: (String, String), document: &Document, answer: &Answer) {
        self.documents += 1;
        let answer = answer.json();
        if answer["errors"] == Value::Null {
            self.faultless += 1;
            self.answered.extend(document.fields.iter().cloned());
        }
        for error in answer["errors"].as_array().into_iter().flatten() {
            *self.errors.entry(error["extensions"]["code"].to_string()).or_default() += 1;
        }
        if has_value(&answer["data"], &document.place) {
            self.found.insert(goal);
        }
    }

    /// The test of the test: it cannot go blind.
    fn assert_saw_everything(&self, map: &Map) {
        let all: BTreeSet<_> = map.goals().iter().map(|goal| (goal.of.clone(), goal.field.clone())).collect();
        let missed: Vec<_> = all.difference(&self.answered).collect();
        assert!(missed.is_empty(), "no document with these fields was answered: {missed:?}");
        let Self { faultless, documents, errors, .. } = self;
        assert!(faultless * 4 > documents * 3, "only {faultless} of {documents} had no error: {errors:?}");
        // Those who ask here have tokens that describe them, and no account to see.
        let is_of_account = |of: &str| {
            [
                "Contribution",
                "Group",
                "Licence",
                "Member",
                "MyGroups",
                "MyInvitation",
                "MySeat",
                "Quota",
                "SubscribedNewsletter",
                "TierSubscription",
            ]
            .contains(&of)
        };
        let empty: Vec<_> = all.difference(&self.found).filter(|(of, _)| !is_of_account(of)).collect();
        assert!(empty.len() * 4 < all.len(), "too many fields that never had a value: {empty:?}");
    }
}

/// Whether a value stands at this place, in any row of the lists on the way.
fn has_value(value: &Value, place: &[String]) -> bool {
    match (value, place.split_first()) {
        (Value::Null, _) => false,
        (Value::Array(rows), Some(_)) => rows.iter().any(|row| has_value(row, place)),
        (_, None) => true,
        (value, Some((key, rest))) => value.get(key).is_some_and(|value| has_value(value, rest)),
    }
}

/// Asks for every goal of the map, in documents that chance has written: the same ones in every run. `ask` says
/// what was wrong; the simplest document that is wrong too is shown.
async fn for_every_goal(
    map: &Map,
    things: &Things,
    seed: Asker,
    mut ask: impl AsyncFnMut(&Document) -> Result<Answer, String>,
) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed as u8 + 1; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut tally = Tally::default();
    let goals = (0..ROUNDS).flat_map(|round| map.goals().iter().map(move |goal| (round == 0, goal)));
    for (straight, goal) in goals {
        let written = |throws: &[u16]| map.document(goal, throws, things, straight);
        let mut tree = vec(0_u16.., 0..160).new_tree(&mut runner).expect("throws");
        let document = written(&tree.current());
        let mut fault = match ask(&document).await {
            Ok(answer) => {
                tally.count((goal.of.clone(), goal.field.clone()), &document, &answer);
                continue;
            }
            Err(fault) => fault,
        };
        for _ in 0..SIMPLER {
            let failed = match ask(&written(&tree.current())).await {
                Ok(_) => false,
                Err(simpler) => {
                    fault = simpler;
                    true
                }
            };
            if !(if failed { tree.simplify() } else { tree.complicate() }) {
                break;
            }
        }
        panic!("{fault}");
    }
    tally.assert_saw_everything(map);
}

fn no_secret(asker: Asker, document: &Document, answer: &Answer) -> Result<(), String> {
    match secret_in(asker, answer) {
        Some(secret) => Err(format!("{asker:?} {}: {secret:?} stands in {}", document.text, answer.body)),
        None => Ok(()),
    }
}

async fn same_in_both(backend: Backend, asker: Asker, other: World) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start(backend, other).await;
    let things = things(cursor(&here).await);
    for_every_goal(&for_readers(), &things, asker, async |document| {
        let mut answers = Vec::new();
        // Twice: the second answer may be one that was kept.
        for time in ["first", "second"] {
            let (a, b) =
                (here.graphql(asker, &document.text).await, there.graphql(asker, &document.text).await);
            if a != b {
                return Err(format!("{asker:?}, {time} time: {}\n{a:?}\n{b:?}", document.text));
            }
            no_secret(asker, document, &a)?;
            answers.push(a);
        }
        if answers[0] != answers[1] {
            return Err(format!("{asker:?}, asked twice: {}\n{answers:?}", document.text));
        }
        Ok(answers.swap_remove(0))
    })
    .await;
    here.stop().await;
    there.stop().await;
}

async fn the_anonymous_find_the_same_in_both_worlds(backend: Backend) {
    same_in_both(backend, Asker::Anonymous, World::all(Variant::B)).await;
}

async fn a_subscriber_finds_the_same_in_both_worlds(backend: Backend) {
    let other = World { for_subscribers: Variant::A, ..World::all(Variant::B) };
    same_in_both(backend, Asker::Subscriber, other).await;
}

async fn a_member_finds_the_same_in_both_worlds(backend: Backend) {
    let other = World { for_patrons: Variant::B, unpublished: Variant::B, ..World::HOME };
    same_in_both(backend, Asker::Member, other).await;
}

async fn no_answer_holds_what_its_token_may_not_read(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let (map, things) = (for_readers(), things(cursor(&server).await));
    // The others are looked at where the worlds are compared.
    for asker in [Asker::Nobody, Asker::Patron] {
        for_every_goal(&map, &things, asker, async |document| {
            let answer = server.graphql(asker, &document.text).await;
            no_secret(asker, document, &answer)?;
            Ok(answer)
        })
        .await;
    }
    server.stop().await;
}

/// What none of those who ask here may ask: it is for the staff, or for whoever has an account.
const FOR_OTHERS: [&str; 23] = [
    "audit",
    "deliveriesOfArticle",
    "deliveriesToPartner",
    "licencePreview",
    "partnerUsage",
    "explainAccess",
    "giftSubscriptions",
    "gifts",
    "group",
    "groupInvitations",
    "groupSeats",
    "groups",
    "institutions",
    "member",
    "members",
    "partner",
    "partners",
    "passes",
    "policies",
    "policy",
    "previews",
    "serviceKeys",
    "tierRecord",
];

/// What readers may ask.
fn for_readers() -> Map {
    Map::read(SCHEMA).without(&FOR_OTHERS)
}

async fn what_is_for_others_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let (map, things) = (Map::read(SCHEMA), things(cursor(&server).await));
    for goal in map.goals().iter().filter(|goal| goal.of == "Query") {
        if !FOR_OTHERS.contains(&goal.field.as_str()) {
            continue;
        }
        let document = map.document(goal, &[], &things, true);
        for asker in [Asker::Anonymous, Asker::Nobody, Asker::Subscriber, Asker::Member, Asker::Patron] {
            let answer = server.graphql(asker, &document.text).await;
            no_secret(asker, &document, &answer).expect("nothing is said");
            let answer = answer.json();
            assert_eq!(answer["data"][&goal.field], Value::Null, "{asker:?} {}: {answer}", document.text);
            let code = answer["errors"][0]["extensions"]["code"].as_str().expect("an error");
            let expected = match asker {
                Asker::Anonymous => "AUTHENTICATION_REQUIRED",
                _ if goal.field == "gifts" => "NOT_ENTITLED",
                _ => "INSUFFICIENT_ROLE",
            };
            assert_eq!(code, expected, "{asker:?} {}", document.text);
        }
        // The shortest documents do not say whose access is to be explained, and what a licence is of.
        if !["explainAccess", "licencePreview"].contains(&goal.field.as_str()) {
            let answer = server.graphql(Asker::Staff, &document.text).await.json();
            assert_eq!(answer["errors"], Value::Null, "{}", document.text);
        }
    }
    server.stop().await;
}

/// The test of the test: the same documents do tell the worlds apart for somebody who may see what differs.
async fn who_may_see_the_difference_finds_it(backend: Backend) {
    let here = TestServer::start(backend, World::HOME).await;
    let there = TestServer::start(backend, World::all(Variant::B)).await;
    let (map, things) = (for_readers(), things(cursor(&here).await));
    let mut different = BTreeSet::new();
    for goal in map.goals() {
        let document = map.document(goal, &[], &things, true);
        let (a, b) = (
            here.graphql(Asker::Patron, &document.text).await,
            there.graphql(Asker::Patron, &document.text).await,
        );
        if a != b {
            different.insert((goal.of.as_str(), goal.field.as_str()));
        }
    }
    for expected in
        [("Article", "bodyText"), ("Article", "bodyHtml"), ("Citation", "url"), ("Gate", "content")]
    {
        assert!(different.contains(&expected), "{expected:?} is the same in both worlds: {different:?}");
    }
    here.stop().await;
    there.stop().await;
}
