//! One article in each format, as each viewer sees it.

use super::{FORMATS, get, one_article};
use crate::leaks::assert_no_secret;
use crate::matrix::assert_golden;
use crate::partners::{enter, everything};
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};

masthead_tests::on_both!(readers_see_what_they_may_read, partners_see_what_is_licensed);

fn readable(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    match answer.body.starts_with('{') {
        true => serde_json::to_string_pretty(&answer.json()).expect("JSON"),
        false => answer.body.clone(),
    }
}

async fn readers_see_what_they_may_read(backend: Backend) {
    let server = TestServer::start_with(backend, &one_article()).await;
    for format in FORMATS {
        let path = format!("/feeds/sections/harbours.{format}");
        for asker in [Asker::Anonymous, Asker::Subscriber, Asker::Member, Asker::Patron, Asker::Staff] {
            let answer = server.get(asker, &path).await;
            assert_no_secret(asker, &path, &answer);
            let name = format!("feed-{format}-{}", format!("{asker:?}").to_lowercase());
            assert_golden(&name, &readable(&answer));
        }
    }
    server.stop().await;
}

async fn partners_see_what_is_licensed(backend: Backend) {
    for extent in [Extent::Headline, Extent::Teaser, Extent::FullText] {
        let server = TestServer::start_with(backend, &one_article()).await;
        let source_links = extent == Extent::FullText;
        let key = enter(&server, Licence { extent, source_links, ..everything() }).await;
        for format in FORMATS {
            let answer = get(&server, Some(&key), &format!("/feeds/sections/harbours.{format}")).await;
            assert!(answer.body.contains("First in The Paper."), "{}", answer.body);
            assert!(answer.body.contains("https://paper.example/every-kind-of-lock"), "{}", answer.body);
            assert_eq!(answer.body.contains("Free before every lock"), extent == Extent::FullText);
            assert_eq!(answer.body.contains("What there is to know"), extent >= Extent::Teaser);
            assert_golden(&format!("feed-{format}-partner-{}", extent.code()), &readable(&answer));
        }
        server.stop().await;
    }
}
