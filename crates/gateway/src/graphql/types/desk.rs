//! What the publisher decides for all articles at once, where people read by place, and what the staff has done.

use super::page::{PageArguments, connection};
use super::scalar::DateTime;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::cursor::ListName;
use crate::operation::{audit, institution, policy};
use async_graphql::{Context, ID, Json, Object, SimpleObject};
use masthead_domain::id::{InstitutionId, PassId};
use masthead_domain::partner;
use masthead_domain::paywall::Policy;
use masthead_domain::viewer::Bearer;
use masthead_persistence::SavedPolicy as Saved;

/// A policy that was saved.
#[derive(Clone, SimpleObject)]
pub(super) struct SavedPolicy {
    /// Its number, counted from one; 0 before the first.
    version: i64,
    /// The policy, as `GET /v1/policy` writes it.
    policy: Json<Policy>,
    /// When it was saved; null before the first.
    saved: Option<DateTime>,
    /// Who saved it.
    by: Option<String>,
}

impl From<Saved> for SavedPolicy {
    fn from(Saved { version, policy, at, by }: Saved) -> Self {
        Self { version, policy: Json(policy), saved: Some(DateTime(at)), by: Some(by) }
    }
}

connection!(
    /// A page of policies that were saved.
    PolicyConnection, PolicyEdge, SavedPolicy, Saved, "PolicyConnection", "PolicyEdge"
);

/// An institution whose people read by where they are.
#[derive(SimpleObject)]
pub(super) struct Institution {
    id: ID,
    name: String,
    /// Its networks in CIDR notation.
    networks: Vec<String>,
    /// What whoever comes from there holds.
    entitlements: Vec<String>,
    /// Whether it reads at present.
    active: bool,
}

impl From<&masthead_domain::institution::Institution> for Institution {
    fn from(institution: &masthead_domain::institution::Institution) -> Self {
        Self {
            id: institution.id.to_string().into(),
            name: institution.name.clone(),
            networks: institution.networks.iter().map(ToString::to_string).collect(),
            entitlements: institution.entitlements.iter().map(ToString::to_string).collect(),
            active: institution.active,
        }
    }
}

/// One thing that somebody on the staff has done.
#[derive(Clone, SimpleObject)]
pub(super) struct Deed {
    at: DateTime,
    /// Who, as their token names them.
    by: String,
    /// What.
    action: String,
    /// To what.
    subject: ID,
}

impl From<partner::Deed> for Deed {
    fn from(deed: partner::Deed) -> Self {
        Self { at: DateTime(deed.at), by: deed.by, action: deed.action, subject: deed.subject.into() }
    }
}

connection!(
    /// A page of what the staff has done.
    DeedConnection, DeedEdge, Deed, partner::Deed, "DeedConnection", "DeedEdge"
);

/// What the staff asks.
#[derive(Default)]
pub(super) struct DeskQuery;

#[Object]
impl DeskQuery {
    /// The paywall's policy that holds. For editors.
    async fn policy(&self, ctx: &Context<'_>) -> Result<Option<SavedPolicy>, Problem> {
        let saved = policy::current(&Session::of(ctx).reading).await?;
        let none = || SavedPolicy { version: 0, policy: Json(Policy::default()), saved: None, by: None };
        Ok(Some(saved.map_or_else(none, SavedPolicy::from)))
    }

    /// A page of all policies that were saved, the newest first. For editors.
    async fn policies(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<PolicyConnection>, Problem> {
        let list = ListName::new(policy::VERSIONS);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = policy::versions(&Session::of(ctx).reading, &request).await?;
        Ok(Some(PolicyConnection { page, list }))
    }

    /// All institutions, the newest first. For publishers.
    async fn institutions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Institution>>, Problem> {
        let reading = &Session::of(ctx).reading;
        let all = institution::all(reading).await?;
        reading.charge(all.len())?;
        Ok(Some(all.iter().map(Institution::from).collect()))
    }

    /// A page of what the staff has done, the newest first. For admins. The list goes forward only.
    async fn audit(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<Option<DeedConnection>, Problem> {
        let list = ListName::new(audit::LIST);
        let request =
            PageArguments { first: Some(first), after, ..PageArguments::default() }.request(list)?;
        let page = audit::deeds(&Session::of(ctx).reading, &request).await?;
        Ok(Some(DeedConnection { page, list }))
    }
}

/// What the staff decides.
#[derive(Default)]
pub(super) struct DeskMutation;

#[Object]
impl DeskMutation {
    /// Saves another policy, whole. For publishers. It holds within a second, on every server.
    async fn save_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The policy, as `PUT /v1/policy` reads it.")] policy: Json<serde_json::Value>,
        #[graphql(desc = "The version that it was made from, 0 for none; null for whatever there is.")]
        based_on: Option<i64>,
    ) -> Result<Option<SavedPolicy>, Problem> {
        let acting = Session::of(ctx).acting();
        let policy = policy::read(policy.0)?;
        Ok(Some(policy::save(&acting, policy, based_on).await?.into()))
    }

    /// Adds an institution. For publishers.
    async fn add_institution(
        &self,
        ctx: &Context<'_>,
        name: String,
        #[graphql(desc = "Its networks in CIDR notation.")] networks: Vec<String>,
        #[graphql(desc = "What whoever comes from there holds: `subscriber`, `member`, `tier:SLUG`.")]
        entitlements: Vec<String>,
    ) -> Result<Option<Institution>, Problem> {
        let acting = Session::of(ctx).acting();
        let added = institution::add(&acting, name, &networks, &entitlements).await?;
        Ok(Some((&added).into()))
    }

    /// Ends an institution's reading. For publishers. Its tokens open nothing any more.
    async fn end_institution(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        let id: InstitutionId = id.parse().map_err(|_| Problem::not_found())?;
        institution::end(&session.acting(), id).await?;
        session.gateway().standings.forget(&Bearer::Pass(PassId::from_uuid(id.uuid())));
        Ok(Some(true))
    }
}
