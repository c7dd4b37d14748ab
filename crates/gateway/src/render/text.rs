//! A body as plain text, for speech, previews and models.

use masthead_domain::view::{BlockContent, BlockView, GateView, TextView};

/// The body as plain text: blocks apart by an empty line, lists with their bullets.
#[must_use]
pub fn body_text(body: &[BlockView]) -> String {
    let mut lines = Lines::default();
    lines.blocks(body);
    lines.text
}

#[derive(Default)]
struct Lines {
    text: String,
    in_list: bool,
    numbers: Vec<u32>,
}

impl Lines {
    fn blocks(&mut self, body: &[BlockView]) {
        for block in body {
            match &block.content {
                BlockContent::Text(text) => self.paragraph(text),
                BlockContent::Image(image) => self.parts([image.caption.as_deref(), image.credit.as_deref()]),
                BlockContent::Embed(embed) => self.parts([embed.title.as_deref(), embed.caption.as_deref()]),
                BlockContent::Quote(quote) => {
                    self.parts([Some(quote.text.as_str()), quote.attribution.as_deref()]);
                }
                BlockContent::Callout(callout) => {
                    self.parts([callout.title.as_deref(), None]);
                    self.blocks(&callout.content);
                }
                BlockContent::Code(code) => self.push(&code.code),
                BlockContent::Divider => self.push("* * *"),
                BlockContent::Html(html) => self.push(&without_markup(&html.html)),
                BlockContent::Gate(gate) => self.gate(gate),
            }
        }
    }

    fn gate(&mut self, gate: &GateView) {
        match &gate.content {
            Some(content) => self.blocks(content),
            None => {
                self.parts([gate.headline.as_deref(), gate.teaser.as_deref()]);
                self.parts([gate.call_to_action.as_deref(), None]);
            }
        }
    }

    fn paragraph(&mut self, text: &TextView) {
        let line: String = text.spans.iter().map(|span| span.text.as_str()).collect();
        let Some(item) = text.list else {
            self.push(&line);
            return;
        };
        let level = usize::from(item.level);
        if !self.in_list {
            self.numbers.clear();
        }
        self.numbers.resize(level, 0);
        let bullet = if item.numbered {
            self.numbers[level - 1] += 1;
            format!("{}.", self.numbers[level - 1])
        } else {
            "-".to_owned()
        };
        let indent = "  ".repeat(level - 1);
        self.line(&format!("{indent}{bullet} {line}"), true);
    }

    fn parts(&mut self, parts: [Option<&str>; 2]) {
        let said: Vec<_> = parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
        self.push(&said.join("\n"));
    }

    fn push(&mut self, block: &str) {
        self.line(block, false);
    }

    fn line(&mut self, line: &str, in_list: bool) {
        if line.trim().is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(if in_list && self.in_list { "\n" } else { "\n\n" });
        }
        self.text.push_str(line);
        self.in_list = in_list;
    }
}

pub(super) fn without_markup(html: &str) -> String {
    let fragment = scraper::Html::parse_fragment(html);
    let words: Vec<_> = fragment.root_element().text().flat_map(str::split_whitespace).collect();
    words.join(" ")
}
