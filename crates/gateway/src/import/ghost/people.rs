//! Ghost's users become authors: those who have signed a post that comes in. The others are staff accounts,
//! and nobody's business.

use super::addresses::Addresses;
use super::slugs::{Grant, WhenTaken, Wish, id_of, settle, wanted};
use super::tables::{Key, User};
use super::there::{Coming, There};
use crate::import::html::Links;
use crate::import::notes::Notes;
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::href::Href;
use masthead_domain::id::AuthorId;
use masthead_domain::image::Image;
use masthead_persistence::StoreError;
use std::collections::HashMap;

/// Who has signed each post, in the order of the posts.
type Signers = Vec<Box<[AuthorId]>>;

/// Builds the authors, and says who has signed each post. An author who is there already under the slug stays as they
/// are, and has signed.
pub(super) fn build(
    users: &[User],
    authors_of: &[Vec<Key>],
    addresses: &Addresses,
    there: &There,
    notes: &mut Notes,
) -> Result<(Coming<Author>, Signers), StoreError> {
    let by_key: HashMap<&Key, usize> = users.iter().enumerate().map(|(at, user)| (&user.id, at)).collect();
    let mut has_signed = vec![false; users.len()];
    let mut sign = |keys: &Vec<Key>, notes: &mut Notes| {
        let mut signed = Vec::with_capacity(keys.len());
        for key in keys {
            match by_key.get(key) {
                Some(at) if !signed.contains(at) => {
                    has_signed[*at] = true;
                    signed.push(*at);
                }
                Some(_) => {}
                None => {
                    notes.at(key);
                    notes.left_out("row of posts_authors whose user is not there");
                }
            }
        }
        signed
    };
    let signed: Vec<Vec<usize>> = authors_of.iter().map(|keys| sign(keys, notes)).collect();
    notes.left_out_many("password and e-mail address of a user", users.len() as u64);
    let mut wishes = Vec::new();
    let mut signers = Vec::new();
    for (at, user) in users.iter().enumerate() {
        notes.at(user.slug.as_deref().unwrap_or(&user.name));
        if has_signed[at] {
            wishes
                .push(Wish { id: id(user), slug: wanted(user.slug.as_deref(), &user.name, &user.id, notes) });
            signers.push(at);
        } else {
            notes.left_out("user who has signed no post");
        }
    }
    let mut ids: Vec<AuthorId> = users.iter().map(id).collect();
    let mut authors = Coming::default();
    for ((at, wish), grant) in
        signers.into_iter().zip(&wishes).zip(settle(&wishes, WhenTaken::Adopt, there)?.all)
    {
        notes.at(&wish.slug);
        grant.note(&wish.slug, notes);
        ids[at] = grant.id;
        if grant.is_adopted {
            authors.adopted += 1;
            notes.changed("author who is there already: adopted as they are");
        } else {
            authors.records.push(author(&users[at], grant, addresses, notes));
        }
    }
    let signed = signed.into_iter().map(|signed| signed.into_iter().map(|at| ids[at]).collect());
    Ok((authors, signed.collect()))
}

fn id(user: &User) -> AuthorId {
    let (made, bits) = id_of("author", &user.id, user.created_at.map(|moment| moment.0));
    AuthorId::new(made, bits)
}

fn author(user: &User, named: Grant<AuthorId>, addresses: &Addresses, notes: &mut Notes) -> Author {
    let said = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let elsewhere = [&user.location, &user.cover_image, &user.facebook, &user.twitter];
    if elsewhere.into_iter().any(|field| said(field).is_some()) {
        notes.left_out("an author's location, cover picture and social accounts");
    }
    let mut address = |text: &Option<String>, of: &str| -> Option<Href> {
        let address = said(text)?;
        let href = addresses.href(&address);
        if href.is_none() {
            notes.left_out_with(&format!("{of} of an author with an address that is not allowed"), address);
        }
        href
    };
    let website = address(&user.website, "website");
    let portrait = address(&user.profile_image, "portrait");
    Author {
        id: named.id,
        slug: named.slug,
        name: user.name.clone(),
        kind: AuthorKind::Human,
        bio: said(&user.bio),
        beat: None,
        portrait: portrait.map(|src| Image::new(src, user.name.clone())),
        website,
        support: None,
    }
}
