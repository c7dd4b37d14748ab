//! A line of running text in the making.

use masthead_domain::article::{Mark, Span};

/// Spans as they grow. Runs with the same marks become one span.
#[derive(Debug, Default)]
pub(crate) struct Line {
    spans: Vec<Span>,
}

impl Line {
    /// Adds text as it stands.
    pub(crate) fn push(&mut self, text: &str, marks: &[Mark]) {
        if text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.marks == marks => last.text.push_str(text),
            _ => self.spans.push(Span { text: text.to_owned(), marks: marks.to_vec() }),
        }
    }

    /// Adds text as HTML reads it: any run of white space is one space, and none at the start of a line.
    pub(crate) fn flow(&mut self, text: &str, marks: &[Mark]) {
        let mut spaced = self.ends_open();
        let mut run = String::with_capacity(text.len());
        for c in text.chars() {
            let space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if !space {
                run.push(c);
            } else if !spaced {
                run.push(' ');
            }
            spaced = space;
        }
        self.push(&run, marks);
    }

    /// Starts a new line in the same block; nothing happens before the first word.
    pub(crate) fn line_break(&mut self) {
        if let Some(last) = self.spans.last_mut() {
            let kept = last.text.trim_end_matches(' ').len();
            last.text.truncate(kept);
            last.text.push('\n');
        }
    }

    /// Like [`Self::line_break`], but never two in a row.
    pub(crate) fn paragraph_break(&mut self) {
        if !self.is_blank() && !self.spans.last().is_some_and(|last| last.text.ends_with('\n')) {
            self.line_break();
        }
    }

    /// Whether there is nothing to read in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.spans.iter().all(|span| span.text.trim().is_empty())
    }

    /// Takes the spans, without white space at either end; `None` when there is nothing to read.
    pub(crate) fn finish(&mut self) -> Option<Vec<Span>> {
        let mut spans = std::mem::take(&mut self.spans);
        while let Some(last) = spans.last_mut() {
            let kept = last.text.trim_end().len();
            last.text.truncate(kept);
            if kept > 0 {
                break;
            }
            spans.pop();
        }
        let blank = spans.iter().take_while(|span| span.text.trim_start().is_empty()).count();
        spans.drain(..blank);
        if let Some(first) = spans.first_mut() {
            let cut = first.text.len() - first.text.trim_start().len();
            first.text.drain(..cut);
        }
        (!spans.is_empty()).then_some(spans)
    }

    fn ends_open(&self) -> bool {
        self.spans.last().is_none_or(|last| last.text.ends_with([' ', '\n']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_domain::article::Decorator;

    #[test]
    fn flows_like_html() {
        let strong = [Mark::Decorator(Decorator::Strong)];
        let mut line = Line::default();
        line.flow("\n  One ", &[]);
        line.flow(" two", &strong);
        line.flow("  ", &[]);
        line.line_break();
        line.flow(" three\n", &[]);
        let spans = line.finish().expect("text");
        let shown: Vec<_> = spans.iter().map(|span| (span.text.as_str(), span.marks.len())).collect();
        assert_eq!(shown, [("One ", 0), ("two", 1), ("\nthree", 0)]);
    }

    #[test]
    fn white_space_alone_is_nothing() {
        let mut line = Line::default();
        line.line_break();
        line.push(" \u{a0}\n ", &[]);
        assert!(line.finish().is_none());
    }
}
