//! Signing up and in, by code and by link.

use super::{SignedIn, Stage, WORDING, assert_refused};
use masthead_domain::member::Status;
use masthead_tests::postbox::{Mood, Postbox};
use masthead_tests::publication::World;
use masthead_tests::server::{Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

masthead_tests::on_both!(
    a_stranger_signs_up_with_the_code,
    the_link_signs_in_and_looking_at_it_uses_nothing_up,
    a_known_address_is_answered_like_an_unknown_one,
    five_wrong_codes_end_an_attempt,
    code_and_link_are_good_for_fifteen_minutes,
    mails_are_limited,
    the_database_holds_nothing_to_sign_in_with,
    wrong_requests_are_named,
    whoever_is_suspended_stays_outside,
    a_letter_that_is_refused_for_the_moment_is_sent_again,
    letters_that_wait_hold_up_no_other,
    without_a_mail_server_letters_are_files,
);

async fn a_stranger_signs_up_with_the_code(backend: Backend) {
    let stage = Stage::set(backend).await;
    let wish = json!({
        "email": " Reader@Paper.Example ", "newsletters": ["weekly"], "name": "A. Reader", "wording": WORDING,
    });
    let begun = stage.post("/v1/auth/start", wish).await;
    assert_eq!((begun.status, begun.header("cache-control")), (202, "no-store"), "{}", begun.body);
    assert_eq!(begun.json()["expiresIn"], 900);
    let mail = stage.post.next().await;
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("hello@paper.example", &["reader@paper.example".into()][..])
    );
    for field in [
        "Subject: Sign in to The Paper",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "Message-ID: <",
        "Date: ",
    ] {
        assert!(mail.data.contains(field), "{field} in {}", mail.data);
    }
    // Before the code has come back there is nobody.
    let email = "reader@paper.example".parse().expect("an address");
    assert!(stage.server.store.registry().member_by_email(&email).await.expect("read").is_none());

    let proof = json!({ "attempt": begun.json()["attempt"], "code": mail.code() });
    let answer = stage.post("/v1/auth/finish", proof.clone()).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let signed = SignedIn::of(&answer);
    assert!(signed.refresh.starts_with("mh_rt_") && signed.member.starts_with("mem_"));
    let me = stage.get(&signed.access, "/v1/me").await.json();
    assert_eq!((&me["kind"], &me["entitlements"]), (&"member".into(), &json!(["subscriber"])));
    let profile = stage.get(&signed.access, "/v1/me/profile").await.json();
    assert_eq!((&profile["name"], &profile["email"]), (&"A. Reader".into(), &"reader@paper.example".into()));

    // Code and link belong to one attempt, which is used up.
    assert_refused(&stage.post("/v1/auth/finish", proof).await, 400, "invalid_grant");
    let link = stage.post("/v1/auth/finish", json!({ "token": mail.link_secret() })).await;
    assert_refused(&link, 400, "invalid_grant");
    assert!(stage.post.is_empty().await, "one mail");
    stage.server.stop().await;
}

async fn the_link_signs_in_and_looking_at_it_uses_nothing_up(backend: Backend) {
    let stage = Stage::set(backend).await;
    let first = stage.sign_in("reader@paper.example", &[]).await;
    let (_, mail) = stage.start("reader@paper.example", &[]).await;
    let token = mail.link_secret();
    assert!(token.starts_with("mh_in_"), "{token}");
    // What a mail scanner may try.
    for path in ["/v1/auth/finish".to_owned(), format!("/v1/auth/finish?token={token}")] {
        let looked = stage.server.get(Asker::Anonymous, &path).await;
        assert_eq!((looked.status, looked.header("allow")), (405, "POST"), "{path}");
    }
    let signed = SignedIn::of(&stage.post("/v1/auth/finish", json!({ "token": token })).await);
    assert_eq!(signed.member, first.member, "the same person");
    assert_refused(&stage.post("/v1/auth/finish", json!({ "token": token })).await, 400, "invalid_grant");
    stage.server.stop().await;
}

