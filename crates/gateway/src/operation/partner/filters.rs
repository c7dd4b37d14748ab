//! Saved filters of partners: what their own feeds are of.

use super::super::acting::{Acting, refused};
use super::super::link::bits;
use super::super::reading::Reading;
use super::super::role::require;
use super::super::{author, source, tag};
use super::find;
use crate::error::Problem;
use masthead_domain::article::Kind;
use masthead_domain::filter::{Conditions, SavedFilter};
use masthead_domain::id::{FilterId, PartnerId, SourceId};
use masthead_domain::language::Language;
use masthead_domain::viewer::{Role, Viewer};
use masthead_persistence::{AuthorKey, SectionKey, TagKey};
use std::collections::HashMap;

/// What a filter is made with.
#[derive(Clone, Debug)]
pub struct NewFilter {
    /// What it is called.
    pub name: String,
    /// Articles or pages.
    pub kind: Kind,
    /// In this section or one below it.
    pub section: Option<SectionKey>,
    /// In the section itself, and in none of those below it.
    pub section_alone: bool,
    /// By this author.
    pub author: Option<AuthorKey>,
    /// With this tag.
    pub tag: Option<TagKey>,
    /// Citing this source.
    pub source: Option<SourceId>,
    /// In this language.
    pub language: Option<Language>,
}

/// The saved filters of a partner, the newest first. For publishers.
///
/// # Errors
/// As [`find`].
pub async fn of_partner(reading: &Reading, id: PartnerId) -> Result<Vec<SavedFilter>, Problem> {
    find(reading, id).await?;
    Ok(of_each(reading, &[id]).await?.pop().unwrap_or_default())
}

/// The saved filters of each of these partners, the newest first. One statement. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the database cannot be read.
pub async fn of_each(reading: &Reading, partners: &[PartnerId]) -> Result<Vec<Vec<SavedFilter>>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let found = reading.store().registry().filters_of_partners(partners).await?;
    reading.charge(found.len())?;
    let mut of: HashMap<PartnerId, Vec<SavedFilter>> = HashMap::new();
    for filter in found {
        of.entry(filter.partner).or_default().push(filter);
    }
    Ok(partners.iter().map(|id| of.remove(id).unwrap_or_default()).collect())
}

/// The filter whose feed is asked for. It is there for its partner and for the staff.
///
/// # Errors
/// 404 for anybody else, as when there is none.
pub async fn for_reading(reading: &Reading, id: FilterId) -> Result<SavedFilter, Problem> {
    let may = |filter: &SavedFilter| match reading.viewer() {
        Viewer::Staff(_) => true,
        Viewer::Partner(partner) => partner.id == filter.partner,
        Viewer::Anonymous | Viewer::Reader(_) | Viewer::Preview(_) => false,
    };
    let found = reading.store().registry().filter(id).await?;
    found.filter(may).ok_or_else(Problem::not_found)
}

/// Makes a filter. For publishers. What it names must be there: a slip would let nothing through, and nobody would know why.
/// `place` is what stands before the names of its fields where it came from.
///
/// # Errors
/// 404 when there is no such partner, 409 when it has as many as there may be; a problem that names what is wrong.
pub async fn add(
    acting: &Acting<'_>,
    partner: PartnerId,
    new: NewFilter,
    place: &str,
) -> Result<SavedFilter, Problem> {
    acting.must_be(Role::Publisher)?;
    let id = FilterId::new(acting.now(), bits(acting.chance())?);
    let name = new.name.clone();
    let conditions = conditions(acting.reading(), new, place).await?;
    let filter = SavedFilter { id, partner, name, conditions, created: acting.now() };
    filter
        .check()
        .map_err(|error| Problem::invalid_parameter(&format!("{place}name"), format!("{place}{error}.")))?;
    let mut work = acting.begin().await?;
    work.partner(partner).await?.ok_or_else(Problem::not_found)?;
    work.add_filter(&filter).await.map_err(refused)?;
    acting.finish(work, "filter.created", id).await?;
    Ok(filter)
}

/// Takes a filter out. Its feed is not found any more. For publishers.
///
/// # Errors
/// 404 when the partner has no such filter; a problem when the database fails.
pub async fn remove(acting: &Acting<'_>, partner: PartnerId, id: FilterId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let found = acting.store().registry().filter(id).await?;
    found.filter(|filter| filter.partner == partner).ok_or_else(Problem::not_found)?;
    let mut work = acting.begin().await?;
    if work.remove_filter(id).await? {
        acting.finish(work, "filter.deleted", id).await?;
    }
    Ok(())
}

/// Looks up what a filter names. What is kept are ids, which stay when slugs change.
async fn conditions(reading: &Reading, new: NewFilter, place: &str) -> Result<Conditions, Problem> {
    let wrong = |field: &str, what: &str| {
        let field = format!("{place}{field}");
        Problem::invalid_parameter(&field, format!("{field}: {what}."))
    };
    let none = |field: &str| wrong(field, &format!("there is no such {field}"));
    let NewFilter { kind, section, section_alone, author, tag, source, language, .. } = new;
    if section_alone && section.is_none() {
        return Err(wrong("sectionAlone", "there is no section that it could be about"));
    }
    let section = match section {
        Some(key) => Some(reading.sections().await?.find(&key).ok_or_else(|| none("section"))?.id),
        None => None,
    };
    let author = match author {
        Some(key) => Some(author::find(reading, &key).await?.ok_or_else(|| none("author"))?.author.id),
        None => None,
    };
    let tag = match tag {
        Some(key) => Some(tag::find(reading, &key).await?.ok_or_else(|| none("tag"))?.id),
        None => None,
    };
    let source = match source {
        Some(id) => Some(source::find(reading, id).await?.ok_or_else(|| none("source"))?.id),
        None => None,
    };
    Ok(Conditions { kind, section, section_alone, author, tag, source, language })
}
