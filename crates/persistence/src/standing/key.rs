//! Keys: what their partner's licence covers, or what their program's role may do.

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::partner::Holder;
use masthead_domain::viewer::{NoStanding, Partner, Staff, Standing, Viewer};
use std::sync::Arc;

impl Store {
    /// In at most two statements.
    pub(super) async fn standing_of_key(
        &self,
        id: KeyId,
        now: Timestamp,
    ) -> Result<Result<Standing, NoStanding>, StoreError> {
        let Some(key) = self.registry().key(id).await?.filter(|key| key.is_active(now)) else {
            return Ok(Err(NoStanding::Ended));
        };
        match key.holder {
            Holder::Service(role) => {
                let viewer =
                    Viewer::Staff(Staff { subject: id.to_string(), role, reads_only: !key.manages() });
                Ok(Ok(Standing { viewer, until: key.expires, depends_on: Vec::new() }))
            }
            Holder::Partner(partner) => self.standing_of_partner(partner, key.expires, now).await,
        }
    }

    /// In one statement.
    pub(super) async fn standing_of_partner(
        &self,
        id: PartnerId,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Result<Standing, NoStanding>, StoreError> {
        let Some(saved) = self.registry().partner(id).await? else { return Ok(Err(NoStanding::Ended)) };
        let licence = match saved.partner.licensed(now) {
            Ok(licence) => licence.clone(),
            Err(why) => return Ok(Err(NoStanding::Unlicensed(why))),
        };
        let until = [expires, licence.valid_until].into_iter().flatten().min();
        let viewer = Viewer::Partner(Partner { id, licence: Arc::new(licence) });
        Ok(Ok(Standing { viewer, until, depends_on: vec![id.uuid()] }))
    }
}
