//! Cursors: opaque texts that mark a row of one list.

use crate::error::{Code, Problem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::page::{Position, SortKey};
use masthead_domain::slug::Slug;
use uuid::Uuid;

/// Binds a cursor to its list: a cursor of another list is refused, not misread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListName([u8; 4]);

impl ListName {
    /// The list of this name, which holds the list's filter and order.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let [a, b, c, d, ..] = *blake3::hash(name.as_bytes()).as_bytes();
        Self([a, b, c, d])
    }

    /// The cursor of a row: the list, the row's id, and the key that the list is ordered by. All of it
    /// stands in the row as well.
    #[must_use]
    pub fn encode(self, position: &Position) -> String {
        let mut bytes = self.0.to_vec();
        bytes.extend_from_slice(position.id.as_bytes());
        match &position.key {
            SortKey::Micros(micros) => {
                bytes.push(0);
                bytes.extend_from_slice(&micros.to_be_bytes());
            }
            SortKey::Text(text) => {
                bytes.push(1);
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor of this list.
    ///
    /// # Errors
    /// A problem that names `parameter` when the text is no cursor or one of another list.
    pub fn decode(self, parameter: &'static str, text: &str) -> Result<Position, Problem> {
        let wrong = || Problem::new(Code::InvalidCursor, "Use a cursor that a page of this very list gave.");
        self.read(text).ok_or_else(|| wrong().about(parameter))
    }

    fn read(self, text: &str) -> Option<Position> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (list, rest) = bytes.split_first_chunk::<4>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (kind, rest) = rest.split_first()?;
        let key = match kind {
            0 => SortKey::Micros(i64::from_be_bytes(rest.try_into().ok()?)),
            // Every list that is ordered by a text is ordered by slugs.
            1 => SortKey::Text(std::str::from_utf8(rest).ok()?.parse::<Slug>().ok()?.as_str().to_owned()),
            _ => return None,
        };
        (*list == self.0).then_some(Position { key, id: Uuid::from_bytes(*id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_by_its_own_list_only() {
        let list = ListName::new("articles newest first");
        for key in [SortKey::Micros(-1), SortKey::Micros(i64::MAX), SortKey::Text("a-slug".into())] {
            let position = Position { key, id: Uuid::from_u128(7) };
            let cursor = list.encode(&position);
            assert_eq!(list.read(&cursor), Some(position));
            assert_eq!(ListName::new("articles oldest first").read(&cursor), None);
            assert_eq!(list.read(&cursor[1..]), None);
        }
        for text in ["", "a\0b", "A Slug", "ä"] {
            let position = Position { key: SortKey::Text(text.into()), id: Uuid::from_u128(7) };
            assert_eq!(list.read(&list.encode(&position)), None, "{text:?} is no slug");
        }
        for bad in ["", "AAAA", "not base64!", "null"] {
            assert_eq!(list.read(bad), None, "{bad}");
        }
    }
}
