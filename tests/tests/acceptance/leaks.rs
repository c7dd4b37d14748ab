//! How paywalls leak, case by case.

use masthead_domain::clock::Clock;
use masthead_domain::viewer::Entitlement;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{LOCKS, Variant, World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use std::time::Duration;

masthead_tests::on_both!(
    no_answer_holds_what_its_token_may_not_read,
    hidden_and_absent_are_the_same_answer,
    a_path_has_one_spelling,
    a_bad_token_is_never_taken_for_anonymous,
    a_member_warms_the_cache_and_the_anonymous_gets_nothing_of_it,
    a_new_lock_holds_within_a_second,
    a_filter_cannot_ask_about_what_is_locked,
);

/// Which secrets an asker may read: every locked sentence names what opens it.
fn may_read(asker: Asker) -> &'static [&'static str] {
    match asker {
        Asker::Anonymous | Asker::Nobody => &[],
        Asker::Subscriber => &["subscriber"],
        Asker::Member => &["subscriber", "member"],
        Asker::Patron => &["subscriber", "member", "patron"],
        Asker::Staff => &["subscriber", "member", "patron", "staff", "nobody"],
    }
}

/// What stands in an answer and is not for this asker.
pub(crate) fn secret_in(asker: Asker, answer: &Answer) -> Option<String> {
    let allowed = may_read(asker);
    let all = format!("{:?} {}", answer.headers, answer.body);
    let mut secrets: Vec<String> = Vec::new();
    for who in ["subscriber", "member", "patron", "staff", "nobody"] {
        if !allowed.contains(&who) {
            secrets.push(format!("Hidden for {who}"));
        }
    }
    if !allowed.contains(&"subscriber") {
        secrets.extend(["hidden-for-subscriber", "archive.example", "elsewhere.example"].map(Into::into));
    }
    if asker != Asker::Staff {
        let unpublished =
            ["Hidden for everybody", "Hidden: ", "embargoed-topic", "A paper that only an unpublished"];
        secrets.extend(unpublished.map(Into::into));
    }
    secrets.into_iter().find(|secret| all.contains(secret))
}

pub(crate) fn assert_no_secret(asker: Asker, path: &str, answer: &Answer) {
    assert_eq!(secret_in(asker, answer), None, "{asker:?} {path}");
}

async fn no_answer_holds_what_its_token_may_not_read(backend: Backend) {
    for variant in [Variant::A, Variant::B] {
        let server = TestServer::start(backend, World::all(variant)).await;
        let mut paths: Vec<String> =
            ["/v1/tags?limit=100", "/v1/sections", "/v1/authors", "/v1/tiers"].map(str::to_owned).into();
        for form in ["portable", "html", "text", "markdown", "none"] {
            paths.push(format!("/v1/articles?limit=100&body={form}"));
            for article in [LOCKS, "whole-for-members", "opens-with-a-gate"] {
                paths.push(format!("/v1/articles/{article}?body={form}"));
            }
        }
        for article in [LOCKS, "whole-for-members"] {
            paths.push(format!("/v1/articles/{article}/sources"));
            paths.push(format!("/v1/articles/{article}/related?limit=100"));
        }
        for asker in Asker::ALL {
            for path in &paths {
                assert_no_secret(asker, path, &server.get(asker, path).await);
            }
            let whole = server.get(asker, &format!("/v1/articles/{LOCKS}?body=text")).await.body;
            for who in may_read(asker) {
                assert!(whole.contains(&format!("Hidden for {who}")), "{asker:?} may read what is for {who}");
            }
        }
        server.stop().await;
    }
}

async fn hidden_and_absent_are_the_same_answer(backend: Backend) {
    let server = TestServer::start(backend, World::all(Variant::B)).await;
    let without_place = |answer: Answer| {
        let mut problem = answer.json();
        problem["instance"] = "".into();
        let mut headers = answer.headers;
        headers.retain(|(name, _)| name != "content-length");
        (answer.status, headers, problem)
    };
    for below in ["", "/sources", "/related"] {
        for asker in [Asker::Anonymous, Asker::Subscriber, Asker::Patron] {
            let absent =
                without_place(server.get(asker, &format!("/v1/articles/no-such-thing{below}")).await);
            assert_eq!(absent.0, 404);
            for hidden in ["a-draft", "scheduled", "withdrawn", "sec_0199a17d4e0071018101010101010101"] {
                let answer = server.get(asker, &format!("/v1/articles/{hidden}{below}")).await;
                assert_eq!(without_place(answer), absent, "{asker:?} {hidden}{below}");
            }
        }
    }
    server.stop().await;
}

