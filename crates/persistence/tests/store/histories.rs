//! A partner that follows holds what it may hold, whatever happens to the publication, its licence and the clocks, and in
//! however many steps it is taken in.

use crate::delta::{Follower, holds_what_it_may, license};
use crate::fixture::*;
use crate::licences::{Dice, licence, planted, random_article, random_licence};
use crate::scratch::{Scratch, on_both};
use masthead_domain::article::{Article, ArticleParts, Correction, Stage};
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Extent, Licence};
use masthead_persistence::{Pace, Store};

on_both!(
    a_follower_ends_with_what_it_may_hold,
    a_follower_is_told_of_every_correction,
    a_follower_goes_along_when_sections_move,
);

/// What mostly happens.
struct Life {
    seed: u64,
    extents: &'static [Extent],
    /// Which licences there are.
    licence: fn(&mut Dice) -> Licence,
    /// One time in how many that the licence might change it does.
    steadiness: u16,
    /// How many articles are written.
    articles: u16,
    /// In how many of twelve events something is written, the licence or a section changes, or time passes; in the rest
    /// somebody asks.
    events: u16,
}

/// What has happened, so that a failure can be read.
type Story = Vec<String>;

struct World<'s> {
    stores: [&'s Store; 2],
    dice: Dice,
    articles: Vec<ArticleParts>,
    licence: Licence,
    life: &'static Life,
    now: Timestamp,
    story: Story,
}

impl World<'_> {
    async fn write(&mut self) {
        let number = self.dice.below(self.life.articles);
        let known = usize::from(number) < self.articles.len();
        let mut parts = random_article(&mut self.dice, number);
        // Now and then something lies in the future, or waits for the delay.
        parts.published = Some(self.now.plus_seconds(i64::from(self.dice.below(40)) * 10 - 300));
        if known {
            let before = &self.articles[usize::from(number)];
            match self.dice.below(4) {
                0 => parts.stage = Stage::Withdrawn,
                1 => {
                    parts = before.clone();
                    parts.corrections.push(Correction { at: self.now, text: "Not so.".into() });
                    parts.updated = parts.updated.max(self.now);
                }
                2 => {
                    parts = before.clone();
                    parts.title = format!("{} again", parts.title);
                }
                _ => {}
            }
            parts.slug = before.slug.clone();
            parts.updated = parts.updated.max(parts.published.expect("set"));
            self.articles[usize::from(number)] = parts.clone();
        } else {
            parts =
                ArticleParts { id: article_id(u16::try_from(self.articles.len()).expect("few")), ..parts };
            parts.slug = slug(format!("article-{}", self.articles.len()));
            self.articles.push(parts.clone());
        }
        parts.updated = parts.updated.max(parts.published.expect("set"));
        self.story.push(format!("{} {} {:?} {:?}", self.now, parts.slug, parts.stage, parts.published));
        let store = self.stores[usize::from(self.dice.below(2))];
        let mut work = store.begin(self.now).await.expect("begun");
        work.put_articles(&[Article::new(parts).expect("valid")]).await.expect("put");
        work.commit().await.expect("committed");
    }

    async fn move_a_section(&mut self) {
        // Only ever below one with a smaller number, so there is no circle.
        let number = 2 + self.dice.below(4);
        let parent = Some(self.dice.below(number)).filter(|parent| *parent > 0);
        self.story.push(format!("{} section {number} below {parent:?}", self.now));
        let mut work = self.stores[0].begin(self.now).await.expect("begun");
        work.put_sections(&[section(number, parent)]).await.expect("put");
        work.commit().await.expect("committed");
    }

    async fn license(&mut self) {
        let extents = u16::try_from(self.life.extents.len()).expect("few");
        let extent = self.life.extents[usize::from(self.dice.below(extents))];
        self.licence = Licence { extent, ..(self.life.licence)(&mut self.dice) };
        self.story.push(format!("{} {:?}", self.now, self.licence));
        license(self.stores[0], &self.licence, self.now).await;
    }

    /// Whoever knows all that there is and always had the text was told of every correction.
    fn was_told_of_corrections(&self, follower: &Follower) {
        if self.life.extents == [Extent::FullText] {
            for (id, article) in &follower.held {
                let told = follower.corrections[id];
                assert_eq!(told, article.index().corrections, "{id}: {:#?}", self.story);
            }
        }
    }

    /// How many articles a step looks at: mostly so few that what has happened takes several.
    fn pace(&mut self) -> Pace {
        Pace::new([1, 2, 3, 500][usize::from(self.dice.below(4))])
    }

    /// Something happens, or one of two followers asks.
    async fn go_on(&mut self, early: &mut Follower, late: Option<&mut Follower>) {
        match self.dice.below(12) {
            0 if self.dice.below(self.life.steadiness) == 0 => self.license().await,
            0 | 1 => self.move_a_section().await,
            2 | 3 => self.now = self.now.plus_seconds(i64::from(self.dice.below(120))),
            event if event < self.life.events => self.write().await,
            _ => {
                // The nodes' clocks do not agree.
                let now = self.now.plus_seconds(-i64::from(self.dice.below(3)));
                let rows = 1 + u32::from(self.dice.below(4));
                let pace = self.pace();
                let store = self.stores[usize::from(self.dice.below(2))];
                let follower = late.filter(|_| self.dice.below(2) == 0).unwrap_or(early);
                let more = follower.poll(store, &self.licence, (rows, pace), now).await;
                self.story.push(format!("{now} polled {rows} in steps of {pace:?}"));
                if !more {
                    self.was_told_of_corrections(follower);
                }
            }
        }
    }
}

