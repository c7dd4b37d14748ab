//! Reading a table whole, and checking every row of it.

use super::cells::unescaped;
use super::quoting;
use super::{COLUMNS, MAX_ROWS};
use crate::error::{MAX_FAULTS, Problem, cut, quote};
use csv::StringRecord;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::MemberId;
use masthead_domain::member::{Email, Member, Status};
use std::collections::HashMap;
use std::fmt::Display;

/// A row that may come in.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The line on which it begins.
    pub(super) line: u64,
    /// Its id, when it is one of ours.
    pub(super) id: Option<MemberId>,
    pub(super) email: Email,
    pub(super) name: Option<String>,
    pub(super) note: Option<String>,
    pub(super) gets_newsletters: bool,
    pub(super) is_comped: bool,
    pub(super) has_customer: bool,
    /// The tiers that stand in the table, as they stand there.
    pub(super) tiers: Vec<String>,
    pub(super) created: Option<Timestamp>,
    pub(super) labels: Vec<String>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The lines of members who were deleted where the file comes from.
    pub(super) deleted: Vec<u64>,
}

/// Reads a whole file.
///
/// # Errors
/// A problem that names the line and the column of what is wrong.
pub(super) fn read(bytes: &[u8], now: Timestamp) -> Result<Table, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        wrong(1 + before.iter().filter(|byte| **byte == b'\n').count() as u64, None, "is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    quoting::check(text).map_err(|quote| {
        let fault = format!("character {}: {}", quote.column, quote.fault);
        wrong(quote.line, None, fault)
    })?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().map_err(|_| wrong(1, None, "cannot be read"))?)?;
    let mut table = Table::default();
    let mut seen = Seen::default();
    let mut faults = Vec::new();
    let mut record = StringRecord::new();
    let mut lines = Lines { text, read: 0, line: 1 };
    while reader.read_record(&mut record).map_err(|error| unreadable(&error, &mut lines))? {
        let line = lines.of(record.position());
        if table.rows.len() + table.deleted.len() == MAX_ROWS {
            return Err(wrong(line, None, format!("a file has at most {MAX_ROWS} rows")).into());
        }
        let cells = Cells { record: &record, columns: &columns, line };
        if !cells.text("deleted_at").is_empty() {
            table.deleted.push(line);
            continue;
        }
        match cells.row(now).and_then(|row| seen.once(&row).map(|()| row)) {
            Ok(row) => table.rows.push(row),
            Err(fault) => faults.push(fault),
        }
        if faults.len() > MAX_FAULTS {
            break;
        }
    }
    if faults.is_empty() { Ok(table) } else { Err(Fault::problem(&faults)) }
}

/// Which column stands where.
struct Columns(HashMap<&'static str, usize>);

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, Fault> {
        let mut columns = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            let Some(known) = COLUMNS.iter().find(|known| **known == name.trim()) else {
                let fault = format!("there is no column {}; there are {}", quote(name), COLUMNS.join(", "));
                return Err(wrong(1, Some(name), fault));
            };
            if columns.insert(*known, place).is_some() {
                return Err(wrong(1, Some(known), "stands twice"));
            }
        }
        if columns.contains_key("email") {
            Ok(Self(columns))
        } else {
            Err(wrong(1, Some("email"), "is missing"))
        }
    }
}

struct Cells<'r> {
    record: &'r StringRecord,
    columns: &'r Columns,
    line: u64,
}