async fn a_path_has_one_spelling(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for path in [
        "/v1/articles/",
        "/v1/Articles",
        "/V1/articles",
        "/v1//articles",
        "/v1/articles/free-to-read/",
        "/v1/articles/FREE-TO-READ",
        "/v1/articles/free-to-read.json",
        "/v1/articles/free-to-read;x",
        "/v1/articles/free%2Dto%2Dread/",
        "/v1/articles%2ffree-to-read",
        "/v1/articles/free-to-read%00",
        "/v1/articles/free-to-read/sources/1",
        "/v1/articles/..%2f..%2fetc",
    ] {
        let answer = server.get(Asker::Staff, path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
    server.stop().await;
}

async fn a_bad_token_is_never_taken_for_anonymous(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let good = server.token(Asker::Member).expect("a token").to_owned();
    let (message, signature) = good.rsplit_once('.').expect("a signature");
    for (authorization, status) in [
        ("Bearer".to_owned(), 401),
        ("Bearer ".to_owned(), 401),
        ("Bearer nonsense".to_owned(), 401),
        (format!("Bearer {message}."), 401),
        (format!("Bearer {message}.{}", signature.chars().rev().collect::<String>()), 401),
        (format!("Bearer {good}x"), 401),
        (format!("Token {good}"), 401),
        ("Basic dXNlcjpwYXNz".to_owned(), 401),
        (format!("Bearer {good}, Bearer {good}"), 400),
    ] {
        for path in ["/v1/articles", "/v1/articles/free-to-read", "/v1/me", "/v1/tiers"] {
            let answer = server.get_with(Asker::Anonymous, path, &[("authorization", &authorization)]).await;
            assert_eq!(answer.status, status, "{authorization} {path}: {}", answer.body);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!answer.body.contains(&good), "a token is not repeated");
            if status == 401 {
                assert!(answer.header("www-authenticate").starts_with("Bearer"), "{authorization}");
            }
        }
    }
    server.stop().await;
}

async fn a_member_warms_the_cache_and_the_anonymous_gets_nothing_of_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let path = format!("/v1/articles/{LOCKS}");
    for asker in
        [Asker::Staff, Asker::Patron, Asker::Member, Asker::Subscriber, Asker::Nobody, Asker::Anonymous]
    {
        for _ in 0..3 {
            assert_no_secret(asker, &path, &server.get(asker, &path).await);
        }
    }
    server.stop().await;
}

async fn a_new_lock_holds_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let path = "/v1/articles/free-to-read?body=text";
    assert!(server.get(Asker::Anonymous, path).await.body.contains("from the first word"));
    let locked = masthead_tests::publication::free_behind_a_lock(Entitlement::Member);
    let mut work = server.store.begin(SystemClock.now()).await.expect("work");
    work.put_articles(&[locked]).await.expect("put");
    work.commit().await.expect("committed");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!server.get(Asker::Anonymous, path).await.body.contains("from the first word"));
    assert!(server.get(Asker::Member, path).await.body.contains("from the first word"));
    server.stop().await;
}

async fn a_filter_cannot_ask_about_what_is_locked(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let articles = publication(World::HOME).articles.len();
    assert!(articles > 30);
    for parameter in
        ["body.text", "words", "q", "search", "url", "link", "locks", "title", "fields", "include"]
    {
        let answer = server.get(Asker::Subscriber, &format!("/v1/articles?{parameter}=x")).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (400, &"unknown_parameter".into()),
            "{parameter}"
        );
    }
    for order in ["words", "-words", "body", "locks", "sources"] {
        let answer = server.get(Asker::Subscriber, &format!("/v1/articles?order={order}")).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &"order".into()), "{order}");
    }
    server.stop().await;
}
