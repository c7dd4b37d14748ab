//! Members as a table.

use super::{anybody, counts, deeds, delete, entered, exported, import, send, text};
use masthead_tests::publication::World;
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    what_is_exported_comes_in_elsewhere_as_it_was,
    ghosts_table_is_read_as_it_is,
    what_is_broken_is_named_and_nothing_is_written,
    a_dry_run_says_the_same_and_writes_nothing,
    who_is_there_keeps_what_they_have,
    a_row_that_was_given_a_tier_gives_that_tier,
    many_members_come_and_go_in_pieces,
);

const HEADER: &str = "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers";

async fn what_is_exported_comes_in_elsewhere_as_it_was(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let formulas = ["=HYPERLINK(\"http://evil.example\")", "+49 30", "-1", "@cmd", "'=1", "''+x", "'tis"];
    for (number, name) in formulas.iter().enumerate() {
        let mut body = anybody(number);
        body["name"] = (*name).into();
        body["note"] = format!("{name}\r\n\"quoted\", and so on").into();
        body["labels"] = json!(["VIP", name]);
        entered(&server, body).await;
    }
    let tabbed = json!({ "email": "+plus@paper.example", "note": "\tcmd", "newsletters": ["weekly"] });
    entered(&server, tabbed).await;
    entered(&server, json!({ "email": "comped@paper.example", "comp": { "tier": "patron" } })).await;
    let table = exported(&server).await;
    assert!(table.starts_with(HEADER), "{table}");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), formulas.len() + 2);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a spreadsheet would run {cell:?}");
    }
    assert_eq!(&rows[0][5], "true");
    assert_eq!((&rows[0][10], &rows[1][4]), ("patron", "true"));

    let elsewhere = TestServer::start(backend, World::HOME).await;
    let all = rows.len() as u64;
    let answer = import(&elsewhere, "?compTier=patron", &table).await;
    assert_eq!(counts(&answer), [all, all, 0, 0, 0]);
    assert_eq!(answer.json()["notes"], json!([]));
    assert_eq!(exported(&elsewhere).await, table);
    let listed = elsewhere.get(Asker::Staff, "/v1/members?limit=100").await.json();
    let names: Vec<_> =
        listed["data"].as_array().expect("rows").iter().rev().map(|row| &row["name"]).collect();
    assert_eq!(names[..formulas.len()], formulas.map(Value::from).each_ref()[..]);
    let again = import(&elsewhere, "?compTier=patron", &table).await;
    assert_eq!(counts(&again), [all, 0, 0, all, 0]);
    let actions: Vec<_> = deeds(&elsewhere).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["members.exported", "members.imported"], "what changes nothing is no deed");
    server.stop().await;
    elsewhere.stop().await;
}

const GHOSTS: &str = "\u{feff}id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\r\n\
    61a8f3d2c7e4b90001a1b2c3,Jo@Paper.Example,\"Jo, the first\",,true,false,,2021-03-01T10:22:33.000Z,,\"VIP,imported\",\r\n\
    61a8f3d2c7e4b90001a1b2c4,paid@paper.example,,\"line one\nline two\",false,false,cus_9s6XKzkNRiz8i3,2021-04-01T00:00:00.000Z,,,Gold\r\n\
    61a8f3d2c7e4b90001a1b2c5,friend@paper.example,'=Friend,,,TRUE,,2021-05-01T00:00:00.000Z,,,Gold\r\n\
    61a8f3d2c7e4b90001a1b2c6,gone@paper.example,Gone,,true,false,,2020-01-01T00:00:00.000Z,2022-01-01T00:00:00.000Z,,\r\n";