/// Lets things happen, and sees that everybody ends with what they may hold.
async fn live_through(scratch: &Scratch, life: &'static Life) {
    let mut dice = Dice(7);
    let articles: Vec<_> = (0..12).map(|number| random_article(&mut dice, number)).collect();
    let one = planted(scratch, &articles).await;
    let other = scratch.connect().await;
    license(&one, &licence(), now()).await;
    for round in 0..12 {
        let mut world = World {
            stores: [&one, &other],
            dice: Dice(life.seed + round),
            articles: articles.clone(),
            licence: licence(),
            life,
            now: now().plus_seconds(i64::try_from(round).expect("small") * 10_000),
            story: Story::new(),
        };
        world.license().await;
        let (mut early, mut late) = (Follower::default(), Follower::default());
        let pace = world.pace();
        early.poll_to_the_end(&one, &world.licence, pace, world.now).await;
        for step in 0..60 {
            world.go_on(&mut early, (step > 30).then_some(&mut late)).await;
        }
        let story = format!("round {round}: {:#?}", world.story);
        let mut fresh = Follower::default();
        for (follower, who) in [(&mut early, "early"), (&mut late, "late"), (&mut fresh, "fresh")] {
            let pace = world.pace();
            follower.poll_to_the_end(&one, &world.licence, pace, world.now).await;
            holds_what_it_may(follower, &one, &world.licence, world.now, &format!("{who}, {story}")).await;
            world.was_told_of_corrections(follower);
        }
    }
}

async fn a_follower_ends_with_what_it_may_hold(scratch: &Scratch) {
    const LIFE: Life = Life {
        seed: 1_000,
        extents: &[Extent::Headline, Extent::FullText],
        licence: random_licence,
        steadiness: 1,
        articles: 30,
        events: 9,
    };
    live_through(scratch, &LIFE).await;
}

async fn a_follower_is_told_of_every_correction(scratch: &Scratch) {
    const LIFE: Life = Life {
        seed: 2_000,
        extents: &[Extent::FullText],
        licence: of_sections,
        steadiness: 6,
        articles: 6,
        events: 11,
    };
    live_through(scratch, &LIFE).await;
}

async fn a_follower_goes_along_when_sections_move(scratch: &Scratch) {
    const LIFE: Life = Life {
        seed: 3_000,
        extents: &[Extent::FullText],
        licence: of_sections,
        steadiness: 12,
        articles: 20,
        events: 6,
    };
    live_through(scratch, &LIFE).await;
}

/// A licence of a section and those below, or of everything.
fn of_sections(dice: &mut Dice) -> Licence {
    let sections = Some(dice.below(4)).filter(|number| *number > 0).map(|number| [section_id(number)].into());
    Licence { sections, delay_seconds: i64::from(dice.below(2)) * 95, ..licence() }
}
