//! Preview links: one version of an article, for whoever has the link, and nowhere else.

use masthead_domain::clock::Clock;
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{World, draft_behind_a_lock, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    the_article_exists_for_the_link_alone,
    a_later_version_ends_the_link,
    the_publication_ends_the_link_at_its_instant,
    only_editors_make_links,
);

const SLUG: &str = "draft-behind-a-lock";
const PATH: &str = "/v1/articles/draft-behind-a-lock";

async fn start(backend: Backend) -> TestServer {
    let mut publication = publication(World::HOME);
    publication.articles.push(draft_behind_a_lock("As it was at first.", None));
    TestServer::start_with(backend, &publication).await
}

async fn make(server: &TestServer, token: Option<&str>, slug: &str) -> Answer {
    server.send(token, Method::POST, &format!("/v1/articles/{slug}/previews"), &[], None).await
}

async fn redeem(server: &TestServer, preview: &Value) -> Answer {
    server.post(None, "/v1/previews/redeem", &json!({ "code": preview["code"] })).await
}

async fn link(server: &TestServer) -> (Value, String) {
    let made = make(server, server.token(Asker::Staff), SLUG).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.body);
    let preview = made.json();
    let redeemed = redeem(server, &preview).await;
    assert_eq!(redeemed.status, 201, "{}", redeemed.body);
    (preview, redeemed.json()["accessToken"].as_str().expect("a token").to_owned())
}

async fn put(server: &TestServer, article: masthead_domain::article::Article) {
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.put_articles(&[article]).await.expect("put");
    work.commit().await.expect("committed");
}

async fn the_article_exists_for_the_link_alone(backend: Backend) {
    let server = start(backend).await;
    let (preview, token) = link(&server).await;
    assert!(
        preview["link"]
            .as_str()
            .expect("a link")
            .starts_with("https://paper.example/draft-behind-a-lock?preview=")
    );
    let answer = server.get_as(&token, &format!("{PATH}?body=text")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
    let article = answer.json();
    assert_eq!((&article["status"], &article["complete"]), (&json!("draft"), &json!(true)));
    assert_eq!(article["locks"][0]["access"]["reason"], "preview");
    assert!(article["bodyText"].as_str().expect("text").contains("As it was at first."));
    let id = article["id"].as_str().expect("an id");
    assert_eq!(server.get_as(&token, &format!("/v1/articles/{id}")).await.status, 200, "by its id too");
    let query =
        json!({ "query": format!("{{ article(id: \"{id}\") {{ slug }} node(id: \"{id}\") {{ id }} }}") });
    let graphql = server.post(Some(&token), "/graphql", &query).await.json();
    assert_eq!(graphql["data"], json!({ "article": { "slug": SLUG }, "node": { "id": id } }), "{graphql}");

    // Everything else is what anybody sees.
    for path in [
        "/v1/articles?limit=100&total=true",
        "/v1/articles?tag=ports&limit=100&total=true",
        "/v1/articles/whole-for-members",
        "/v1/articles/whole-for-members/related",
        "/v1/articles/a-draft-of-both-worlds",
        "/v1/tags",
        "/v1/sections",
    ] {
        let theirs = server.get_as(&token, path).await;
        assert_eq!(theirs.body, server.get(Asker::Anonymous, path).await.body, "{path}");
        assert!(!theirs.body.contains(SLUG), "{path}");
    }
    for asker in Asker::ALL.into_iter().filter(|asker| *asker != Asker::Staff) {
        assert_eq!(server.get(asker, PATH).await.status, 404, "{asker:?}");
    }
    let refused = server.get_as(&token, "/v1/articles?status=draft").await;
    assert!(refused.status >= 400, "{}", refused.body);
    server.stop().await;
}

async fn a_later_version_ends_the_link(backend: Backend) {
    let server = start(backend).await;
    let (preview, token) = link(&server).await;
    assert_eq!(server.get_as(&token, PATH).await.status, 200);
    put(&server, draft_behind_a_lock("Not for those who had the link.", None)).await;
    within_a_second("ended", async || server.get_as(&token, PATH).await.status == 401).await;
    let ended = redeem(&server, &preview).await;
    assert_eq!((ended.status, &ended.json()["code"]), (410, &json!("link_ended")));

    let (preview, token) = link(&server).await;
    let path = format!("/v1/previews/{}", preview["id"].as_str().expect("an id"));
    assert_eq!(server.ask(Method::DELETE, Asker::Patron, &path, &[], None).await.status, 403);
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await.status, 204);
    assert_eq!(server.get_as(&token, PATH).await.status, 401, "at once on this server");
    server.stop().await;
}

async fn the_publication_ends_the_link_at_its_instant(backend: Backend) {
    let server = start(backend).await;
    let publishes = SystemClock.now().plus_seconds(3);
    put(&server, draft_behind_a_lock("Soon to be published.", Some(publishes))).await;
    let (_, token) = link(&server).await;
    let article = server.get_as(&token, PATH).await.json();
    assert_eq!(
        (&article["status"], &article["locks"][0]["access"]["reason"]),
        (&json!("scheduled"), &json!("preview"))
    );
    while SystemClock.now() < publishes {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(server.get_as(&token, PATH).await.status, 401, "the link is no way around the paywall");
    let article = server.get(Asker::Anonymous, PATH).await.json();
    assert_eq!(article["locks"][0]["access"]["reason"], "sign_in_required");
    let published = make(&server, server.token(Asker::Staff), SLUG).await;
    assert_eq!((published.status, &published.json()["code"]), (409, &json!("already_published")));
    server.stop().await;
}

async fn only_editors_make_links(backend: Backend) {
    let server = start(backend).await;
    let writer = server.mint(&Viewer::Staff(Staff::new("desk", Role::Writer)));
    assert_eq!(make(&server, None, SLUG).await.status, 401);
    assert_eq!(make(&server, server.token(Asker::Patron), SLUG).await.status, 403);
    assert_eq!(make(&server, Some(&writer), SLUG).await.status, 403);
    assert_eq!(make(&server, server.token(Asker::Staff), "nothing").await.status, 404);
    let path = format!("{PATH}/previews?seconds=0");
    let wrong = server.ask(Method::POST, Asker::Staff, &path, &[], None).await;
    assert_eq!((wrong.status, &wrong.json()["parameter"]), (400, &json!("seconds")));
    server.stop().await;
}