async fn ghosts_table_is_read_as_it_is(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let answer = import(&server, "", GHOSTS).await;
    assert_eq!(counts(&answer), [4, 3, 0, 0, 1]);
    let summary = answer.json();
    assert_eq!(
        summary["reasons"],
        json!([{ "what": "the member was deleted", "count": 1, "examples": ["line 6"] }])
    );
    let notes: Vec<_> =
        summary["notes"].as_array().expect("notes").iter().map(|note| text(note, "what")).collect();
    assert!(
        notes[0].starts_with("complimentary_plan:") && notes[1].starts_with("stripe_customer_id:"),
        "{notes:?}"
    );
    assert_eq!(summary["notes"][1]["examples"], json!(["line 3"]));

    let members = server.get(Asker::Staff, "/v1/members").await.json();
    assert_eq!(super::emails(&members), ["friend@paper.example", "paid@paper.example", "jo@paper.example"]);
    let jo = &members["data"][2];
    assert_eq!((&jo["name"], &jo["created"]), (&"Jo, the first".into(), &"2021-03-01T10:22:33Z".into()));
    assert_eq!((&jo["labels"], &jo["newsletters"]), (&json!(["VIP", "imported"]), &json!(["weekly"])));
    assert_eq!(members["data"][1]["note"], "line one\nline two");
    assert_eq!((&members["data"][0]["name"], &members["data"][0]["tiers"]), (&"=Friend".into(), &json!([])));
    let consents = server.get(Asker::Staff, &format!("/v1/members/{}/export", text(jo, "id"))).await.json();
    let purposes: Vec<_> =
        consents["consents"].as_array().expect("a list").iter().map(|one| text(one, "purpose")).collect();
    assert_eq!(purposes.len(), 2, "{purposes:?}");

    let comped = import(&server, "?compTier=patron", GHOSTS).await;
    assert_eq!(counts(&comped), [4, 0, 1, 2, 1]);
    let friend = server.get(Asker::Staff, "/v1/members?tier=patron").await.json();
    assert_eq!(super::emails(&friend), ["friend@paper.example"]);
    // What the publisher takes back is not given again by the same table, and whoever is erased does not come back.
    let path = format!("/v1/members/{}", text(&friend["data"][0], "id"));
    let comp = text(&server.get(Asker::Staff, &path).await.json()["subscriptions"][0], "id").to_owned();
    assert_eq!(delete(&server, &format!("{path}/subscriptions/{comp}")).await.status, 204);
    assert_eq!(delete(&server, &format!("/v1/members/{}", text(jo, "id"))).await.status, 204);
    assert_eq!(counts(&import(&server, "?compTier=patron", GHOSTS).await), [4, 0, 0, 2, 2]);
    let none = import(&server, "?compTier=none", GHOSTS).await;
    assert_eq!((none.status, &none.json()["parameter"]), (400, &"compTier".into()));
    server.stop().await;
}

async fn what_is_broken_is_named_and_nothing_is_written(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let good: String = (0..600).map(|number| format!("good-{number}@paper.example,Good\n")).collect();
    for (header, last, parameter, place) in [
        ("email,name", "bad@paper.example,\"Bad", "body", "line 602: character 19"),
        ("email,name", "bad@paper.example,B\"ad", "body", "line 602: character 20"),
        ("email,name", "bad@paper.example", "body", "line 602: has 1 cells"),
        ("email,nmae", "bad@paper.example,Bad", "nmae", "line 1, column nmae"),
        ("address,name", "bad@paper.example,Bad", "address", "line 1, column address"),
        ("email,name", "GOOD-7@paper.example,Bad", "email", "line 602, column email: stands on line 9"),
        ("email,name", "not an address,Bad", "email", "line 602, column email"),
        ("email,created_at", "bad@paper.example,x", "created_at", "line 2, column created_at"),
    ] {
        let answer = import(&server, "", &format!("{header}\n{good}{last}\n")).await;
        let problem = answer.json();
        assert_eq!((answer.status, &problem["parameter"]), (400, &parameter.into()), "{}", answer.body);
        assert!(text(&problem, "detail").starts_with(place), "{place}: {problem}");
    }
    let client = reqwest::Client::new();
    let token = server.token(Asker::Staff).expect("a token");
    let bytes = client
        .post(format!("{}/v1/members/import", server.base))
        .bearer_auth(token)
        .header("content-type", "text/csv")
        .body(b"email\ngood@paper.example\nb\xffd@paper.example\n".to_vec())
        .send()
        .await
        .expect("an answer");
    assert_eq!(bytes.status(), 400);
    assert!(bytes.text().await.expect("a body").contains("line 3: is not UTF-8"));
    let json = [("content-type", "application/json")];
    let other = server.ask(Method::POST, Asker::Staff, "/v1/members/import", &json, Some("{}".into())).await;
    assert_eq!(other.status, 415);
    assert_eq!(import(&server, "?dryrun=true", "email\n").await.json()["code"], "unknown_parameter");
    assert_eq!(import(&server, "?dryRun=perhaps", "email\n").await.json()["parameter"], "dryRun");
    let long = format!("email\n{}", " ".repeat(16 * 1024 * 1024));
    assert_eq!(import(&server, "", &long).await.status, 413);
    assert_eq!(server.get(Asker::Staff, "/v1/members").await.json()["data"], json!([]), "nothing half done");
    assert_eq!(deeds(&server).await, []);
    server.stop().await;
}

async fn a_dry_run_says_the_same_and_writes_nothing(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let dry = import(&server, "?dryRun=true&compTier=patron", GHOSTS).await;
    assert_eq!(server.get(Asker::Staff, "/v1/members").await.json()["data"], json!([]));
    assert_eq!(deeds(&server).await, []);
    let wet = import(&server, "?dryRun=false&compTier=patron", GHOSTS).await;
    assert_eq!(counts(&dry), counts(&wet));
    assert_eq!((&dry.json()["dryRun"], &wet.json()["dryRun"]), (&true.into(), &false.into()));
    assert_eq!(dry.json()["notes"], wet.json()["notes"]);
    server.stop().await;
}

