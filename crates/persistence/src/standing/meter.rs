//! The meter of whoever has one: what it has opened in the running period, and what is left.

use crate::error::StoreError;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::paywall::meter::meter_for;
use masthead_domain::viewer::{Bearer, Pass, PassKind, Reader, Standing, Viewer};

impl Store {
    /// Gives a reader the meter that runs for them, and passes for what it has opened. Says when its period ends. In
    /// at most two statements.
    pub(super) async fn run_meter(
        &self,
        reader: &mut Reader,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(policy) = self.registry().policy().await?.map(|saved| saved.policy) else {
            return Ok(None);
        };
        let held = reader.is_member.then_some(&reader.entitlements);
        let Some(meter) = meter_for(&policy.meters, held) else { return Ok(None) };
        let (start, end) = meter.period.around(now);
        let opened = self.registry().unlocks_of(&reader.subject, start).await?;
        reader.meter = Some(meter.reading(opened.len(), end));
        let pass = || Pass { kind: PassKind::Metered, entitlements: meter.opens() };
        reader.passes = opened.into_iter().map(|article| (article, pass())).collect();
        Ok(Some(end))
    }

    /// A device has no row of its own: that we signed its id is enough. In at most two statements.
    pub(super) async fn standing_of_device(
        &self,
        device: &Bearer,
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let mut reader = Reader::nobody(device.subject());
        let until = self.run_meter(&mut reader, now).await?;
        Ok(Standing { viewer: Viewer::Reader(reader), until, depends_on: Vec::new() })
    }
}
