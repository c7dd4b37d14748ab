//! What the first sweep has found, put in order: what is written before the articles, and for each article
//! what it is tied to.

use super::addresses::Addresses;
use super::collect::{Collected, Head, Span};
use super::people;
use super::shelves::{self, Shelves};
use super::slugs::{Grants, SlugIndex, WhenTaken, Wish, id_of, settle, wanted};
use super::tables::{Key, Tie};
use super::there::{Coming, There};
use super::tiers;
use crate::import::notes::Notes;
use masthead_domain::author::Author;
use masthead_domain::id::{ArticleId, AuthorId, SectionId, TagId};
use masthead_domain::language::Language;
use masthead_domain::section::Section;
use masthead_domain::slug::Slug;
use masthead_domain::tag::Tag;
use masthead_domain::tier::Tier;
use masthead_persistence::StoreError;
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

/// A post that comes in, and all that is tied to it.
pub(super) struct Entry {
    pub(super) id: ArticleId,
    pub(super) slug: Slug,
    pub(super) key: Key,
    pub(super) row: usize,
    pub(super) span: Span,
    pub(super) meta: Option<Span>,
    pub(super) section: Option<SectionId>,
    pub(super) tags: Box<[TagId]>,
    pub(super) authors: Box<[AuthorId]>,
    pub(super) tiers: Box<[Slug]>,
    /// Whether another post gets the slug that this one has in the database.
    pub(super) is_leaving: bool,
}

/// The export in order, without its texts.
pub(super) struct Survey {
    pub(super) tiers: Coming<Tier>,
    pub(super) sections: Coming<Section>,
    pub(super) tags: Coming<Tag>,
    pub(super) authors: Coming<Author>,
    pub(super) entries: Vec<Entry>,
    pub(super) language: Language,
    pub(super) addresses: Addresses,
}

/// The numbers of the posts that come in, by their ids in Ghost; `None` for one that does not.
pub(super) type Places = HashMap<Key, Option<usize>>;

/// Puts in order what has been collected, and names it beside what is there.
pub(super) fn arrange(
    mut found: Collected,
    site: Option<&Url>,
    there: &There,
    notes: &mut Notes,
) -> Result<Survey, StoreError> {
    let (heads, places) = admit(&mut found, notes);
    let tags_of = ties(&found.post_tags, "posts_tags", &places, heads.len(), notes);
    let authors_of = ties(&found.post_authors, "posts_authors", &places, heads.len(), notes);
    let products_of = ties(&found.post_products, "posts_products", &places, heads.len(), notes);
    let Shelves { sections, tags, placed } = shelves::build(&found.tags, &tags_of, there, notes)?;
    let (tiers, opened) = tiers::build(&found, &products_of, there, notes)?;
    let (named, index) = name(&heads, there, notes)?;
    let addresses = Addresses::new(site, Arc::new(index));
    let (authors, signed) = people::build(&found.users, &authors_of, &addresses, there, notes)?;
    let language = language(found.locale.as_deref(), notes);
    let tied = placed.into_iter().zip(signed).zip(opened);
    let entries =
        heads.into_iter().zip(named.all).zip(tied).map(|((head, grant), ((place, authors), tiers))| {
            let meta = found.metas.get(&head.key).map(|(span, _)| *span);
            let (section, tags) = place;
            Entry {
                is_leaving: named.leaving.contains(&grant.id),
                id: grant.id,
                slug: grant.slug,
                row: head.row,
                span: head.span,
                key: head.key,
                meta,
                section,
                tags,
                authors,
                tiers,
            }
        });
    let entries = entries.collect();
    Ok(Survey { tiers, sections, tags, authors, entries, language, addresses })
}

/// Decides which posts come in.
fn admit(found: &mut Collected, notes: &mut Notes) -> (Vec<Head>, Places) {
    let mut heads = Vec::with_capacity(found.posts.len());
    let mut places = Places::with_capacity(found.posts.len());
    for head in std::mem::take(&mut found.posts) {
        notes.at(head.slug.as_deref().unwrap_or("post without a slug"));
        let email_only = found.metas.get(&head.key).is_some_and(|(_, email_only)| *email_only);
        let obstacle = match &*head.status {
            _ if places.contains_key(&head.key) => Some("post that is in the file twice"),
            "sent" => Some("post that was sent by e-mail alone"),
            _ if email_only => Some("post that is for e-mail alone"),
            "published" | "draft" | "scheduled" => None,
            _ => Some("post with a status that is not known"),
        };
        match obstacle {
            Some(obstacle) => {
                notes.left_out(obstacle);
                places.entry(head.key).or_insert(None);
            }
            None => {
                places.insert(head.key.clone(), Some(heads.len()));
                heads.push(head);
            }
        }
    }
    for key in found.metas.keys().filter(|key| !places.contains_key(key)) {
        notes.at(key);
        notes.left_out("row of posts_meta whose post is not there");
    }
    (heads, places)
}

/// What is tied to each post, in the order that Ghost keeps.
fn ties(ties: &[Tie], table: &str, places: &Places, posts: usize, notes: &mut Notes) -> Vec<Vec<Key>> {
    let mut found: Vec<Vec<(i64, &Key)>> = vec![Vec::new(); posts];
    for tie in ties {
        match places.get(&tie.from) {
            Some(Some(place)) => found[*place].push((tie.order, &tie.to)),
            Some(None) => {}
            None => {
                notes.at(&tie.from);
                notes.left_out(&format!("row of {table} whose post is not there"));
            }
        }
    }
    let in_order = |mut tied: Vec<(i64, &Key)>| {
        tied.sort_by_key(|(order, _)| *order);
        tied.into_iter().map(|(_, key)| key.clone()).collect()
    };
    found.into_iter().map(in_order).collect()
}

/// Names the posts. One whose slug belongs to something that is not of this export gets a number at its end.
fn name(
    heads: &[Head],
    there: &There,
    notes: &mut Notes,
) -> Result<(Grants<ArticleId>, SlugIndex), StoreError> {
    let mut index = SlugIndex::with_capacity(heads.len());
    let mut wishes = Vec::with_capacity(heads.len());
    for head in heads {
        let name = head.slug.as_deref().or(head.title.as_deref()).unwrap_or_default();
        notes.at(name);
        let (made, bits) = id_of("article", &head.key, head.created);
        let id = ArticleId::new(made, bits);
        wishes.push(Wish { id, slug: wanted(head.slug.as_deref(), name, &head.key, notes) });
        if let Some(slug) = &head.slug {
            index.entry(slug.clone()).or_insert(id);
        }
    }
    let grants = settle(&wishes, WhenTaken::Number, there)?;
    for (wish, grant) in wishes.iter().zip(&grants.all) {
        notes.at(&wish.slug);
        grant.note(&wish.slug, notes);
    }
    Ok((grants, index))
}

fn language(locale: Option<&str>, notes: &mut Notes) -> Language {
    let english = || "en".parse().expect("en is a language tag");
    match locale.map(str::parse) {
        Some(Ok(language)) => language,
        Some(Err(_)) => {
            notes.at("settings");
            notes.changed_with("language that is not known: en", locale.unwrap_or_default());
            english()
        }
        None => english(),
    }
}
