//! Claims that prove nothing: whoever makes one is answered as anybody is, to the byte.

use super::bot::{AUTHORITY, Bot, Draft, Fields, get};
use super::{NAME, agent, paths, server, without_limits};
use crate::issuers::provider::{Provider, Signer};
use crate::partners::{enter, everything};
use masthead_gateway::auth::agent::AgentAnswer;
use masthead_tests::publication::LOCKS;
use masthead_tests::server::{Asker, Backend, TestServer, within_a_second};
use reqwest::Method;

masthead_tests::on_both!(
    a_claim_that_proves_nothing_gets_what_anybody_gets,
    a_signature_is_for_what_it_covers,
    keys_are_those_of_the_directory,
    keys_may_lie_in_files,
    another_credential_says_who_asks,
);

const OTHER: &str = "https://other.example";

/// Two machines that read everything, with a directory each.
async fn stage(backend: Backend) -> (Bot, Bot, Provider, TestServer) {
    let (bot, other) = (Bot::new(NAME), Bot::new(OTHER));
    let (provider, elsewhere) =
        (Provider::start(&[&bot.signer]).await, Provider::start(&[&other.signer]).await);
    let agents = vec![
        agent(NAME, &provider, true, AgentAnswer::NotFound),
        agent(OTHER, &elsewhere, true, AgentAnswer::NotFound),
    ];
    let server = server(backend, agents).await;
    enter(&server, everything()).await;
    (bot, other, provider, server)
}

async fn is_nobody(server: &TestServer, fields: &Fields, what: &str) {
    for path in paths() {
        let (claimed, anonymous) =
            (get(server, &path, fields).await, server.get(Asker::Anonymous, &path).await);
        assert_eq!(without_limits(claimed), without_limits(anonymous), "{what}: {path}");
    }
}

async fn is_the_partner(server: &TestServer, fields: &Fields, what: &str) {
    let answer = get(server, &format!("/v1/articles/{LOCKS}?body=text"), fields).await;
    assert!(answer.body.contains("Hidden for member"), "{what}: {} {}", answer.status, answer.body);
}

/// A machine whose key is not here is nobody while it is searched for.
async fn will_be_the_partner(server: &TestServer, bot: &Bot, what: &str) {
    within_a_second(what, async || {
        let path = format!("/v1/articles/{LOCKS}?body=text");
        get(server, &path, &bot.fields(server, |_| ())).await.body.contains("Hidden for member")
    })
    .await;
}

async fn a_claim_that_proves_nothing_gets_what_anybody_gets(backend: Backend) {
    let (bot, other, _provider, server) = stage(backend).await;
    is_the_partner(&server, &bot.fields(&server, |_| ()), "the test of the test").await;
    type Change = fn(&mut Draft);
    let wrong: [(&str, Change); 17] = [
        ("another authority", |draft| draft.components[0].1 = "evil.example".into()),
        ("the server's own address", |draft| draft.components[0].1 = "127.0.0.1".into()),
        ("an authority with a port", |draft| draft.components[0].1 = format!("{AUTHORITY}:8443")),
        ("it has expired", |draft| (draft.created, draft.expires) = (draft.created - 120, draft.created - 1)),
        ("it expires now", |draft| draft.expires = draft.created + 1),
        ("it is of the future", |draft| {
            (draft.created, draft.expires) = (draft.created + 60, draft.created + 90)
        }),
        ("it lives too long", |draft| draft.expires = draft.created + 3_601),
        ("it ends before it begins", |draft| draft.created = draft.expires + 10),
        ("another tag", |draft| draft.tag = "web-bot-authority".into()),
        ("another algorithm", |draft| draft.alg = Some("hmac-sha256".into())),
        ("no agent is signed", |draft| drop(draft.components.pop())),
        ("no authority is signed", |draft| drop(draft.components.remove(0))),
        ("nothing is signed", |draft| draft.components.clear()),
        ("the key's name", |draft| draft.keyid = "any".into()),
        ("another machine's name", |draft| {
            draft.agent = Some(format!("\"{OTHER}\""));
            draft.components[1].1 = format!("\"{OTHER}\"");
        }),
        ("an unknown machine", |draft| {
            draft.agent = Some("\"https://nobody.example\"".into());
            draft.components[1].1 = "\"https://nobody.example\"".into();
        }),
        ("no machine is named", |draft| {
            draft.agent = None;
            draft.components.pop();
        }),
    ];
    for (what, change) in wrong {
        is_nobody(&server, &bot.fields(&server, change), what).await;
    }
    let good = bot.fields(&server, |_| ());
    let mut of_two = other.fields(&server, |draft| draft.label = "sig2".into());
    for (at, field) in of_two.iter_mut().enumerate().take(2) {
        field.1 = format!("{}, {}", good[at].1, field.1);
    }
    is_nobody(&server, &of_two, "two signatures").await;
    let with = |name: &'static str, value: &str| -> Fields {
        let others = good.iter().filter(|(known, _)| *known != name).cloned();
        others.chain([(name, value.to_owned())]).collect()
    };
    for name in ["signature", "signature-input", "signature-agent"] {
        for value in ["", "(((", "\"", "sig1", "sig1=", "sig1=:=:", "sig1=()", "x=1, x=2"] {
            is_nobody(&server, &with(name, value), &format!("{name}: {value}")).await;
        }
        is_nobody(&server, &with(name, &"a=1, ".repeat(2_000)), "a huge field").await;
    }
    let forged = Bot { name: NAME, signer: Signer::eddsa("any") };
    let known = bot.signer.thumbprint();
    is_nobody(&server, &forged.fields(&server, |draft| draft.keyid = known), "another key under its name")
        .await;
    server.stop().await;
}

