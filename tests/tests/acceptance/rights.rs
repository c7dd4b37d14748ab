//! What machines are told about rights: with every answer, beside articles, and in documents of their own.

use crate::feeds::FORMATS;
use crate::feeds::documents::{assert_fits, ninjs};
use masthead_gateway::config::Config;
use masthead_gateway::rights::{Payment, Usage};
use masthead_tests::publication::{World, another, publication};
use masthead_tests::server::{Asker, Backend, TestServer};
use serde_json::{Value, json};

masthead_tests::on_both!(rights_are_told_everywhere, nothing_is_said_unless_the_publisher_says_it);

fn reserve(config: &mut Config) {
    config.rights.holder = Some("The Paper Ltd".into());
    config.rights.terms_url = Some("https://paper.example/terms".into());
    config.rights.tdm_reservation = Some(true);
    config.rights.tdm_policy = Some("https://paper.example/tdm-policy.json".into());
    config.rights.content_usage = Some("train-ai=n, search=y".into());
    config.rights.permits = vec![Usage::Search];
    config.rights.prohibits = vec![Usage::AiTrain];
    config.rights.payment = Some(Payment::Subscription);
}

async fn rights_are_told_everywhere(backend: Backend) {
    let mut publication = publication(World::HOME);
    publication.articles.push(another(90, "of-another-paper", |parts| {
        parts.canonical = Some("https://other.example/first".parse().expect("an address"));
    }));
    let server = TestServer::start_tuned(backend, &publication, reserve).await;
    let query = json!({ "query": "{ article(slug: \"free-to-read\") { rights { holder termsUrl usageTerms tdmReservation tdmPolicy contentUsage rsl } } }" });
    let graphql = server.post(None, "/graphql", &query).await;
    let article = server.get(Asker::Anonymous, "/v1/articles/free-to-read").await;
    let list = server.get(Asker::Anonymous, "/v1/articles?limit=1").await;
    let nothing = server.get(Asker::Anonymous, "/v1/articles/nothing").await;
    let etag = article.header("etag").to_owned();
    let unchanged =
        server.get_with(Asker::Anonymous, "/v1/articles/free-to-read", &[("if-none-match", &etag)]).await;
    assert_eq!(unchanged.status, 304);
    for answer in [&article, &list, &graphql, &nothing, &unchanged] {
        assert_eq!(answer.header("tdm-reservation"), "1", "{answer:?}");
        assert_eq!(answer.header("tdm-policy"), "https://paper.example/tdm-policy.json");
        assert_eq!(answer.header("content-usage"), "train-ai=n, search=y");
        let licence = "<https://paper.example/license.xml>; rel=\"license\"; type=\"application/rsl+xml\"";
        assert!(answer.headers.iter().any(|(name, value)| name == "link" && value.contains(licence)));
    }
    assert!(list.headers.iter().any(|(name, value)| name == "link" && value.contains("rel=\"next\"")));
    let told = json!({
        "holder": "The Paper Ltd",
        "termsUrl": "https://paper.example/terms",
        "usageTerms": null,
        "tdmReservation": true,
        "tdmPolicy": "https://paper.example/tdm-policy.json",
        "contentUsage": "train-ai=n, search=y",
        "rsl": "https://paper.example/license.xml",
    });
    assert_eq!(article.json()["rights"], told);
    assert_eq!(graphql.json()["data"]["article"]["rights"], told);
    let other = server.get(Asker::Anonymous, "/v1/articles/of-another-paper").await.json();
    assert_eq!(other["rights"], Value::Null, "it is not ours to license");

    let rules = server.get(Asker::Anonymous, "/.well-known/tdmrep.json").await;
    let rule = json!({ "location": "/*", "tdm-reservation": 1, "tdm-policy": "https://paper.example/tdm-policy.json" });
    assert_eq!(rules.json(), json!([rule]));
    let licence = server.get(Asker::Anonymous, "/license.xml").await;
    assert_eq!(licence.header("content-type"), "application/rsl+xml");
    assert!(licence.body.contains("<content url=\"https://paper.example/*\">"), "{}", licence.body);
    assert!(licence.body.contains("<prohibits type=\"usage\">ai-train</prohibits>"), "{}", licence.body);

    let document = server.get(Asker::Anonymous, "/v1/articles/free-to-read/json-ld").await.json();
    assert_eq!(document["license"], "https://paper.example/terms");
    assert_eq!(document["copyrightHolder"]["name"], "The Paper Ltd");
    assert_eq!(document["usageInfo"], "https://paper.example/license.xml");

    let rss = server.get(Asker::Anonymous, "/feeds/articles.rss").await.body;
    assert!(rss.contains("xmlns:rsl=\"https://rslstandard.org/rsl\""), "{rss}");
    let of_ours = rss.matches("<rsl:content url=\"https://paper.example/").count();
    assert_eq!(of_ours, rss.matches("<item>").count() - 1, "each but that of another paper: {rss}");
    assert_eq!(rss.matches("<rsl:prohibits type=\"usage\">ai-train</rsl:prohibits>").count(), of_ours);
    let atom = server.get(Asker::Anonymous, "/feeds/articles.atom").await.body;
    for (href, kind) in [("license.xml", "application/rsl+xml"), ("terms", "text/html")] {
        let link = format!("<link rel=\"license\" href=\"https://paper.example/{href}\" type=\"{kind}\"/>");
        assert_eq!(atom.matches(&link).count(), of_ours, "{atom}");
    }
    let json = server.get(Asker::Anonymous, "/feeds/articles.json").await.json();
    let items = json["items"].as_array().expect("items");
    let with_rights: Vec<_> = items.iter().filter(|item| item["_masthead"]["rights"] == told).collect();
    assert_eq!((items.len(), with_rights.len()), (of_ours + 1, of_ours));
    let answer = server.get(Asker::Anonymous, "/feeds/articles.ninjs").await;
    assert_fits(&ninjs(), &answer, "with rights");
    let document = answer.json();
    let stories = document["associations"].as_array().expect("articles");
    let told = json!({ "langId": "https://rslstandard.org/rsl", "linkedRights": "https://paper.example/license.xml" });
    assert_eq!(stories.iter().filter(|story| story["rightsInfo"] == told).count(), of_ours);
    assert_eq!(stories.iter().filter(|story| story["copyrightHolder"] == "The Paper Ltd").count(), of_ours);
    server.stop().await;
}

async fn nothing_is_said_unless_the_publisher_says_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let article = server.get(Asker::Anonymous, "/v1/articles/free-to-read").await;
    for name in ["tdm-reservation", "tdm-policy", "content-usage", "link"] {
        assert_eq!(article.header(name), "", "{name}");
    }
    assert_eq!(article.json()["rights"], Value::Null);
    for format in FORMATS {
        let feed = server.get(Asker::Anonymous, &format!("/feeds/articles.{format}")).await.body;
        assert!(!feed.contains("rsl") && !feed.contains("license"), "{feed}");
    }
    for path in ["/.well-known/tdmrep.json", "/license.xml"] {
        assert_eq!(server.get(Asker::Anonymous, path).await.status, 404, "{path}");
    }
    server.stop().await;
}
