//! What an operator does with tiers.

use super::{done, refused};

#[test]
fn an_operator_sets_up_tiers() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    done(data, &["migrate"]);
    let reader = ["tier", "add", "reader", "--name", "Reader", "--currency", "EUR", "--monthly", "500"];
    let id = done(data, &reader);
    assert!(id.starts_with("tie_"), "{id}");
    assert!(refused(data, &reader).contains("reader already"));
    let patron = ["tier", "add", "patron", "--name", "Patron", "--benefit", "A letter", "--grant"];
    assert!(refused(data, &[&patron[..], &["nothing"]].concat()).contains("no tier nothing"));
    done(data, &[&patron[..], &["reader"]].concat());
    let line = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("a line of JSON");
    let retired = line(&done(data, &["tier", "change", "patron", "--retire"]));
    assert_eq!((&retired["active"], &retired["grants"][0]), (&false.into(), &"reader".into()));
    let change =
        ["tier", "change", "patron", "--offer", "--grant-nothing", "--currency", "EUR", "--yearly", "9000"];
    let changed = line(&done(data, &change));
    assert_eq!((&changed["price"]["yearly"], &changed["grants"]), (&9000.into(), &serde_json::json!([])));
    assert!(refused(data, &["tier", "change", "nothing", "--retire"]).contains("no tier with this slug"));
    refused(data, &["tier", "change", "patron", "--monthly", "5"]);
    let all: Vec<_> = done(data, &["tier", "list"]).lines().map(|text| line(text)["slug"].clone()).collect();
    assert_eq!(all, ["reader", "patron"], "cheapest first");
}

#[test]
fn a_price_is_one_and_a_grant_takes_the_place_of_those_before() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    done(data, &["migrate"]);
    let add = ["tier", "add", "patron", "--name", "Patron"];
    let priced = |price: &[&'static str]| [&add[..], price].concat();
    for (price, field) in [
        (["--currency", "ZZZ", "--monthly", "500"], "price.currency"),
        (["--currency", "eur", "--monthly", "500"], "price.currency"),
        (["--currency", "EUR", "--yearly", "0"], "price.yearly"),
    ] {
        assert!(refused(data, &priced(&price)).contains(field), "{price:?}");
    }
    for slug in ["reader", "friend"] {
        assert!(done(data, &["tier", "add", slug, "--name", "A tier"]).starts_with("tie_"));
    }
    done(data, &priced(&["--currency", "EUR", "--monthly", "500", "--grant", "reader"]));
    let changed = done(data, &["tier", "change", "patron", "--grant", "friend"]);
    assert!(changed.contains(r#""grants":["friend"]"#), "in place of those before: {changed}");
    let circle = done(data, &["tier", "change", "friend", "--grant", "patron"]);
    assert!(circle.contains(r#""grants":["patron"]"#), "two tiers may grant each other: {circle}");
    assert_eq!(done(data, &["tier", "list"]).lines().count(), 3);
}