async fn a_known_address_is_answered_like_an_unknown_one(backend: Backend) {
    let stage = Stage::set(backend).await;
    stage.sign_in("known@paper.example", &["weekly"]).await;
    let mut answers = Vec::new();
    for email in ["known@paper.example", "nobody@paper.example"] {
        let before = stage.server.store.queries();
        let answer = stage.post("/v1/auth/start", json!({ "email": email, "wording": WORDING })).await;
        let statements = stage.server.store.queries() - before;
        let attempt = answer.json()["attempt"].as_str().expect("an attempt").to_owned();
        let mail = stage.post.next().await;
        let words = mail.data.lines().find(|line| line.starts_with("Subject:")).map(str::to_owned);
        answers.push((answer.status, answer.headers.clone(), answer.body.replace(&attempt, "sgn"), words));
        // The watch asks too; a look-up of the member would be one more every time.
        assert!(statements <= 14, "{statements}");
    }
    assert_eq!(answers[0], answers[1]);
    stage.server.stop().await;
}

async fn five_wrong_codes_end_an_attempt(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    let code = mail.code();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let other = "sgn_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b";
    let elsewhere = stage.post("/v1/auth/finish", json!({ "attempt": other, "code": code })).await;
    assert_refused(&elsewhere, 400, "invalid_grant");
    for _ in 0..5 {
        let answer = stage.post("/v1/auth/finish", json!({ "attempt": attempt, "code": wrong })).await;
        assert_refused(&answer, 400, "invalid_grant");
    }
    let late = stage.post("/v1/auth/finish", json!({ "attempt": attempt, "code": code })).await;
    assert_refused(&late, 400, "invalid_grant");

    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    for _ in 0..4 {
        let wrong = if mail.code() == "000000" { "000001" } else { "000000" };
        stage.post("/v1/auth/finish", json!({ "attempt": attempt, "code": wrong })).await;
    }
    SignedIn::of(&stage.post("/v1/auth/finish", json!({ "attempt": attempt, "code": mail.code() })).await);
    stage.server.stop().await;
}

async fn code_and_link_are_good_for_fifteen_minutes(backend: Backend) {
    let stage = Stage::set(backend).await;
    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    stage.server.later(15 * 60 + 1);
    for proof in [json!({ "attempt": attempt, "code": mail.code() }), json!({ "token": mail.link_secret() })]
    {
        assert_refused(&stage.post("/v1/auth/finish", proof).await, 400, "invalid_grant");
    }
    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    stage.server.later(14 * 60);
    SignedIn::of(&stage.post("/v1/auth/finish", json!({ "attempt": attempt, "code": mail.code() })).await);
    stage.server.stop().await;
}

async fn mails_are_limited(backend: Backend) {
    let stage = Stage::set(backend).await;
    for _ in 0..5 {
        stage.start("reader@paper.example", &[]).await;
    }
    let wish = |email: &str| json!({ "email": email, "wording": WORDING });
    let refused = stage.post("/v1/auth/start", wish("reader@paper.example")).await;
    assert_refused(&refused, 429, "rate_limited");
    let wait: i64 = refused.header("retry-after").parse().expect("seconds");
    assert!((3_000..=3_601).contains(&wait), "{wait}");
    assert!(stage.post.is_empty().await);
    stage.start("another@paper.example", &[]).await;
    stage.server.later(wait);
    stage.start("reader@paper.example", &[]).await;

    // One client may ask for many addresses, and not for very many.
    let mut sent = 0;
    let refused = loop {
        let answer = stage.post("/v1/auth/start", wish(&format!("reader{sent}@paper.example"))).await;
        if answer.status != 202 {
            break answer;
        }
        sent += 1;
        assert!(sent <= 61, "no limit");
    };
    assert_refused(&refused, 429, "rate_limited");
    assert!(sent >= 50, "{sent}");
    stage.server.stop().await;
}

