//! Feeds of 50 whole articles that are kept ready.

use crate::load::{Case, compare, heading};
use crate::syndication::Syndication;

pub(crate) async fn measure() {
    let Syndication { server, directory, keys, .. } = &Syndication::start("feeds", 1).await;
    heading();
    for case in [
        Case::new("feed of 50, Atom, anonymous", "/feeds/articles.atom", ""),
        Case::new("feed of 50, Atom, partner's key", "/feeds/articles.atom", &keys[0]),
        Case::new("feed of 50, ninjs, anonymous", "/feeds/articles.ninjs", ""),
        Case::new("feed of 50, ninjs, partner's key", "/feeds/articles.ninjs", &keys[0]),
    ] {
        compare(server.address, &case, directory).await;
    }
}
