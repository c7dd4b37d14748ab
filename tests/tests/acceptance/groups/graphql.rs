//! Groups over GraphQL: the same use cases as over REST.

use super::{faculty, text};
use crate::members::Stage;
use masthead_tests::server::{Asker, Backend};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_group_is_entered_filled_and_ended,
    many_groups_cost_as_much_as_one,
    whoever_may_not_changes_nothing,
);

async fn ask(stage: &Stage, token: Option<&str>, query: &str, variables: Value) -> Value {
    let request = json!({ "query": query, "variables": variables });
    stage.send(Method::POST, token, "/graphql", request).await.json()
}

/// What a request answered, which must be without a fault.
async fn done(stage: &Stage, token: &str, query: &str, variables: Value) -> Value {
    let mut answer = ask(stage, Some(token), query, variables).await;
    assert_eq!(answer["errors"], Value::Null, "{query}");
    answer["data"].take()
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

const CREATE: &str = "mutation($group: NewGroup!) { createGroup(group: $group) {
    id version name tier seats taken ends graceSeconds domains owners status } }";
const UPDATE: &str = "mutation($id: ID!, $change: GroupChange!) { updateGroup(id: $id, change: $change) { seats ends version } }";
const INVITE: &str = "mutation($id: ID!, $emails: [String!]!) {
    inviteToGroup(group: $id, emails: $emails) { id email expires } }";

async fn a_group_is_entered_filled_and_ended(backend: Backend) {
    let stage = Stage::set(backend).await;
    let staff = stage.server.token(Asker::Staff).expect("a token");
    let dean = stage.sign_in("dean@faculty.example", &[]).await;
    let mut group = faculty();
    group["owners"] = json!([dean.member]);
    let made = done(&stage, staff, CREATE, json!({ "group": group })).await["createGroup"].take();
    assert_eq!((&made["status"], &made["taken"]), (&json!("ACTIVE"), &json!(0)));
    let id = text(&made, "id");
    let stale = json!({ "id": id, "change": { "seats": 9, "basedOn": "1" } });
    assert_eq!(code(&ask(&stage, Some(staff), UPDATE, stale).await), "PRECONDITION_FAILED");
    let change = json!({ "id": id, "change": { "seats": 4, "ends": null, "basedOn": made["version"] } });
    assert_eq!(done(&stage, staff, UPDATE, change).await["updateGroup"]["seats"], 4);

    let invite = json!({ "id": id, "emails": ["anna@home.example", "ben@home.example"] });
    let invited = done(&stage, &dean.access, INVITE, invite).await["inviteToGroup"].take();
    let letters = [stage.post.next().await, stage.post.next().await];
    let of =
        |email: &str| letters.iter().find(|letter| letter.to == [email]).expect("a letter").link_secret();
    let revoke = "mutation($id: ID!, $one: ID!) { revokeGroupInvitation(group: $id, invitation: $one) }";
    done(&stage, &dean.access, revoke, json!({ "id": id, "one": invited[1]["id"] })).await;
    let accept = "mutation($code: String!) { acceptGroupInvitation(code: $code) {
        seats { id group name tier email by since ends } owned { id } invited { name expires } } }";
    let anna = stage.sign_in("anna@home.example", &[]).await;
    let answer = ask(&stage, Some(&anna.access), accept, json!({ "code": of("ben@home.example") })).await;
    assert_eq!(code(&answer), "INVALID_GRANT");
    let mine =
        done(&stage, &anna.access, accept, json!({ "code": of("anna@home.example") })).await["acceptGroupInvitation"]
            .take();
    assert_eq!(
        (&mine["seats"][0]["by"], &mine["seats"][0]["tier"]),
        (&json!("INVITATION"), &json!("patron"))
    );
    let carla = stage.sign_in("carla@faculty.example", &[]).await;
    let take = "mutation { takeGroupSeat { seats { by email } } }";
    assert_eq!(
        done(&stage, &carla.access, take, Value::Null).await["takeGroupSeat"]["seats"][0]["by"],
        "DOMAIN"
    );
    let viewer =
        "{ viewer { entitlements groups { seats { name } } member { subscriptions { origin tier } } } }";
    let viewer = done(&stage, &carla.access, viewer, Value::Null).await["viewer"].take();
    assert_eq!(viewer["member"]["subscriptions"], json!([{ "origin": "group", "tier": "patron" }]));
    assert_eq!(viewer["groups"]["seats"], json!([{ "name": "The faculty" }]));

    let read = "query($id: ID!) { group(id: $id) { taken } groupInvitations(group: $id, first: 9) { nodes { email } }
        groupSeats(group: $id, first: 9) { edges { cursor } pageInfo { hasNextPage } nodes { id member email by } } }";
    let seen = done(&stage, &dean.access, read, json!({ "id": id })).await;
    assert_eq!((&seen["group"]["taken"], &seen["groupInvitations"]["nodes"]), (&json!(2), &json!([])));
    let emails: Vec<_> =
        seen["groupSeats"]["nodes"].as_array().expect("rows").iter().map(|row| text(row, "email")).collect();
    assert_eq!(emails, ["carla@faculty.example", "anna@home.example"]);
    assert_eq!(seen["groupSeats"]["nodes"][0]["member"], Value::Null);
    let seen_by_staff = done(&stage, staff, read, json!({ "id": id })).await;
    assert_eq!(seen_by_staff["groupSeats"]["nodes"][0]["member"], carla.member.as_str());
    let back = "mutation($id: ID!, $seat: ID!) { takeBackGroupSeat(group: $id, seat: $seat) }";
    done(&stage, &dean.access, back, json!({ "id": id, "seat": seen["groupSeats"]["nodes"][1]["id"] })).await;
    let leave = "mutation($id: ID!) { leaveGroup(group: $id) { seats { id } } }";
    assert_eq!(
        done(&stage, &carla.access, leave, json!({ "id": id })).await["leaveGroup"]["seats"],
        json!([])
    );
    done(&stage, staff, "mutation($id: ID!) { endGroup(id: $id) }", json!({ "id": id })).await;
    let list =
        "{ groups(first: 9, filter: { status: ENDED, tier: \"patron\" }) { nodes { id taken status } } }";
    let ended = done(&stage, staff, list, Value::Null).await;
    assert_eq!(ended["groups"]["nodes"], json!([{ "id": id, "taken": 0, "status": "ENDED" }]));
    stage.server.stop().await;
}

