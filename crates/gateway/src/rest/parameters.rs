//! The query string, read strictly: a name that is not known, stands twice or is empty is an error.

use crate::error::{Code, Problem, quote};
use crate::operation::cursor::ListName;
use actix_web::HttpRequest;
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{MAX_PAGE, PageRequest, PageSize, Window};
use std::str::FromStr;

/// The parameters of a request that have not been taken yet.
pub(crate) struct Parameters {
    left: Vec<(String, String)>,
}

/// How many parameters a query string may have. No route knows half as many.
const MAX_PARAMETERS: usize = 32;

/// How many rows a page has when nothing is said.
const DEFAULT_PAGE: u32 = 20;

/// Marks a cursor that leads back. A cursor that leads on carries no mark, as it does in GraphQL.
const BACK: char = '~';

impl Parameters {
    /// Reads the query string.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut left: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            if left.len() == MAX_PARAMETERS {
                let detail = format!("The query string has more than {MAX_PARAMETERS} parameters.");
                return Err(Problem::new(Code::InvalidRequest, detail));
            }
            if left.iter().any(|(known, _)| *known == name) {
                return Err(wrong(&name, &"stands more than once"));
            }
            if value.is_empty() {
                return Err(wrong(&name, &"is empty"));
            }
            left.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { left })
    }

    /// Those of whoever says nothing.
    pub(crate) const fn none() -> Self {
        Self { left: Vec::new() }
    }

    /// Takes a parameter as text.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let place = self.left.iter().position(|(known, _)| known == name)?;
        Some(self.left.swap_remove(place).1)
    }

    /// Takes a parameter that has a form.
    pub(crate) fn parse<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        let parse = |text: String| text.parse().map_err(|error: T::Err| wrong(name, &error));
        self.text(name).map(parse).transpose()
    }

    /// Takes a parameter that is one of a few words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                Err(wrong(name, &format!("is none of {}", known.join(", "))))
            }
        }
    }

    /// Takes an instant.
    pub(crate) fn instant(&mut self, name: &'static str) -> Result<Option<Timestamp>, Problem> {
        let parse = |text: String| Timestamp::parse(&text).map_err(|error| wrong(name, &error));
        self.text(name).map(parse).transpose()
    }

    /// Takes `limit` alone.
    pub(crate) fn limit(&mut self) -> Result<PageSize, Problem> {
        self.limit_or(DEFAULT_PAGE)
    }

    /// Takes `limit` alone, which is this much when nothing is said.
    pub(crate) fn limit_or(&mut self, usual: u32) -> Result<PageSize, Problem> {
        let wrong = || wrong("limit", &format!("must be a number from 1 to {MAX_PAGE}"));
        let rows = self.text("limit").map_or(Ok(usual), |text| text.parse().map_err(|_| wrong()))?;
        PageSize::new(rows).map_err(|_| wrong())
    }

    /// Takes `limit` and `cursor`.
    pub(crate) fn page(&mut self, list: ListName) -> Result<PageRequest, Problem> {
        Ok(PageRequest { size: self.limit()?, window: self.window(list)? })
    }

    /// Takes `cursor`.
    pub(crate) fn window(&mut self, list: ListName) -> Result<Window, Problem> {
        Ok(match self.text("cursor") {
            None => Window::After(None),
            Some(cursor) => match cursor.strip_prefix(BACK) {
                Some(cursor) => Window::Before(Some(list.decode("cursor", cursor)?)),
                None => Window::After(Some(list.decode("cursor", &cursor)?)),
            },
        })
    }

    /// Refuses what has not been taken.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.left.first() {
            Some((name, _)) => Err(Problem::unknown_parameter(name)),
            None => Ok(()),
        }
    }
}

fn wrong(name: &str, fault: &dyn std::fmt::Display) -> Problem {
    Problem::invalid_parameter(name, format!("{}: {fault}.", quote(name)))
}

/// The cursor that leads back from a row.
pub(crate) fn back(cursor: &str) -> String {
    format!("{BACK}{cursor}")
}
