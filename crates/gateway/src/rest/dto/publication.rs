//! Sections, tags and the token's own rights in REST answers.

use super::partner::MyLicenceDto;
use super::passes::MeterDto;
use crate::operation::SectionTree;
use crate::quota::Quota;
use masthead_domain::clock::Timestamp;
use masthead_domain::section::Section;
use masthead_domain::tag::Tag;
use masthead_domain::viewer::Viewer;
use serde::Serialize;
use utoipa::ToSchema;

/// A section in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SectionReference)]
pub(in crate::rest) struct SectionReferenceDto {
    #[schema(example = "sec_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    slug: String,
    name: String,
}

/// A part of the publication.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Section)]
pub(in crate::rest) struct SectionDto {
    #[serde(flatten)]
    reference: SectionReferenceDto,
    /// What it covers.
    description: Option<String>,
    /// The sections above it, from the top downward.
    path: Vec<SectionReferenceDto>,
    /// The sections directly below it, in their order.
    children: Vec<SectionReferenceDto>,
}

/// What an article is about, across sections.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag)]
pub(in crate::rest) struct TagDto {
    #[schema(example = "tag_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    slug: String,
    name: String,
    /// What it covers.
    description: Option<String>,
}

/// What the token grants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub(in crate::rest) struct MeDto {
    /// `anonymous`, `guest`, `member`, `partner`, `preview` or `staff`.
    kind: &'static str,
    /// The entitlements that the token carries.
    #[schema(example = json!(["member", "tier:patron"]))]
    entitlements: Vec<String>,
    /// Where the reader's meter stands; null when none runs for the token.
    meter: Option<MeterDto>,
    /// When the token expires; null without a token.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// What a partner's licence covers, and what is left of the day; null for everybody else.
    partner: Option<MyLicenceDto>,
    /// What the token may do for the publisher; null for everybody but the staff.
    staff: Option<MyRoleDto>,
}

/// What the token of somebody on the staff, or the key of a program, may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyRole)]
struct MyRoleDto {
    /// `writer`, `editor`, `publisher` or `admin`. Each may do what those before it may.
    #[schema(example = "editor")]
    role: &'static str,
    /// Whether it may change what its role may; without, it reads and no more.
    manages: bool,
}

impl SectionReferenceDto {
    pub(in crate::rest) fn new(section: &Section) -> Self {
        Self { id: section.id.to_string(), slug: section.slug.to_string(), name: section.name.clone() }
    }
}

impl SectionDto {
    pub(in crate::rest) fn new(section: &Section, tree: &SectionTree) -> Self {
        let mut path = tree.path(section.id);
        path.pop();
        Self {
            reference: SectionReferenceDto::new(section),
            description: section.description.clone(),
            path: path.into_iter().map(SectionReferenceDto::new).collect(),
            children: tree.below(Some(section.id)).map(SectionReferenceDto::new).collect(),
        }
    }
}

impl TagDto {
    pub(in crate::rest) fn new(tag: &Tag) -> Self {
        Self {
            id: tag.id.to_string(),
            slug: tag.slug.to_string(),
            name: tag.name.clone(),
            description: tag.description.clone(),
        }
    }
}

impl MeDto {
    pub(in crate::rest) fn new(viewer: &Viewer, expires: Option<Timestamp>, quota: Option<Quota>) -> Self {
        let partner = match viewer {
            Viewer::Partner(partner) => Some(MyLicenceDto::new(partner, quota)),
            _ => None,
        };
        let staff = match viewer {
            Viewer::Staff(staff) => Some(MyRoleDto { role: staff.role.code(), manages: !staff.reads_only }),
            _ => None,
        };
        Self {
            kind: viewer.kind(),
            entitlements: viewer.entitlements().iter().map(ToString::to_string).collect(),
            meter: viewer.meter().map(MeterDto::from),
            expires: expires.map(|at| at.to_string()),
            partner,
            staff,
        }
    }
}