impl Cells<'_> {
    /// The cell of a column; empty when the file has no such column.
    fn text(&self, column: &str) -> &str {
        let cell = self.columns.0.get(column).and_then(|place| self.record.get(*place));
        unescaped(cell.unwrap_or_default())
    }

    fn some(&self, column: &str) -> Option<String> {
        let cell = self.text(column);
        (!cell.trim().is_empty()).then(|| cell.to_owned())
    }

    /// What stands between commas, each once.
    fn list(&self, column: &str) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for one in self.text(column).split(',').map(str::trim).filter(|one| !one.is_empty()) {
            if !list.iter().any(|known| known == one) {
                list.push(one.to_owned());
            }
        }
        list
    }

    fn truth(&self, column: &'static str) -> Result<bool, Fault> {
        match self.text(column).trim().to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" | "" => Ok(false),
            _ => Err(wrong(self.line, Some(column), "is neither true nor false")),
        }
    }

    fn row(&self, now: Timestamp) -> Result<Row, Fault> {
        let line = self.line;
        let email: Email = self.text("email").parse().map_err(|error| wrong(line, Some("email"), error))?;
        let created = match self.text("created_at").trim() {
            "" => None,
            text => {
                let at = Timestamp::parse(text).map_err(|error| wrong(line, Some("created_at"), error))?;
                if at > now {
                    return Err(wrong(line, Some("created_at"), "lies ahead"));
                }
                Some(at)
            }
        };
        let row = Row {
            line,
            id: self.text("id").trim().parse().ok(),
            email,
            name: self.some("name"),
            note: self.some("note"),
            gets_newsletters: self.truth("subscribed_to_emails")?,
            is_comped: self.truth("complimentary_plan")?,
            has_customer: !self.text("stripe_customer_id").trim().is_empty(),
            tiers: self.list("tiers"),
            created,
            labels: self.list("labels"),
        };
        let member = row.member(MemberId::new(now, [0; 10]), now);
        member.check().map_err(|error| {
            let text = error.to_string();
            let (field, rule) = text.split_once(": ").unwrap_or((error.field(), &text));
            wrong(line, Some(field), rule)
        })?;
        Ok(row)
    }
}

impl Row {
    /// The member whom the row describes.
    pub(super) fn member(&self, id: MemberId, now: Timestamp) -> Member {
        Member {
            id,
            email: self.email.clone(),
            name: self.name.clone(),
            status: Status::Active,
            created: self.created.unwrap_or(now),
            note: self.note.clone(),
            labels: self.labels.clone(),
        }
    }
}

/// The lines on which addresses and ids stand.
#[derive(Default)]
struct Seen {
    emails: HashMap<Email, u64>,
    ids: HashMap<MemberId, u64>,
}

impl Seen {
    fn once(&mut self, row: &Row) -> Result<(), Fault> {
        if let Some(before) = self.emails.insert(row.email.clone(), row.line) {
            return Err(wrong(row.line, Some("email"), format!("stands on line {before} already")));
        }
        if let Some(before) = row.id.and_then(|id| self.ids.insert(id, row.line)) {
            return Err(wrong(row.line, Some("id"), format!("stands on line {before} already")));
        }
        Ok(())
    }
}

/// Counts lines. The reader's own count falls behind where lines end with a carriage return and a line feed.
struct Lines<'t> {
    text: &'t str,
    read: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins that is not before those that were asked for.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let at = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.read);
        let bytes = self.text.as_bytes();
        let rest = bytes.get(at..).unwrap_or_default();
        let start = at + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let between = bytes.get(self.read..start).unwrap_or_default();
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.read = start.max(self.read);
        self.line
    }
}

fn unreadable(error: &csv::Error, lines: &mut Lines<'_>) -> Fault {
    let line = lines.of(error.position());
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            wrong(line, None, format!("has {len} cells, and the header has {expected_len}"))
        }
        _ => wrong(line, None, "cannot be read"),
    }
}

fn wrong(line: u64, column: Option<&str>, detail: impl Display) -> Fault {
    let (place, column) = match column {
        Some(column) => (format!("line {line}, column {}", cut(column)), cut(column)),
        None => (format!("line {line}"), "body".to_owned()),
    };
    Fault { column, detail: format!("{place}: {detail}.") }
}

/// What is wrong in one place of a file.
struct Fault {
    column: String,
    detail: String,
}

