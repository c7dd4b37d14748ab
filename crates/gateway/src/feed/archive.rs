//! Archives (RFC 5005, section 4): closed parts of a feed, which do not shift when something new comes.
//!
//! An archive is a span of the calendar (UTC) that is over: a month, or where a month holds too much for the viewer its
//! days, then hours, then minutes; so the present month is archived by its days, and today by its hours. Which spans there
//! are follows from the calendar and from what is in them, never from what came after.

use crate::error::Problem;
use crate::operation::{Filter, Reading, article};
use masthead_domain::clock::Timestamp;
use masthead_domain::selection::{Order, Span};
use std::fmt;
use std::str::FromStr;

/// The most articles in one archive, and in one document of a longer minute.
pub(super) const MOST: u32 = 250;

/// How long a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grain {
    Month,
    Day,
    Hour,
    Minute,
}

/// From the longest to the shortest, each with how many characters of an instant name it.
const GRAINS: [(Grain, usize); 4] =
    [(Grain::Month, 7), (Grain::Day, 10), (Grain::Hour, 13), (Grain::Minute, 16)];

/// A span of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    start: Timestamp,
    grain: Grain,
}

/// The text names no [`Interval`].
#[derive(Debug, thiserror::Error)]
#[error("is no month, day, hour or minute such as 2026-10, 2026-10-05, 2026-10-05T14 or 2026-10-05T14:30")]
pub(super) struct IntervalError;

impl Interval {
    /// The span of this length around an instant.
    fn around(at: Timestamp, grain: Grain) -> Self {
        let at = at.to_utc();
        let at = match grain {
            Grain::Month => at.replace_day(1).unwrap_or(at).truncate_to_day(),
            Grain::Day => at.truncate_to_day(),
            Grain::Hour => at.truncate_to_hour(),
            Grain::Minute => at.truncate_to_minute(),
        };
        // An instant before one that there is, in the same year, is one that there is.
        let micros = i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or_default();
        Self { start: Timestamp::try_from(micros).unwrap_or(Timestamp::EPOCH), grain }
    }

    /// The first instant after it.
    pub(super) fn end(self) -> Timestamp {
        match self.grain {
            Grain::Month => self.start.plus_months(1),
            Grain::Day => self.start.plus_seconds(86_400),
            Grain::Hour => self.start.plus_seconds(3_600),
            Grain::Minute => self.start.plus_seconds(60),
        }
    }

    pub(super) const fn start(self) -> Timestamp {
        self.start
    }

    /// Whether it cannot be cut any further, and is read page by page when it holds too much.
    pub(super) fn is_shortest(self) -> bool {
        self.grain == Grain::Minute
    }

    /// What of a list was published within.
    pub(super) fn of(self, filter: &Filter) -> Filter {
        Filter { published: Span { since: Some(self.start), until: Some(self.end()) }, ..filter.clone() }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = GRAINS.iter().find(|(grain, _)| *grain == self.grain).map_or(0, |(_, length)| *length);
        let whole = self.start.to_string();
        f.write_str(whole.get(..length).unwrap_or(&whole))
    }
}

impl FromStr for Interval {
    type Err = IntervalError;

    fn from_str(text: &str) -> Result<Self, IntervalError> {
        /// What the shorter names leave out.
        const FIRST: &str = "0000-01-01T00:00:00Z";
        let (grain, _) = GRAINS.into_iter().find(|(_, length)| *length == text.len()).ok_or(IntervalError)?;
        let rest = FIRST.get(text.len()..).ok_or(IntervalError)?;
        let start = Timestamp::parse(&format!("{text}{rest}")).map_err(|_| IntervalError)?;
        let interval = Self { start, grain };
        // The same span has one name.
        if interval.to_string() == text { Ok(interval) } else { Err(IntervalError) }
    }
}

/// The archives of one list, for one viewer at one instant.
pub(super) struct Archives<'a> {
    pub(super) reading: &'a Reading,
    pub(super) filter: &'a Filter,
}

