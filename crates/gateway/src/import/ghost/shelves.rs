//! Ghost's tags become sections and tags.
//!
//! The first public tag of a post is its section, and not one of its tags too: readers of an article find it
//! once, where Ghost's themes show it. A tag that comes first on one post and later on another is a section
//! and a tag, each with its own id. Internal tags (`#…`) are tools of the desk and stay out.

use super::slugs::{Slugs, id_of};
use super::tables::{Key, Tag as Row};
use crate::import::notes::Notes;
use masthead_domain::id::{SectionId, TagId};
use masthead_domain::section::{MAX_SECTIONS, Section};
use masthead_domain::tag::Tag;
use std::collections::HashMap;

/// Sections, tags, and on which of them each post stands.
pub(super) struct Shelves {
    pub(super) sections: Vec<Section>,
    pub(super) tags: Vec<Tag>,
    pub(super) placed: Vec<(Option<SectionId>, Box<[TagId]>)>,
}

/// Builds the shelves from the tags and from the tags of each post.
pub(super) fn build(rows: &[Row], tags_of: &[Vec<Key>], notes: &mut Notes) -> Shelves {
    let by_key: HashMap<&Key, usize> = rows.iter().enumerate().map(|(at, row)| (&row.id, at)).collect();
    note_rows(rows, notes);
    let public: Vec<Vec<usize>> = tags_of.iter().map(|keys| public(keys, rows, &by_key, notes)).collect();
    let is_section = sections(rows.len(), &public, notes);
    let mut is_tag = vec![false; rows.len()];
    for tags in &public {
        tags.iter().skip(usize::from(first_is(tags, &is_section))).for_each(|tag| is_tag[*tag] = true);
    }
    let section_ids: Vec<SectionId> = rows.iter().map(section_id).collect();
    let tag_ids: Vec<TagId> = rows.iter().map(tag_id).collect();
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
    let placed = placed.collect();
    let (mut section_slugs, mut tag_slugs) = (Slugs::default(), Slugs::default());
    let mut shelves = Shelves { sections: Vec::new(), tags: Vec::new(), placed };
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !is_internal(row)) {
        notes.at(&row.name);
        let description = row.description.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let description = description.map(str::to_owned);
        if is_section[at] {
            shelves.sections.push(Section {
                id: section_ids[at],
                slug: section_slugs.give(row.slug.as_deref(), &row.name, &row.id, notes),
                name: row.name.clone(),
                description: description.clone(),
                parent: None,
                position: i32::try_from(shelves.sections.len()).unwrap_or(i32::MAX),
            });
        }
        if is_tag[at] || !is_section[at] {
            shelves.tags.push(Tag {
                id: tag_ids[at],
                slug: tag_slugs.give(row.slug.as_deref(), &row.name, &row.id, notes),
                name: row.name.clone(),
                description,
            });
        }
    }
    shelves
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
