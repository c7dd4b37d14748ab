//! Partners, their licences and their keys, for publishers.

use super::feed::SavedFilter;
use super::filter::given;
use super::if_there;
use super::licence::Licence;
use super::page::{PageArguments, connection};
use super::scalar::{DateTime, Version};
use super::words::{LicenceExtent, PartnerStatus, StaffRole};
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::cursor::ListName;
use crate::operation::partner::{self, Change, Entry, LicenceTerms, keys};
use crate::operation::require;
use async_graphql::{ComplexObject, Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{KeyId, PartnerId};
use masthead_domain::partner::{ApiKey as Key, Holder};
use masthead_domain::viewer::{self, Role};
use masthead_persistence::SavedPartner;
use secrecy::ExposeSecret;
use std::sync::Arc;

/// Somebody who takes articles under a licence.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct Partner {
    id: ID,
    name: String,
    /// Whom to write to.
    contact: Option<String>,
    status: PartnerStatus,
    created: DateTime,
    /// Grows with every change; a change names the one that it is based on.
    version: Version,
    #[graphql(skip)]
    licensed: Option<viewer::Partner>,
    #[graphql(skip)]
    known: PartnerId,
}

#[ComplexObject]
impl Partner {
    /// What it may take; null when it may take nothing.
    async fn licence(&self) -> Option<Licence> {
        self.licensed.clone().map(Licence)
    }

    /// Its keys, the newest first.
    async fn keys(&self, ctx: &Context<'_>) -> Result<Option<Vec<ApiKey>>, Problem> {
        let session = Session::of(ctx);
        let found = session.keys(self.known).await?;
        Ok(Some(found.iter().map(|key| ApiKey::new(key, session.reading.now())).collect()))
    }

    /// Its saved filters, the newest first.
    async fn filters(&self, ctx: &Context<'_>) -> Result<Option<Vec<SavedFilter>>, Problem> {
        let session = Session::of(ctx);
        let found = session.filters(self.known).await?;
        Ok(Some(found.iter().map(|filter| SavedFilter::new(filter, session.site())).collect()))
    }
}

impl From<SavedPartner> for Partner {
    fn from(SavedPartner { partner, version }: SavedPartner) -> Self {
        let licence = partner.licence.map(Arc::new);
        Self {
            id: partner.id.to_string().into(),
            name: partner.name,
            contact: partner.contact,
            status: partner.status.into(),
            created: DateTime(partner.created),
            version: Version(version),
            licensed: licence.map(|licence| viewer::Partner { id: partner.id, licence }),
            known: partner.id,
        }
    }
}

connection!(
    /// A page of partners.
    PartnerConnection, PartnerEdge, Partner, SavedPartner, "PartnerConnection", "PartnerEdge"
);

/// A key without its secret, which is nowhere.
#[derive(SimpleObject)]
pub(super) struct ApiKey {
    id: ID,
    name: String,
    /// The part of the key after `mh_live_` that tells it from others.
    prefix: String,
    /// What it is good for.
    scopes: Vec<String>,
    /// Whose program it is for: what it may do; null for a partner's.
    role: Option<StaffRole>,
    /// Whether it is good now, as far as the key itself goes.
    active: bool,
    created: DateTime,
    expires: Option<DateTime>,
    revoked: Option<DateTime>,
    /// When it was last used, to the minute.
    last_used: Option<DateTime>,
}

impl ApiKey {
    fn new(key: &Key, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string().into(),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            scopes: key.scopes.iter().map(|scope| scope.code().to_owned()).collect(),
            role: match key.holder {
                Holder::Service(role) => Some(role.into()),
                Holder::Partner(_) => None,
            },
            active: key.is_active(now),
            created: DateTime(key.created),
            expires: key.expires.map(DateTime),
            revoked: key.revoked.map(DateTime),
            last_used: key.used.map(DateTime),
        }
    }
}

/// A key that was just made.
#[derive(SimpleObject)]
pub(super) struct NewApiKey {
    api_key: ApiKey,
    /// The whole key. It is shown this once.
    key: String,
}

