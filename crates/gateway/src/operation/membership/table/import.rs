//! Taking a table in: all of it is read and checked before anything is written.

use super::super::super::named;
use super::super::comp::comped;
use super::super::{consent, extended};
use super::read::{Row, read};
use crate::auth::Secrets;
use crate::error::Problem;
use crate::import::notes::Notes;
use crate::import::summary::write_notes;
use crate::operation::Acting;
use crate::operation::link::bits;
use bytes::Bytes;
use masthead_domain::id::{MemberId, NewsletterId, SubscriptionId};
use masthead_domain::member::{
    Consent, Email, MAX_LABELS, Member, Newsletter, Origin, Purpose, Subscription,
};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::Work;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// How a table is taken in.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The tier that those get who were given a paid plan where the table comes from, unless their row names one tier of ours.
    pub comp_tier: Option<Slug>,
    /// Says what would be done, and does nothing.
    pub is_dry_run: bool,
}

/// What has become of a table.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Whether anything was to be written.
    pub is_written: bool,
    /// How many rows there are.
    pub rows: u64,
    /// How many members are new.
    pub created: u64,
    /// How many members are different now.
    pub changed: u64,
    /// How many were there already, just like this.
    pub unchanged: u64,
    /// How many rows did not come in.
    pub skipped: u64,
    /// Why rows did not come in, and what of the others did not.
    pub notes: Notes,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_written, rows, created, changed, unchanged, skipped, notes } = self;
        let counts = [
            ("rows", rows),
            ("created", created),
            ("changed", changed),
            ("unchanged", unchanged),
            ("skipped", skipped),
        ];
        for (name, count) in counts {
            writeln!(f, "{name:<10} {count:>9}")?;
        }
        write_notes(f, "Not brought in", notes.all_changed())?;
        write_notes(f, "Rows that were skipped", notes.all_left_out())?;
        if *is_written { Ok(()) } else { writeln!(f, "\nA dry run: nothing was written.") }
    }
}

/// The rows that are written in one unit of work.
const ROWS_AT_ONCE: usize = 500;

/// The name of the words in which the publisher says that somebody has agreed.
const WORDING: &str = "brought along by the publisher";

const FORGOTTEN: &str = "whoever has the address asked to be forgotten";
const DELETED: &str = "the member was deleted";
const NO_COMP_TIER: &str =
    "complimentary_plan: the row names no single tier that is here, and no other was named for it";
const CUSTOMER: &str = "stripe_customer_id: not kept; the provider's events name the customer";
const TIERS: &str = "tiers: not kept; a paid one comes with the provider's events";
const OTHER_TIERS: &str = "tiers: not kept but for the one that complimentary_plan gives";
const LABELS: &str = "labels: there are too many beside those that the member has";
const ID: &str = "id: another member has it";

/// Takes a table in. A member who is there already gets what the table says besides; which newsletters they get is
/// theirs to say, so it stays. Taking the same table in again changes nothing, and completes what was interrupted. For
/// publishers.
///
/// # Errors
/// 401 and 403 for whoever may not; a problem that names the line and the column of what is wrong, and then nothing has
/// been written.
pub async fn import(
    acting: &Acting<'_>,
    secrets: &Secrets,
    file: Bytes,
    options: &Options,
) -> Result<Summary, Problem> {
    acting.must_be(Role::Publisher)?;
    if let Some(slug) = &options.comp_tier {
        named::tier(acting.reading(), "compTier", slug).await?;
    }
    let now = acting.now();
    let reading = move || {
        let mark = blake3::hash(&file).to_hex();
        read(&file, now).map(|table| (table, format!("import:{}", &mark[..16])))
    };
    let (table, name) = tokio::task::spawn_blocking(reading).await.map_err(|_| Problem::internal())??;
    let tiers = acting.reading().tiers().await?.iter().map(|tier| tier.slug.clone()).collect();
    let mut newsletters = acting.store().registry().newsletters().await?;
    newsletters.retain(|newsletter| newsletter.active && newsletter.makes_subscriber);
    let mut summary = Summary {
        is_written: !options.is_dry_run,
        rows: (table.rows.len() + table.deleted.len()) as u64,
        skipped: table.deleted.len() as u64,
        ..Summary::default()
    };
    for line in table.deleted {
        summary.notes.at(format_args!("line {line}"));
        summary.notes.left_out(DELETED);
    }
    for rows in table.rows.chunks(ROWS_AT_ONCE) {
        let mut work = acting.begin().await?;
        let mut batch = Batch {
            acting,
            secrets,
            options,
            tiers: &tiers,
            newsletters: &newsletters,
            summary: &mut summary,
        };
        if batch.put(&mut work, rows).await? && !options.is_dry_run {
            acting.finish(work, "members.imported", &name).await?;
        }
    }
    Ok(summary)
}

/// Some rows, with what they are put beside.
struct Batch<'b> {
    acting: &'b Acting<'b>,
    secrets: &'b Secrets,
    options: &'b Options,
    tiers: &'b BTreeSet<Slug>,
    newsletters: &'b [Newsletter],
    summary: &'b mut Summary,
}

/// What is to be written for some rows.
#[derive(Default)]
struct Plan {
    members: Vec<Member>,
    comps: Vec<Subscription>,
    consents: Vec<Consent>,
    newsletters: Vec<(MemberId, NewsletterId)>,
}

