//! Policies of every shape, and what they mean, written a second time.

use super::{AGE, NOW, any_requirement, at, section_id};
use masthead_domain::article::{ArticleParts, Kind};
use masthead_domain::id::{AuthorId, TagId};
use masthead_domain::paywall::policy::{Condition, KnownCondition, Rule};
use masthead_domain::paywall::{Policy, Requirement};
use proptest::prelude::*;

fn any_condition() -> impl Strategy<Value = Condition> {
    let known = prop_oneof![
        (1..4_u8).prop_map(|number| KnownCondition::Section { id: section_id(number) }),
        (0..3_u8).prop_map(|number| KnownCondition::Tag { id: TagId::new(at(0), [number; 10]) }),
        prop::sample::select(vec!["en", "fr"])
            .prop_map(|tag| KnownCondition::Language { tag: tag.parse().expect("a language") }),
        (0..2_u8).prop_map(|number| KnownCondition::Author { id: AuthorId::new(at(0), [number; 10]) }),
        Just(KnownCondition::Flag { name: "breaking".parse().expect("slug") }),
        Just(KnownCondition::OlderThan { seconds: AGE }),
        Just(KnownCondition::YoungerThan { seconds: AGE }),
    ];
    prop_oneof![
        9 => known.prop_map(Condition::Known),
        1 => Just(Condition::Unknown(serde_json::json!({ "kind": "moonPhase", "phase": "full" }))),
    ]
}

pub(crate) fn any_policy() -> impl Strategy<Value = Policy> {
    let requires = prop::option::weighted(0.8, any_requirement());
    let rule = (prop::collection::vec(any_condition(), 0..2), requires, 0..5_u32);
    prop::collection::vec(rule, 0..4).prop_map(|rules| {
        let rule =
            |(at, (when, requires, free_blocks)): (usize, (Vec<Condition>, Option<Requirement>, u32))| Rule {
                name: format!("rule-{at}").parse().expect("slug"),
                when,
                requires,
                free_blocks,
            };
        Policy { rules: rules.into_iter().enumerate().map(rule).collect(), ..Policy::default() }
    })
}

/// From which block on a rule holds the body, and for whom; `None` when no rule does.
pub(crate) fn held(policy: &Policy, parts: &ArticleParts) -> Option<(usize, Requirement)> {
    let age = NOW - parts.published.expect("published").seconds();
    let holds = |condition: &Condition| match condition {
        Condition::Unknown(_) => true,
        Condition::Known(known) => match known {
            // Section 2 stands below section 1.
            KnownCondition::Section { id } => parts
                .section
                .is_some_and(|section| section == *id || (section == section_id(2) && *id == section_id(1))),
            KnownCondition::Tag { id } => parts.tags == [*id],
            KnownCondition::Language { tag } => parts.language == *tag,
            KnownCondition::Author { id } => parts.bylines.first().is_some_and(|first| first.author == *id),
            KnownCondition::Flag { .. } => !parts.flags.is_empty(),
            KnownCondition::OlderThan { .. } => age >= AGE,
            KnownCondition::YoungerThan { .. } => age < AGE,
        },
    };
    let rule = policy.rules.iter().filter(|_| parts.kind == Kind::Article);
    let rule = rule.into_iter().find(|rule| rule.when.iter().all(holds))?;
    let is_unknown = rule.when.iter().any(|condition| matches!(condition, Condition::Unknown(_)));
    let (free, requirement) = match &rule.requires {
        _ if is_unknown => (0, Requirement::staff()),
        None => return None,
        Some(requirement) if requirement.is_public() => (rule.free_blocks, Requirement::staff()),
        Some(requirement) => (rule.free_blocks, requirement.clone()),
    };
    let free = usize::try_from(free).expect("small");
    (free < parts.body.len()).then_some((free, requirement))
}