impl NewApiKey {
    fn new(made: &keys::Made, now: Timestamp) -> Self {
        Self { api_key: ApiKey::new(&made.key, now), key: made.text.expose_secret().to_owned() }
    }
}

/// What a partner may take. What it does not cover does not exist for the partner.
#[derive(InputObject)]
pub(super) struct LicenceInput {
    /// Articles in one of these sections or below; null for all. An empty list covers nothing. It has to be said.
    sections: MaybeUndefined<Vec<ID>>,
    /// Articles with one of these tags; null for all. An empty list covers nothing. It has to be said.
    tags: MaybeUndefined<Vec<ID>>,
    /// Articles in one of these languages (BCP 47); null for all. An empty list covers nothing. It has to be said.
    languages: MaybeUndefined<Vec<String>>,
    extent: LicenceExtent,
    /// Whether the source links come with it.
    source_links: bool,
    /// How many seconds after its publication an article is covered.
    #[graphql(default)]
    delay_seconds: i64,
    /// From when on it is valid; left out, from now on.
    valid_from: Option<DateTime>,
    /// The first instant at which it is no longer valid; null for open.
    valid_until: Option<DateTime>,
    /// How many requests for articles it covers a day (UTC); null for any number.
    daily_quota: Option<u32>,
    /// What must stand with every article.
    attribution: Option<String>,
}

impl LicenceInput {
    /// # Errors
    /// A problem when it does not say of what: nothing is granted because it was forgotten.
    pub(super) fn terms(self) -> Result<LicenceTerms, Problem> {
        let texts = |ids: Option<Vec<ID>>| ids.map(|ids| ids.into_iter().map(|id| id.0).collect());
        Ok(LicenceTerms {
            sections: texts(said("licence.sections", self.sections)?),
            tags: texts(said("licence.tags", self.tags)?),
            languages: said("licence.languages", self.languages)?,
            extent: self.extent.into(),
            source_links: self.source_links,
            delay_seconds: self.delay_seconds,
            valid_from: self.valid_from.map(|at| at.0),
            valid_until: self.valid_until.map(|at| at.0),
            daily_quota: self.daily_quota,
            attribution: self.attribution,
        })
    }
}

