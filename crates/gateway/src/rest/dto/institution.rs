//! Passes for some time and institutions, in REST requests and answers.

use super::fields::instant_of;
use crate::error::Problem;
use crate::operation::pass::Terms;
use masthead_domain::institution::Institution;
use masthead_persistence::PassRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A pass to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PassRequest)]
pub(in crate::rest) struct PassRequest {
    /// What it counts as, for every article: `subscriber`, `member`, `tier:SLUG`.
    #[schema(example = json!(["member"]))]
    entitlements: Vec<String>,
    /// From when on; from now on when nothing is said.
    #[serde(default)]
    #[schema(format = DateTime)]
    from: Option<String>,
    /// The first instant at which it counts no longer; at most a year later.
    #[schema(format = DateTime)]
    until: String,
    /// On how many devices its code can be redeemed: 1 to 10,000; five when nothing is said.
    #[serde(default = "usual_uses")]
    uses: u32,
}

impl PassRequest {
    pub(in crate::rest) fn terms(self) -> Result<Terms, Problem> {
        let Self { entitlements, from, until, uses } = self;
        let from = from.map(|from| instant_of("from", &from)).transpose()?;
        Ok(Terms { entitlements, from, until: instant_of("until", &until)?, uses })
    }
}

const fn usual_uses() -> u32 {
    5
}

/// A pass that was just made. The code is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewPass)]
pub(in crate::rest) struct NewPassDto {
    #[serde(flatten)]
    pass: PassDto,
    /// What the pass is redeemed with.
    code: String,
}

impl NewPassDto {
    pub(in crate::rest) fn new(pass: &PassRecord, code: &str) -> Self {
        Self { pass: PassDto::from(pass), code: code.to_owned() }
    }
}

/// A pass, without its code.
#[derive(Serialize, ToSchema)]
#[schema(as = Pass)]
pub(in crate::rest) struct PassDto {
    #[schema(example = "pas_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    entitlements: Vec<String>,
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    until: String,
    /// On how many devices its code can be redeemed.
    uses: u32,
    /// How often it has been redeemed.
    used: u32,
    /// Who made it.
    by: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it was taken back.
    #[schema(format = DateTime)]
    revoked: Option<String>,
}

impl From<&PassRecord> for PassDto {
    fn from(pass: &PassRecord) -> Self {
        Self {
            id: pass.id.to_string(),
            entitlements: pass.entitlements.iter().map(ToString::to_string).collect(),
            from: pass.from.to_string(),
            until: pass.until.to_string(),
            uses: pass.uses,
            used: pass.used,
            by: pass.by.clone(),
            created: pass.created.to_string(),
            revoked: pass.revoked.map(|at| at.to_string()),
        }
    }
}

/// An institution to add.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = InstitutionRequest)]
pub(in crate::rest) struct InstitutionRequest {
    /// What it is called.
    pub(in crate::rest) name: String,
    /// Its networks in CIDR notation.
    #[schema(example = json!(["192.0.2.0/24"]))]
    pub(in crate::rest) networks: Vec<String>,
    /// What whoever comes from there holds: `subscriber`, `member`, `tier:SLUG`.
    #[schema(example = json!(["member"]))]
    pub(in crate::rest) entitlements: Vec<String>,
}

/// An institution whose people read by where they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Institution)]
pub(in crate::rest) struct InstitutionDto {
    #[schema(example = "ins_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    name: String,
    /// Its networks in CIDR notation.
    networks: Vec<String>,
    /// What whoever comes from there holds.
    entitlements: Vec<String>,
    /// Whether it reads at present.
    active: bool,
}

impl From<&Institution> for InstitutionDto {
    fn from(institution: &Institution) -> Self {
        Self {
            id: institution.id.to_string(),
            name: institution.name.clone(),
            networks: institution.networks.iter().map(ToString::to_string).collect(),
            entitlements: institution.entitlements.iter().map(ToString::to_string).collect(),
            active: institution.active,
        }
    }
}
