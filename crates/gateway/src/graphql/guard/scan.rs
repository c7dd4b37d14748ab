//! A look at the raw text of a document, before any parser sees it.
//!
//! The parser behind it descends one stack frame per bracket, so a text of 4 KB could overflow the stack
//! and end the process. This scan is a loop; it knows as much of the lexical grammar (GraphQL October 2021,
//! section 2.1) as is needed to tell brackets from text, and refuses a string that does not end, so that
//! the parser never sees brackets where the scan saw a string.

use super::limits::Limits;
use super::refusal::Refusal;
use async_graphql::Pos;

/// The longest name. A name is repeated in messages, so it has to be short.
const MAX_NAME: usize = 256;

/// Counts tokens and brackets.
///
/// # Errors
/// A [`Refusal`] at the first place where a limit is passed or a string does not end.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.query_bytes {
        return Err(Refusal::too_much(format!(
            "The document has {} bytes; {} are allowed.",
            text.len(),
            limits.query_bytes
        )));
    }
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    let (mut tokens, mut depth) = (0_usize, 0_usize);
    while let Some(token) = scan.next()? {
        tokens += 1;
        if tokens > limits.tokens {
            let limit = limits.tokens;
            return Err(Refusal::too_much(format!("The document has more than {limit} tokens.")));
        }
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Other => {}
        }
        if depth > limits.brackets {
            let limit = limits.brackets;
            let refusal = Refusal::too_deep(format!("Brackets nest deeper than {limit} levels."));
            return Err(refusal.at(scan.place(scan.at - 1)));
        }
    }
    Ok(())
}

enum Token {
    Open,
    Close,
    Other,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn next(&mut self) -> Result<Option<Token>, Refusal> {
        self.skip_ignored();
        let Some(byte) = self.bytes.get(self.at) else { return Ok(None) };
        let token = match byte {
            b'{' | b'[' | b'(' => Token::Open,
            b'}' | b']' | b')' => Token::Close,
            _ => Token::Other,
        };
        match byte {
            b'"' if self.rest().starts_with(b"\"\"\"") => self.block_string()?,
            b'"' => self.string()?,
            b'.' if self.rest().starts_with(b"...") => self.at += 3,
            byte if is_word(*byte) => self.word()?,
            _ => self.at += 1,
        }
        Ok(Some(token))
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn skip_ignored(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b',' | b'\n' | b'\r' => self.at += 1,
                b'#' => self.at += self.rest().iter().take_while(|b| !matches!(b, b'\n' | b'\r')).count(),
                _ if self.rest().starts_with("\u{feff}".as_bytes()) => self.at += 3,
                _ => break,
            }
        }
    }

    /// A name, or a number up to its dot or sign.
    fn word(&mut self) -> Result<(), Refusal> {
        let length = self.rest().iter().take_while(|b| is_word(**b)).count();
        if length > MAX_NAME {
            let refusal = Refusal::too_much(format!("A name has more than {MAX_NAME} characters."));
            return Err(refusal.at(self.place(self.at)));
        }
        self.at += length;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                None | Some(b'\n' | b'\r') => return Err(self.open_end(start)),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn block_string(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 3;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Err(self.open_end(start));
            } else if rest.starts_with(br#"\""""#) {
                self.at += 4;
            } else if rest.starts_with(b"\"\"\"") {
                break;
            } else {
                self.at += 1;
            }
        }
        self.at += 3;
        Ok(())
    }

    fn open_end(&self, start: usize) -> Refusal {
        Refusal::invalid("The document does not parse: a string does not end.").at(self.place(start))
    }

    /// Line and column, counted from one.
    fn place(&self, at: usize) -> Pos {
        let before = &self.bytes[..at.min(self.bytes.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        Pos { line, column }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn limits() -> Limits {
        Limits { brackets: 3, tokens: 12, query_bytes: 2_000, ..Limits::default() }
    }

    fn code(text: &str) -> Option<Code> {
        scan(text, &limits()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn brackets_of_every_kind_count_together() {
        assert_eq!(code("{ a(b: [1]) }"), None);
        assert_eq!(code("{ a(b: [[1]]) }"), Some(Code::QueryTooDeep));
        assert_eq!(code("{ a(b: [{c: 1}]) }"), Some(Code::QueryTooDeep));
        assert_eq!(code("{}{}{}{}{}{}"), None);
    }

    #[test]
    fn the_place_of_the_bracket_is_told() {
        let refusal = scan("{\n  é(b: [[1]]) }", &limits()).expect_err("too deep");
        assert_eq!(refusal.at, [Pos { line: 2, column: 9 }]);
    }

    #[test]
    fn brackets_in_strings_and_comments_are_text() {
        assert_eq!(code(r#"{ a(b: "[[[[[[") }"#), None);
        assert_eq!(code(r#"{ a(b: "\"[[[[[[") }"#), None);
        assert_eq!(code(r#"{ a(b: "\\[[[[[[") }"#), None);
        assert_eq!(code("{ a # [[[[[[[[[[[[[[[[[[[[ \" \"\"\"\n }"), None);
        assert_eq!(code("{ a # comment ends here\r [[[[ }"), Some(Code::QueryTooDeep));
        assert_eq!(code("{ a(b: \"\"\"\n[[[[ \" [[[[ \\\"\"\" [[[[ \"\"\") }"), None);
    }

    #[test]
    fn brackets_after_a_string_count() {
        assert_eq!(code(r#"{ a(b: "" c: [[1]]) }"#), Some(Code::QueryTooDeep));
        assert_eq!(code(r#"{ a(b: "\\" c: [[1]]) }"#), Some(Code::QueryTooDeep));
        assert_eq!(code("{ a(b: \"\"\"\"\"\" c: [[1]]) }"), Some(Code::QueryTooDeep));
        assert_eq!(code("{ a(b: \"\"\"x\\\"\"\" \"\"\" c: [[1]]) }"), Some(Code::QueryTooDeep));
    }

    #[test]
    fn a_string_has_to_end() {
        for text in
            ["{ a(b: \"", "{ a(b: \"x\n\")", "{ a(b: \"\\", "{ a(b: \"\"\"x\"\"", "{ a(b: \"\"\"x\\\"\"\""]
        {
            assert_eq!(code(text), Some(Code::InvalidQuery), "{text}");
        }
    }

    #[test]
    fn tokens_bytes_and_names_are_limited() {
        assert_eq!(code("a b c d e f g h i j k l"), None);
        assert_eq!(code("a b c d e f g h i j k l m"), Some(Code::QueryTooComplex));
        assert_eq!(code("a,,,b ... \u{feff} c"), None);
        assert_eq!(code(&" ".repeat(2_000)), None);
        assert_eq!(code(&" ".repeat(2_001)), Some(Code::QueryTooComplex));
        assert_eq!(code(&"x".repeat(256)), None);
        assert_eq!(code(&"x".repeat(257)), Some(Code::QueryTooComplex));
    }

    #[test]
    fn any_text_is_scanned_to_its_end() {
        for text in ["", "é💥", "\\", "\"\\", "...", "..", "\u{feff}", "#"] {
            let _ = scan(text, &limits());
        }
    }
}
