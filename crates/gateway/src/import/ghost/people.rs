//! Ghost's users become authors: those who have signed a post that comes in. The others are staff accounts,
//! and nobody's business.

use super::addresses::Addresses;
use super::slugs::{Slugs, id_of};
use super::tables::{Key, User};
use crate::import::html::Links;
use crate::import::notes::Notes;
use masthead_domain::author::{Author, AuthorKind};
use masthead_domain::href::Href;
use masthead_domain::id::AuthorId;
use masthead_domain::image::Image;
use std::collections::HashMap;

/// Builds the authors, and says who has signed each post.
pub(super) fn build(
    users: &[User],
    authors_of: &[Vec<Key>],
    addresses: &Addresses,
    notes: &mut Notes,
) -> (Vec<Author>, Vec<Box<[AuthorId]>>) {
    let by_key: HashMap<&Key, (usize, AuthorId)> =
        users.iter().enumerate().map(|(at, user)| (&user.id, (at, id(user)))).collect();
    let mut has_signed = vec![false; users.len()];
    let mut sign = |keys: &Vec<Key>, notes: &mut Notes| {
        let mut signed = Vec::with_capacity(keys.len());
        for key in keys {
            match by_key.get(key) {
                Some((at, id)) if !signed.contains(id) => {
                    has_signed[*at] = true;
                    signed.push(*id);
                }
                Some(_) => {}
                None => {
                    notes.at(key);
                    notes.left_out("row of posts_authors whose user is not there");
                }
            }
        }
        signed.into_boxed_slice()
    };
    let signed = authors_of.iter().map(|keys| sign(keys, notes)).collect();
    notes.left_out_many("password and e-mail address of a user", users.len() as u64);
    let mut slugs = Slugs::default();
    let mut authors = Vec::new();
    for (user, has_signed) in users.iter().zip(has_signed) {
        notes.at(user.slug.as_deref().unwrap_or(&user.name));
        if has_signed {
            authors.push(author(user, &mut slugs, addresses, notes));
        } else {
            notes.left_out("user who has signed no post");
        }
    }
    (authors, signed)
}

fn id(user: &User) -> AuthorId {
    let (made, bits) = id_of("author", &user.id, user.created_at.map(|moment| moment.0));
    AuthorId::new(made, bits)
}

fn author(user: &User, slugs: &mut Slugs, addresses: &Addresses, notes: &mut Notes) -> Author {
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
        id: id(user),
        slug: slugs.give(user.slug.as_deref(), &user.name, &user.id, notes),
        name: user.name.clone(),
        kind: AuthorKind::Human,
        bio: said(&user.bio),
        beat: None,
        portrait: portrait.map(|src| Image::new(src, user.name.clone())),
        website,
        support: None,
    }
}
