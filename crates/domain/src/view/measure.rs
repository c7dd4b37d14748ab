//! What can be said of a text without showing it. Only ever made from what the viewer may read.

use super::{BlockContent, BlockView};

/// Length and beginning of the text that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Measure {
    /// The number of words. In scripts without spaces every ideograph or kana counts as one.
    pub words: usize,
    /// The time it takes to read, in minutes, rounded up, at 230 words a minute.
    pub reading_minutes: usize,
    /// The beginning of the first paragraph, cut at a word after at most 280 characters.
    pub excerpt: Option<String>,
}

const WORDS_A_MINUTE: usize = 230;
const EXCERPT: usize = 280;

pub(crate) fn measure(body: &[BlockView]) -> Measure {
    let mut measure = Measure::default();
    read(body, &mut measure);
    measure.reading_minutes = measure.words.div_ceil(WORDS_A_MINUTE);
    measure
}

fn read(blocks: &[BlockView], measure: &mut Measure) {
    for block in blocks {
        match &block.content {
            BlockContent::Text(text) => {
                let line: String = text.spans.iter().map(|span| span.text.as_str()).collect();
                measure.words += words(&line);
                let paragraph = text.style == crate::article::Style::Normal && text.list.is_none();
                if paragraph && measure.excerpt.is_none() && !line.trim().is_empty() {
                    measure.excerpt = Some(cut(line.trim()));
                }
            }
            BlockContent::Quote(quote) => measure.words += words(&quote.text),
            BlockContent::Callout(callout) => read(&callout.content, measure),
            BlockContent::Gate(gate) => read(gate.content.as_deref().unwrap_or_default(), measure),
            BlockContent::Image(_)
            | BlockContent::Embed(_)
            | BlockContent::Code(_)
            | BlockContent::Divider
            | BlockContent::Html(_) => {}
        }
    }
}

fn words(line: &str) -> usize {
    let unspaced =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    let ideographs = line.chars().filter(|c| unspaced(*c)).count();
    let spaced = line
        .split(|c: char| c.is_whitespace() || unspaced(c))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    ideographs + spaced
}

fn cut(line: &str) -> String {
    let Some((end, _)) = line.char_indices().nth(EXCERPT) else {
        return line.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    let head = &line[..end];
    let head = head.rfind(char::is_whitespace).map_or(head, |space| &head[..space]);
    let mut excerpt = head.split_whitespace().collect::<Vec<_>>().join(" ");
    excerpt.push('…');
    excerpt
}
