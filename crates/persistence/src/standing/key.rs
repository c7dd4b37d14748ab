//! Keys: what their partner's licence covers, or what their program's role may do.

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::partner::{Holder, PartnerStatus};
use masthead_domain::viewer::{Partner, Staff, Standing, Viewer};
use std::sync::Arc;

impl Store {
    /// In at most two statements. `None` as well before a licence is valid and when there is none.
    pub(super) async fn standing_of_key(
        &self,
        id: KeyId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let Some(key) = self.registry().key(id).await?.filter(|key| key.is_active(now)) else {
            return Ok(None);
        };
        match key.holder {
            Holder::Service(role) => {
                let viewer =
                    Viewer::Staff(Staff { subject: id.to_string(), role, reads_only: !key.manages() });
                Ok(Some(Standing { viewer, until: key.expires, depends_on: Vec::new() }))
            }
            Holder::Partner(partner) => self.standing_of_partner(partner, key.expires, now).await,
        }
    }

    async fn standing_of_partner(
        &self,
        id: PartnerId,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let saved = self.registry().partner(id).await?;
        let Some(partner) = saved.map(|saved| saved.partner) else { return Ok(None) };
        let licence = partner.licence.filter(|licence| licence.is_valid(now));
        let Some(licence) = licence.filter(|_| partner.status == PartnerStatus::Active) else {
            return Ok(None);
        };
        let until = [expires, licence.valid_until].into_iter().flatten().min();
        let viewer = Viewer::Partner(Partner { id, licence: Arc::new(licence) });
        Ok(Some(Standing { viewer, until, depends_on: vec![id.uuid()] }))
    }
}
