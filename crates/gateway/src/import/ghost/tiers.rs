//! Ghost's paid products become tiers. Its free product is no tier: whoever subscribes for nothing holds
//! `subscriber`.

use super::collect::Collected;
use super::slugs::{WhenTaken, Wish, id_of, settle, wanted};
use super::tables::{Key, Product};
use super::there::{Coming, There};
use crate::import::notes::Notes;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::TierId;
use masthead_domain::slug::Slug;
use masthead_domain::tier::{MAX_TIERS, Price, Tier, is_currency};
use masthead_persistence::StoreError;
use std::collections::{BTreeSet, HashMap};

/// Which tiers open each post, in the order of the posts.
type TiersOfPosts = Vec<Box<[Slug]>>;

/// The id of the tier that a product becomes.
pub(super) fn tier_id(product: &Key, created: Option<Timestamp>) -> TierId {
    let (made, bits) = id_of("tier", product, created);
    TierId::new(made, bits)
}

/// Builds the tiers, and says which of them open each post that is for tiers. A tier that is there already under the
/// slug stays as it is, and the posts are for it.
pub(super) fn build(
    found: &Collected,
    products_of: &[Vec<Key>],
    there: &There,
    notes: &mut Notes,
) -> Result<(Coming<Tier>, TiersOfPosts), StoreError> {
    let benefits = benefits(found, notes);
    let mut by_key: HashMap<&Key, Option<Slug>> = HashMap::new();
    let mut paid = Vec::new();
    let mut wishes = Vec::new();
    for product in &found.products {
        notes.at(&product.name);
        if product.kind.as_deref() != Some("paid") {
            notes.left_out("product that is free: no tier, its members are subscribers");
            by_key.insert(&product.id, None);
            continue;
        }
        let slug = wanted(product.slug.as_deref(), &product.name, &product.id, notes);
        let id = tier_id(&product.id, product.created_at.map(|moment| moment.0));
        wishes.push(Wish { id, slug });
        paid.push(product);
    }
    let grants = settle(&wishes, WhenTaken::Adopt, there)?.all;
    let mut tiers = Coming::default();
    for ((product, wish), grant) in paid.into_iter().zip(&wishes).zip(grants) {
        notes.at(&product.name);
        grant.note(&wish.slug, notes);
        by_key.insert(&product.id, Some(grant.slug.clone()));
        if grant.is_adopted {
            tiers.adopted += 1;
            notes.changed_with(
                "tier that is there already: adopted, so whoever holds it opens what is locked for it here",
                &grant.slug,
            );
        } else if tiers.records.len() == MAX_TIERS {
            notes.left_out("tier beyond the most that a publication may have");
        } else {
            let benefits = benefits.get(&product.id).cloned().unwrap_or_default();
            tiers.records.push(tier(product, grant.id, grant.slug, benefits));
        }
    }
    let opened = products_of.iter().map(|keys| {
        let mut slugs: Vec<Slug> = Vec::new();
        for key in keys {
            match by_key.get(key) {
                Some(Some(slug)) => slugs.push(slug.clone()),
                Some(None) => {
                    notes.left_out("free product on a post for tiers: it opens nothing, as in Ghost")
                }
                None => {
                    notes.at(key);
                    notes.left_out("row of posts_products whose product is not there");
                }
            }
        }
        slugs.into_boxed_slice()
    });
    let opened = opened.collect();
    Ok((tiers, opened))
}

fn benefits<'f>(found: &'f Collected, notes: &mut Notes) -> HashMap<&'f Key, Vec<String>> {
    let names: HashMap<&Key, &str> = found.benefits.iter().map(|row| (&row.id, row.name.as_str())).collect();
    let mut ties: Vec<_> = found.product_benefits.iter().collect();
    ties.sort_by_key(|tie| tie.order);
    let mut benefits: HashMap<&Key, Vec<String>> = HashMap::new();
    for tie in ties {
        match names.get(&tie.to) {
            Some(name) => benefits.entry(&tie.from).or_default().push((*name).to_owned()),
            None => {
                notes.at(&tie.to);
                notes.left_out("row of products_benefits whose benefit is not there");
            }
        }
    }
    benefits
}

fn tier(product: &Product, id: TierId, slug: Slug, benefits: Vec<String>) -> Tier {
    let described = product.description.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let is_offered =
        product.active.is_none_or(|active| active.0) && product.visibility.as_deref() != Some("none");
    Tier {
        id,
        slug,
        name: product.name.clone(),
        description: described.map(str::to_owned),
        benefits,
        price: price(product),
        grants: BTreeSet::new(),
        active: is_offered,
    }
}

fn price(product: &Product) -> Option<Price> {
    let currency = product.currency.as_deref()?.to_ascii_uppercase();
    // What costs nothing has no price.
    let asked = |amount: Option<i64>| amount.filter(|amount| *amount > 0);
    let (monthly, yearly) = (asked(product.monthly_price), asked(product.yearly_price));
    (is_currency(&currency) && (monthly.is_some() || yearly.is_some())).then_some(Price {
        currency,
        monthly,
        yearly,
    })
}

/// Ghost knows of no tier that comes with another: what the publisher has decided here stays.
pub(super) fn keeping_grants(mut tiers: Vec<Tier>, there: &[Tier]) -> Vec<Tier> {
    for tier in &mut tiers {
        if let Some(known) = there.iter().find(|known| known.id == tier.id) {
            tier.grants.clone_from(&known.grants);
        }
    }
    tiers
}
