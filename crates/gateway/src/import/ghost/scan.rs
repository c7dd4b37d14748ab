//! Cuts a JSON file of any size into the values that matter, holding one of them at a time.
//!
//! The scanner follows the structure outside the rows and finds where each row ends; the row itself is then
//! read by `serde_json`, which checks it. So every byte is checked, and none is held for longer than its row.

use std::io::Read;

/// The longest value that is taken in one piece: 64 MiB.
pub(super) const MAX_VALUE: usize = 64 << 20;
const MAX_KEY: usize = 1 << 10;
const CHUNK: usize = 256 << 10;

/// Why the scan stopped. Offsets are bytes from the beginning of the file.
#[derive(Debug)]
pub(super) enum ScanError {
    Io(std::io::Error),
    /// Something else was expected here.
    Syntax {
        offset: u64,
        expected: &'static str,
    },
    /// The file ends inside a value.
    Truncated {
        offset: u64,
    },
    /// A value longer than [`MAX_VALUE`].
    TooLong {
        offset: u64,
    },
}

type Scanned<T> = Result<T, ScanError>;

pub(super) struct Scanner<R> {
    reader: R,
    buffer: Vec<u8>,
    /// How much of the buffer is behind us.
    at: usize,
    /// Where the buffer begins in the file.
    base: u64,
}

