//! `publication.toml`: everything of a publication but its articles.

use super::author::AuthorForm;
use super::error::{DemoError, Place};
use super::files::Files;
use super::form::{Moment, at, read};
use super::names::{Ids, Names, Register};
use masthead_domain::author::Author;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{NewsletterId, SectionId, SourceId, TagId, TierId};
use masthead_domain::language::Language;
use masthead_domain::member::{MAX_NEWSLETTERS, Newsletter};
use masthead_domain::section::{MAX_DEPTH, MAX_SECTIONS, Section, lineage};
use masthead_domain::slug::Slug;
use masthead_domain::source::{Source, SourceKind};
use masthead_domain::tag::Tag;
use masthead_domain::tier::{MAX_TIERS, Price, Tier, is_currency};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    key: Slug,
    name: String,
    founded: Moment,
    #[serde(default)]
    sections: Vec<SectionForm>,
    #[serde(default)]
    tags: Vec<TagForm>,
    #[serde(default)]
    tiers: Vec<TierForm>,
    #[serde(default)]
    newsletters: Vec<NewsletterForm>,
    #[serde(default)]
    authors: Vec<AuthorForm>,
    #[serde(default)]
    sources: Vec<SourceForm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionForm {
    slug: Slug,
    name: String,
    description: Option<String>,
    parent: Option<Slug>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TagForm {
    slug: Slug,
    name: String,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TierForm {
    slug: Slug,
    name: String,
    description: Option<String>,
    #[serde(default)]
    benefits: Vec<String>,
    currency: Option<String>,
    monthly: Option<i64>,
    yearly: Option<i64>,
    #[serde(default)]
    grants: BTreeSet<Slug>,
    #[serde(default = "on_offer")]
    active: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewsletterForm {
    slug: Slug,
    name: String,
    description: Option<String>,
    #[serde(default = "on_offer")]
    makes_subscriber: bool,
    #[serde(default = "on_offer")]
    active: bool,
}

const fn on_offer() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceForm {
    slug: Slug,
    title: String,
    publisher: String,
    kind: SourceKind,
    language: Language,
    date: Option<String>,
}

/// A publication without its articles.
#[derive(Debug)]
pub(super) struct Publication {
    pub(super) name: String,
    pub(super) ids: Ids,
    pub(super) register: Register,
    pub(super) sections: Vec<Section>,
    pub(super) tags: Vec<Tag>,
    pub(super) tiers: Vec<Tier>,
    pub(super) newsletters: Vec<Newsletter>,
    pub(super) authors: Vec<Author>,
    pub(super) sources: Vec<Source>,
}

impl Publication {
    pub(super) fn read(text: &str) -> Result<Self, DemoError> {
        let form: Form = read(Files::PUBLICATION, 1, text)?;
        let ids = Ids { key: form.key.to_string(), founded: form.founded.0 };
        let mut register = Register::new();
        for (list, length, most) in [
            ("sections", form.sections.len(), MAX_SECTIONS),
            ("tiers", form.tiers.len(), MAX_TIERS),
            ("newsletters", form.newsletters.len(), MAX_NEWSLETTERS),
        ] {
            if length > most {
                return Err(Place::new(Files::PUBLICATION, list).wrong(format!("more than {most} of them")));
            }
        }
        Ok(Self {
            name: form.name,
            sections: sections(form.sections, &ids, &mut register.sections)?,
            tags: tags(form.tags, &ids, &mut register.tags)?,
            tiers: tiers(form.tiers, &ids, &mut register.tiers)?,
            newsletters: newsletters(form.newsletters, &ids)?,
            authors: super::author::authors(form.authors, &ids, &mut register)?,
            sources: sources(form.sources, &ids, &mut register.sources)?,
            ids,
            register,
        })
    }
}

/// A section stands below one that is written before it, so there can be no cycle.
fn sections(
    forms: Vec<SectionForm>,
    ids: &Ids,
    names: &mut Names<SectionId>,
) -> Result<Vec<Section>, DemoError> {
    let mut parents = HashMap::new();
    let mut sections = Vec::with_capacity(forms.len());
    for (number, form) in forms.into_iter().enumerate() {
        let (made, bits) = ids.of("section", form.slug.as_str());
        let id = SectionId::new(made, bits);
        let above = || at("sections", number, "parent");
        let parent = form.parent.map(|parent| names.find(&parent, above)).transpose()?;
        names.add(&form.slug, id, || at("sections", number, "slug"))?;
        if let Some(parent) = parent {
            if lineage(parent, |child| parents.get(&child).copied()).len() >= MAX_DEPTH {
                return Err(above().wrong(format!("sections stand at most {MAX_DEPTH} deep")));
            }
            parents.insert(id, parent);
        }
        sections.push(Section {
            id,
            slug: form.slug,
            name: form.name,
            description: form.description,
            parent,
            position: i32::try_from(number).unwrap_or(i32::MAX),
        });
    }
    Ok(sections)
}

fn tags(forms: Vec<TagForm>, ids: &Ids, names: &mut Names<TagId>) -> Result<Vec<Tag>, DemoError> {
    let tag = |(number, form): (usize, TagForm)| {
        let (made, bits) = ids.of("tag", form.slug.as_str());
        let id = TagId::new(made, bits);
        names.add(&form.slug, id, || at("tags", number, "slug"))?;
        Ok(Tag { id, slug: form.slug, name: form.name, description: form.description })
    };
    forms.into_iter().enumerate().map(tag).collect()
}

fn tiers(forms: Vec<TierForm>, ids: &Ids, names: &mut Names<()>) -> Result<Vec<Tier>, DemoError> {
    let tier = |(number, form): (usize, TierForm)| {
        let (made, bits) = ids.of("tier", form.slug.as_str());
        names.add(&form.slug, (), || at("tiers", number, "slug"))?;
        Ok(Tier {
            id: TierId::new(made, bits),
            price: price(&form, number)?,
            slug: form.slug,
            name: form.name,
            description: form.description,
            benefits: form.benefits,
            grants: form.grants,
            active: form.active,
        })
    };
    forms.into_iter().enumerate().map(tier).collect()
}

fn newsletters(forms: Vec<NewsletterForm>, ids: &Ids) -> Result<Vec<Newsletter>, DemoError> {
    let mut names = Names::new("newsletter");
    let newsletter = |(number, form): (usize, NewsletterForm)| {
        let (made, bits) = ids.of("newsletter", form.slug.as_str());
        names.add(&form.slug, (), || at("newsletters", number, "slug"))?;
        Ok(Newsletter {
            id: NewsletterId::new(made, bits),
            slug: form.slug,
            name: form.name,
            description: form.description,
            makes_subscriber: form.makes_subscriber,
            active: form.active,
        })
    };
    forms.into_iter().enumerate().map(newsletter).collect()
}

fn price(form: &TierForm, number: usize) -> Result<Option<Price>, DemoError> {
    for (key, amount) in [("monthly", form.monthly), ("yearly", form.yearly)] {
        if amount.is_some_and(|amount| amount < 1) {
            return Err(at("tiers", number, key).wrong("less than 1"));
        }
    }
    let Some(currency) = form.currency.clone() else {
        if form.monthly.is_some() || form.yearly.is_some() {
            return Err(at("tiers", number, "currency").wrong("a price needs one"));
        }
        return Ok(None);
    };
    if !is_currency(&currency) {
        return Err(at("tiers", number, "currency").wrong("not the code of a currency, such as EUR"));
    }
    Ok(Some(Price { currency, monthly: form.monthly, yearly: form.yearly }))
}

fn sources(forms: Vec<SourceForm>, ids: &Ids, names: &mut Names<SourceId>) -> Result<Vec<Source>, DemoError> {
    let source = |(number, form): (usize, SourceForm)| {
        let (made, bits) = ids.of("source", form.slug.as_str());
        let id = SourceId::new(made, bits);
        names.add(&form.slug, id, || at("sources", number, "slug"))?;
        if form.date.as_deref().is_some_and(|date| !is_date(date)) {
            return Err(at("sources", number, "date").wrong("not a date such as 2026-10-05, 2026-10 or 2026"));
        }
        Ok(Source {
            id,
            title: form.title,
            publisher: form.publisher,
            kind: form.kind,
            language: form.language,
            date: form.date,
        })
    };
    forms.into_iter().enumerate().map(source).collect()
}

/// Whether this is a day, a month or a year by ISO 8601.
fn is_date(text: &str) -> bool {
    let rest = match text.len() {
        4 => "-01-01",
        7 => "-01",
        10 => "",
        _ => return false,
    };
    Timestamp::parse(&format!("{text}{rest}T00:00:00Z")).is_ok()
}
