//! Ghost's tags become sections and tags.
//!
//! The first public tag of a post is its section, and not one of its tags too: readers of an article find it
//! once, where Ghost's themes show it. A tag that comes first on one post and later on another is a section
//! and a tag, each with its own id. Internal tags (`#…`) are tools of the desk and stay out.

use super::slugs::{Grant, WhenTaken, Wish, id_of, settle, wanted};
use super::tables::{Key, Tag as Row};
use super::there::{Coming, Held, There};
use crate::import::notes::Notes;
use masthead_domain::id::{SectionId, TagId};
use masthead_domain::section::{MAX_SECTIONS, Section};
use masthead_domain::tag::Tag;
use masthead_persistence::StoreError;
use std::collections::HashMap;

/// Sections, tags, and on which of them each post stands.
pub(super) struct Shelves {
    pub(super) sections: Coming<Section>,
    pub(super) tags: Coming<Tag>,
    pub(super) placed: Vec<(Option<SectionId>, Box<[TagId]>)>,
}

/// Builds the shelves from the tags and from the tags of each post. A section or tag that is there already under the
/// slug stays as it is, and the posts stand on it.
pub(super) fn build(
    rows: &[Row],
    tags_of: &[Vec<Key>],
    there: &There,
    notes: &mut Notes,
) -> Result<Shelves, StoreError> {
    let by_key: HashMap<&Key, usize> = rows.iter().enumerate().map(|(at, row)| (&row.id, at)).collect();
    note_rows(rows, notes);
    let public: Vec<Vec<usize>> = tags_of.iter().map(|keys| public(keys, rows, &by_key, notes)).collect();
    let is_section = sections(rows.len(), &public, notes);
    let mut is_tag = vec![false; rows.len()];
    for tags in &public {
        tags.iter().skip(usize::from(first_is(tags, &is_section))).for_each(|tag| is_tag[*tag] = true);
    }
    let mut section_ids: Vec<SectionId> = rows.iter().map(section_id).collect();
    let mut tag_ids: Vec<TagId> = rows.iter().map(tag_id).collect();
    let visible = || (0..rows.len()).filter(|at| !is_internal(&rows[*at]));
    let of_sections = visible().filter(|at| is_section[*at]).collect();
    let sections =
        name(rows, of_sections, &mut section_ids, "section", there, notes, |row, grant, place| Section {
            id: grant.id,
            slug: grant.slug,
            name: row.name.clone(),
            description: description(row),
            parent: None,
            position: i32::try_from(place).unwrap_or(i32::MAX),
        })?;
    let of_tags = visible().filter(|at| is_tag[*at] || !is_section[*at]).collect();
    let tags = name(rows, of_tags, &mut tag_ids, "tag", there, notes, |row, grant, _| Tag {
        id: grant.id,
        slug: grant.slug,
        name: row.name.clone(),
        description: description(row),
    })?;
    let placed = public.iter().map(|tags| {
        let first = usize::from(first_is(tags, &is_section));
        let section = tags.first().filter(|_| first == 1).map(|at| section_ids[*at]);
        let mut others = Vec::new();
        for id in tags.iter().skip(first).map(|at| tag_ids[*at]) {
            if !others.contains(&id) {
                others.push(id);
            }
        }
        (section, others.into_boxed_slice())
    });
    Ok(Shelves { sections, tags, placed: placed.collect() })
}

/// Makes records of one kind out of some rows, adopts those that are there already, and corrects their ids.
fn name<I: Held, R>(
    rows: &[Row],
    chosen: Vec<usize>,
    ids: &mut [I],
    kind: &str,
    there: &There,
    notes: &mut Notes,
    make: impl Fn(&Row, Grant<I>, usize) -> R,
) -> Result<Coming<R>, StoreError> {
    let mut wish = |at: &usize| {
        let row = &rows[*at];
        notes.at(&row.name);
        Wish { id: ids[*at], slug: wanted(row.slug.as_deref(), &row.name, &row.id, notes) }
    };
    let wishes: Vec<_> = chosen.iter().map(&mut wish).collect();
    let mut coming = Coming::default();
    for ((at, wish), grant) in
        chosen.into_iter().zip(&wishes).zip(settle(&wishes, WhenTaken::Adopt, there)?.all)
    {
        notes.at(&rows[at].name);
        grant.note(&wish.slug, notes);
        ids[at] = grant.id;
        if grant.is_adopted {
            coming.adopted += 1;
            notes.changed(&format!("{kind} that is there already: adopted as it is"));
        } else {
            let record = make(&rows[at], grant, coming.records.len());
            coming.records.push(record);
        }
    }
    Ok(coming)
}

fn description(row: &Row) -> Option<String> {
    row.description.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn is_internal(row: &Row) -> bool {
    row.name.starts_with('#') || row.visibility.as_deref().is_some_and(|visibility| visibility != "public")
}

fn section_id(row: &Row) -> SectionId {
    let (made, bits) = id_of("section", &row.id, row.created_at.map(|moment| moment.0));
    SectionId::new(made, bits)
}

fn tag_id(row: &Row) -> TagId {
    let (made, bits) = id_of("tag", &row.id, row.created_at.map(|moment| moment.0));
    TagId::new(made, bits)
}

fn note_rows(rows: &[Row], notes: &mut Notes) {
    for row in rows {
        notes.at(&row.name);
        if is_internal(row) {
            notes.left_out("tag that is internal");
        } else if row.feature_image.as_deref().is_some_and(|image| !image.is_empty()) {
            notes.left_out("picture of a tag");
        }
    }
}

/// The public tags of a post, in order.
fn public(keys: &[Key], rows: &[Row], by_key: &HashMap<&Key, usize>, notes: &mut Notes) -> Vec<usize> {
    let known = |key: &Key| {
        let at = by_key.get(key).copied();
        if at.is_none() {
            notes.at(key);
            notes.left_out("row of posts_tags whose tag is not there");
        }
        at
    };
    keys.iter().filter_map(known).filter(|at| !is_internal(&rows[*at])).collect()
}

/// Which tags are sections: those that come first on some post. When they are more than a publication may
/// have, the most used ones.
fn sections(tags: usize, public: &[Vec<usize>], notes: &mut Notes) -> Vec<bool> {
    let mut uses = vec![0_usize; tags];
    public.iter().filter_map(|tags| tags.first()).for_each(|first| uses[*first] += 1);
    let mut used: Vec<usize> = (0..tags).filter(|at| uses[*at] > 0).collect();
    if used.len() > MAX_SECTIONS {
        used.sort_by_key(|at| (std::cmp::Reverse(uses[*at]), *at));
        notes.at("tags");
        notes.changed_with("more sections than there may be: the least used are tags", used.len());
        used.truncate(MAX_SECTIONS);
    }
    let mut is_section = vec![false; tags];
    used.into_iter().for_each(|at| is_section[at] = true);
    is_section
}

fn first_is(tags: &[usize], is_section: &[bool]) -> bool {
    tags.first().is_some_and(|first| is_section[*first])
}
