//! What the demo publication has.

use super::{article, blocks, demo, now, staff, view};
use crate::demo::SHOWCASE;
use masthead_domain::article::{Kind, Stage, Style};
use masthead_domain::author::AuthorKind;
use masthead_domain::image::DigitalSourceType;
use masthead_domain::source::SourceKind;
use masthead_domain::view::{BlockContent, BlockView, MarkView};
use masthead_domain::viewer::Viewer;
use std::collections::HashSet;

#[test]
fn it_is_a_whole_publication() {
    let content = demo();
    let articles = content.articles.iter().map(|article| article.index());
    let out = articles.clone().filter(|index| {
        index.kind == Kind::Article
            && index.stage == Stage::Published
            && index.published.is_some_and(|at| at <= now())
    });
    assert!(out.count() >= 12);
    let stages: Vec<_> = articles.clone().map(|index| index.stage).collect();
    assert!(stages.contains(&Stage::Draft) && stages.contains(&Stage::Withdrawn));
    assert!(articles.clone().any(|index| index.kind == Kind::Page));
    assert!(articles.clone().any(|index| index.published.is_some_and(|at| at.to_utc().year() == 2031)));
    let languages: HashSet<_> = articles.map(|index| index.language.as_str().to_owned()).collect();
    assert!(["en", "de", "pt"].iter().all(|language| languages.contains(*language)));

    assert!(content.sections.iter().filter(|section| section.parent.is_none()).count() >= 4);
    assert!(content.sections.iter().filter(|section| section.parent.is_some()).count() >= 2);
    let of_kind = |code| content.authors.iter().filter(|author| author.kind.code() == code).count();
    assert_eq!((of_kind("persona"), of_kind("human"), of_kind("organisation")), (9, 2, 1));
    assert!(content.sources.len() >= 30);
    let kinds: HashSet<_> = content.sources.iter().map(|source| source.kind).collect();
    assert_eq!(kinds.len(), SourceKind::ALL.len());
    let languages: HashSet<_> = content.sources.iter().map(|source| source.language.as_str()).collect();
    assert!(languages.len() >= 20, "{languages:?}");
    assert!(content.tiers.iter().filter(|tier| tier.active && tier.price.is_some()).count() >= 2);
    assert!(content.tiers.iter().any(|tier| tier.slug.as_str() == "patron"));
}

#[test]
fn every_persona_is_disclosed_writes_something_and_has_a_person_who_answers() {
    let content = demo();
    let people: HashSet<_> = content
        .authors
        .iter()
        .filter(|author| author.kind == AuthorKind::Human)
        .map(|author| author.id)
        .collect();
    for author in &content.authors {
        assert!(author.bio.is_some() && author.beat.is_some(), "{}", author.slug);
        assert!(content.articles.iter().any(|article| article.index().authors.contains(&author.id)));
        if let AuthorKind::Persona { disclosure, responsible_editor } = &author.kind {
            assert!(!disclosure.is_empty() && people.contains(responsible_editor), "{}", author.slug);
        }
    }
}

#[test]
fn every_article_is_in_a_section_cites_and_says_how_it_was_made() {
    let content = demo();
    for article in &content.articles {
        let view = view(&content, article, &Viewer::Anonymous);
        let slug = view.slug.as_str();
        assert!(!view.bylines.is_empty() && !view.sources.citations.is_empty(), "{slug}");
        assert!(view.provenance.statement.is_some(), "{slug}");
        assert!(view.provenance.responsible_editor.is_some(), "{slug}");
        assert_eq!(view.section.is_some(), view.kind == Kind::Article, "{slug}");
        assert!(view.hero.iter().all(|hero| hero.digital_source_type.is_some() && !hero.alt.is_empty()));
        let whole = super::view(&content, article, &staff());
        assert!((300..=1_300).contains(&whole.measure.words), "{slug}: {} words", whole.measure.words);
    }
}

fn heading(block: &BlockView) -> bool {
    matches!(&block.content, BlockContent::Text(text) if text.style == Style::H2)
}

#[test]
fn the_showcase_is_the_page_that_masthead_must_be_able_to_serve() {
    let content = demo();
    let page = view(&content, article(&content, SHOWCASE), &Viewer::Anonymous);
    let gate = page.body.iter().position(|block| matches!(block.content, BlockContent::Gate(_)));
    let (before, after) = page.body.split_at(gate.expect("a gate"));
    assert!(before.iter().filter(|block| heading(block)).count() >= 2);
    assert_eq!(after.iter().filter(|block| heading(block)).count(), 3, "free sections below the gate");
    let BlockContent::Gate(gate) = &after[0].content else { unreachable!("found above") };
    assert!(gate.headline.is_some() && gate.teaser.is_some() && gate.image.is_some());
    assert_eq!(gate.call_to_action.as_deref(), Some("Become a member"));
    assert!(gate.content.is_none());

    let hero = page.hero.expect("a hero");
    assert_eq!(hero.digital_source_type, Some(DigitalSourceType::TrainedAlgorithmicMedia));
    assert!(hero.caption.is_some_and(|caption| caption.contains("AI illustration of this article")));
    assert_eq!(page.locks.len(), 2, "the members' part and the source links");
    assert_ne!(page.locks[0].access.required, page.locks[1].access.required);
    assert!(page.sources.citations.iter().all(|citation| citation.link.is_none()));
    assert_eq!((page.corrections.len(), page.provenance.reviews.len()), (1, 2));
}

#[test]
fn between_them_the_articles_use_every_kind_of_block() {
    let content = demo();
    let mut kinds = HashSet::new();
    let mut links = 0;
    for article in &content.articles {
        let view = view(&content, article, &staff());
        for block in blocks(&view.body) {
            kinds.insert(std::mem::discriminant(&block.content));
            let BlockContent::Text(text) = &block.content else { continue };
            let marks = text.spans.iter().flat_map(|span| &span.marks);
            links += marks.filter(|mark| matches!(mark, MarkView::Article { .. })).count();
        }
    }
    assert_eq!(kinds.len(), 8, "text, picture, embed, quote, box, listing, markup, gate");
    assert!(links >= 30, "{links} links between articles");
}
