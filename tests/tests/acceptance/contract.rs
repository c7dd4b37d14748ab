//! What the OpenAPI document says of answers is what the answers are.

use crate::members::{SignedIn, Stage, WORDING};
use masthead_tests::contract::{Operation, for_readers, operations};
use masthead_tests::publication::{LOCKS, Variant, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    every_answer_fits_its_schema,
    what_members_are_answered_fits_its_schema,
    what_the_staff_is_answered_of_members_fits_its_schema,
    every_route_is_in_the_document,
    problems_fit_their_schema,
    whoever_sends_no_token_is_refused_where_one_is_needed,
);

fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut whole = schema.clone();
    // The schemas refer to each other by their place in the document.
    whole["components"] = document["components"].clone();
    jsonschema::validator_for(&whole).expect("a valid JSON Schema")
}

fn assert_fits(validator: &jsonschema::Validator, answer: &Value, what: &str) {
    let fault =
        |fault: jsonschema::ValidationError<'_>| format!("{} {}", fault.instance_path(), fault.schema_path());
    let faults: Vec<_> = validator.iter_errors(answer).map(fault).collect();
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

/// A real path for a path of the document.
fn real(path: &str, source: &str) -> String {
    path.replace("{article}", LOCKS)
        .replace("{section}", "harbours")
        .replace("{author}", "quay-watcher")
        .replace("{tag}", "ports")
        .replace("{tier}", "patron")
        .replace("{source}", source)
        .replace("{format}", "ninjs")
}

async fn a_source(server: &TestServer) -> String {
    let sources = server.get(Asker::Anonymous, &format!("/v1/articles/{LOCKS}/sources")).await.json();
    sources["nodes"][0]["source"]["id"].as_str().expect("an id").to_owned()
}

async fn every_answer_fits_its_schema(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let source = a_source(&server).await;
    for Operation { path, item, .. } in for_readers(&document) {
        let content = item["responses"]["200"]["content"].as_object().expect("media types");
        if content.keys().all(|media| !media.contains("json")) {
            let answer = server.get(Asker::Anonymous, path).await;
            let is_told = content.contains_key(answer.header("content-type"));
            // Which spans there are is told by the index alone.
            let needs_a_span = answer.status == 400 && answer.json()["parameter"] == "since";
            assert!(is_told || answer.status == 404 || needs_a_span, "{path}: {answer:?}");
            continue;
        }
        let json = |media: &&String| media.ends_with("json");
        let media = content.keys().find(|media| *media == "application/json");
        let schema = &content[media.or(content.keys().find(json)).expect("JSON")]["schema"];
        assert!(schema.is_object(), "{path} has a schema");
        let validator = validator(&document, schema);
        for asker in Asker::ALL {
            for form in ["", "?body=portable", "?body=html", "?body=text", "?body=markdown", "?limit=100"] {
                let answer = server.get(asker, &format!("{}{form}", real(path, &source))).await;
                if answer.status == 200 {
                    assert_fits(&validator, &answer.json(), &format!("{asker:?} {path}{form}"));
                } else {
                    // In need of a parameter that these forms do not have.
                    let may_be = path == "/v1/access" || !form.is_empty();
                    assert!(may_be, "{asker:?} {path}: {}", answer.body);
                }
            }
        }
    }
    server.stop().await;
}

async fn what_members_are_answered_fits_its_schema(backend: Backend) {
    let stage = Stage::set(backend).await;
    let document = stage.server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let fits = |method: &str, path: &str, answer: &Answer| {
        let responses = &document["paths"][path][method]["responses"];
        let schema = &responses[answer.status.to_string()]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} {}: {}", answer.status, answer.body);
        assert_fits(&validator(&document, schema), &answer.json(), path);
    };
    let wish = json!({ "email": "reader@paper.example", "newsletters": ["weekly"], "wording": WORDING });
    let begun = stage.post("/v1/auth/start", wish).await;
    fits("post", "/v1/auth/start", &begun);
    let proof = json!({ "attempt": begun.json()["attempt"], "code": stage.post.next().await.code() });
    let finished = stage.post("/v1/auth/finish", proof).await;
    fits("post", "/v1/auth/finish", &finished);
    let refresh = json!({ "refreshToken": SignedIn::of(&finished).refresh });
    let refreshed = stage.post("/v1/auth/refresh", refresh).await;
    fits("post", "/v1/auth/refresh", &refreshed);
    let access = SignedIn::of(&refreshed).access;
    for path in
        document["paths"].as_object().expect("paths").keys().filter(|path| path.starts_with("/v1/me/"))
    {
        if document["paths"][path]["get"].is_object() {
            fits("get", path, &stage.get(&access, path).await);
        }
    }
    let change = stage.send(Method::PATCH, Some(&access), "/v1/me/profile", json!({ "name": "x" })).await;
    fits("patch", "/v1/me/profile", &change);
    stage.server.stop().await;
}

