//! Gifts and preview links, good for one article; passes, good for some time or by place.

use crate::error::StoreError;
use crate::registry::Giver;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{GiftId, InstitutionId, KeyId, PassId, PreviewId};
use masthead_domain::viewer::{Entitlement, Entitlements, Pass, PassKind, Preview, Reader, Standing, Viewer};

impl Store {
    /// A gift opens what its giver holds at this instant; when they hold nothing any more, neither does it.
    pub(super) async fn standing_of_gift(
        &self,
        id: GiftId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let Some(gift) = self.registry().gift(id).await?.filter(|gift| gift.is_live(now)) else {
            return Ok(None);
        };
        let (entitlements, until, depends_on) = match gift.giver {
            Giver::Staff(subject) => {
                // What a program has given ends with its key.
                let key: Option<KeyId> = subject.parse().ok();
                let until = match key {
                    None => None,
                    Some(key) => match self.standing_of_key(key, now).await? {
                        Ok(standing) => standing.until,
                        Err(_) => return Ok(None),
                    },
                };
                (self.all_that_readers_hold(now).await?, until, key.into_iter().map(KeyId::uuid).collect())
            }
            Giver::Member(member) => {
                let Some(giver) = self.standing_of_member(member, None, now).await? else { return Ok(None) };
                let held = match giver.viewer {
                    Viewer::Reader(reader) => reader.entitlements,
                    _ => Entitlements::default(),
                };
                let depends_on = giver.depends_on.into_iter().chain([member.uuid()]).collect();
                (held, giver.until, depends_on)
            }
        };
        let pass = Pass { kind: PassKind::Gifted, entitlements };
        let passes = [(gift.article, pass)].into_iter().collect();
        let viewer = Viewer::Reader(Reader { passes, ..Reader::nobody(id.to_string()) });
        let until = Some(until.map_or(gift.expires, |until| until.min(gift.expires)));
        Ok(Some(Standing { viewer, until, depends_on }))
    }

    /// A pass that was made has its own id; a pass by place has that of its institution.
    pub(super) async fn standing_of_pass(
        &self,
        id: PassId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let registry = self.registry();
        let (entitlements, until) = match registry.pass(id).await? {
            Some(pass) if pass.is_live(now) => (pass.entitlements, Some(pass.until)),
            Some(_) => return Ok(None),
            None => {
                let institution = registry.institution(InstitutionId::from_uuid(id.uuid())).await?;
                match institution.filter(|institution| institution.active) {
                    Some(institution) => (institution.holdings(), None),
                    None => return Ok(None),
                }
            }
        };
        let entitlements = self.held_with(entitlements, now).await?;
        let viewer = Viewer::Reader(Reader { entitlements, ..Reader::nobody(id.to_string()) });
        Ok(Some(Standing { viewer, until, depends_on: Vec::new() }))
    }

    /// What one reader could hold who had everything.
    async fn all_that_readers_hold(&self, now: Timestamp) -> Result<Entitlements, StoreError> {
        let tiers = self.library(&Viewer::Anonymous, now).tiers().await?;
        let tiers = tiers.into_iter().map(|tier| Entitlement::Tier(tier.slug));
        Ok([Entitlement::Subscriber, Entitlement::Member].into_iter().chain(tiers).collect())
    }

    /// A preview link is good as long as its version of the article is there and unpublished.
    pub(super) async fn standing_of_preview(
        &self,
        id: PreviewId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let Some(preview) = self.registry().preview(id).await?.filter(|preview| preview.is_live(now)) else {
            return Ok(None);
        };
        let there = self.unpublished(preview.article, now).await?;
        let Some(there) = there.filter(|there| there.version == preview.version) else { return Ok(None) };
        let until = there.publishes.map_or(preview.expires, |publishes| publishes.min(preview.expires));
        let viewer = Viewer::Preview(Preview { article: preview.article, version: preview.version });
        Ok(Some(Standing { viewer, until: Some(until), depends_on: vec![preview.article.uuid()] }))
    }
}
