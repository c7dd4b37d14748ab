//! Members: what they hold by what they have.

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, SessionId};
use masthead_domain::member::{Origin, Status, holdings};
use masthead_domain::viewer::{Reader, Standing, Viewer};

impl Store {
    /// In at most nine statements. What seats in groups open depends on the groups.
    pub(super) async fn standing_of_member(
        &self,
        id: MemberId,
        session: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let registry = self.registry();
        let mut until = None;
        if let Some(session) = session {
            match registry.session(session).await? {
                Some(session) if session.member == id && session.is_live(now) => {
                    until = Some(session.expires)
                }
                _ => return Ok(None),
            }
        }
        let Some(member) = registry.member(id).await?.filter(|member| member.status == Status::Active) else {
            return Ok(None);
        };
        let confirmed = registry.newsletter_subscriptions(id).await?;
        let is_subscriber = if confirmed.is_empty() {
            false
        } else {
            let newsletters = registry.newsletters().await?;
            newsletters.iter().any(|newsletter| {
                newsletter.makes_subscriber && confirmed.iter().any(|one| one.newsletter == newsletter.id)
            })
        };
        let subscriptions = registry.subscriptions(id).await?;
        let contributions = registry.contributions(id).await?;
        let held = holdings(&member, is_subscriber, &subscriptions, &contributions, now);
        let entitlements = self.held_with(held.entitlements, now).await?;
        let mut reader = Reader { is_member: true, entitlements, ..Reader::nobody(id.to_string()) };
        let depends_on = subscriptions.iter().filter_map(|one| match &one.origin {
            Origin::Group { id } => Some(id.uuid()),
            _ => None,
        });
        let depends_on = depends_on.collect();
        let resets = self.run_meter(&mut reader, now).await?;
        let until = [until, held.until, resets].into_iter().flatten().min();
        Ok(Some(Standing { viewer: Viewer::Reader(reader), until, depends_on }))
    }
}