async fn the_database_holds_nothing_to_sign_in_with(backend: Backend) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let stage = Stage::set(backend).await;
    let signed = stage.sign_in("reader@paper.example", &[]).await;
    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    let connection = Database::connect(&stage.server.database_url).await.expect("connected");
    let mut dump = String::new();
    for ask in [
        "SELECT wishes || ' ' || code_hash || ' ' || link_hash AS row FROM sign_in",
        "SELECT hash AS row FROM refresh_token",
        "SELECT content AS row FROM member",
        "SELECT label AS row FROM session",
    ] {
        let statement = Statement::from_string(connection.get_database_backend(), ask);
        for row in connection.query_all_raw(statement).await.expect("read") {
            dump.push_str(&row.try_get::<String>("", "row").expect("text"));
            dump.push('\n');
        }
    }
    connection.close().await.expect("closed");
    assert!(dump.contains("reader@paper.example"), "the test of the test");
    let (code, link) = (mail.code(), mail.link_secret());
    for secret in [link.as_str(), signed.refresh.as_str(), signed.access.as_str()] {
        let mut prefixes = ["mh_in_", "mh_rt_"].into_iter();
        let bare = prefixes.find_map(|prefix| secret.strip_prefix(prefix)).unwrap_or(secret);
        assert!(!dump.contains(bare), "{secret}");
        assert!(!dump.contains(blake3::hash(secret.as_bytes()).to_hex().as_str()), "a hash without a key");
    }
    let attempt: masthead_domain::id::SignInId = attempt.parse().expect("an id");
    // A million codes are soon tried, unless the hash needs a key.
    for hash in [
        blake3::hash(code.as_bytes()),
        blake3::hash(&[attempt.uuid().as_bytes(), code.as_bytes()].concat()),
        blake3::hash(format!("{attempt}{code}").as_bytes()),
    ] {
        assert!(!dump.contains(hash.to_hex().as_str()));
    }
    stage.server.stop().await;
}

async fn wrong_requests_are_named(backend: Backend) {
    let stage = Stage::set(backend).await;
    let good = json!({ "email": "reader@paper.example", "wording": WORDING });
    let with = |name: &str, value: serde_json::Value| {
        let mut wish = good.clone();
        wish[name] = value;
        wish
    };
    for (wish, code, parameter) in [
        (with("email", json!("nobody")), "invalid_parameter", json!("email")),
        (with("email", json!(7)), "invalid_parameter", json!("email")),
        (with("wording", json!("")), "invalid_parameter", json!("wording")),
        (with("name", json!("two\nlines")), "invalid_parameter", json!("name")),
        (with("newsletters", json!(["weekly", "nothing"])), "invalid_parameter", json!("newsletters[1]")),
        (with("newsletters", json!(["old"])), "invalid_parameter", json!("newsletters[0]")),
        (with("colour", json!("red")), "unknown_parameter", json!("colour")),
        (json!([]), "invalid_request", json!(null)),
        (json!({ "email": "reader@paper.example" }), "invalid_parameter", json!("wording")),
        (json!({ "email": "reader@paper.example", "wording": null }), "invalid_parameter", json!("wording")),
        // Of several faults, the first in the order of the contract.
        (json!({}), "invalid_parameter", json!("email")),
        (json!({ "email": "nobody" }), "invalid_parameter", json!("email")),
        (json!({ "email": "nobody", "wording": "" }), "invalid_parameter", json!("email")),
        (
            json!({ "email": "reader@paper.example", "newsletters": ["nothing"], "name": "two\nlines" }),
            "invalid_parameter",
            json!("newsletters[0]"),
        ),
        (
            json!({ "email": "reader@paper.example", "name": "two\nlines" }),
            "invalid_parameter",
            json!("name"),
        ),
    ] {
        let answer = stage.post("/v1/auth/start", wish.clone()).await;
        assert_refused(&answer, 400, code);
        assert_eq!(answer.json()["parameter"], parameter, "{wish}");
    }
    for (proof, parameter) in [
        (json!({}), json!("code")),
        (json!({ "code": "123456" }), json!("code")),
        (json!({ "attempt": "sgn_1", "code": "123456" }), json!("attempt")),
        (json!({ "token": "x", "code": "123456" }), json!("code")),
    ] {
        let answer = stage.post("/v1/auth/finish", proof.clone()).await;
        assert_refused(&answer, 400, "invalid_parameter");
        assert_eq!(answer.json()["parameter"], parameter, "{proof}");
    }
    let typed = |media: &'static str| {
        let (server, body) = (&stage.server, good.to_string());
        async move {
            let headers = [("content-type", media)];
            server.send(None, Method::POST, "/v1/auth/start", &headers, Some(body)).await
        }
    };
    assert_refused(&typed("text/plain").await, 415, "unsupported_media_type");
    assert_refused(&typed("application/x-www-form-urlencoded").await, 415, "unsupported_media_type");
    let large = with("name", json!("x".repeat(300_000)));
    assert_refused(&stage.post("/v1/auth/start", large).await, 413, "payload_too_large");
    assert_refused(&stage.post("/v1/auth/start?x=1", good.clone()).await, 400, "unknown_parameter");
    assert!(stage.post.is_empty().await, "none of these sent a mail");
    stage.server.stop().await;
}

