//! What must hold of `paywall::present` for every article and every viewer.

mod generate;

use generate::{SECRET, any_article, any_block, any_entitlement, any_policy, any_viewer, article_id, under};
use masthead_domain::article::{Article, ArticleParts, Block, Citation, Status};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, PartnerId, SourceId};
use masthead_domain::paywall::{Decision, Lock, Policy, Requirement, present};
use masthead_domain::view::{ArticleView, BlockContent, BlockView, LockView};
use masthead_domain::viewer::{
    Entitlement, Extent, Licence, Partner, Pass, PassKind, Reader, Role, Staff, Viewer,
};
use proptest::prelude::*;
use std::sync::Arc;

fn close(parts: ArticleParts) -> Article {
    Article::new(parts).expect("generated articles are valid")
}

fn is_open(gate: &masthead_domain::article::Gate, viewer: &Viewer) -> bool {
    Decision::on(Lock::Gate(article_id(9)), &gate.requirement, viewer).granted()
}

/// What of an article is hidden beside the content of its own shut gates and its source links.
struct Hidden {
    /// The blocks from this one on.
    blocks_from: usize,
    /// The standfirst and the description, too.
    teaser: bool,
}

impl Hidden {
    fn from(viewer: &Viewer, policy: &Policy, parts: &ArticleParts) -> Self {
        if let Some(extent) = extent(viewer).filter(|extent| *extent < Extent::FullText) {
            return Self { blocks_from: 0, teaser: extent == Extent::Headline };
        }
        let is_shut =
            |requirement: &Requirement| !Decision::on(Lock::Gate(parts.id), requirement, viewer).granted();
        let shut = generate::held(policy, parts).filter(|(_, requirement)| is_shut(requirement));
        Self { blocks_from: shut.map_or(parts.body.len(), |(free, _)| free), teaser: false }
    }
}

fn extent(viewer: &Viewer) -> Option<Extent> {
    match viewer {
        Viewer::Partner(partner) => Some(partner.licence.extent),
        _ => None,
    }
}

/// The same article in another world: everything behind a shut lock is something else.
fn other_world(parts: &ArticleParts, viewer: &Viewer, policy: &Policy, other: &[Block]) -> ArticleParts {
    fn swap(blocks: &mut [Block], viewer: &Viewer, other: &[Block]) {
        for block in blocks {
            match block {
                Block::Gate(gate) if !is_open(gate, viewer) => gate.content = other.to_vec(),
                Block::Gate(gate) => swap(&mut gate.content, viewer, other),
                Block::Callout(callout) => swap(&mut callout.content, viewer, other),
                _ => {}
            }
        }
    }
    let mut parts = parts.clone();
    let hidden = Hidden::from(viewer, policy, &parts);
    let is_held = hidden.blocks_from < parts.body.len();
    parts.body.truncate(hidden.blocks_from);
    swap(&mut parts.body, viewer, other);
    if is_held {
        parts.body.extend_from_slice(other);
    }
    if hidden.teaser {
        parts.standfirst = Some("Something else.".into());
        parts.meta_description = Some("Something else.".into());
    }
    if !Decision::on(Lock::Sources(parts.id), &parts.sources_requirement, viewer).granted() {
        for citation in &mut parts.citations {
            citation.link = match citation.link {
                Some(_) => None,
                None => Some("https://elsewhere.example/other".parse().expect("valid")),
            };
        }
    }
    parts
}

/// Marks every text, attribute and link behind a shut lock.
fn mark_locked(parts: &ArticleParts, viewer: &Viewer, policy: &Policy) -> ArticleParts {
    fn mark(blocks: &mut [Block], viewer: &Viewer, locked: bool) {
        for block in blocks {
            if locked {
                generate::mark(block);
            }
            match block {
                Block::Gate(gate) => {
                    let open = is_open(gate, viewer);
                    mark(&mut gate.content, viewer, locked || !open);
                }
                Block::Callout(callout) => mark(&mut callout.content, viewer, locked),
                _ => {}
            }
        }
    }
    let mut parts = parts.clone();
    let hidden = Hidden::from(viewer, policy, &parts);
    let (free, held) = parts.body.split_at_mut(hidden.blocks_from);
    mark(free, viewer, false);
    mark(held, viewer, true);
    if hidden.teaser {
        parts.standfirst = Some(SECRET.into());
        parts.meta_description = Some(SECRET.into());
    }
    if !Decision::on(Lock::Sources(parts.id), &parts.sources_requirement, viewer).granted() {
        let link = |citation: &mut Citation| {
            citation.link = Some(format!("https://{SECRET}.example/").parse().expect("valid"));
        };
        parts.citations.iter_mut().for_each(link);
    }
    parts
}