async fn a_signature_is_for_what_it_covers(backend: Backend) {
    let (bot, _other, _provider, server) = stage(backend).await;
    let path = format!("/v1/articles/{LOCKS}?body=text");
    let cover = |name: &str, value: &str| {
        let component = (format!("\"{name}\""), value.to_owned());
        bot.fields(&server, |draft| draft.components.push(component))
    };
    let on_path = cover("@path", &format!("/v1/articles/{LOCKS}"));
    is_the_partner(&server, &on_path, "its path").await;
    let elsewhere = get(&server, "/v1/articles/whole-for-members?body=text", &on_path).await;
    assert!(!elsewhere.body.contains("Hidden for"), "on another path");
    for (name, value) in [("@query", "?body=text"), ("@method", "GET"), ("accept", "*/*")] {
        is_the_partner(&server, &cover(name, value), name).await;
    }
    for (name, value) in [("@query", "?body=html"), ("@method", "POST"), ("@status", "200"), ("accept", "x")]
    {
        is_nobody(&server, &cover(name, value), name).await;
    }
    let mut digested = cover("content-digest", "sha-256=:AAAA:");
    digested.push(("content-digest", "sha-256=:AAAA:".into()));
    is_nobody(&server, &digested, "a digest that nobody compares with the body").await;
    let whole = bot.fields(&server, |draft| {
        draft.components[0] = ("\"@target-uri\"".into(), format!("https://{AUTHORITY}{path}"));
    });
    is_the_partner(&server, &whole, "the whole address").await;
    let head = cover("@method", "HEAD");
    let head: Vec<_> = super::bot::borrowed(&head);
    let answer = server.ask(Method::HEAD, Asker::Anonymous, &path, &head, None).await;
    assert_eq!(answer.header("cache-control"), "private, no-cache", "what was signed is what was sent");

    let listed = bot.fields(&server, |draft| {
        draft.agent = Some(format!("a=\"{OTHER}\", b=\"{NAME}\""));
        draft.components[1] = ("\"signature-agent\";key=\"b\"".into(), format!("\"{NAME}\""));
    });
    is_the_partner(&server, &listed, "one of several agents").await;
    let without_alg = bot.fields(&server, |draft| draft.alg = None);
    is_the_partner(&server, &without_alg, "the key says which algorithm").await;
    let mut beside = bot.fields(&server, |_| ());
    beside[0].1.push_str(", proxy=(\"@method\");created=1;tag=\"proxy\"");
    beside[1].1.push_str(", proxy=:AAAA:");
    is_the_partner(&server, &beside, "a signature for something else beside it").await;

    let once = bot.fields(&server, |draft| draft.nonce = Some("bm9uY2U=".into()));
    is_the_partner(&server, &once, "the first time").await;
    is_nobody(&server, &once, "the second time").await;
    server.stop().await;
}

async fn keys_are_those_of_the_directory(backend: Backend) {
    let (bot, _other, provider, server) = stage(backend).await;
    is_the_partner(&server, &bot.fields(&server, |_| ()), "the first key").await;
    assert_eq!(provider.fetches(), 1);
    let next = Bot::new(NAME);
    provider.publish(&[&next.signer]);
    will_be_the_partner(&server, &next, "a new key is searched for").await;
    is_nobody(&server, &bot.fields(&server, |_| ()), "the old key").await;
    let unknown = Bot::new(NAME);
    is_nobody(&server, &unknown.fields(&server, |_| ()), "an unknown key").await;
    assert_eq!(provider.fetches(), 2, "unknown keys are not searched for again so soon");
    provider.answer_with("500 Internal Server Error", "{}");
    server.later(3_600);
    is_the_partner(&server, &next.fields(&server, |_| ()), "the directory is away for an hour").await;
    server.later(24 * 3_600);
    is_nobody(&server, &next.fields(&server, |_| ()), "and for a day").await;
    provider.answer_with("200 OK", "no key set");
    server.later(30);
    is_nobody(&server, &next.fields(&server, |_| ()), "it is no directory").await;
    provider.publish(&[&next.signer]);
    server.later(30);
    will_be_the_partner(&server, &next, "it is back").await;
    server.stop().await;
}

async fn keys_may_lie_in_files(backend: Backend) {
    let bot = Bot::new(NAME);
    let provider = Provider::start(&[&bot.signer]).await;
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("bot.json");
    std::fs::write(&file, provider.body()).expect("written");
    let mut held = agent(NAME, &provider, true, AgentAnswer::NotFound);
    (held.directory, held.keys) = (None, vec![file]);
    let server = server(backend, vec![held]).await;
    enter(&server, everything()).await;
    is_the_partner(&server, &bot.fields(&server, |_| ()), "by its name").await;
    let unnamed = bot.fields(&server, |draft| {
        draft.agent = None;
        draft.components.pop();
    });
    is_the_partner(&server, &unnamed, "by its key").await;
    is_nobody(&server, &Bot::new(NAME).fields(&server, |_| ()), "another key").await;
    assert_eq!(provider.fetches(), 0);
    server.stop().await;
}

async fn another_credential_says_who_asks(backend: Backend) {
    let (bot, _other, _provider, server) = stage(backend).await;
    let fields = bot.fields(&server, |_| ());
    for path in paths() {
        let fields = super::bot::borrowed(&fields);
        let (with, without) =
            (server.get_with(Asker::Nobody, &path, &fields).await, server.get(Asker::Nobody, &path).await);
        assert_eq!(without_limits(with), without_limits(without), "{path}");
        for wrong in ["Bearer nonsense", "Basic eDp5", ""] {
            let mut headers = fields.clone();
            headers.push(("authorization", wrong));
            let answer = server.get_with(Asker::Anonymous, &path, &headers).await;
            assert_eq!(answer.status, 401, "{wrong:?} {path}");
        }
    }
    server.stop().await;
}
