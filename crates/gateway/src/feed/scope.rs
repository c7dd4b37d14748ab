//! Which articles a feed is of.

use crate::error::Problem;
use crate::operation::{Filter, Reading, author, section, tag};
use crate::rest::parameters::Parameters;
use crate::site::Site;
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::filter::SavedFilter;
use masthead_persistence::{AuthorKey, SectionKey, TagKey};
use std::str::FromStr;

/// Which articles a feed is of, before anybody has looked whether there are any.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    /// All articles.
    Publication,
    /// Those of a section, and of the sections below it unless it is `alone`.
    Section { key: SectionKey, alone: bool },
    /// Those with this author in a byline.
    Author(AuthorKey),
    /// Those with this tag.
    Tag(TagKey),
    /// Those that a saved filter lets through.
    Saved(Box<SavedFilter>),
}

/// A slug or id. What is neither names nothing.
pub(super) fn key<K: FromStr>(text: &str) -> Result<K, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// A scope that exists for the viewer.
pub(super) struct Found {
    /// What it is called, by its id.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) filter: Filter,
}

impl Scope {
    /// That of the section with this slug or id, with or without those below it as the parameter `below` says.
    ///
    /// # Errors
    /// 404 for what is neither slug nor id; 400 when the parameter is neither `true` nor `false`.
    pub(crate) fn section(text: &str, parameters: &mut Parameters) -> Result<Self, Problem> {
        let below = parameters.word("below", &[("true", true), ("false", false)])?.unwrap_or(true);
        Ok(Self::Section { key: key(text)?, alone: !below })
    }

    /// That of the author with this slug or id.
    ///
    /// # Errors
    /// 404 for what is neither.
    pub(crate) fn author(text: &str) -> Result<Self, Problem> {
        Ok(Self::Author(key(text)?))
    }

    /// That of the tag with this slug or id.
    ///
    /// # Errors
    /// 404 for what is neither.
    pub(crate) fn tag(text: &str) -> Result<Self, Problem> {
        Ok(Self::Tag(key(text)?))
    }

    /// Its path below that of all feeds, as it was asked for, without the format.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Publication => "articles".to_owned(),
            Self::Section { key: SectionKey::Slug(slug), .. } => format!("sections/{slug}"),
            Self::Section { key: SectionKey::Id(id), .. } => format!("sections/{id}"),
            Self::Author(AuthorKey::Slug(slug)) => format!("authors/{slug}"),
            Self::Author(AuthorKey::Id(id)) => format!("authors/{id}"),
            Self::Tag(TagKey::Slug(slug)) => format!("tags/{slug}"),
            Self::Tag(TagKey::Id(id)) => format!("tags/{id}"),
            Self::Saved(saved) => format!("filters/{}", saved.id),
        }
    }

    /// What its address says beside the path.
    pub(super) const fn query(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Section { alone: true, .. } => Some(("below", "false")),
            _ => None,
        }
    }

    /// Looks it up. What does not exist for the viewer is not found, whether it is hidden or absent.
    pub(super) async fn find(&self, reading: &Reading, site: &Site) -> Result<Found, Problem> {
        let named = |name: &str| format!("{}: {name}", site.name);
        let newest = |of: &str| format!("The newest articles{of} in {}.", site.name);
        Ok(match self {
            Self::Publication => Found {
                name: "feeds/articles".to_owned(),
                title: site.name.clone(),
                description: format!("The newest articles of {}.", site.name),
                filter: Filter::default(),
            },
            Self::Section { key, alone } => {
                let tree = section::all(reading).await?;
                let section = tree.find(key).ok_or_else(Problem::not_found)?;
                Found {
                    name: format!("feeds/{}{}", section.id, if *alone { "/alone" } else { "" }),
                    title: named(&section.name),
                    description: section.description.clone().unwrap_or_else(|| newest("")),
                    filter: Filter {
                        section: Some(SectionKey::Id(section.id)),
                        section_alone: *alone,
                        ..Filter::default()
                    },
                }
            }
            Self::Author(key) => {
                let card = author::find(reading, key).await?.ok_or_else(Problem::not_found)?;
                let Author { id, name, kind, bio, .. } = card.author;
                let (name, about) = match kind {
                    AuthorKind::Persona { disclosure, .. } => {
                        (format!("{name} (AI persona)"), Some(disclosure))
                    }
                    AuthorKind::Human | AuthorKind::Organisation => (name, None),
                };
                let parts: Vec<_> = about.into_iter().chain(bio).collect();
                let description =
                    if parts.is_empty() { newest(&format!(" by {name}")) } else { parts.join(" ") };
                Found {
                    name: format!("feeds/{id}"),
                    title: named(&name),
                    description,
                    filter: Filter { author: Some(AuthorKey::Id(id)), ..Filter::default() },
                }
            }
            Self::Tag(key) => {
                let tag = tag::find(reading, key).await?.ok_or_else(Problem::not_found)?;
                Found {
                    name: format!("feeds/{}", tag.id),
                    title: named(&tag.name),
                    description: tag.description.unwrap_or_else(|| newest(&format!(" on {}", tag.name))),
                    filter: Filter { tag: Some(TagKey::Id(tag.id)), ..Filter::default() },
                }
            }
            Self::Saved(saved) => Found {
                name: format!("feeds/{}", saved.id),
                title: named(&saved.name),
                description: newest(&format!(" of {}", saved.name)),
                filter: saved.conditions.clone().into(),
            },
        })
    }
}