/// The same viewer, who holds one thing more, by themselves or by a pass.
fn with(viewer: &Viewer, more: Entitlement, by_pass: bool) -> Viewer {
    match viewer {
        Viewer::Reader(reader) if by_pass => {
            let id = article_id(9);
            let had = reader.passes.get(id);
            let entitlements = had.into_iter().flat_map(|pass| pass.entitlements.iter().cloned());
            let kind = had.map_or(PassKind::Gifted, |pass| pass.kind);
            let pass = Pass { kind, entitlements: entitlements.chain([more]).collect() };
            passing(reader, [(id, pass)])
        }
        Viewer::Reader(reader) => Viewer::Reader(Reader {
            entitlements: reader.entitlements.iter().cloned().chain([more]).collect(),
            ..reader.clone()
        }),
        other => other.clone(),
    }
}

/// The same reader with these passes instead.
fn passing(reader: &Reader, passes: impl IntoIterator<Item = (ArticleId, Pass)>) -> Viewer {
    Viewer::Reader(Reader { passes: passes.into_iter().collect(), ..reader.clone() })
}

/// Somebody else in the same position: everything differs that no view depends on.
fn namesake(viewer: &Viewer) -> Viewer {
    match viewer {
        Viewer::Reader(reader) => {
            Viewer::Reader(Reader { subject: "somebody else".into(), ..reader.clone() })
        }
        Viewer::Staff(_) => Viewer::Staff(Staff::new("night desk", Role::Writer)),
        Viewer::Partner(partner) => {
            let licence = Licence {
                valid_until: Some(Timestamp::EPOCH),
                daily_quota: Some(1),
                ..(*partner.licence).clone()
            };
            let id = PartnerId::new(Timestamp::EPOCH, [7; 10]);
            Viewer::Partner(Partner { id, licence: Arc::new(licence) })
        }
        Viewer::Anonymous | Viewer::Preview(_) => viewer.clone(),
    }
}

/// Shuts in `wide` every lock that is shut in `narrow`, taking away what it opened and what was derived.
fn narrowed(mut wide: ArticleView, narrow: &ArticleView) -> ArticleView {
    fn shut(wide: &mut [BlockView], narrow: &[BlockView]) {
        for (wide, narrow) in wide.iter_mut().zip(narrow) {
            match (&mut wide.content, &narrow.content) {
                (BlockContent::Gate(wide), BlockContent::Gate(narrow)) => {
                    wide.access = narrow.access.clone();
                    match (&mut wide.content, &narrow.content) {
                        (Some(wide), Some(narrow)) => shut(wide, narrow),
                        (content, None) => *content = None,
                        (None, Some(_)) => panic!("a gate was shut by holding more"),
                    }
                }
                (BlockContent::Callout(wide), BlockContent::Callout(narrow)) => {
                    shut(&mut wide.content, &narrow.content);
                }
                _ => {}
            }
        }
    }
    shut(&mut wide.body, &narrow.body);
    if !narrow.sources.access.granted() {
        wide.sources.citations.iter_mut().for_each(|citation| citation.link = None);
    }
    wide.sources.access = narrow.sources.access.clone();
    wide.locks = narrow.locks.clone();
    wide.measure = narrow.measure.clone();
    // What stands in the view for the viewer alone.
    wide.meter = narrow.meter.clone();
    wide.attribution = narrow.attribution.clone();
    wide
}

/// What is cited, with the links that show. Notes are about the text, and come with it.
fn linked(view: &ArticleView) -> Vec<(SourceId, Option<String>)> {
    view.sources
        .citations
        .iter()
        .map(|cited| (cited.source, cited.link.as_ref().map(ToString::to_string)))
        .collect()
}

fn is_for_readers(entitlement: &Entitlement) -> bool {
    *entitlement != Entitlement::Staff
}

