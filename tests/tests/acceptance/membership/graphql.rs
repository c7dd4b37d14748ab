//! The same over GraphQL.

use super::{deeds, text};
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_tests::publication::World;
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(publishers_look_after_members, nobody_else_may);

async fn data(server: &TestServer, query: &str, variables: Value) -> Value {
    let request = json!({ "query": query, "variables": variables });
    let answer = server.graphql_with(Asker::Staff, &request).await;
    assert_eq!(answer.header("cache-control"), "no-store", "{query}");
    let mut body = answer.json();
    assert!(body["errors"].is_null(), "{query}: {body}");
    body["data"].take()
}

async fn publishers_look_after_members(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let create = "mutation($member: NewMember!) { createMember(member: $member) {
        id email name status labels note sessions lastSignIn created
        subscriptions { id tier origin ends } contributions { id amount currency at provider reference }
        newsletters { confirmed newsletter { slug } } } }";
    let new = json!({ "email": "reader@paper.example", "labels": ["VIP"], "newsletters": ["weekly"], "comp": { "tier": "patron" } });
    let member = data(&server, create, json!({ "member": new })).await["createMember"].take();
    let id = text(&member, "id").to_owned();
    assert_eq!(member["subscriptions"][0]["tier"], "patron");
    assert_eq!(member["newsletters"][0]["newsletter"]["slug"], "weekly");

    let find = "query($id: ID!, $filter: MemberFilter) { member(id: $id) { id name status }
        members(first: 5, filter: $filter) { pageInfo { hasNextPage } edges { cursor }
            nodes { id email name status created note labels tiers newsletters } } }";
    let filter = json!({ "tier": "patron", "label": "VIP", "status": "ACTIVE", "newsletter": "weekly" });
    let found = data(&server, find, json!({ "id": id, "filter": filter })).await;
    assert_eq!((&found["member"]["id"], &found["member"]["status"]), (&id.as_str().into(), &"ACTIVE".into()));
    assert_eq!(found["members"]["nodes"][0]["tiers"], json!(["patron"]));
    let none = json!({ "id": "none", "filter": { "email": "nobody@paper.example" } });
    let found = data(&server, find, none).await;
    assert_eq!((&found["member"], &found["members"]["nodes"]), (&Value::Null, &json!([])));

    let change = "mutation($id: ID!, $sub: ID!) {
        updateMember(id: $id, change: { name: \"Jo\", status: SUSPENDED }) { name status labels }
        endSubscription(member: $id, subscription: $sub)
        giveSubscription(member: $id, tier: \"patron\", until: \"2100-01-01T00:00:00Z\") { tier origin ends }
    }";
    let given = text(&member["subscriptions"][0], "id");
    let changed = data(&server, change, json!({ "id": id, "sub": given })).await;
    let expected = json!({ "name": "Jo", "status": "SUSPENDED", "labels": ["VIP"] });
    assert_eq!((&changed["updateMember"], &changed["endSubscription"]), (&expected, &true.into()));
    assert_eq!(changed["giveSubscription"]["ends"], "2100-01-01T00:00:00Z");
    let erase = "mutation($id: ID!) { eraseMember(id: $id) }";
    assert_eq!(data(&server, erase, json!({ "id": id })).await, json!({ "eraseMember": true }));
    let actions: Vec<_> = deeds(&server).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(
        actions,
        [
            "member.erased",
            "subscription.given",
            "subscription.ended",
            "member.suspended",
            "member.created",
            "subscription.given"
        ]
    );
    server.stop().await;
}

async fn nobody_else_may(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    super::entered(&server, json!({ "email": "reader@paper.example" })).await;
    let editor = server.mint(&Viewer::Staff(Staff::new("editor", Role::Editor)));
    let id = "mem_0199a17d4e0071018101010101010101";
    let asks = [
        ("{ members(first: 5) { nodes { email } } }".to_owned(), "members"),
        (format!("{{ member(id: \"{id}\") {{ email }} }}"), "member"),
        ("mutation { createMember(member: { email: \"a@b.example\" }) { id } }".to_owned(), "createMember"),
        (format!("mutation {{ updateMember(id: \"{id}\", change: {{}}) {{ id }} }}"), "updateMember"),
        (format!("mutation {{ eraseMember(id: \"{id}\") }}"), "eraseMember"),
        (
            format!("mutation {{ giveSubscription(member: \"{id}\", tier: \"patron\") {{ id }} }}"),
            "giveSubscription",
        ),
        (
            format!("mutation {{ endSubscription(member: \"{id}\", subscription: \"sub_{}\") }}", &id[4..]),
            "endSubscription",
        ),
    ];
    for (query, field) in &asks {
        for (token, code) in [
            (None, "AUTHENTICATION_REQUIRED"),
            (server.token(Asker::Patron), "INSUFFICIENT_ROLE"),
            (Some(editor.as_str()), "INSUFFICIENT_ROLE"),
        ] {
            let answer = server.post(token, "/graphql", &json!({ "query": query })).await.json();
            assert_eq!(answer["data"][field], Value::Null, "{answer}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}: {answer}");
        }
    }
    let listed = server.get(Asker::Staff, "/v1/members").await.json();
    assert_eq!(super::emails(&listed), ["reader@paper.example"], "nothing was done");
    server.stop().await;
}