impl<R: Read> Scanner<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::with_capacity(2 * CHUNK), at: 0, base: 0 }
    }

    /// Where the scan stands.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The next byte that is no white space, left in place; `None` at the end of the file.
    pub(super) fn peek(&mut self) -> Scanned<Option<u8>> {
        loop {
            while let Some(byte) = self.buffer.get(self.at) {
                if !byte.is_ascii_whitespace() {
                    return Ok(Some(*byte));
                }
                self.at += 1;
            }
            if !self.read_more()? {
                return Ok(None);
            }
        }
    }

    /// Steps over one byte, which must be the next one.
    pub(super) fn expect(&mut self, byte: u8, expected: &'static str) -> Scanned<()> {
        match self.peek()? {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(ScanError::Syntax { offset: self.offset(), expected }),
            None => Err(ScanError::Truncated { offset: self.offset() }),
        }
    }

    /// Whether another entry follows in an object or array that ends with `close`; steps over the comma
    /// before it or the closing bracket.
    pub(super) fn another(&mut self, close: u8, first: &mut bool) -> Scanned<bool> {
        let is_first = std::mem::replace(first, false);
        match self.peek()? {
            Some(found) if found == close => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !is_first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if is_first => Ok(true),
            Some(_) => {
                Err(ScanError::Syntax { offset: self.offset(), expected: "a comma or a closing bracket" })
            }
            None => Err(ScanError::Truncated { offset: self.offset() }),
        }
    }

    /// The name of the next entry of an object; steps over the colon after it.
    pub(super) fn key(&mut self) -> Scanned<String> {
        if self.peek()?.is_some_and(|byte| byte != b'"') {
            return Err(ScanError::Syntax { offset: self.offset(), expected: "a name in quotes" });
        }
        let (offset, text) = self.value()?;
        let key = (text.len() <= MAX_KEY).then(|| serde_json::from_slice(text).ok()).flatten();
        let key = key.ok_or(ScanError::Syntax { offset, expected: "a name in quotes" })?;
        self.expect(b':', "a colon")?;
        Ok(key)
    }

    /// The next value as it stands, with its offset.
    pub(super) fn value(&mut self) -> Scanned<(u64, &[u8])> {
        let first = self.peek()?;
        let offset = self.offset();
        let length = match first {
            Some(b'{' | b'[') => self.nest()?,
            Some(b'"') => self.string(1)?,
            Some(b',' | b':' | b'}' | b']') => {
                return Err(ScanError::Syntax { offset, expected: "a value" });
            }
            Some(_) => self.scalar()?,
            None => return Err(ScanError::Truncated { offset }),
        };
        let start = self.at;
        self.at += length;
        Ok((offset, &self.buffer[start..start + length]))
    }

    /// The length of the object or array that begins here.
    fn nest(&mut self) -> Scanned<usize> {
        let (mut ahead, mut depth) = (0, 0_usize);
        loop {
            let rest = &self.buffer[self.at + ahead..];
            match rest.iter().position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']')) {
                None => {
                    ahead += rest.len();
                    self.need_more()?;
                }
                Some(step) => {
                    ahead += step + 1;
                    match rest[step] {
                        b'"' => ahead = self.string(ahead)?,
                        b'{' | b'[' => depth += 1,
                        _ => depth -= 1,
                    }
                    if depth == 0 {
                        return Ok(ahead);
                    }
                }
            }
        }
    }

    /// Where the string ends whose first byte after the quote lies `ahead`.
    fn string(&mut self, mut ahead: usize) -> Scanned<usize> {
        loop {
            while self.buffer.len() < self.at + ahead {
                self.need_more()?;
            }
            let rest = &self.buffer[self.at + ahead..];
            match rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
                Some(step) if rest[step] == b'"' => return Ok(ahead + step + 1),
                Some(step) => ahead += step + 2,
                None => {
                    ahead += rest.len();
                    self.need_more()?;
                }
            }
        }
    }

    /// The length of a number or word.
    fn scalar(&mut self) -> Scanned<usize> {
        let mut ahead = 0;
        loop {
            let rest = &self.buffer[self.at + ahead..];
            let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b']' | b':');
            match rest.iter().position(ends) {
                Some(step) => return Ok(ahead + step),
                None => {
                    ahead += rest.len();
                    if ahead > MAX_KEY {
                        return Err(ScanError::Syntax { offset: self.offset(), expected: "a value" });
                    }
                    if !self.read_more()? {
                        return Ok(ahead);
                    }
                }
            }
        }
    }

    fn need_more(&mut self) -> Scanned<()> {
        if self.buffer.len() - self.at > MAX_VALUE {
            return Err(ScanError::TooLong { offset: self.offset() });
        }
        if self.read_more()? {
            return Ok(());
        }
        Err(ScanError::Truncated { offset: self.base + self.buffer.len() as u64 })
    }

    /// Drops what is behind us and reads on; `false` at the end of the file.
    fn read_more(&mut self) -> Scanned<bool> {
        self.buffer.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
        let kept = self.buffer.len();
        self.buffer.resize(kept + CHUNK, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[kept..]) {
                Ok(read) => break read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ScanError::Io(error)),
            }
        };
        self.buffer.truncate(kept + read);
        Ok(read > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives a few bytes at a time, to cross every edge of the buffer.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(3).min(into.len());
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn cuts_an_object_into_its_values() {
        let text = r#" { "a\"b" : [1, {"x": "]}\\"}] , "c":null,"d":-1.5e3 } "#;
        let mut scanner = Scanner::new(Drip(text.as_bytes()));
        scanner.expect(b'{', "an object").expect("object");
        let (mut first, mut found) = (true, Vec::new());
        while scanner.another(b'}', &mut first).expect("entry") {
            let key = scanner.key().expect("key");
            let (offset, value) = scanner.value().expect("value");
            let start = usize::try_from(offset).expect("small");
            assert_eq!(&text.as_bytes()[start..start + value.len()], value);
            found.push((key, String::from_utf8(value.to_vec()).expect("text")));
        }
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, [("a\"b", r#"[1, {"x": "]}\\"}]"#), ("c", "null"), ("d", "-1.5e3")]);
        assert_eq!(scanner.peek().expect("end"), None);
    }

    #[test]
    fn a_file_that_ends_early_says_where() {
        for text in ["", "{", "{\"a", "{\"a\":[1,2", "{\"a\":\"b\\"] {
            let mut scanner = Scanner::new(text.as_bytes());
            let error = scanner.value().expect_err(text);
            assert!(
                matches!(error, ScanError::Truncated { offset } if offset == text.len() as u64),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut scanner = Scanner::new(Drip(&bytes));
            while scanner.value().is_ok() {}
        }
    }
}
