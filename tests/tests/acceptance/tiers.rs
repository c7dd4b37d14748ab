//! Tiers: made, changed and taken off sale by publishers; and what one that comes with another opens.

use crate::membership::{deeds, send, text};
use futures_util::future::join_all;
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_tier_is_made_changed_and_taken_off_sale,
    a_fault_names_its_field,
    an_etag_is_the_same_for_everybody,
    null_is_refused_where_nothing_can_be_taken_away,
    what_a_tier_grants_is_held_within_a_second,
    whoever_is_given_a_tier_is_given_what_comes_with_it,
    only_publishers_set_up_tiers,
    the_same_over_graphql,
);

const PATH: &str = "/v1/articles/every-kind-of-lock?body=text";
const LOCKED: &str = "Hidden for patron";

fn supporter() -> Value {
    json!({
        "slug": "supporter", "name": "Supporter", "description": "Keeps the lights on.",
        "benefits": ["Everything", "A letter"],
        "price": { "currency": "EUR", "monthly": 900, "yearly": null }, "grants": ["reader"],
    })
}

async fn patch(server: &TestServer, slug: &str, etag: Option<&str>, body: Value) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(etag.map(|etag| ("if-match", etag)));
    server
        .ask(Method::PATCH, Asker::Staff, &format!("/v1/tiers/{slug}"), &headers, Some(body.to_string()))
        .await
}

async fn a_tier_is_made_changed_and_taken_off_sale(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let made = send(&server, Method::POST, "/v1/tiers", supporter()).await;
    assert_eq!((made.status, made.header("location")), (201, "/v1/tiers/supporter"), "{}", made.body);
    let mut expected = supporter();
    expected["id"] = made.json()["id"].clone();
    expected["active"] = true.into();
    assert_eq!(made.json(), expected);
    let etag = made.header("etag").to_owned();
    let read = server.get(Asker::Staff, "/v1/tiers/supporter").await;
    assert_eq!((read.json(), read.header("etag")), (made.json(), &*etag));
    within_a_second("readers see it", async || {
        let read = server.get(Asker::Anonymous, "/v1/tiers/supporter").await;
        let listed = server.get(Asker::Anonymous, "/v1/tiers").await.json();
        read.status == 200
            && read.json() == expected
            && listed["data"].as_array().is_some_and(|all| all.contains(&expected))
    })
    .await;
    let again = send(&server, Method::POST, "/v1/tiers", supporter()).await;
    assert_eq!((again.status, &again.json()["parameter"]), (409, &"slug".into()), "{}", again.body);

    let cheaper =
        json!({ "price": { "currency": "EUR", "monthly": 700, "yearly": 7000 }, "description": null });
    let changed = patch(&server, "supporter", Some(&etag), cheaper.clone()).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_ne!(changed.header("etag"), etag);
    assert_eq!(
        (&changed.json()["price"]["yearly"], &changed.json()["description"]),
        (&7000.into(), &Value::Null)
    );
    assert_eq!(changed.json()["benefits"], supporter()["benefits"], "what is left out stays");
    let stale = patch(&server, "supporter", Some(&etag), json!({ "name": "Other" })).await;
    assert_eq!((stale.status, &stale.json()["code"]), (412, &"precondition_failed".into()));
    let same = patch(&server, "supporter", None, cheaper).await;
    assert_eq!(same.header("etag"), changed.header("etag"), "nothing has changed");

    // Off sale, a tier is offered to nobody and opens what it opened.
    let holder = server.issue(&server.member(1, &["patron"]).await);
    let offered = async || {
        let article = server.get(Asker::Anonymous, &format!("/v1/articles/{LOCKS}")).await.json();
        article["locks"].to_string().contains(r#""slug":"patron""#)
    };
    assert!(offered().await);
    assert_eq!(patch(&server, "patron", None, json!({ "active": false })).await.status, 200);
    within_a_second("no longer offered", async || !offered().await).await;
    assert!(server.get_as(&holder, PATH).await.body.contains(LOCKED));
    assert_eq!(patch(&server, "patron", None, json!({ "active": true })).await.status, 200);
    let gone = server.ask(Method::DELETE, Asker::Staff, "/v1/tiers/patron", &[], None).await;
    assert_eq!(gone.status, 405, "a tier is never taken out");
    let actions: Vec<_> = deeds(&server).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["tier.offered", "tier.retired", "tier.changed", "tier.created"]);
    server.stop().await;
}