fn said<T>(field: &str, value: MaybeUndefined<T>) -> Result<Option<T>, Problem> {
    match value {
        MaybeUndefined::Undefined => Err(Problem::invalid_parameter(field, format!("{field}: is missing."))),
        MaybeUndefined::Null => Ok(None),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// What changes of a partner. What is left out stays; null is refused where it is not said to mean something.
#[derive(InputObject)]
pub(super) struct PartnerChange {
    name: MaybeUndefined<String>,
    /// Null for nobody.
    contact: MaybeUndefined<String>,
    status: MaybeUndefined<PartnerStatus>,
    /// The version that the change is based on; left out, whatever there is.
    based_on: Option<Version>,
}

/// What publishers ask about partners.
#[derive(Default)]
pub(super) struct PartnerQuery;

#[Object]
impl PartnerQuery {
    /// One partner. For publishers.
    async fn partner(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Partner>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(if_there(partner::find(reading, id).await)?.map(Into::into))
    }

    /// The keys of the publisher's own programs, the newest first. For admins.
    async fn service_keys(&self, ctx: &Context<'_>) -> Result<Option<Vec<ApiKey>>, Problem> {
        let reading = &Session::of(ctx).reading;
        let found = keys::of_services(reading).await?;
        reading.charge(found.len())?;
        Ok(Some(found.iter().map(|key| ApiKey::new(key, reading.now())).collect()))
    }

    /// A page of the partners, the newest first. For publishers. The list goes forward only.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<Option<PartnerConnection>, Problem> {
        let list = ListName::new(partner::LIST);
        let request =
            PageArguments { first: Some(first), after, ..PageArguments::default() }.request(list)?;
        let page = partner::list(&Session::of(ctx).reading, &request).await?;
        Ok(Some(PartnerConnection { page, list }))
    }
}

/// What publishers do with partners.
#[derive(Default)]
pub(super) struct PartnerMutation;

#[Object]
impl PartnerMutation {
    /// Enters a partner. For publishers.
    async fn create_partner(
        &self,
        ctx: &Context<'_>,
        name: String,
        contact: Option<String>,
        licence: Option<LicenceInput>,
    ) -> Result<Option<Partner>, Problem> {
        let licence = licence.map(LicenceInput::terms).transpose()?;
        let saved = partner::create(&Session::of(ctx).acting(), Entry { name, contact, licence }).await?;
        Ok(Some(saved.into()))
    }

    /// Changes a partner's name, contact or status. For publishers. To suspend a partner shuts all of its keys within a
    /// second.
    async fn update_partner(
        &self,
        ctx: &Context<'_>,
        id: ID,
        change: PartnerChange,
    ) -> Result<Option<Partner>, Problem> {
        let id = id.parse().map_err(|_| Problem::not_found())?;
        let PartnerChange { name, contact, status, based_on } = change;
        let based_on = based_on.map(|version| version.0);
        let change = Change {
            name: given(name, "name")?,
            contact: contact.into(),
            status: given(status, "status")?.map(Into::into),
        };
        Ok(Some(partner::change(&Session::of(ctx).acting(), id, based_on, change).await?.into()))
    }

    /// Grants a licence in place of the one before. For publishers.
    async fn replace_licence(
        &self,
        ctx: &Context<'_>,
        partner: ID,
        licence: LicenceInput,
        #[graphql(desc = "The partner's version that it is based on; null for whatever there is.")] based_on: Option<Version>,
    ) -> Result<Option<Partner>, Problem> {
        let id = partner.parse().map_err(|_| Problem::not_found())?;
        let saved = partner::license(
            &Session::of(ctx).acting(),
            id,
            based_on.map(|version| version.0),
            licence.terms()?,
        )
        .await?;
        Ok(Some(saved.into()))
    }

    /// Takes a partner out, with its keys. For publishers.
    async fn delete_partner(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let id = id.parse().map_err(|_| Problem::not_found())?;
        partner::remove(&Session::of(ctx).acting(), id).await?;
        Ok(Some(true))
    }

    /// Makes a key for a partner and shows it this once. For publishers. Two keys of a partner may be good at the same time.
    async fn create_partner_key(
        &self,
        ctx: &Context<'_>,
        partner: ID,
        name: String,
        expires: Option<DateTime>,
    ) -> Result<Option<NewApiKey>, Problem> {
        let session = Session::of(ctx);
        let id = partner.parse().map_err(|_| Problem::not_found())?;
        let made = keys::add(&session.acting(), id, name, expires.map(|at| at.0)).await?;
        Ok(Some(NewApiKey::new(&made, session.reading.now())))
    }

    /// Revokes a key of a partner. It is good no longer within a second. For publishers.
    async fn revoke_partner_key(
        &self,
        ctx: &Context<'_>,
        partner: ID,
        key: ID,
    ) -> Result<Option<bool>, Problem> {
        let id = partner.parse().map_err(|_| Problem::not_found())?;
        revoke(ctx, Some(id), &key).await
    }

    /// Makes a key for a program of the publisher's own and shows it this once. For admins.
    async fn create_service_key(
        &self,
        ctx: &Context<'_>,
        name: String,
        role: StaffRole,
        #[graphql(desc = "Whether it may write, as its role may.", default)] manages: bool,
        expires: Option<DateTime>,
    ) -> Result<Option<NewApiKey>, Problem> {
        let session = Session::of(ctx);
        let expires = expires.map(|at| at.0);
        let made = keys::add_for_service(&session.acting(), role.into(), manages, name, expires).await?;
        Ok(Some(NewApiKey::new(&made, session.reading.now())))
    }

    /// Revokes a key of a program. For admins.
    async fn revoke_service_key(&self, ctx: &Context<'_>, key: ID) -> Result<Option<bool>, Problem> {
        revoke(ctx, None, &key).await
    }
}

async fn revoke(ctx: &Context<'_>, of: Option<PartnerId>, key: &ID) -> Result<Option<bool>, Problem> {
    let id: KeyId = key.parse().map_err(|_| Problem::not_found())?;
    keys::revoke(&Session::of(ctx).acting(), of, id).await?;
    Ok(Some(true))
}