impl<'b> Batch<'b> {
    /// Puts the rows, and says whether that has changed anything.
    async fn put(&mut self, work: &mut Work, rows: &[Row]) -> Result<bool, Problem> {
        let emails: Vec<&Email> = rows.iter().map(|row| &row.email).collect();
        let there: HashMap<Email, Member> =
            work.members_by_emails(&emails).await?.into_iter().map(|one| (one.email.clone(), one)).collect();
        let ids: Vec<_> = rows.iter().filter_map(|row| row.id).collect();
        let taken: BTreeSet<_> = work.members_by_ids(&ids).await?.into_iter().map(|one| one.id).collect();
        let hash = |row: &Row| self.secrets.suppression_hash(&row.email);
        let forgotten = work.suppressed(&rows.iter().map(hash).collect::<Vec<_>>()).await?;
        let known: Vec<_> = there.values().map(|member| member.id).collect();
        let held = work.subscriptions_of(&known).await?;

        let mut plan = Plan::default();
        for row in rows {
            self.summary.notes.at(format_args!("line {}", row.line));
            if forgotten.contains(&self.secrets.suppression_hash(&row.email)) {
                self.summary.skipped += 1;
                self.summary.notes.left_out(FORGOTTEN);
                continue;
            }
            self.row(row, there.get(&row.email), &taken, &held, &mut plan)?;
        }
        let changes = !plan.members.is_empty() || !plan.comps.is_empty();
        if changes {
            work.put_members(&plan.members).await?;
            work.confirm_newsletters(&plan.newsletters).await?;
            work.log_consents(&plan.consents).await?;
            work.put_subscriptions(&plan.comps).await?;
        }
        Ok(changes)
    }

    fn row(
        &mut self,
        row: &Row,
        there: Option<&Member>,
        taken: &BTreeSet<MemberId>,
        held: &[Subscription],
        plan: &mut Plan,
    ) -> Result<(), Problem> {
        let (member, is_new) = match there {
            Some(there) => (self.merged(there, row), false),
            None => (self.newcomer(row, taken)?, true),
        };
        let is_different = there.is_none_or(|there| *there != member);
        let given = self.given(row);
        let comp = given.and_then(|tier| self.comp(tier, &member, held));
        if row.is_comped && given.is_none() {
            self.summary.notes.changed(NO_COMP_TIER);
        }
        if row.has_customer {
            self.summary.notes.changed(CUSTOMER);
        }
        if row.tiers.iter().any(|tier| given.is_none_or(|given| given.as_str() != tier)) {
            self.summary.notes.changed(if given.is_some() { OTHER_TIERS } else { TIERS });
        }
        match (is_new, is_different || comp.is_some()) {
            (true, _) => self.summary.created += 1,
            (false, true) => self.summary.changed += 1,
            (false, false) => self.summary.unchanged += 1,
        }
        if is_new {
            plan.consents.push(consent(self.acting, member.id, Purpose::Account, WORDING)?);
            if row.gets_newsletters {
                for newsletter in self.newsletters {
                    let purpose = Purpose::Newsletter(newsletter.slug.clone());
                    plan.consents.push(consent(self.acting, member.id, purpose, WORDING)?);
                    plan.newsletters.push((member.id, newsletter.id));
                }
            }
        }
        plan.comps.extend(comp);
        if is_different {
            plan.members.push(member);
        }
        Ok(())
    }

    /// A new member. Their id is that of the table when it is free, so that what names it finds them here too.
    fn newcomer(&mut self, row: &Row, taken: &BTreeSet<MemberId>) -> Result<Member, Problem> {
        let now = self.acting.now();
        let id = match row.id {
            Some(id) if !taken.contains(&id) => id,
            given => {
                if given.is_some() {
                    self.summary.notes.changed(ID);
                }
                MemberId::new(row.created.unwrap_or(now), bits(self.acting.chance())?)
            }
        };
        Ok(row.member(id, now))
    }

    fn merged(&mut self, there: &Member, row: &Row) -> Member {
        let merged = extended(there.clone(), &row.member(there.id, self.acting.now()));
        if merged.labels.len() > MAX_LABELS {
            self.summary.notes.changed(LABELS);
            return Member { labels: there.labels.clone(), ..merged };
        }
        merged
    }

    /// The tier that the row gives. Where it names one of ours and no other, that was given; which of several was, it does
    /// not say.
    fn given(&self, row: &Row) -> Option<&'b Slug> {
        if !row.is_comped {
            return None;
        }
        let own = match &row.tiers[..] {
            [name] => self.tiers.iter().find(|tier| tier.as_str() == name),
            _ => None,
        };
        own.or(self.options.comp_tier.as_ref())
    }

    /// The gift of a tier to the member, unless they have it, or it was given by a table before.
    fn comp(&self, tier: &Slug, member: &Member, held: &[Subscription]) -> Option<Subscription> {
        let id = comp_id(member, tier);
        let now = self.acting.now();
        let has_it = held.iter().any(|one| {
            let is_such = one.origin == Origin::Comped && one.tier == *tier && one.counts(now);
            one.id == id || (one.member == member.id && is_such)
        });
        (!has_it).then(|| comped(id, member.id, tier.clone(), now, None))
    }
}

/// The id of what a table gives a member: always the same, so that what was ended here is not given again.
fn comp_id(member: &Member, tier: &Slug) -> SubscriptionId {
    let mut bits = [0; 10];
    blake3::Hasher::new()
        .update(b"comped by a table")
        .update(member.id.uuid().as_bytes())
        .update(tier.as_str().as_bytes())
        .finalize_xof()
        .fill(&mut bits);
    SubscriptionId::new(member.created, bits)
}