async fn a_fault_names_its_field(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (field, value, parameter) in [
        ("slug", json!("No Slug"), "slug"),
        ("name", json!(""), "name"),
        ("benefits", json!(["x", "\u{7}"]), "benefits[1]"),
        ("benefits", json!(vec!["x"; 51]), "benefits"),
        ("price", json!({ "currency": "eur", "monthly": 1 }), "price.currency"),
        ("price", json!({ "currency": "ZZZ", "monthly": 1 }), "price.currency"),
        ("price", json!({ "currency": "XAU", "monthly": 1 }), "price.currency"),
        ("price", json!({ "currency": "EUR" }), "price"),
        ("price", json!({ "currency": "EUR", "monthly": 0 }), "price.monthly"),
        ("price", json!({ "currency": "EUR", "monthly": -1 }), "price.monthly"),
        ("price", json!({ "currency": "EUR", "weekly": 1 }), "price.weekly"),
        ("grants", json!(["supporter"]), "grants"),
        ("grants", json!(["nothing"]), "grants"),
        ("grants", json!(["A B"]), "grants[0]"),
        ("trial", json!(true), "trial"),
    ] {
        let mut wrong = supporter();
        wrong[field] = value;
        let answer = send(&server, Method::POST, "/v1/tiers", wrong).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{}", answer.body);
    }
    for (change, parameter) in [
        (json!({ "slug": "other" }), "slug"),
        (json!({ "grants": ["patron"] }), "grants"),
        (json!({ "price": { "currency": "EUR", "yearly": 100_000_000 } }), "price.yearly"),
    ] {
        let answer = patch(&server, "patron", None, change).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{}", answer.body);
    }
    for nothing in ["nothing", "No%20Slug", "tie_0199a17d4e0071018101010101010101"] {
        assert_eq!(patch(&server, nothing, None, json!({ "active": false })).await.status, 404);
        for asker in [Asker::Anonymous, Asker::Staff] {
            assert_eq!(server.get(asker, &format!("/v1/tiers/{nothing}")).await.status, 404);
        }
    }
    assert!(deeds(&server).await.is_empty(), "nothing was done");
    server.stop().await;
}

/// As the README says: `PATCH` with the `ETag` of `GET`, whoever has read it.
async fn an_etag_is_the_same_for_everybody(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let token = |role| server.mint(&Viewer::Staff(Staff::new("somebody", role)));
    let publisher = token(Role::Publisher);
    let wanted = json!({ "name": "Back office", "role": "publisher", "manages": true });
    let made = server.post(server.token(Asker::Staff), "/v1/keys", &wanted).await;
    let key = text(&made.json(), "key").to_owned();
    let readers = [
        None,
        Some(server.issue(&server.member(1, &["patron"]).await)),
        Some(token(Role::Editor)),
        Some(publisher.clone()),
        Some(key.clone()),
    ];
    let path = "/v1/tiers/patron";
    let change = async |token: &str, etag: &str, name: &str| {
        let headers = [("content-type", "application/json"), ("if-match", etag)];
        server
            .send(Some(token), Method::PATCH, path, &headers, Some(json!({ "name": name }).to_string()))
            .await
    };
    for (number, reader) in readers.iter().enumerate() {
        for (place, writer) in [&publisher, &key].into_iter().enumerate() {
            let known = server.get_as(&publisher, path).await.header("etag").to_owned();
            within_a_second("everybody reads the same ETag", async || {
                let read = server.send(reader.as_deref(), Method::GET, path, &[], None).await;
                read.status == 200 && read.header("etag") == known
            })
            .await;
            let changed = change(writer, &known, &format!("Patron {number}, {place}")).await;
            assert_eq!(changed.status, 200, "{}", changed.body);
            assert_ne!(changed.header("etag"), known);
            assert_eq!(change(writer, &known, "Late").await.status, 412, "it has been changed since");
        }
    }
    let bare = change(&publisher, "1", "Patron").await;
    assert_eq!((bare.status, &bare.json()["code"]), (412, &"precondition_failed".into()));
    assert_eq!(change(&publisher, "*", "Patrons").await.status, 200);
    server.stop().await;
}

