//! The golden matrix: one article with every kind of lock, for every viewer, in every form. The file is read in
//! review; `cargo insta review` shows what a change would do to it.

use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Asker, Backend, TestServer};
use std::fmt::Write;

masthead_tests::on_both!(every_viewer_sees_what_the_matrix_says, the_article_as_each_viewer_reads_it);

async fn every_viewer_sees_what_the_matrix_says(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut table = String::new();
    for article in [LOCKS, "whole-for-members", "opens-with-a-gate", "free-to-read", "a-draft-of-both-worlds"]
    {
        for asker in Asker::ALL {
            let answer = server.get(asker, &format!("/v1/articles/{article}?body=text")).await;
            let asker = format!("{asker:?}");
            write!(table, "{article:<24}{asker:<12}{}", answer.status).expect("written");
            if answer.status == 200 {
                let article = answer.json();
                for lock in article["locks"].as_array().expect("locks") {
                    let reason = lock["access"]["reason"].as_str().expect("a reason");
                    write!(table, " {}={reason}", lock["id"].as_str().expect("an id")).expect("written");
                }
                write!(table, " words={}", article["words"]).expect("written");
            }
            table.push('\n');
        }
    }
    insta::with_settings!({ snapshot_path => "../golden", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("matrix", table);
    });
    server.stop().await;
}

async fn the_article_as_each_viewer_reads_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for (form, field) in [("text", "bodyText"), ("html", "bodyHtml"), ("portable", "body")] {
        for asker in Asker::ALL {
            let answer = server.get(asker, &format!("/v1/articles/{LOCKS}?body={form}")).await.json();
            let body = match &answer[field] {
                serde_json::Value::String(text) => text.replace("><", ">\n<"),
                other => serde_json::to_string_pretty(other).expect("JSON"),
            };
            let name = format!("{form}-{}", format!("{asker:?}").to_lowercase());
            insta::with_settings!({ snapshot_path => "../golden", prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(name, body);
            });
        }
    }
    server.stop().await;
}
