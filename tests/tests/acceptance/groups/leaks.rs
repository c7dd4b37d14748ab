//! What nobody learns from groups: whether an address has an account, what another group has, and a code.

use super::{faculty, rows, text};
use crate::members::{Stage, assert_refused};
use crate::partners::desk::dump;
use masthead_tests::server::{Answer, Asker, Backend};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    an_invitation_says_nothing_about_accounts,
    whoever_asked_to_be_forgotten_gets_no_letter,
    a_group_is_there_for_its_owners_alone,
    an_owner_learns_how_many_others_there_are_and_not_who,
    the_database_holds_no_code,
);

/// An answer without what is of this one moment: ids and instants, whose digits say how long it is.
fn shape(answer: &Answer, email: &str) -> (u16, Vec<(String, String)>, String) {
    let mut body = answer.body.replace(email, "ADDRESS");
    for row in answer.json()["data"].as_array().expect("rows") {
        for field in ["id", "created", "expires"] {
            body = body.replace(text(row, field), field);
        }
    }
    let headers = answer.headers.iter().filter(|(name, _)| name != "content-length").cloned().collect();
    (answer.status, headers, body)
}

async fn an_invitation_says_nothing_about_accounts(backend: Backend) {
    let stage = Stage::set(backend).await;
    let known = stage.sign_in("known-reader@home.example", &["weekly"]).await;
    let suspended = stage.sign_in("shut-out-read@home.example", &[]).await;
    let shut = format!("/v1/members/{}", suspended.member);
    stage.by_staff(Method::PATCH, &shut, json!({ "status": "suspended" })).await;
    let mut seen = Vec::new();
    for email in ["known-reader@home.example", "shut-out-read@home.example", "nobody-known@home.example"] {
        // Each in a group of its own, which are alike.
        let owner = format!("owner-of-{email}");
        let (owner, path) =
            stage.owned_group(&owner, json!({ "name": "x", "tier": "patron", "seats": 3 })).await;
        let invitations = format!("{path}/invitations");
        let invite = async || {
            stage.send(Method::POST, Some(&owner.access), &invitations, json!({ "emails": [email] })).await
        };
        let made = invite().await;
        assert_eq!(stage.post.next().await.to, [email]);
        let listed = stage.get(&owner.access, &invitations).await;
        let again = invite().await;
        assert_eq!(stage.post.next().await.to, [email]);
        let group = stage.get(&owner.access, &path).await.json();
        let seats = rows(&stage.get(&owner.access, &format!("{path}/seats")).await);
        assert_eq!((&group["taken"], seats.len()), (&json!(0), 0));
        seen.push([made, listed, again].map(|answer| shape(&answer, email)));
    }
    assert_eq!(seen[0], seen[2], "an address with an account, and one without");
    assert_eq!(seen[1], seen[2], "an address whose account is shut");
    assert_eq!(stage.get(&known.access, "/v1/me").await.status, 200);
    stage.server.stop().await;
}

