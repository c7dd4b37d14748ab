//! The authors in `publication.toml`.

use super::error::{DemoError, Place};
use super::form::Picture;
use super::names::{Ids, Register};
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::href::Href;
use masthead_domain::id::AuthorId;
use masthead_domain::slug::Slug;
use serde::Deserialize;

/// An author as the file writes one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorForm {
    slug: Slug,
    name: String,
    kind: Kind,
    bio: Option<String>,
    beat: Option<String>,
    disclosure: Option<String>,
    responsible_editor: Option<Slug>,
    website: Option<Href>,
    support: Option<Href>,
    portrait: Option<Picture>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Human,
    Persona,
    Organisation,
}

fn at(number: usize, key: &str) -> Place {
    super::form::at("authors", number, key)
}

/// Takes in every name first, so that a persona may stand before the person who answers for it.
pub(super) fn authors(
    forms: Vec<AuthorForm>,
    ids: &Ids,
    register: &mut Register,
) -> Result<Vec<Author>, DemoError> {
    for (number, form) in forms.iter().enumerate() {
        let (made, bits) = ids.of("author", form.slug.as_str());
        let id = AuthorId::new(made, bits);
        register.authors.add(&form.slug, id, || at(number, "slug"))?;
        if form.kind == Kind::Human {
            register.people.insert(id);
        }
    }
    forms.into_iter().enumerate().map(|(number, form)| author(form, number, register)).collect()
}

fn author(form: AuthorForm, number: usize, register: &Register) -> Result<Author, DemoError> {
    let kind = kind(&form, number, register)?;
    Ok(Author {
        id: register.authors.find(&form.slug, || at(number, "slug"))?,
        slug: form.slug,
        name: form.name,
        kind,
        bio: form.bio,
        beat: form.beat,
        portrait: form.portrait.map(Into::into),
        website: form.website,
        support: form.support,
    })
}

/// A persona is disclosed and a person answers for it; nobody else has either.
fn kind(form: &AuthorForm, number: usize, register: &Register) -> Result<AuthorKind, DemoError> {
    match (form.kind, &form.disclosure, &form.responsible_editor) {
        (Kind::Persona, Some(disclosure), Some(editor)) if !disclosure.trim().is_empty() => {
            Ok(AuthorKind::Persona {
                disclosure: disclosure.clone(),
                responsible_editor: register.person(editor, || at(number, "responsible_editor"))?,
            })
        }
        (Kind::Persona, _, None) => Err(at(number, "responsible_editor").wrong("a persona needs one")),
        (Kind::Persona, ..) => Err(at(number, "disclosure").wrong("a persona needs one")),
        (_, Some(_), _) => Err(at(number, "disclosure").wrong("only a persona has one")),
        (_, _, Some(_)) => Err(at(number, "responsible_editor").wrong("only a persona has one")),
        (Kind::Human, None, None) => Ok(AuthorKind::Human),
        (Kind::Organisation, None, None) => Ok(AuthorKind::Organisation),
    }
}
