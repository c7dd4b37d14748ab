//! Members as the staff sees them, in REST requests and answers.

use super::fields::{given, instant, not_null, parsed};
use super::member::{ContributionDto, NewsletterDto, SubscriptionDto};
use crate::error::Problem;
use crate::import::notes::Noted;
use crate::operation::membership::table::Summary;
use crate::operation::membership::{Card, Change, Comp, Details, Entry};
use masthead_domain::member::{Member, Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A member in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Member)]
pub(in crate::rest) struct MemberDto {
    #[serde(flatten)]
    known: KnownDto,
    /// The slugs of the tiers that they have now.
    tiers: Vec<String>,
    /// The slugs of the newsletters that they get.
    newsletters: Vec<String>,
}

/// A member, with what they have.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MemberDetails)]
pub(in crate::rest) struct MemberDetailsDto {
    #[serde(flatten)]
    known: KnownDto,
    /// Past and future ones too, the newest first.
    subscriptions: Vec<SubscriptionDto>,
    contributions: Vec<ContributionDto>,
    newsletters: Vec<MembersNewsletterDto>,
    /// In how many places they are signed in.
    sessions: usize,
    /// When they signed in last, as far as that is still known.
    #[schema(format = DateTime)]
    last_sign_in: Option<String>,
}

/// What is kept of a member.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberRecord)]
struct KnownDto {
    #[schema(example = "mem_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    email: String,
    name: Option<String>,
    /// `active` or `suspended`.
    status: &'static str,
    #[schema(format = DateTime)]
    created: String,
    /// What the publisher notes about them. They see it in the export of their data.
    note: Option<String>,
    /// The publisher's words to sort members by.
    labels: Vec<String>,
}

/// A newsletter that a member gets.
#[derive(Serialize, ToSchema)]
#[schema(as = MembersNewsletter)]
struct MembersNewsletterDto {
    newsletter: NewsletterDto,
    #[schema(format = DateTime)]
    confirmed: String,
}

/// A member to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewMember)]
pub(in crate::rest) struct NewMemberDto {
    email: String,
    name: Option<String>,
    note: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    /// The slugs of the newsletters that they have agreed to get.
    #[serde(default)]
    newsletters: Vec<String>,
    /// A tier that they are given.
    comp: Option<CompDto>,
}

/// What changes of a member. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = MemberChange)]
pub(in crate::rest) struct MemberChangeDto {
    /// Null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// Null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    note: Option<Option<String>>,
    /// In place of those before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>)]
    labels: Option<Vec<String>>,
    /// `active` or `suspended`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String)]
    status: Option<String>,
}

/// A tier that is given.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Comp)]
pub(in crate::rest) struct CompDto {
    /// The tier's slug.
    #[schema(example = "patron")]
    tier: String,
    /// The first instant at which they no longer have it; null while it goes on.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// What has become of a table of members.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MembersImport)]
pub(in crate::rest) struct MembersImportDto {
    /// Whether nothing was written.
    dry_run: bool,
    rows: u64,
    /// Members who are new.
    created: u64,
    /// Members who are different now.
    changed: u64,
    /// Members who were there already, just like this.
    unchanged: u64,
    /// Rows that did not come in.
    skipped: u64,
    /// Why rows did not come in.
    reasons: Vec<NoteDto>,
    /// What did not come in of rows that did.
    notes: Vec<NoteDto>,
}

/// Something to know after an import.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportNote)]
struct NoteDto {
    what: String,
    /// How often.
    count: u64,
    /// Where first.
    #[schema(example = json!(["line 7"]))]
    examples: Vec<String>,
}

/// The status that a word names.
fn status(code: &str) -> Result<Status, Problem> {
    [Status::Active, Status::Suspended]
        .into_iter()
        .find(|status| status.code() == code)
        .ok_or_else(|| Problem::invalid_parameter("status", "status: is none of active, suspended."))
}

impl NewMemberDto {
    pub(in crate::rest) fn entry(self) -> Result<Entry, Problem> {
        let newsletters = self.newsletters.iter().enumerate();
        let newsletters = newsletters.map(|(place, slug)| parsed(&format!("newsletters[{place}]"), slug));
        Ok(Entry {
            email: parsed("email", &self.email)?,
            name: self.name,
            note: self.note,
            labels: self.labels,
            newsletters: newsletters.collect::<Result<_, _>>()?,
            comp: self.comp.map(|comp| comp.comp("comp.")).transpose()?,
        })
    }
}

impl CompDto {
    /// What is given; `within` is where it stands in the body.
    pub(in crate::rest) fn comp(self, within: &str) -> Result<Comp, Problem> {
        Ok(Comp {
            tier: parsed(&format!("{within}tier"), &self.tier)?,
            until: instant(&format!("{within}until"), self.until.as_deref())?,
        })
    }
}

impl MemberChangeDto {
    pub(in crate::rest) fn change(self) -> Result<Change, Problem> {
        let Self { name, note, labels, status: code } = self;
        Ok(Change { name, note, labels, status: code.as_deref().map(status).transpose()? })
    }
}

impl From<&Member> for KnownDto {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            email: member.email.as_str().to_owned(),
            name: member.name.clone(),
            status: member.status.code(),
            created: member.created.to_string(),
            note: member.note.clone(),
            labels: member.labels.clone(),
        }
    }
}

impl From<&Card> for MemberDto {
    fn from(card: &Card) -> Self {
        Self {
            known: (&card.saved.member).into(),
            tiers: card.tiers.iter().map(ToString::to_string).collect(),
            newsletters: card.newsletters.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Details> for MemberDetailsDto {
    fn from(details: &Details) -> Self {
        let newsletters = details.newsletters.iter();
        Self {
            known: (&details.saved.member).into(),
            subscriptions: details.subscriptions.iter().map(Into::into).collect(),
            contributions: details.contributions.iter().map(Into::into).collect(),
            newsletters: newsletters
                .map(|(newsletter, confirmed)| MembersNewsletterDto {
                    newsletter: newsletter.into(),
                    confirmed: confirmed.to_string(),
                })
                .collect(),
            sessions: details.sessions,
            last_sign_in: details.last_sign_in.map(|at| at.to_string()),
        }
    }
}

impl From<&Summary> for MembersImportDto {
    fn from(summary: &Summary) -> Self {
        Self {
            dry_run: !summary.is_written,
            rows: summary.rows,
            created: summary.created,
            changed: summary.changed,
            unchanged: summary.unchanged,
            skipped: summary.skipped,
            reasons: notes(summary.notes.all_left_out()),
            notes: notes(summary.notes.all_changed()),
        }
    }
}

fn notes(notes: &BTreeMap<String, Noted>) -> Vec<NoteDto> {
    let note = |(what, noted): (&String, &Noted)| NoteDto {
        what: what.clone(),
        count: noted.count,
        examples: noted.examples.clone(),
    };
    notes.iter().map(note).collect()
}