impl Archives<'_> {
    /// The end of the last span that is over. A viewer whose licence waits is so much behind.
    pub(super) fn closed(&self) -> Timestamp {
        Interval::around(self.reading.horizon(), Grain::Minute).start
    }

    /// Says that what was read is true until a span that is not over yet is.
    fn holds_until_over(&self, interval: Interval) {
        self.reading.holds_until(interval.end().plus_seconds(self.reading.viewer().delay_seconds()));
    }

    /// Says that what was read is true until the present minute is over: then what was published in it is archived.
    pub(super) fn holds_for_this_minute(&self) {
        self.holds_until_over(Interval { start: self.closed(), grain: Grain::Minute });
    }

    /// Whether the span is over, so that it is an archive.
    pub(super) fn has(&self, interval: Interval) -> bool {
        interval.end() <= self.closed()
    }

    /// Whether a span holds more than one archive takes. One statement.
    pub(super) async fn is_too_long(&self, interval: Interval) -> Result<bool, Problem> {
        Ok(article::count(self.reading, &interval.of(self.filter)).await? > u64::from(MOST))
    }

    /// The archive with what was published last before an instant, which is the beginning of a span. Two statements.
    pub(super) async fn before(&self, instant: Timestamp) -> Result<Option<Interval>, Problem> {
        let until = instant.min(self.closed());
        let span = Span { since: None, until: Some(until) };
        self.archive(span, Order::PublishedDescending, |interval| interval.end() <= until).await
    }

    /// The archive with what was published first from an instant on, which is the end of a span. Two statements.
    pub(super) async fn after(&self, instant: Timestamp) -> Result<Option<Interval>, Problem> {
        let span = Span { since: Some(instant), until: Some(self.closed()) };
        let is_after = |interval: Interval| interval.start >= instant && self.has(interval);
        self.archive(span, Order::PublishedAscending, is_after).await
    }

    /// The last archive within a span that is too long for one.
    pub(super) async fn last_within(&self, interval: Interval) -> Result<Option<Interval>, Problem> {
        let span = Span { since: Some(interval.start), until: Some(interval.end()) };
        let is_shorter = |one: Interval| {
            one.grain != interval.grain && one.start >= interval.start && one.end() <= interval.end()
        };
        self.archive(span, Order::PublishedDescending, is_shorter).await
    }

    /// The longest span around the first article of a list that is allowed and holds no more than one archive takes.
    async fn archive(
        &self,
        published: Span,
        order: Order,
        is_allowed: impl Fn(Interval) -> bool,
    ) -> Result<Option<Interval>, Problem> {
        let filter = Filter { published, order, ..self.filter.clone() };
        let Some(at) = article::edge(self.reading, &filter).await? else { return Ok(None) };
        let around = GRAINS.map(|(grain, _)| Interval::around(at, grain));
        for interval in around.into_iter().filter(|interval| !self.has(*interval)) {
            // When it is over, it may be the archive.
            self.holds_until_over(interval);
        }
        let allowed: Vec<_> = around.into_iter().filter(|interval| is_allowed(*interval)).collect();
        let filters: Vec<_> = allowed.iter().map(|interval| interval.of(self.filter)).collect();
        let held = article::counts(self.reading, &filters).await?;
        let fits = |(interval, held): &(&Interval, u64)| interval.is_shortest() || *held <= u64::from(MOST);
        Ok(allowed.iter().zip(held).find(fits).map(|(interval, _)| *interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_one_name() {
        for (text, end) in [
            ("2026-10", "2026-11-01T00:00:00Z"),
            ("2026-12", "2027-01-01T00:00:00Z"),
            ("2026-10-05", "2026-10-06T00:00:00Z"),
            ("2026-10-05T14", "2026-10-05T15:00:00Z"),
            ("2026-10-05T14:59", "2026-10-05T15:00:00Z"),
        ] {
            let interval: Interval = text.parse().expect("a span");
            assert_eq!((interval.to_string().as_str(), interval.end().to_string().as_str()), (text, end));
        }
        for text in [
            "",
            "2026",
            "2026-1",
            "2026-13",
            "2026-10-32",
            "2026-10-05T25",
            "2026-10-05 14",
            "0000-01",
            "2026-1Z",
            "ä026-1",
        ] {
            assert!(text.parse::<Interval>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_lies_in_one_span_of_each_length() {
        let at = Timestamp::parse("2026-10-05T14:30:59.999999Z").expect("valid");
        let names: Vec<_> =
            GRAINS.into_iter().map(|(grain, _)| Interval::around(at, grain).to_string()).collect();
        assert_eq!(names, ["2026-10", "2026-10-05", "2026-10-05T14", "2026-10-05T14:30"]);
    }
}