async fn whoever_is_suspended_stays_outside(backend: Backend) {
    let stage = Stage::set(backend).await;
    let signed = stage.sign_in("reader@paper.example", &[]).await;
    let (attempt, mail) = stage.start("reader@paper.example", &[]).await;
    let store = &stage.server.store;
    let email = "reader@paper.example".parse().expect("an address");
    let mut member = store.registry().member_by_email(&email).await.expect("read").expect("there");
    member.status = Status::Suspended;
    let mut work = store.begin(stage.server.now()).await.expect("a unit of work");
    work.put_members(&[member]).await.expect("put");
    work.commit().await.expect("committed");
    let proof = json!({ "attempt": attempt, "code": mail.code() });
    assert_refused(&stage.post("/v1/auth/finish", proof).await, 400, "invalid_grant");
    let again = stage.post("/v1/auth/refresh", json!({ "refreshToken": signed.refresh })).await;
    assert_refused(&again, 400, "invalid_grant");
    stage.server.stop().await;
}

async fn a_letter_that_is_refused_for_the_moment_is_sent_again(backend: Backend) {
    let stage = Stage::with(backend, Postbox::start_refusing(1).await).await;
    let signed = stage.sign_in("reader@paper.example", &[]).await;
    assert_eq!(stage.get(&signed.access, "/v1/me").await.status, 200);
    stage.server.stop().await;
}

async fn letters_that_wait_hold_up_no_other(backend: Backend) {
    let stage = Stage::set(backend).await;
    stage.post.feel_about("@away.example", Mood::Refuses("451 try again later"));
    // More than are sent at the same time. All of them wait for seconds, and then for minutes.
    for number in 0..6 {
        let wish = json!({ "email": format!("reader-{number}@away.example"), "wording": WORDING });
        assert_eq!(stage.post("/v1/auth/start", wish).await.status, 202);
    }
    within_a_second("all were tried", async || stage.post.tries() >= 6).await;
    let wish = json!({ "email": "reader@paper.example", "wording": WORDING });
    assert_eq!(stage.post("/v1/auth/start", wish).await.status, 202);
    let letter = tokio::time::timeout(Duration::from_millis(1_500), stage.post.next()).await;
    assert_eq!(letter.expect("at once").to, ["reader@paper.example"]);
    stage.post.feel(Mood::Takes);
    let mut late = Vec::new();
    for _ in 0..6 {
        late.extend(stage.post.next().await.to);
    }
    assert!(late.iter().all(|to| to.ends_with("@away.example")), "they come in the end: {late:?}");
    stage.server.stop().await;
}

async fn without_a_mail_server_letters_are_files(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let headers = [("content-type", "application/json")];
    let wish = json!({ "email": "reader@paper.example", "wording": WORDING }).to_string();
    let answer = server.ask(Method::POST, Asker::Anonymous, "/v1/auth/start", &headers, Some(wish)).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    let directory = server.data_dir.join("mail");
    let mut letter = None;
    for _ in 0..100 {
        let mut files = std::fs::read_dir(&directory).expect("a directory");
        letter = files.next().map(|file| file.expect("a file").path());
        if letter.as_ref().is_some_and(|file| std::fs::metadata(file).is_ok_and(|facts| facts.len() > 0)) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let letter = letter.expect("a letter");
    assert_eq!(letter.extension().and_then(|name| name.to_str()), Some("eml"));
    assert!(std::fs::read_to_string(&letter).expect("read").contains("To: reader@paper.example"));
    server.stop().await;
}