async fn many_groups_cost_as_much_as_one(backend: Backend) {
    let stage = Stage::set(backend).await;
    let dean = stage.sign_in("dean@faculty.example", &[]).await;
    let staff = stage.server.token(Asker::Staff).expect("a token");
    let read = "{ groups(first: 100) { nodes { name taken domains owners status } } }";
    let mut costs = Vec::new();
    for number in 1..=5_usize {
        let domain = format!("d{number}.example");
        let body = json!({ "name": "x", "tier": "patron", "seats": 2, "domains": [domain], "owners": [dean.member] });
        stage.group(body).await;
        // The watch looks at the log five times a second; the least of several tries is the document's own.
        let mut least = u64::MAX;
        for _ in 0..4 {
            let before = stage.server.store.queries();
            let read = done(&stage, staff, read, Value::Null).await;
            least = least.min(stage.server.store.queries() - before);
            assert_eq!(read["groups"]["nodes"].as_array().map(Vec::len), Some(number));
        }
        costs.push(least);
    }
    assert_eq!(costs, [1; 5]);
    stage.server.stop().await;
}

async fn whoever_may_not_changes_nothing(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let id = path.trim_start_matches("/v1/groups/");
    let member = stage.sign_in("anna@home.example", &[]).await;
    let deeds = stage.deeds().await;
    let ids = json!({ "id": id, "seat": "sub_0199a17d4e0071018101010101010101", "emails": ["a@home.example"],
        "change": { "seats": 1 }, "group": { "name": "x", "tier": "patron", "seats": 1 } });
    for (query, of_member) in [
        (CREATE, "INSUFFICIENT_ROLE"),
        (UPDATE, "INSUFFICIENT_ROLE"),
        ("mutation($id: ID!) { endGroup(id: $id) }", "INSUFFICIENT_ROLE"),
        (INVITE, "NOT_FOUND"),
        ("mutation($id: ID!, $seat: ID!) { takeBackGroupSeat(group: $id, seat: $seat) }", "NOT_FOUND"),
        ("mutation { takeGroupSeat { owned { id } } }", "NOT_FOUND"),
        ("mutation($id: ID!) { leaveGroup(group: $id) { owned { id } } }", "NOT_FOUND"),
    ] {
        let anonymous = ask(&stage, None, query, ids.clone()).await;
        assert_eq!(code(&anonymous), "AUTHENTICATION_REQUIRED", "{query}");
        assert_eq!(code(&ask(&stage, Some(&member.access), query, ids.clone()).await), of_member, "{query}");
    }
    assert_eq!(stage.deeds().await, deeds);
    stage.server.stop().await;
}