async fn null_is_refused_where_nothing_can_be_taken_away(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let member = crate::membership::entered(
        &server,
        json!({ "email": "reader@paper.example", "name": "Jo", "note": "x" }),
    )
    .await;
    let group =
        json!({ "name": "The faculty", "tier": "patron", "seats": 2, "ends": "2100-01-01T00:00:00Z" });
    let group = send(&server, Method::POST, "/v1/groups", group).await.json();
    let partner = send(
        &server,
        Method::POST,
        "/v1/partners",
        json!({ "name": "The Agency", "contact": "a@b.example" }),
    )
    .await
    .json();
    let one = |list: &str, thing: &Value| format!("/v1/{list}/{}", text(thing, "id"));
    for (path, fields) in [
        ("/v1/tiers/patron".to_owned(), &["name", "benefits", "grants", "active"][..]),
        (one("members", &member), &["labels", "status"][..]),
        (
            one("groups", &group),
            &["name", "tier", "seats", "starts", "graceSeconds", "domains", "owners"][..],
        ),
        (one("partners", &partner), &["name", "status"][..]),
    ] {
        for field in fields {
            let answer = send(&server, Method::PATCH, &path, json!({ *field: null })).await;
            let told = (answer.status, answer.json()["parameter"].clone());
            assert_eq!(told, (400, (*field).into()), "{path}: {}", answer.body);
        }
    }
    let id = |thing: &Value| format!("id: {:?}", text(thing, "id"));
    for (name, what, argument, fields) in [
        (
            "updateTier",
            "TierChange",
            "slug: \"patron\"".to_owned(),
            &["name", "benefits", "grants", "active"][..],
        ),
        ("updateMember", "MemberChange", id(&member), &["labels", "status"][..]),
        (
            "updateGroup",
            "GroupChange",
            id(&group),
            &["name", "tier", "seats", "starts", "graceSeconds", "domains", "owners"][..],
        ),
        ("updatePartner", "PartnerChange", id(&partner), &["name", "status"][..]),
    ] {
        let query =
            format!("mutation($change: {what}!) {{ {name}({argument}, change: $change) {{ __typename }} }}");
        for field in fields {
            let ask = json!({ "query": query, "variables": { "change": { *field: null } } });
            let refused = server.graphql_with(Asker::Staff, &ask).await.json();
            let told = &refused["errors"][0]["extensions"];
            let expected = (&"INVALID_PARAMETER".into(), &(*field).into());
            assert_eq!((&told["code"], &told["parameter"]), expected, "{name}: {refused}");
        }
    }
    let cleared = format!(
        "mutation {{
            updateMember({}, change: {{ name: null, note: null }}) {{ name note }}
            updateGroup({}, change: {{ ends: null }}) {{ ends }}
            updatePartner({}, change: {{ contact: null }}) {{ contact }} }}",
        id(&member),
        id(&group),
        id(&partner)
    );
    let expected = json!({
        "updateMember": { "name": null, "note": null }, "updateGroup": { "ends": null },
        "updatePartner": { "contact": null },
    });
    let cleared = server.graphql(Asker::Staff, &cleared).await.json();
    assert_eq!(cleared["data"], expected, "{cleared}");
    let nothing = patch(&server, "patron", None, json!({ "description": null, "price": null })).await;
    assert_eq!(nothing.status, 200, "{}", nothing.body);
    assert_eq!((&nothing.json()["description"], &nothing.json()["price"]), (&Value::Null, &Value::Null));
    server.stop().await;
}

async fn what_a_tier_grants_is_held_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    for (slug, grants) in [("supporter", json!([])), ("founder", json!(["supporter"]))] {
        let mut tier = supporter();
        tier["slug"] = slug.into();
        tier["grants"] = grants;
        assert_eq!(send(&server, Method::POST, "/v1/tiers", tier).await.status, 201);
    }
    let tokens = [
        server.issue(&server.member(1, &["supporter"]).await),
        server.issue(&server.member(2, &["founder"]).await),
    ];
    let everywhere = async |is_open: bool| {
        let nodes =
            [&server, &twin].into_iter().flat_map(|node| tokens.iter().map(move |token| (node, token)));
        let all = nodes.map(|(node, token)| {
            within_a_second(PATH, async move || {
                let answer = node.get_as(token, PATH).await;
                answer.status == 200 && answer.body.contains(LOCKED) == is_open
            })
        });
        join_all(all).await;
    };
    everywhere(false).await;
    for (grants, is_open) in
        [(json!(["patron"]), true), (json!([]), false), (json!(["patron", "founder"]), true)]
    {
        assert_eq!(patch(&server, "supporter", None, json!({ "grants": grants })).await.status, 200);
        everywhere(is_open).await;
    }
    // Supporters and founders grant each other now.
    let me = server.get_as(&tokens[0], "/v1/me").await.json();
    assert_eq!(me["entitlements"], json!(["member", "tier:founder", "tier:patron", "tier:supporter"]));
    twin.stop().await;
    server.stop().await;
}

