//! Whether a file is quoted as RFC 4180, section 2, says. The reader of tables takes anything, and a quote that is missing
//! would make one cell of all that follows.

/// Where a quote is wrong, counted from 1 in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Misquoted {
    pub(super) line: u64,
    pub(super) column: u64,
    pub(super) fault: &'static str,
}

enum State {
    /// At the start of a cell.
    Start,
    /// In a cell without quotes.
    Bare,
    /// Between quotes.
    Quoted,
    /// After a quote between quotes: the end of the cell, or the first half of a quote.
    Closing,
}

/// Checks every quote.
pub(super) fn check(text: &str) -> Result<(), Misquoted> {
    let (mut line, mut column) = (1, 0);
    let mut opened = (1, 1);
    let mut state = State::Start;
    for character in text.chars() {
        column += 1;
        let wrong = |fault| Err(Misquoted { line, column, fault });
        state = match (state, character) {
            (State::Start, '"') => {
                opened = (line, column);
                State::Quoted
            }
            (State::Start | State::Bare | State::Closing, ',' | '\n' | '\r') => State::Start,
            (State::Bare, '"') => return wrong("a quote stands in a cell that does not begin with one"),
            (State::Start | State::Bare, _) => State::Bare,
            (State::Quoted, '"') => State::Closing,
            (State::Closing, '"') | (State::Quoted, _) => State::Quoted,
            (State::Closing, _) => return wrong("something stands behind a closing quote"),
        };
        if character == '\n' {
            (line, column) = (line + 1, 0);
        }
    }
    match state {
        State::Quoted => {
            let (line, column) = opened;
            Err(Misquoted { line, column, fault: "a quote is opened and never closed" })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_quote_is_found_where_it_stands() {
        let at = |text: &str| check(text).map_err(|wrong| (wrong.line, wrong.column));
        for text in ["", "a,b\r\nc,d", "\"a,\"\"b\"\"\nc\",d\n", ",\"\",\n"] {
            assert_eq!(at(text), Ok(()), "{text:?}");
        }
        assert_eq!(at("a,b\nc,d\"e"), Err((2, 4)));
        assert_eq!(at("a,\"b\nc"), Err((1, 3)));
        assert_eq!(at("a\n\"b\"c"), Err((2, 4)));
    }
}
