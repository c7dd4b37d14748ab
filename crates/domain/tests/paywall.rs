//! What must hold of `paywall::present` for every article and every viewer.

mod generate;

use generate::{SECRET, any_article, any_block, any_entitlement, any_viewer, around};
use masthead_domain::article::{Article, ArticleParts, Block, Citation};
use masthead_domain::paywall::{Decision, Lock, present};
use masthead_domain::view::{ArticleView, BlockContent, BlockView, LockView};
use masthead_domain::viewer::{Entitlement, Reader, Viewer};
use proptest::prelude::*;

fn close(parts: ArticleParts) -> Article {
    Article::new(parts).expect("generated articles are valid")
}

fn is_open(gate: &masthead_domain::article::Gate, viewer: &Viewer) -> bool {
    Decision::on(Lock::Gate(generate::article_id(9)), &gate.requirement, viewer).granted()
}

/// The same article in another world: everything behind a shut lock is something else.
fn other_world(parts: &ArticleParts, viewer: &Viewer, other: &[Block]) -> ArticleParts {
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
    swap(&mut parts.body, viewer, other);
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
fn mark_locked(parts: &ArticleParts, viewer: &Viewer) -> ArticleParts {
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
    mark(&mut parts.body, viewer, false);
    if !Decision::on(Lock::Sources(parts.id), &parts.sources_requirement, viewer).granted() {
        let link = |citation: &mut Citation| {
            citation.link = Some(format!("https://{SECRET}.example/").parse().expect("valid"));
        };
        parts.citations.iter_mut().for_each(link);
    }
    parts
}

fn with(viewer: &Viewer, entitlement: Entitlement) -> Viewer {
    match viewer {
        Viewer::Reader(reader) => Viewer::Reader(Reader {
            entitlements: reader.entitlements.iter().cloned().chain([entitlement]).collect(),
            ..reader.clone()
        }),
        other => other.clone(),
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
    wide
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
        other in prop::collection::vec(any_block(), 1..5),
    ) {
        let twin = other_world(&parts, &viewer, &other);
        let view = present(&close(parts), &viewer, &around());
        prop_assert_eq!(present(&close(twin), &viewer, &around()), view);
    }

    #[test]
    fn nothing_behind_a_shut_lock_is_in_the_view(parts in any_article(), viewer in any_viewer()) {
        let view = present(&close(mark_locked(&parts, &viewer)), &viewer, &around());
        let shown = format!("{view:?}");
        prop_assert!(!shown.contains(SECRET));
    }

    #[test]
    fn holding_more_adds_what_it_opens_and_nothing_else(
        parts in any_article(),
        viewer in any_viewer(),
        more in any_entitlement(),
    ) {
        let article = close(parts);
        let narrow = present(&article, &viewer, &around());
        let wide = present(&article, &with(&viewer, more), &around());
        prop_assert!(granted(&wide).len() >= granted(&narrow).len());
        prop_assert!(wide.measure.words >= narrow.measure.words);
        prop_assert_eq!(narrowed(wide, &narrow), narrow);
    }

    #[test]
    fn staff_read_everything_and_nobody_else_reads_more(parts in any_article(), viewer in any_viewer()) {
        let article = close(parts);
        let staff = present(&article, &Viewer::staff("desk"), &around());
        prop_assert!(staff.is_complete());
        let view = present(&article, &viewer, &around());
        prop_assert!(view.measure.words <= staff.measure.words);
        prop_assert_eq!(narrowed(staff, &view), view);
    }

    #[test]
    fn viewers_of_one_class_see_the_same(parts in any_article(), viewer in any_viewer()) {
        let namesake = match &viewer {
            Viewer::Reader(reader) => {
                Viewer::Reader(Reader { subject: "somebody else".into(), ..reader.clone() })
            }
            other => other.clone(),
        };
        prop_assert_eq!(viewer.class(), namesake.class());
        let article = close(parts);
        prop_assert_eq!(present(&article, &viewer, &around()), present(&article, &namesake, &around()));
    }

    #[test]
    fn keys_are_unique_within_a_view(parts in any_article(), viewer in any_viewer()) {
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
        let view = present(&close(parts), &viewer, &around());
        let mut keys = Vec::new();
        collect(&view.body, &mut keys);
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
    }
}