async fn whoever_is_given_a_tier_is_given_what_comes_with_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut tier = supporter();
    tier["grants"] = json!(["patron"]);
    assert_eq!(send(&server, Method::POST, "/v1/tiers", tier).await.status, 201);
    let pass =
        json!({ "entitlements": ["tier:supporter"], "until": server.now().plus_seconds(60).to_string() });
    let pass = send(&server, Method::POST, "/v1/passes", pass).await;
    let redeemed =
        server.post(None, "/v1/passes/redeem", &json!({ "code": pass.json()["code"] })).await.json();
    assert!(server.get_as(text(&redeemed, "accessToken"), PATH).await.body.contains(LOCKED));

    let described = json!({ "article": LOCKS, "viewer": { "kind": "member", "tiers": ["supporter"] } });
    let explained = send(&server, Method::POST, "/v1/access/explain", described).await.json();
    assert_eq!(explained["entitlements"], json!(["member", "tier:patron", "tier:supporter"]));
    within_a_second("what opens a lock is offered", async || {
        let article = server.get(Asker::Anonymous, &format!("/v1/articles/{LOCKS}")).await.json();
        let lock = article["locks"].as_array().and_then(|locks| {
            locks.iter().find(|lock| lock["access"]["required"] == json!(["tier:patron"])).cloned()
        });
        let offers = lock.map(|lock| lock["access"]["offers"].clone()).unwrap_or_default();
        let slugs: Vec<_> =
            offers.as_array().into_iter().flatten().map(|offer| text(offer, "slug")).collect();
        slugs == ["supporter", "patron"]
    })
    .await;
    server.stop().await;
}

async fn only_publishers_set_up_tiers(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = |role| server.mint(&Viewer::Staff(Staff::new("somebody", role)));
    let (editor, publisher) = (staff(Role::Editor), staff(Role::Publisher));
    let member = server.issue(&server.member(1, &["patron"]).await);
    let json = [("content-type", "application/json")];
    for (method, path) in [(Method::POST, "/v1/tiers"), (Method::PATCH, "/v1/tiers/patron")] {
        for (token, status) in
            [(None, 401), (Some(&*member), 403), (Some(&*editor), 403), (Some(&*publisher), 400)]
        {
            let body = Some(json!({ "name": 1 }).to_string());
            let answer = server.send(token, method.clone(), path, &json, body).await;
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        }
    }
    let readers = server.get(Asker::Anonymous, "/v1/tiers/patron").await;
    let editors = server.get_as(&editor, "/v1/tiers/patron").await;
    assert_eq!((editors.status, &editors.body), (200, &readers.body));
    server.stop().await;
}

async fn the_same_over_graphql(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let ask = async |asker: Asker, query: &str, variables: Value| {
        server.graphql_with(asker, &json!({ "query": query, "variables": variables })).await.json()
    };
    let create = "mutation($tier: NewTier!) { createTier(tier: $tier) {
        version tier { slug name benefits description grants active price { currency monthly yearly } } } }";
    let made = ask(Asker::Staff, create, json!({ "tier": supporter() })).await;
    let mut expected = supporter();
    expected["active"] = true.into();
    let record = &made["data"]["createTier"];
    assert_eq!(record["tier"], expected, "{made}");
    let change = "mutation($change: TierChange!) { updateTier(slug: \"supporter\", change: $change) {
        version tier { name price { monthly } grants active } } }";
    let wish = json!({ "price": null, "grants": [], "active": false, "basedOn": record["version"] });
    let changed = ask(Asker::Staff, change, json!({ "change": wish })).await;
    let after = json!({ "name": "Supporter", "price": null, "grants": [], "active": false });
    assert_eq!(changed["data"]["updateTier"]["tier"], after, "{changed}");
    let stale = ask(Asker::Staff, change, json!({ "change": wish })).await;
    assert_eq!(stale["errors"][0]["extensions"]["code"], "PRECONDITION_FAILED", "{stale}");
    let find = "query($slug: String!) { tierRecord(slug: $slug) { version tier { slug } } }";
    let found = ask(Asker::Staff, find, json!({ "slug": "supporter" })).await;
    assert_eq!(found["data"]["tierRecord"]["version"], changed["data"]["updateTier"]["version"]);
    assert_eq!(
        ask(Asker::Staff, find, json!({ "slug": "nothing" })).await["data"]["tierRecord"],
        Value::Null
    );
    for (query, variables) in [
        (create, json!({ "tier": supporter() })),
        (change, json!({ "change": {} })),
        (find, json!({ "slug": "patron" })),
    ] {
        for (asker, code) in
            [(Asker::Anonymous, "AUTHENTICATION_REQUIRED"), (Asker::Patron, "INSUFFICIENT_ROLE")]
        {
            let refused = ask(asker, query, variables.clone()).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], code, "{query}: {refused}");
        }
    }
    server.stop().await;
}
