//! What the OpenAPI document says of answers is what the answers are.

use masthead_tests::publication::{LOCKS, Variant, World};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(
    every_answer_fits_its_schema,
    every_route_is_in_the_document,
    problems_fit_their_schema
);

/// What is for the publisher's staff; the tests of each say what it answers.
const FOR_STAFF: [&str; 2] = ["/v1/partners", "/v1/audit"];

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
        .replace("{source}", source)
}

async fn a_source(server: &TestServer) -> String {
    let sources = server.get(Asker::Anonymous, &format!("/v1/articles/{LOCKS}/sources")).await.json();
    sources["nodes"][0]["source"]["id"].as_str().expect("an id").to_owned()
}

async fn every_answer_fits_its_schema(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let source = a_source(&server).await;
    for (path, item) in document["paths"].as_object().expect("paths") {
        if item["get"].is_null() {
            continue;
        }
        let schema = &item["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path} has a schema");
        let validator = validator(&document, schema);
        for asker in Asker::ALL {
            for form in ["", "?body=portable", "?body=html", "?body=text", "?limit=100"] {
                let answer = server.get(asker, &format!("{}{form}", real(path, &source))).await;
                if answer.status == 200 {
                    assert_fits(&validator, &answer.json(), &format!("{asker:?} {path}{form}"));
                } else if !FOR_STAFF.iter().any(|start| path.starts_with(start)) {
                    assert!(!form.is_empty(), "{asker:?} {path}: {}", answer.body);
                }
            }
        }
    }
    server.stop().await;
}

/// The test of the test: a schema that is not strict would let anything pass.
async fn every_route_is_in_the_document(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let document = server.get(Asker::Anonymous, "/openapi/v1.json").await.json();
    let paths: Vec<_> = document["paths"].as_object().expect("paths").keys().cloned().collect();
    insta::with_settings!({ snapshot_path => "../golden", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("routes", paths.join("\n"));
    });
    let mut operations: Vec<_> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|item| item.as_object().expect("operations").values())
        .map(|operation| operation["operationId"].as_str().expect("an operation id"))
        .collect();
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
    }
    server.stop().await;
}
