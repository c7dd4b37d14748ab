//! What the bearer of a token may do now: one room for each kind of bearer.

mod feed;
mod key;
mod member;
mod meter;
mod passes;
mod tiers;

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Bearer, NoStanding, Standing};

impl Store {
    /// What a bearer may do at this instant, or why it is nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn standing(
        &self,
        bearer: &Bearer,
        now: Timestamp,
    ) -> Result<Result<Standing, NoStanding>, StoreError> {
        let standing = match bearer {
            Bearer::Member { member, session } => self.standing_of_member(*member, *session, now).await?,
            Bearer::Feed { feed, member } => self.standing_of_feed(*feed, *member, now).await?,
            Bearer::Device(_) => Some(self.standing_of_device(bearer, now).await?),
            Bearer::Gift(id) => self.standing_of_gift(*id, now).await?,
            Bearer::Preview(id) => self.standing_of_preview(*id, now).await?,
            Bearer::Pass(id) => self.standing_of_pass(*id, now).await?,
            Bearer::Key(key) => return self.standing_of_key(*key, now).await,
            Bearer::Partner(id) => return self.standing_of_partner(*id, None, now).await,
        };
        Ok(standing.ok_or(NoStanding::Ended))
    }
}