impl Fault {
    /// The first ones, in one problem.
    fn problem(faults: &[Self]) -> Problem {
        let told: Vec<_> = faults.iter().take(MAX_FAULTS).map(|fault| fault.detail.as_str()).collect();
        let more = if faults.len() > MAX_FAULTS { " There are more." } else { "" };
        let column = faults.first().map_or("body", |fault| &fault.column);
        Problem::invalid_parameter(column, format!("{}{more} Nothing was written.", told.join(" ")))
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Fault::problem(&[fault])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::parse("2026-11-26T00:00:00Z").expect("valid")
    }

    fn fault(text: &str) -> String {
        read(text.as_bytes(), at()).expect_err(text).detail().to_owned()
    }

    #[test]
    fn columns_stand_in_any_order_and_a_row_has_its_line() {
        let table = read(
            b"\xef\xbb\xbflabels,email,note\r\n\"a, b,a\",Reader@Paper.Example,\"two\nlines\"\r\n,'+x@y.example,\r\n",
            at(),
        )
        .expect("a table");
        let [first, second] = &table.rows[..] else { panic!("two rows") };
        assert_eq!((first.line, first.email.as_str()), (2, "reader@paper.example"));
        assert_eq!(
            (first.labels.as_slice(), first.note.as_deref()),
            (&["a".into(), "b".into()][..], Some("two\nlines"))
        );
        assert_eq!((second.line, second.email.as_str()), (4, "+x@y.example"));
    }

    #[test]
    fn a_file_has_so_many_rows() {
        let rows = |number: usize| {
            let rows: String = (0..number).map(|row| format!("r{row}@b.example\r\n")).collect();
            read(format!("email\r\n{rows}").as_bytes(), at())
        };
        assert_eq!(
            rows(MAX_ROWS).expect("a table").rows.last().map(|row| row.line),
            Some(MAX_ROWS as u64 + 1)
        );
        let problem = rows(MAX_ROWS + 1).expect_err("too many");
        assert!(problem.detail().contains("at most 200000 rows"), "{}", problem.detail());
    }

    #[test]
    fn several_faults_are_told_at_once() {
        let told = fault("email,created_at\nx,\na@b.example,never\na@c.example,\na@c.example,\n");
        for place in ["line 2, column email", "line 3, column created_at", "line 5, column email"] {
            assert!(told.contains(place), "{told}");
        }
        let many = format!("email\n{}", "x\n".repeat(100));
        let told = fault(&many);
        assert!(told.contains("line 21, column email") && !told.contains("line 22"), "{told}");
        assert!(told.ends_with("There are more. Nothing was written."), "{told}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, place) in [
            ("", "line 1, column email: is missing"),
            ("name\nx\n", "line 1, column email: is missing"),
            ("email,emial\n", "line 1, column emial: there is no column"),
            ("email,email\n", "line 1, column email: stands twice"),
            ("email\nx\n", "line 2, column email: not an e-mail"),
            ("email,name\na@b.example\n", "line 2: has 1 cells"),
            ("email\na@b.example\nA@b.example\n", "line 3, column email: stands on line 2"),
            ("email,created_at\na@b.example,yesterday\n", "line 2, column created_at: not an RFC"),
            ("email,created_at\na@b.example,2027-01-01T00:00:00Z\n", "line 2, column created_at: lies ahead"),
            ("email,complimentary_plan\na@b.example,yes\n", "line 2, column complimentary_plan: is neither"),
            ("email,name\na@b.example,\"x\n", "line 2: character 13: a quote is opened"),
            ("email,name\na@b.example,x\"y\n", "line 2: character 14: a quote stands"),
        ] {
            assert!(fault(text).starts_with(place), "{text:?}: {}", fault(text));
        }
        let long = format!("email,name\na@b.example,{}\n", "x".repeat(201));
        assert!(fault(&long).starts_with("line 2, column name"));
        let problem = read(b"email\na@b.example\n\xff@b.example\n", at()).expect_err("no UTF-8");
        assert!(problem.detail().starts_with("line 3: is not UTF-8"), "{}", problem.detail());
    }
}