async fn whoever_asked_to_be_forgotten_gets_no_letter(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (owner, path) = stage.owned_group("dean@faculty.example", faculty()).await;
    let gone = stage.sign_in("gone@home.example", &[]).await;
    assert_eq!(stage.delete(&gone.access, "/v1/me").await.status, 204);
    let invitations = format!("{path}/invitations");
    let mut seen = Vec::new();
    for email in ["gone@home.example", "here@home.example"] {
        let body = json!({ "emails": [email] });
        let answer = stage.send(Method::POST, Some(&owner.access), &invitations, body).await;
        seen.push(shape(&answer, email));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(stage.post.next().await.to, ["here@home.example"]);
    assert!(stage.post.is_empty().await);
    assert_eq!(rows(&stage.get(&owner.access, &invitations).await).len(), 2);
    stage.server.stop().await;
}

async fn a_group_is_there_for_its_owners_alone(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (dean, path) = stage.owned_group("dean@faculty.example", faculty()).await;
    let (boss, _) =
        stage.owned_group("boss@company.example", json!({ "name": "x", "tier": "patron", "seats": 1 })).await;
    let seated = stage.sign_in("anna@faculty.example", &[]).await;
    let seat = stage.take_seat(&seated.access).await.json();
    stage.invited(&dean.access, &path, "ben@home.example").await;
    let open = rows(&stage.get(&dean.access, &format!("{path}/invitations")).await).remove(0);
    let nothing = "/v1/groups/grp_0199a17d4e0071018101010101010101";
    for (method, below) in [
        (Method::GET, String::new()),
        (Method::GET, "/seats".to_owned()),
        (Method::GET, "/seats?limit=1".to_owned()),
        (Method::DELETE, format!("/seats/{}", text(&seat, "id"))),
        (Method::GET, "/invitations".to_owned()),
        (Method::POST, "/invitations".to_owned()),
        (Method::DELETE, format!("/invitations/{}", text(&open, "id"))),
    ] {
        for (who, token) in [("another owner", &boss.access), ("who has a seat", &seated.access)] {
            let ask = async |group: &str| {
                let body = json!({ "emails": ["carla@home.example"] });
                stage.send(method.clone(), Some(token), &format!("{group}{below}"), body).await
            };
            let (there, absent) = (ask(&path).await, ask(nothing).await);
            assert_refused(&there, 404, "not_found");
            let same = |answer: &Answer, group: &str| answer.body.replace(group, "GROUP");
            assert_eq!(same(&there, &path), same(&absent, nothing), "{who} {method} {below}");
        }
    }
    assert_eq!(stage.get(&dean.access, &path).await.json()["taken"], 1, "nothing has happened");
    assert_eq!(rows(&stage.get(&dean.access, &format!("{path}/invitations")).await).len(), 1);
    for field in ["owned", "invited"] {
        assert_eq!(stage.get(&seated.access, "/v1/me/groups").await.json()[field], json!([]));
    }
    let query = "query($id: ID!) { group(id: $id) { name } groupSeats(group: $id, first: 5) { nodes { id } }
        groupInvitations(group: $id, first: 5) { nodes { id } } }";
    let id = path.trim_start_matches("/v1/groups/");
    let request = json!({ "query": query, "variables": { "id": id } });
    for token in [&boss.access, &seated.access] {
        let answer = stage.send(Method::POST, Some(token), "/graphql", request.clone()).await.json();
        let nothing = json!({ "group": null, "groupSeats": null, "groupInvitations": null });
        assert_eq!((&answer["data"], &answer["errors"]), (&nothing, &Value::Null));
    }
    let answer = stage.send(Method::POST, Some(&dean.access), "/graphql", request).await.json();
    assert_eq!(answer["data"]["group"]["name"], "The faculty");
    stage.server.stop().await;
}

async fn the_database_holds_no_code(backend: Backend) {
    let stage = Stage::set(backend).await;
    let path = stage.group(faculty()).await;
    let staff = stage.server.token(Asker::Staff).expect("a token");
    let code = stage.invited(staff, &path, "anna@home.example").await;
    let all = dump(&stage.server, backend).await;
    assert!(all.contains("anna@home.example"), "the dump is one");
    let secret = code.strip_prefix("mh_gi_").expect("a code of an invitation");
    assert!(!all.contains(secret), "the code is not stored");
    // Not even its plain hash, which nobody needs a secret for.
    assert!(!all.contains(blake3::hash(code.as_bytes()).to_hex().as_str()));
    let anna = stage.sign_in("anna@home.example", &[]).await;
    let hashes: Vec<_> = all
        .split(|c: char| !c.is_ascii_hexdigit())
        .filter(|word| word.len() == 64)
        .map(str::to_owned)
        .collect();
    assert!(!hashes.is_empty());
    for stored in hashes.iter().take(20) {
        assert_refused(&stage.accept(&anna.access, stored).await, 400, "invalid_grant");
    }
    assert_eq!(stage.accept(&anna.access, &code).await.status, 201);
    stage.server.stop().await;
}

async fn an_owner_learns_how_many_others_there_are_and_not_who(backend: Backend) {
    let stage = Stage::set(backend).await;
    let dean = stage.sign_in("dean@faculty.example", &[]).await;
    let other = stage.sign_in("other@faculty.example", &[]).await;
    let mut body = faculty();
    body["owners"] = json!([dean.member, other.member]);
    let path = stage.group(body).await;
    let id = path.trim_start_matches("/v1/groups/");
    let query = "query($id: ID!) { group(id: $id) { owners ownerCount } viewer { groups { owned { owners ownerCount } } } }";
    let request = json!({ "query": query, "variables": { "id": id } });
    let mut seen = Vec::new();
    for here in [path.as_str(), "/v1/me/groups", "/v1/me/export"] {
        seen.push(stage.get(&dean.access, here).await);
    }
    seen.push(stage.send(Method::POST, Some(&dean.access), "/graphql", request).await);
    for answer in &seen {
        assert!(!answer.body.contains(&other.member), "{}", answer.body);
        assert!(
            answer.body.contains(&dean.member) && answer.body.contains("\"ownerCount\":2"),
            "{}",
            answer.body
        );
    }
    let whole = stage.server.get(Asker::Staff, &path).await.json();
    assert_eq!((whole["owners"].as_array().map(Vec::len), &whole["ownerCount"]), (Some(2), &json!(2)));
    stage.server.stop().await;
}
