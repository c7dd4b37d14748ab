//! Articles over REST and GraphQL.

use crate::load::{Case, compare, heading};
use crate::servers::{Running, directory, told};
use masthead_persistence::{Store, StoreOptions};
use masthead_tests::publication::{LOCKS, World, publication};
use masthead_tests::server::fill;

pub(crate) async fn measure() {
    let directory = directory("articles");
    let url = format!("sqlite://{}", directory.join("masthead.db").display());
    let store = Store::connect(&StoreOptions::new(url)).await.expect("connected");
    store.migrate().await.expect("migrated");
    fill(&store, &publication(World::HOME)).await;
    store.close().await.expect("closed");

    let server = Running::masthead(&directory);
    // What the member holds is looked up, as for every reader who has signed in.
    let reader = "reader@paper.example";
    told(&["member", "add", reader, "--tier", "patron"], &directory);
    let member = told(&["token", "mint", "--member", reader], &directory);

    let query =
        format!("{{ article(slug: \"{LOCKS}\") {{ title standfirst bodyHtml access {{ granted }} }} }}");
    let body = Some(serde_json::json!({ "query": query }).to_string());
    let graphql = |name, token: &str| Case { body: body.clone(), ..Case::new(name, "/graphql", token) };
    let article = format!("/v1/articles/{LOCKS}");
    heading();
    for case in [
        Case::new("article by slug, anonymous", &article, ""),
        Case::new("article by slug, member's token", &article, &member),
        Case::new("list of 20, anonymous", "/v1/articles?limit=20", ""),
        Case::new("list of 20, member's token", "/v1/articles?limit=20", &member),
        graphql("GraphQL article, anonymous", ""),
        graphql("GraphQL article, member's token", &member),
    ] {
        compare(server.address, &case, &directory).await;
    }
}
