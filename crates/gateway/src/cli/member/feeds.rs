//! `masthead member feeds`

use super::super::{CommandError, Common, acting, open_publication, reading, say};
use super::find;
use crate::operation::membership::feeds;
use clap::Args;
use masthead_domain::id::FeedId;
use masthead_domain::member::Email;

/// Lists a member's private feeds, the newest first, or revokes one. Nobody but the member has their addresses.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead member feeds reader@paper.example\n  masthead member feeds reader@paper.example --revoke fed_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b"
)]
pub(in crate::cli) struct Feeds {
    #[command(flatten)]
    common: Common,
    /// The member's address.
    email: Email,
    /// The feed whose address is to lead nowhere any more, within a second.
    #[arg(long, value_name = "ID")]
    revoke: Option<FeedId>,
}

impl Feeds {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let store = open_publication(&self.common.settings(None)?).await?;
        let acting = acting(&store);
        let member = find(&acting, &self.email).await?;
        if let Some(feed) = self.revoke {
            feeds::revoke(&acting, member, feed).await?;
            say(&format!("revoked: {feed}"));
            return Ok(store.close().await?);
        }
        for feed in feeds::of_member(&reading(&store), member).await? {
            let state = if feed.is_active() { "good" } else { "revoked" };
            let used = feed.used.map_or_else(|| "never used".to_owned(), |at| format!("used {at}"));
            let name = feed.name.as_deref().unwrap_or_default();
            say(format!("{}  {state:<7}  {}  {used}  {name}", feed.id, feed.prefix).trim_end());
        }
        Ok(store.close().await?)
    }
}
