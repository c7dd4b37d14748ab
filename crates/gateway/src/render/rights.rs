//! Rights in an article, as REST writes them and GraphQL reads them.

use crate::rights::RSL_PATH;
use crate::site::Site;
use masthead_domain::view::ArticleView;
use serde::Serialize;
use utoipa::ToSchema;

/// What may be done with an article, for machines.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Rights)]
pub struct RightsDto {
    /// Who has them.
    pub holder: String,
    /// Where people read what may be done with it.
    pub terms_url: Option<String>,
    /// What the token's licence asks to stand with it.
    pub usage_terms: Option<String>,
    /// Whether text and data mining is reserved (TDMRep); null when nothing is said.
    pub tdm_reservation: Option<bool>,
    /// Where the policy for text and data mining lies.
    pub tdm_policy: Option<String>,
    /// What machines may use it for (`Content-Usage`).
    #[schema(example = "train-ai=n, search=y")]
    pub content_usage: Option<String>,
    /// Where the licence for machines lies (RSL).
    pub rsl: Option<String>,
}

impl RightsDto {
    /// The rights in an article; `None` where the publisher says nothing, and for what first appeared elsewhere: that is not
    /// ours to license.
    #[must_use]
    pub fn of(view: &ArticleView, site: &Site) -> Option<Self> {
        let rights = site.rights();
        if !rights.are_told() || view.canonical.is_some() {
            return None;
        }
        Some(Self {
            holder: rights.holder.clone().unwrap_or_else(|| site.name.clone()),
            terms_url: rights.terms.clone(),
            usage_terms: view.attribution.clone(),
            tdm_reservation: rights.tdm.as_ref().map(|tdm| tdm.reserved),
            tdm_policy: rights.tdm.as_ref().and_then(|tdm| tdm.policy.clone()),
            content_usage: rights.content_usage.clone(),
            rsl: rights.rsl.is_some().then(|| site.page(RSL_PATH)),
        })
    }
}