fn granted(view: &ArticleView) -> Vec<&LockView> {
    view.locks.iter().filter(|lock| lock.access.granted()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_behind_a_shut_lock_moves_the_view(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
        other in prop::collection::vec(any_block(), 1..5),
    ) {
        let twin = other_world(&parts, &viewer, &policy, &other);
        let view = present(&close(parts), &viewer, &under(&policy));
        prop_assert_eq!(present(&close(twin), &viewer, &under(&policy)), view);
    }

    #[test]
    fn nothing_behind_a_shut_lock_is_in_the_view(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
    ) {
        let marked = mark_locked(&parts, &viewer, &policy);
        let view = present(&close(marked), &viewer, &under(&policy));
        let shown = format!("{view:?}");
        prop_assert!(!shown.contains(SECRET));
    }

    #[test]
    fn holding_more_adds_what_it_opens_and_nothing_else(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
        more in any_entitlement(),
        by_pass in any::<bool>(),
    ) {
        let article = close(parts);
        let narrow = present(&article, &viewer, &under(&policy));
        let wide = present(&article, &with(&viewer, more, by_pass), &under(&policy));
        prop_assert!(granted(&wide).len() >= granted(&narrow).len());
        prop_assert!(wide.measure.words >= narrow.measure.words);
        prop_assert_eq!(narrowed(wide, &narrow), narrow);
    }

    #[test]
    fn a_licence_for_more_never_shows_less(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
    ) {
        let Viewer::Partner(partner) = &viewer else { return Ok(()) };
        let (article, around) = (close(parts), under(&policy));
        let narrow = present(&article, &viewer, &around);
        for extent in [Extent::Teaser, Extent::FullText] {
            let extent = extent.max(partner.licence.extent);
            let licence = Licence { extent, source_links: true, ..(*partner.licence).clone() };
            let wide = Viewer::Partner(Partner { licence: Arc::new(licence), ..partner.clone() });
            let wide = present(&article, &wide, &around);
            prop_assert!(wide.measure.words >= narrow.measure.words);
            prop_assert!(narrow.standfirst.is_none() || wide.standfirst == narrow.standfirst);
            prop_assert!(!narrow.sources.access.granted() || linked(&wide) == linked(&narrow));
        }
    }

    #[test]
    fn a_pass_opens_the_gates_of_its_article_and_nothing_else(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
        held in prop::collection::vec(any_entitlement(), 0..4),
    ) {
        let Viewer::Reader(reader) = &viewer else { return Ok(()) };
        let (article, around) = (close(parts), under(&policy));
        let pass = Pass { kind: PassKind::Gifted, entitlements: held.into_iter().collect() };
        let without = present(&article, &passing(reader, []), &around);
        let with = present(&article, &passing(reader, [(article_id(9), pass.clone())]), &around);
        prop_assert_eq!(&with.sources, &without.sources);
        prop_assert_eq!(narrowed(with, &without), without.clone());
        let elsewhere = present(&article, &passing(reader, [(article_id(1), pass)]), &around);
        prop_assert_eq!(elsewhere, without);
    }

    #[test]
    fn staff_read_everything_and_nobody_else_reads_more(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
    ) {
        let (article, around) = (close(parts), under(&policy));
        let staff = present(&article, &Viewer::staff("desk"), &around);
        prop_assert!(staff.is_complete());
        let view = present(&article, &viewer, &around);
        prop_assert!(view.measure.words <= staff.measure.words);
        if extent(&viewer).is_some_and(|extent| extent < Extent::FullText) {
            prop_assert_eq!((view.body.len(), view.measure.words), (1, 0));
            prop_assert!(view.standfirst.is_none() || view.standfirst == staff.standfirst);
        } else {
            prop_assert_eq!(narrowed(staff, &view), view);
        }
    }

    #[test]
    fn viewers_of_one_class_see_the_same(
        parts in any_article(),
        one in any_viewer(),
        other in any_viewer(),
        policy in any_policy(),
    ) {
        let (article, around) = (close(parts), under(&policy));
        let seen = present(&article, &one, &around);
        prop_assert_eq!(one.class(), namesake(&one).class());
        prop_assert_eq!(&present(&article, &namesake(&one), &around), &seen);
        if one.class() == other.class() {
            prop_assert_eq!(present(&article, &other, &around), seen);
        }
    }

    #[test]
    fn a_preview_is_for_its_article_before_publication_alone(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
    ) {
        let Viewer::Preview(preview) = &viewer else { return Ok(()) };
        let (article, around) = (close(parts), under(&policy));
        let view = present(&article, &viewer, &around);
        if preview.article == article.id() && view.status != Status::Published {
            let is_open = |lock: &LockView| {
                lock.access.granted() || !lock.access.required.iter().any(is_for_readers)
            };
            prop_assert!(view.locks.iter().all(is_open));
        } else {
            prop_assert_eq!(view, present(&article, &Viewer::Anonymous, &around));
        }
    }

    #[test]
    fn keys_are_unique_within_a_view(
        parts in any_article(),
        viewer in any_viewer(),
        policy in any_policy(),
    ) {
        fn collect<'a>(blocks: &'a [BlockView], keys: &mut Vec<&'a str>) {
            for block in blocks {
                keys.push(&block.key);
                match &block.content {
                    BlockContent::Gate(gate) => collect(gate.content.as_deref().unwrap_or_default(), keys),
                    BlockContent::Callout(callout) => collect(&callout.content, keys),
                    _ => {}
                }
            }
        }
        let view = present(&close(parts), &viewer, &under(&policy));
        let mut keys = Vec::new();
        collect(&view.body, &mut keys);
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
    }
}