async fn who_is_there_keeps_what_they_have(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let body = json!({ "email": "jo@paper.example", "name": "Jo", "note": "kept", "labels": ["own"] });
    let jo = entered(&server, body).await;
    let path = format!("/v1/members/{}", text(&jo, "id"));
    send(&server, Method::PATCH, &path, json!({ "status": "suspended" })).await;
    // The id is another member's; it is a new member who has the address.
    let file = format!(
        "id,email,name,labels,subscribed_to_emails\n,jo@paper.example,Joanna,\"new\",true\n{},other@paper.example,,,\n",
        text(&jo, "id")
    );
    let answer = import(&server, "", &file).await;
    assert_eq!(counts(&answer), [2, 1, 1, 0, 0]);
    assert_eq!(answer.json()["notes"][0]["what"], "id: another member has it");
    let found = server.get(Asker::Staff, &path).await.json();
    assert_eq!((&found["name"], &found["note"]), (&"Joanna".into(), &"kept".into()));
    assert_eq!(found["labels"], json!(["own", "new"]));
    assert_eq!((&found["status"], &found["newsletters"]), (&"suspended".into(), &json!([])));
    assert_eq!(found["created"], jo["created"]);
    assert_eq!(counts(&import(&server, "", &file).await), [2, 0, 0, 2, 0]);
    server.stop().await;
}

/// The tier stands in the row; `compTier` is for rows that do not say which of ours it was.
async fn a_row_that_was_given_a_tier_gives_that_tier(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let tiers = server.get(Asker::Staff, "/v1/tiers").await.json();
    let slugs: Vec<_> =
        tiers["data"].as_array().expect("tiers").iter().map(|tier| text(tier, "slug")).collect();
    let [one, other] = ["patron", slugs.iter().find(|slug| **slug != "patron").expect("another tier")];
    for (name, tier) in [("one", one), ("other", other)] {
        let email = format!("{name}@paper.example");
        entered(&server, json!({ "email": email, "comp": { "tier": tier } })).await;
    }
    let table = exported(&server).await;
    let elsewhere = TestServer::start(backend, World::HOME).await;
    let answer = import(&elsewhere, "", &table).await;
    assert_eq!((counts(&answer), &answer.json()["notes"]), ([2, 2, 0, 0, 0], &json!([])));
    assert_eq!(exported(&elsewhere).await, table);
    assert_eq!(counts(&import(&elsewhere, &format!("?compTier={other}"), &table).await), [2, 0, 0, 2, 0]);

    let several = format!(
        "email,complimentary_plan,tiers\n\
         both@paper.example,true,\"{one},{other}\"\n\
         gold@paper.example,true,Gold\n\
         bare@paper.example,true,\n"
    );
    let answer = import(&elsewhere, "?dryRun=true", &several).await.json();
    let told = |answer: &Value, start: &str| {
        let notes = answer["notes"].as_array().expect("notes");
        let note = notes.iter().find(|note| text(note, "what").starts_with(start)).expect("told");
        note["examples"].clone()
    };
    assert_eq!(told(&answer, "complimentary_plan:"), json!(["line 2", "line 3", "line 4"]));
    assert_eq!(told(&answer, "tiers: not kept; "), json!(["line 2", "line 3"]));
    let answer = import(&elsewhere, &format!("?compTier={one}"), &several).await;
    assert_eq!(counts(&answer), [3, 3, 0, 0, 0]);
    assert_eq!(told(&answer.json(), "tiers: not kept but"), json!(["line 2", "line 3"]));
    let given = elsewhere.get(Asker::Staff, &format!("/v1/members?tier={one}")).await.json();
    assert_eq!(given["data"].as_array().map(Vec::len), Some(4));
    server.stop().await;
    elsewhere.stop().await;
}

async fn many_members_come_and_go_in_pieces(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let rows: String = (0..1_203)
        .map(|number| format!("reader-{number}@paper.example,true,2026-01-01T00:00:{:02}Z\n", number % 60))
        .collect();
    let file = format!("email,subscribed_to_emails,created_at\n{rows}");
    assert_eq!(counts(&import(&server, "", &file).await), [1_203, 1_203, 0, 0, 0]);
    let table = exported(&server).await;
    let addresses: std::collections::BTreeSet<_> =
        table.lines().skip(1).map(|line| line.split(',').nth(1).expect("an address")).collect();
    assert_eq!((table.lines().count(), addresses.len()), (1_204, 1_203));
    assert_eq!(counts(&import(&server, "", &table).await), [1_203, 0, 0, 1_203, 0]);
    server.stop().await;
}