async fn what_the_staff_is_answered_of_members_fits_its_schema(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let fits = |method: &str, path: &str, answer: &Answer| {
        let responses = &document["paths"][path][method]["responses"];
        let schema = &responses[answer.status.to_string()]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} {}: {}", answer.status, answer.body);
        assert_fits(&validator(&document, schema), &answer.json(), path);
    };
    let token = server.token(Asker::Staff);
    let comp = json!({ "tier": "patron" });
    let new = json!({ "email": "reader@paper.example", "labels": ["VIP"], "newsletters": ["weekly"], "comp": comp });
    let created = server.post(token, "/v1/members", &new).await;
    fits("post", "/v1/members", &created);
    let here = format!("/v1/members/{}", created.json()["id"].as_str().expect("an id"));
    fits("get", "/v1/members", &server.get(Asker::Staff, "/v1/members").await);
    fits("get", "/v1/members/{member}", &server.get(Asker::Staff, &here).await);
    fits("get", "/v1/members/{member}/export", &server.get(Asker::Staff, &format!("{here}/export")).await);
    let given = server.post(token, &format!("{here}/subscriptions"), &comp).await;
    fits("post", "/v1/members/{member}/subscriptions", &given);
    let headers = [("content-type", "text/csv")];
    let table = Some("email,tiers\nother@paper.example,Gold\n".to_owned());
    let group = json!({ "name": "The faculty", "tier": "patron", "seats": 3, "domains": ["faculty.example"],
        "owners": [created.json()["id"]] });
    let group = server.post(token, "/v1/groups", &group).await;
    fits("post", "/v1/groups", &group);
    let path = format!("/v1/groups/{}", group.json()["id"].as_str().expect("an id"));
    fits("get", "/v1/groups", &server.get(Asker::Staff, "/v1/groups").await);
    fits("get", "/v1/groups/{group}", &server.get(Asker::Staff, &path).await);
    let change = Some(json!({ "seats": 2 }).to_string());
    let headers_of_json = [("content-type", "application/json")];
    let changed = server.ask(Method::PATCH, Asker::Staff, &path, &headers_of_json, change).await;
    fits("patch", "/v1/groups/{group}", &changed);
    let invite = json!({ "emails": ["anna@faculty.example"] });
    let invited = server.post(token, &format!("{path}/invitations"), &invite).await;
    fits("post", "/v1/groups/{group}/invitations", &invited);
    let invitations = server.get(Asker::Staff, &format!("{path}/invitations")).await;
    fits("get", "/v1/groups/{group}/invitations", &invitations);
    let member = server.issue(&server.member(1, &[]).await);
    let change = Some(json!({ "domains": ["reader.example"] }).to_string());
    server.ask(Method::PATCH, Asker::Staff, &path, &headers_of_json, change).await;
    fits("post", "/v1/me/group", &server.send(Some(&member), Method::POST, "/v1/me/group", &[], None).await);
    fits("get", "/v1/groups/{group}/seats", &server.get(Asker::Staff, &format!("{path}/seats")).await);
    let imported = server.ask(Method::POST, Asker::Staff, "/v1/members/import", &headers, table).await;
    fits("post", "/v1/members/import", &imported);
    server.stop().await;
}

/// The test of the test: a schema that is not strict would let anything pass.
async fn every_route_is_in_the_document(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let named = |one: Operation<'_>| format!("{:<7}{}", one.method, one.path);
    let named: Vec<_> = operations(&document).map(named).collect();
    insta::with_settings!({ snapshot_path => "../golden", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("routes", named.join("\n"));
    });
    let id = |one: Operation<'_>| one.item["operationId"].as_str().expect("an operation id").to_owned();
    let mut operations: Vec<_> = operations(&document).map(id).collect();
    let all = operations.len();
    operations.sort_unstable();
    operations.dedup();
    assert_eq!(operations.len(), all, "one operation id an operation");
    let article = validator(&document, &json!({ "$ref": "#/components/schemas/Article" }));
    assert!(!article.is_valid(&json!({})), "an article has required members");
    server.stop().await;
}

async fn problems_fit_their_schema(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let validator = validator(&document, &json!({ "$ref": "#/components/schemas/Problem" }));
    for path in ["/v1/articles/none", "/v1/articles?limit=0", "/v1/articles?x=1", "/v1/none", "/none"] {
        let answer = server.get(Asker::Anonymous, path).await;
        assert_fits(&validator, &answer.json(), path);
        let kind = answer.json()["type"].as_str().expect("a type").to_owned();
        let kind = server.get(Asker::Anonymous, &kind).await;
        assert_eq!((kind.status, &kind.json()["code"]), (200, &answer.json()["code"]), "{}", kind.body);
    }
    let kinds = server.get(Asker::Anonymous, "/problems").await.json();
    let codes: Vec<_> = kinds["data"].as_array().expect("kinds").iter().map(|kind| &kind["code"]).collect();
    assert_eq!(json!(codes), document["components"]["schemas"]["ProblemCode"]["enum"]);
    assert_eq!(server.get(Asker::Anonymous, "/problems/none").await.status, 404);
    for Operation { path, item, method } in operations(&document) {
        let problem = &item["responses"]["default"]["$ref"];
        assert_eq!(problem, "#/components/responses/Problem", "{method} {path}");
    }
    server.stop().await;
}

/// Every operation is either for everybody, or refuses whoever sends no token, or says that it needs none.
async fn whoever_sends_no_token_is_refused_where_one_is_needed(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    for operation in operations(&document).filter(Operation::needs_a_token) {
        let path = real(operation.path, "src_0199a17d4e007101810101010101010101");
        // What else stands in a path is an id, and begins as its kind does.
        let ids = ["gift", "institution", "pass", "preview", "session"].into_iter();
        let path = ids.fold(path, |path, kind| {
            path.replace(&format!("{{{kind}}}"), &format!("{}_0199a17d4e0071018101010101010101", &kind[..3]))
        });
        let path = path.replace(['{', '}'], "");
        let headers = [("content-type", "application/json")];
        let answer = server
            .ask(operation.method.clone(), Asker::Anonymous, &path, &headers, Some("{}".to_owned()))
            .await;
        assert_eq!(answer.status, 401, "{} {path}: {}", operation.method, answer.body);
    }
    server.stop().await;
}
