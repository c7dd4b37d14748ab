//! Partners, licences, keys and the staff's deeds in REST bodies.

use super::fields::{given, instant, not_null, parsed};
use crate::error::Problem;
use crate::operation::partner::keys::Made;
use crate::operation::partner::{Change, Entry, LicenceTerms};
use crate::quota::Quota;
use masthead_domain::clock::Timestamp;
use masthead_domain::partner::{ApiKey, Deed, Holder, PartnerStatus};
use masthead_domain::viewer::{Extent, Licence, Partner as Licensed, Role};
use masthead_persistence::SavedPartner;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Partner)]
pub(in crate::rest) struct PartnerDto {
    #[schema(example = "par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    name: String,
    /// Whom to write to.
    contact: Option<String>,
    /// `active` or `suspended`.
    status: &'static str,
    #[schema(format = DateTime)]
    created: String,
    /// What it may take; null when it may take nothing.
    licence: Option<LicenceDto>,
}

/// What a partner may take. What it does not cover does not exist for the partner.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Licence)]
pub(crate) struct LicenceDto {
    /// Ids of sections: articles in one of them or below; null for all. An empty list covers nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    sections: Option<Vec<String>>,
    /// Ids of tags: articles with one of them; null for all. An empty list covers nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    tags: Option<Vec<String>>,
    /// Languages (BCP 47): articles in one of them; null for all. An empty list covers nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    languages: Option<Vec<String>>,
    /// `headline`, `teaser` or `full_text`.
    #[schema(value_type = String, example = "full_text")]
    extent: Extent,
    /// Whether the source links come with it.
    source_links: bool,
    /// How many seconds after its publication an article is covered.
    #[serde(default)]
    #[schema(minimum = 0)]
    delay_seconds: i64,
    /// From when on it is valid; left out, from now on.
    #[schema(format = DateTime)]
    valid_from: Option<String>,
    /// The first instant at which it is no longer valid; null for open.
    #[schema(format = DateTime)]
    valid_until: Option<String>,
    /// How many requests for articles it covers a day (UTC); null for any number.
    daily_quota: Option<u32>,
    /// What must stand with every article.
    attribution: Option<String>,
}

/// A partner to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewPartner)]
pub(in crate::rest) struct NewPartnerDto {
    name: String,
    contact: Option<String>,
    licence: Option<LicenceDto>,
}

/// What changes of a partner. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PartnerChange)]
pub(in crate::rest) struct PartnerChangeDto {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String)]
    name: Option<String>,
    /// Null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    contact: Option<Option<String>>,
    /// `active` or `suspended`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String)]
    status: Option<String>,
}

/// A key without its secret, which is nowhere.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(in crate::rest) struct ApiKeyDto {
    #[schema(example = "key_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    name: String,
    /// The part of the key after `mh_live_` that tells it from others.
    #[schema(example = "6f1c02d9a4be")]
    prefix: String,
    /// What it is good for.
    #[schema(example = json!(["content:read"]))]
    scopes: Vec<&'static str>,
    /// What a program of the publisher's own may do with it; null for a partner's.
    role: Option<&'static str>,
    /// Whether it is good now, as far as the key itself goes.
    active: bool,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: Option<String>,
    #[schema(format = DateTime)]
    revoked: Option<String>,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_used: Option<String>,
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewApiKey)]
pub(in crate::rest) struct NewApiKeyDto {
    /// What it is for.
    pub(in crate::rest) name: String,
    /// The first instant at which it is no longer good; null for open.
    #[schema(format = DateTime)]
    expires: Option<String>,
}

/// A key to be made for a program of the publisher's own.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewServiceKey)]
pub(in crate::rest) struct NewServiceKeyDto {
    /// What it is for.
    pub(in crate::rest) name: String,
    /// `writer`, `editor`, `publisher` or `admin`.
    #[schema(example = "editor")]
    role: String,
    /// Whether it may write, as its role may; else it reads and no more.
    #[serde(default)]
    pub(in crate::rest) manages: bool,
    /// The first instant at which it is no longer good; null for open.
    #[schema(format = DateTime)]
    expires: Option<String>,
}

impl NewServiceKeyDto {
    pub(in crate::rest) fn role(&self) -> Result<Role, Problem> {
        parsed("role", &self.role)
    }

    pub(in crate::rest) fn expires(&self) -> Result<Option<Timestamp>, Problem> {
        instant("expires", self.expires.as_deref())
    }
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeApiKey)]
pub(in crate::rest) struct MadeApiKeyDto {
    #[serde(flatten)]
    known: ApiKeyDto,
    /// The whole key. It is shown this once.
    #[schema(example = "mh_live_6f1c02d9a4be_…")]
    key: String,
}

