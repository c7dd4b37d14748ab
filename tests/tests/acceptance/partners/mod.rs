//! Partners over HTTP: what a licence leaves of the publication, how keys are shown and shut, and what the staff does.

mod changes;
mod credentials;
mod deliveries;
pub(crate) mod desk;
mod graphql;
mod preview;
mod quotas;
mod shutting;
mod worlds;

use futures_util::future::join_all;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::{KeyId, PartnerId, SectionId, TagId};
use masthead_domain::partner::{ApiKey, Holder, KeyScope, Partner, PartnerStatus};
use masthead_domain::viewer::{Extent, Licence};
use masthead_gateway::clock::SystemClock;
use masthead_persistence::SecretHash;
use masthead_tests::publication::day;
use masthead_tests::server::{Answer, TestServer, within_a_second};

pub(super) fn partner_id() -> PartnerId {
    PartnerId::new(day(1), [1; 10])
}

pub(super) fn section_id(number: u8) -> SectionId {
    SectionId::new(day(1), [number; 10])
}

pub(super) fn tag_id(number: u8) -> TagId {
    TagId::new(day(1), [number; 10])
}

/// Everything, whole.
pub(super) fn everything() -> Licence {
    Licence {
        sections: None,
        tags: None,
        languages: None,
        extent: Extent::FullText,
        source_links: true,
        delay_seconds: 0,
        valid_from: day(1),
        valid_until: None,
        daily_quota: None,
        attribution: Some("First in The Paper.".into()),
    }
}

/// The text of a key that the tests know.
pub(super) fn key_text(number: u8) -> String {
    format!("mh_live_{number:012x}_{}", format!("{number:02x}").repeat(32))
}

pub(super) fn key(number: u8) -> ApiKey {
    ApiKey {
        id: KeyId::new(day(1), [number; 10]),
        holder: Holder::Partner(partner_id()),
        name: format!("Key {number}"),
        prefix: format!("{number:012x}"),
        scopes: [KeyScope::Read].into(),
        created: day(1),
        expires: None,
        revoked: None,
        used: None,
    }
}

pub(super) async fn add_key(server: &TestServer, number: u8, key: ApiKey) {
    let hash = SecretHash(*blake3::hash(key_text(number).as_bytes()).as_bytes());
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.add_key(&key, hash).await.expect("added");
    work.commit().await.expect("committed");
}

pub(super) async fn license(server: &TestServer, status: PartnerStatus, licence: Licence) {
    let partner = Partner {
        id: partner_id(),
        name: "The Agency".into(),
        contact: None,
        status,
        created: day(1),
        licence: Some(licence),
    };
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.put_partner(&partner).await.expect("put");
    work.commit().await.expect("committed");
}

/// Enters the partner with this licence and its first key.
pub(super) async fn enter(server: &TestServer, licence: Licence) -> String {
    license(server, PartnerStatus::Active, licence).await;
    add_key(server, 1, key(1)).await;
    key_text(1)
}

pub(super) fn now() -> Timestamp {
    SystemClock.now()
}

/// Asks every node until its answer is as wanted, for at most a second.
pub(crate) async fn all_within_a_second(
    nodes: &[&TestServer],
    credential: &str,
    path: &str,
    wanted: impl Fn(&Answer) -> bool,
) {
    let all = join_all(
        nodes.iter().map(|node| within_a_second(path, async || wanted(&node.get_as(credential, path).await))),
    );
    all.await;
}
