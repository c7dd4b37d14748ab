//! What comes with a tier: the tiers that it grants, and what these grant in turn.

use super::Tier;
use crate::slug::Slug;
use crate::viewer::{Entitlement, Entitlements};
use std::collections::{BTreeMap, BTreeSet};

/// Which tiers come with each tier.
///
/// It is a closure: when `patron` grants `supporter`, and `supporter` grants `reader`, a patron holds all three. Tiers that
/// grant each other are one rung: whoever holds one of them holds all. A grant never takes anything away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder(BTreeMap<Slug, BTreeSet<Slug>>);

impl Ladder {
    /// The ladder of these tiers, whether they are offered or not.
    pub fn of<'t>(tiers: impl IntoIterator<Item = &'t Tier>) -> Self {
        let rungs = tiers.into_iter().filter(|tier| !tier.grants.is_empty());
        Self(rungs.map(|tier| (tier.slug.clone(), tier.grants.clone())).collect())
    }

    /// The tier and all that come with it.
    #[must_use]
    pub fn with(&self, tier: &Slug) -> BTreeSet<Slug> {
        let mut reached = BTreeSet::new();
        let mut ahead = vec![tier.clone()];
        while let Some(next) = ahead.pop() {
            ahead.extend(
                self.0.get(&next).into_iter().flatten().filter(|one| !reached.contains(*one)).cloned(),
            );
            reached.insert(next);
        }
        reached
    }

    /// What somebody holds who was given these: the tiers that come with theirs too.
    #[must_use]
    pub fn climbed(&self, given: &Entitlements) -> Entitlements {
        let each = |one: &Entitlement| match one {
            Entitlement::Tier(slug) => self.with(slug).into_iter().map(Entitlement::Tier).collect(),
            other => vec![other.clone()],
        };
        given.iter().flat_map(each).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slug(number: u8) -> Slug {
        format!("tier-{number}").parse().expect("a slug")
    }

    type Edges = BTreeSet<(u8, u8)>;

    fn ladder(edges: &Edges) -> Ladder {
        let mut rungs: BTreeMap<Slug, BTreeSet<Slug>> = BTreeMap::new();
        for (from, to) in edges {
            rungs.entry(slug(*from)).or_default().insert(slug(*to));
        }
        Ladder(rungs)
    }

    fn some_edges() -> impl Strategy<Value = Edges> {
        prop::collection::btree_set((0..6_u8, 0..6_u8), 0..12)
    }

    fn some_held() -> impl Strategy<Value = BTreeSet<u8>> {
        prop::collection::btree_set(0..8_u8, 0..4)
    }

    /// Six and seven stand for what is no tier.
    fn held(numbers: &BTreeSet<u8>) -> Entitlements {
        let one = |number: &u8| match number {
            6 => Entitlement::Subscriber,
            7 => Entitlement::Member,
            tier => Entitlement::Tier(slug(*tier)),
        };
        numbers.iter().map(one).collect()
    }

    fn is_within(fewer: &Entitlements, more: &Entitlements) -> bool {
        fewer.iter().all(|one| more.holds(one))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn more_never_opens_less(
            edges in some_edges(), new in some_edges(), has in some_held(), gets in some_held(),
        ) {
            let (less, more) = (held(&has), held(&has.union(&gets).copied().collect()));
            let (narrow, wide) = (ladder(&edges), ladder(&edges.union(&new).copied().collect()));
            prop_assert!(is_within(&less, &narrow.climbed(&less)), "what was given is held");
            prop_assert!(is_within(&narrow.climbed(&less), &narrow.climbed(&more)), "more was given");
            prop_assert!(is_within(&narrow.climbed(&less), &wide.climbed(&less)), "more is granted");
        }

        #[test]
        fn who_has_climbed_stands_at_the_top(edges in some_edges(), has in some_held()) {
            let ladder = ladder(&edges);
            let top = ladder.climbed(&held(&has));
            prop_assert_eq!(ladder.climbed(&top), top);
        }

        #[test]
        fn nothing_comes_from_nowhere(edges in some_edges(), has in some_held()) {
            let granted: BTreeSet<_> = edges.iter().map(|(_, to)| slug(*to)).collect();
            let given = held(&has);
            for one in ladder(&edges).climbed(&given).iter() {
                let is_granted = matches!(one, Entitlement::Tier(slug) if granted.contains(slug));
                prop_assert!(is_granted || given.holds(one), "{}", one);
            }
        }
    }

    #[test]
    fn a_ladder_is_climbed_downwards_and_round() {
        let ladder = ladder(&Edges::from([(3, 2), (2, 1), (4, 5), (5, 4)]));
        let with = |number| ladder.with(&slug(number)).into_iter().collect::<Vec<_>>();
        assert_eq!(with(3), [1, 2, 3].map(slug));
        assert_eq!(with(1), [slug(1)]);
        assert_eq!(with(4), [4, 5].map(slug));
    }
}
