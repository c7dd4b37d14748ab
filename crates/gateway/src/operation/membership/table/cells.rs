//! Cells that no spreadsheet runs as a formula.
//!
//! A cell that begins with one of `= + - @`, a tab or a carriage return gets an apostrophe before it, as in Ghost's own
//! exports. So that every cell reads back as it was, one that begins like an escaped cell gets one more.

use std::borrow::Cow;

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn needs_escape(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

/// The cell as it is written.
pub(super) fn escaped(cell: &str) -> Cow<'_, str> {
    if needs_escape(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was before it was escaped.
pub(super) fn unescaped(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if needs_escape(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_escaped_and_nothing_else_is() {
        for formula in ["=1+1", "+49", "-x", "@cmd", "\tx", "\rx", "=", "'=x", "''@"] {
            assert_eq!(escaped(formula), format!("'{formula}"));
        }
        for plain in ["", "a=b", "O'Hara", "'tis", "'", " =x", "2026-11-26"] {
            assert_eq!(escaped(plain), plain);
            assert_eq!(unescaped(plain), plain);
        }
        assert_eq!(unescaped("=1+1"), "=1+1", "not everybody escapes");
    }

    proptest! {
        #[test]
        fn every_cell_reads_back_as_it_was(cell in "['=+@\\-\t\ra]{0,6}") {
            let written = escaped(&cell);
            prop_assert!(!written.starts_with(FORMULA));
            prop_assert_eq!(unescaped(&written), cell.as_str());
        }
    }
}
