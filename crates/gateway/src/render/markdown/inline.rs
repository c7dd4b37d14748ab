//! Running text as Markdown (CommonMark 0.31), so that what was text stays text.

use std::iter;

/// How a run of text is set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks<'a> {
    pub(super) is_strong: bool,
    pub(super) is_stressed: bool,
    pub(super) is_struck: bool,
    pub(super) is_code: bool,
    /// Where it leads.
    pub(super) link: Option<&'a str>,
}

/// Running text that is being written.
#[derive(Debug, Default)]
pub(super) struct Inline {
    written: String,
    /// Whether breaks are spaces, as in headings.
    is_one_line: bool,
    /// Breaks that are written when something follows.
    breaks: usize,
    /// The mark that ends the last thing written: another one of its kind that begins here would be read with it.
    last_mark: Option<char>,
}

impl Inline {
    /// Text in which breaks are spaces.
    pub(super) fn one_line() -> Self {
        Self { is_one_line: true, ..Self::default() }
    }

    pub(super) fn finish(mut self) -> String {
        self.written.truncate(self.written.trim_end().len());
        self.written
    }

    /// Writes a run of text. `next` is the character that follows it, if any.
    ///
    /// Where Markdown would not read the marks as such (section 6.2, on runs that flank), the text stands without.
    pub(super) fn run(&mut self, text: &str, marks: Marks<'_>, next: Option<char>) {
        let text: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
        let core = text.trim();
        let (before, after) = match text.split_once(core) {
            Some(around) if !core.is_empty() => around,
            _ => return self.text(&text),
        };
        self.text(before);
        if self.breaks > 0 && !self.line_is_blank() {
            self.break_line();
        }
        let next = after.chars().next().or(next);
        match marks.link {
            Some(link) => {
                self.raw("[");
                self.set(core, marks, Some(']'));
                self.raw(&format!("]({})", destination(link)));
            }
            None => self.set(core, marks, next),
        }
        self.text(after);
    }

    fn set(&mut self, core: &str, marks: Marks<'_>, next: Option<char>) {
        let stars = usize::from(marks.is_stressed) + 2 * usize::from(marks.is_strong);
        let is_inner_mark = marks.is_code || (marks.is_struck && stars > 0);
        let edge = |c: Option<char>| if is_inner_mark { Some('~') } else { c };
        let previous = if self.line_is_blank() { None } else { self.written.chars().next_back() };
        let holds = self.last_mark.is_none_or(|mark| mark == '`')
            && flanks(edge(core.chars().next()), previous)
            && flanks(edge(core.chars().next_back()), next);
        let is_set_apart = holds && (stars > 0 || marks.is_struck);
        let delimiter = "*".repeat(stars) + if marks.is_struck { "~~" } else { "" };
        if is_set_apart {
            self.raw(&delimiter);
        }
        if marks.is_code && self.last_mark != Some('`') {
            self.raw(&code(core));
            self.last_mark = Some('`');
        } else {
            self.text(core);
        }
        if is_set_apart {
            self.raw(&delimiter.chars().rev().collect::<String>());
            self.last_mark = delimiter.chars().next();
        }
    }

    /// Writes text that has no marks, with what Markdown would take for markup escaped.
    pub(super) fn text(&mut self, text: &str) {
        for (at, c) in text.char_indices() {
            match c {
                '\n' if !self.is_one_line => self.breaks += 1,
                c if c.is_whitespace() => self.space(if is_plain_space(c) { c } else { ' ' }),
                c if c.is_control() => {}
                c => self.letter(c, &text[at + c.len_utf8()..]),
            }
        }
    }

    fn space(&mut self, space: char) {
        if self.breaks == 0 && !self.line_is_blank() {
            self.written.push(space);
            self.last_mark = None;
        }
    }

    fn letter(&mut self, c: char, rest: &str) {
        self.break_line();
        let line = self.line();
        let is_first = line.trim().is_empty();
        let is_number = || !is_first && line.bytes().all(|byte| byte.is_ascii_digit());
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '|' => true,
            '&' => begins_an_entity(rest),
            '!' => rest.is_empty() || rest.starts_with('['),
            '#' => self.is_one_line || is_first,
            '-' | '+' | '=' | '>' | ':' => is_first,
            '.' | ')' => is_number(),
            _ => false,
        };
        if is_markup {
            self.written.push('\\');
        }
        self.written.push(c);
        self.last_mark = None;
    }

    fn raw(&mut self, markup: &str) {
        self.break_line();
        self.written.push_str(markup);
        self.last_mark = None;
    }

    /// Writes the breaks that are due, unless nothing stands before them.
    fn break_line(&mut self) {
        let breaks = std::mem::take(&mut self.breaks);
        if !self.written.is_empty() {
            self.written.extend(iter::repeat_n("\\\n", breaks));
        }
    }

    fn line(&self) -> &str {
        self.written.rsplit('\n').next().unwrap_or_default()
    }

    fn line_is_blank(&self) -> bool {
        self.line().trim().is_empty()
    }
}

/// Whether a delimiter between the edge of a run and what is around it is one of that run (section 6.2).
fn flanks(edge: Option<char>, around: Option<char>) -> bool {
    let is_apart = around.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation());
    is_apart || edge.is_some_and(is_letter)
}

/// Whether a character is neither space nor punctuation for Markdown. Letters in circles are symbols.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}')
}

/// Whether Markdown takes a space for one, and not for a break or for nothing.
fn is_plain_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether an ampersand before this would be read as a character's name or number (section 2.5).
fn begins_an_entity(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    match name.bytes().position(|byte| !byte.is_ascii_alphanumeric()) {
        Some(end) => end > 0 && name.as_bytes()[end] == b';',
        // The next run may go on with it.
        None => true,
    }
}

/// Text as code: between more backticks than stand in it (section 6.1).
fn code(text: &str) -> String {
    let text = text.replace(|c: char| c.is_whitespace() || c.is_control(), " ");
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let needs_space = |edge: Option<char>| edge == Some('`');
    let pad =
        if needs_space(text.chars().next()) || needs_space(text.chars().next_back()) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// How often a character stands in a row, at most.
pub(super) fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or_default()
}

/// Where a link leads (section 6.3).
pub(super) fn destination(address: &str) -> String {
    let mut escaped = String::with_capacity(address.len());
    for (at, c) in address.char_indices() {
        match c {
            c if c.is_control() => {}
            '\\' | '<' | '>' | '(' | ')' => escaped.extend(['\\', c]),
            // Some readers look for names of characters before they look for backslashes.
            '&' if begins_an_entity(&address[at + 1..]) => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    let is_bare = !escaped.is_empty() && !escaped.contains(char::is_whitespace);
    if is_bare { escaped } else { format!("<{escaped}>") }
}