/// One thing that somebody on the staff has done, or an owner of a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deed)]
pub(in crate::rest) struct DeedDto {
    #[schema(format = DateTime)]
    at: String,
    /// Who, as their token names them; an owner by their id.
    by: String,
    /// What.
    #[schema(example = "partner.suspended")]
    action: String,
    /// To what.
    #[schema(example = "par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    subject: String,
}

/// What a partner's key grants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyLicence)]
pub(in crate::rest) struct MyLicenceDto {
    /// The partner.
    id: String,
    licence: LicenceDto,
    /// What is left of the day; null without a quota.
    quota: Option<QuotaDto>,
}

/// What is left of a day's requests for articles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quota)]
pub(in crate::rest) struct QuotaDto {
    limit: u32,
    left: u32,
    /// When the next day begins.
    #[schema(format = DateTime)]
    resets: String,
}

impl LicenceDto {
    /// The terms that it says.
    ///
    /// # Errors
    /// A problem that names the instant that is none.
    pub(crate) fn terms(self) -> Result<LicenceTerms, Problem> {
        Ok(LicenceTerms {
            sections: self.sections,
            tags: self.tags,
            languages: self.languages,
            extent: self.extent,
            source_links: self.source_links,
            delay_seconds: self.delay_seconds,
            valid_from: instant("licence.validFrom", self.valid_from.as_deref())?,
            valid_until: instant("licence.validUntil", self.valid_until.as_deref())?,
            daily_quota: self.daily_quota,
            attribution: self.attribution,
        })
    }

    pub(in crate::rest) fn new(licence: &Licence) -> Self {
        fn names<T: ToString>(set: &Option<BTreeSet<T>>) -> Option<Vec<String>> {
            set.as_ref().map(|set| set.iter().map(ToString::to_string).collect())
        }
        Self {
            sections: names(&licence.sections),
            tags: names(&licence.tags),
            languages: names(&licence.languages),
            extent: licence.extent,
            source_links: licence.source_links,
            delay_seconds: licence.delay_seconds,
            valid_from: Some(licence.valid_from.to_string()),
            valid_until: licence.valid_until.map(|at| at.to_string()),
            daily_quota: licence.daily_quota,
            attribution: licence.attribution.clone(),
        }
    }
}

impl NewPartnerDto {
    pub(in crate::rest) fn entry(self) -> Result<Entry, Problem> {
        let licence = self.licence.map(LicenceDto::terms).transpose()?;
        Ok(Entry { name: self.name, contact: self.contact, licence })
    }
}

impl PartnerChangeDto {
    pub(in crate::rest) fn change(self) -> Result<Change, Problem> {
        let known = |code: String| {
            PartnerStatus::of_code(&code)
                .ok_or_else(|| Problem::invalid_parameter("status", "status: is none of active, suspended."))
        };
        Ok(Change { name: self.name, contact: self.contact, status: self.status.map(known).transpose()? })
    }
}

impl NewApiKeyDto {
    pub(in crate::rest) fn expires(&self) -> Result<Option<Timestamp>, Problem> {
        instant("expires", self.expires.as_deref())
    }
}

impl PartnerDto {
    pub(in crate::rest) fn new(saved: &SavedPartner) -> Self {
        let partner = &saved.partner;
        Self {
            id: partner.id.to_string(),
            name: partner.name.clone(),
            contact: partner.contact.clone(),
            status: partner.status.code(),
            created: partner.created.to_string(),
            licence: partner.licence.as_ref().map(LicenceDto::new),
        }
    }
}

impl ApiKeyDto {
    pub(in crate::rest) fn new(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            scopes: key.scopes.iter().map(|scope| scope.code()).collect(),
            role: match key.holder {
                Holder::Service(role) => Some(role.code()),
                Holder::Partner(_) => None,
            },
            active: key.is_active(now),
            created: key.created.to_string(),
            expires: key.expires.map(|at| at.to_string()),
            revoked: key.revoked.map(|at| at.to_string()),
            last_used: key.used.map(|at| at.to_string()),
        }
    }
}

impl MadeApiKeyDto {
    pub(in crate::rest) fn new(made: &Made, now: Timestamp) -> Self {
        Self { known: ApiKeyDto::new(&made.key, now), key: made.text.expose_secret().to_owned() }
    }
}

impl DeedDto {
    pub(in crate::rest) fn new(deed: &Deed) -> Self {
        Self {
            at: deed.at.to_string(),
            by: deed.by.clone(),
            action: deed.action.clone(),
            subject: deed.subject.clone(),
        }
    }
}

impl MyLicenceDto {
    pub(in crate::rest) fn new(partner: &Licensed, quota: Option<Quota>) -> Self {
        let quota = quota.map(|quota| QuotaDto {
            limit: quota.limit,
            left: quota.left,
            resets: quota.resets.to_string(),
        });
        Self { id: partner.id.to_string(), licence: LicenceDto::new(&partner.licence), quota }
    }
}
