//! The first sweep over the file: follows its structure, checks every row, and keeps the small ones. Of posts
//! and their metadata it keeps where they lie.

use super::error::ImportError;
use super::scan::{ScanError, Scanner};
use super::tables::{
    Benefit, Key, Meta, PostAuthor, PostHead, PostMetaHead, PostProduct, PostTag, Product, ProductBenefit,
    Setting, SettingValue, Tag, Tie, User,
};
use crate::import::notes::Notes;
use crate::import::progress::Progress;
use masthead_domain::clock::Timestamp;
use masthead_domain::slug::MAX_SLUG;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

/// Where a row lies in the file, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) offset: u64,
    pub(super) length: usize,
}

/// A post, as far as it must be known before it is converted.
pub(super) struct Head {
    pub(super) key: Key,
    /// Its place in the table, from zero.
    pub(super) row: usize,
    pub(super) span: Span,
    pub(super) slug: Option<Box<str>>,
    /// The beginning of the title, for a post that has no slug.
    pub(super) title: Option<Box<str>>,
    pub(super) status: Box<str>,
    pub(super) created: Option<Timestamp>,
}

/// Everything small that the export holds.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) posts: Vec<Head>,
    pub(super) metas: HashMap<Key, (Span, bool)>,
    pub(super) post_tags: Vec<Tie>,
    pub(super) post_authors: Vec<Tie>,
    pub(super) post_products: Vec<Tie>,
    pub(super) product_benefits: Vec<Tie>,
    pub(super) users: Vec<User>,
    pub(super) tags: Vec<Tag>,
    pub(super) products: Vec<Product>,
    pub(super) benefits: Vec<Benefit>,
    pub(super) locale: Option<String>,
    version: Option<String>,
    has_data: bool,
    other_tables: BTreeMap<String, u64>,
}

const MAX_TABLES: usize = 1_000;

/// How many bytes pass between two words on the progress.
const TELL_EVERY: u64 = 1 << 20;

/// Sweeps over the file.
pub(super) fn collect(
    path: &Path,
    notes: &mut Notes,
    progress: &dyn Progress,
) -> Result<Collected, ImportError> {
    let file = File::open(path).map_err(|error| ImportError::read(path, error))?;
    let mut sweep = Sweep {
        path,
        scanner: Scanner::new(file),
        progress,
        told: 0,
        within: String::new(),
        found: Collected::default(),
    };
    sweep.file()?;
    let found = sweep.found;
    for (table, rows) in &found.other_tables {
        notes.left_out_many(&format!("table {table}"), *rows);
    }
    Ok(found)
}

struct Sweep<'p> {
    path: &'p Path,
    scanner: Scanner<File>,
    progress: &'p dyn Progress,
    told: u64,
    within: String,
    found: Collected,
}

impl Sweep<'_> {
    fn failed(&self, error: ScanError) -> ImportError {
        ImportError::scan(self.path, error, &self.within)
    }

    /// `{"db": [{"meta": …, "data": …}]}`, or the inner object alone.
    fn file(&mut self) -> Result<(), ImportError> {
        self.scanner.expect(b'{', "an object").map_err(|error| self.failed(error))?;
        let mut databases = 0;
        self.entries(b'}', |sweep| match sweep.key()?.as_str() {
            "db" => {
                sweep.expect(b'[', "a list")?;
                sweep.entries(b']', |sweep| {
                    databases += 1;
                    if databases > 1 {
                        return Err(ImportError::NotGhost { reason: "it holds more than one database" });
                    }
                    sweep.expect(b'{', "an object")?;
                    sweep.entries(b'}', Self::part)
                })
            }
            name => sweep.named_part(name),
        })?;
        match self.scanner.peek() {
            Ok(None) => {}
            Ok(Some(_)) => {
                let error = ScanError::Syntax { offset: self.scanner.offset(), expected: "the end" };
                return Err(self.failed(error));
            }
            Err(error) => return Err(self.failed(error)),
        }
        self.check()
    }

    fn check(&self) -> Result<(), ImportError> {
        let Some(version) = &self.found.version else {
            return Err(ImportError::NotGhost { reason: "`meta` with a `version` is missing" });
        };
        if !self.found.has_data {
            return Err(ImportError::NotGhost { reason: "`data` is missing" });
        }
        match version.split('.').next() {
            Some("5" | "6") => Ok(()),
            _ => Err(ImportError::Version {
                found: version.chars().filter(|c| !c.is_control()).take(40).collect(),
            }),
        }
    }

    fn part(&mut self) -> Result<(), ImportError> {
        let key = self.key()?;
        self.named_part(&key)
    }

    fn named_part(&mut self, name: &str) -> Result<(), ImportError> {
        match name {
            "meta" => self.row("meta", 0, |found, _, meta: Meta| found.version = Some(meta.version)),
            "data" => {
                self.found.has_data = true;
                self.expect(b'{', "an object of tables")?;
                self.entries(b'}', Self::table)
            }
            other => self.row(other, 0, |_, _, _: IgnoredAny| {}),
        }
    }

    fn table(&mut self) -> Result<(), ImportError> {
        let table = self.key()?;
        self.within.clone_from(&table);
        self.expect(b'[', "a list of rows")?;
        let mut row = 0;
        self.entries(b']', |sweep| {
            let done = sweep.table_row(&table, row);
            row += 1;
            done
        })?;
        self.within.clear();
        Ok(())
    }

    fn table_row(&mut self, table: &str, row: usize) -> Result<(), ImportError> {
        match table {
            "posts" => self.row(table, row, Collected::post),
            "posts_meta" => self.row(table, row, |found, raw, meta: PostMetaHead| {
                found.metas.insert(meta.post_id, (raw.span, meta.email_only.unwrap_or_default().0));
            }),
            "posts_tags" => self.row(table, row, |found, _, tie: PostTag| found.post_tags.push(tie.into())),
            "posts_authors" => {
                self.row(table, row, |found, _, tie: PostAuthor| found.post_authors.push(tie.into()))
            }
            "posts_products" => {
                self.row(table, row, |found, _, tie: PostProduct| found.post_products.push(tie.into()))
            }
            "products_benefits" => {
                self.row(table, row, |found, _, tie: ProductBenefit| found.product_benefits.push(tie.into()))
            }
            "users" => self.row(table, row, |found, _, user| found.users.push(user)),
            "tags" => self.row(table, row, |found, _, tag| found.tags.push(tag)),
            "products" => self.row(table, row, |found, _, product| found.products.push(product)),
            "benefits" => self.row(table, row, |found, _, benefit| found.benefits.push(benefit)),
            "settings" => self.row(table, row, |found, raw, setting: Setting| {
                if setting.key == "locale" {
                    let value: Option<SettingValue> = serde_json::from_slice(raw.text).ok();
                    found.locale = value.and_then(|setting| setting.value);
                }
                found.count(table);
            }),
            _ => self.row(table, row, |found, _, _: IgnoredAny| found.count(table)),
        }
    }

    /// Reads one row, and keeps what matters of it.
    fn row<T: DeserializeOwned>(
        &mut self,
        table: &str,
        row: usize,
        keep: impl FnOnce(&mut Collected, &Raw<'_>, T),
    ) -> Result<(), ImportError> {
        let (offset, text) =
            self.scanner.value().map_err(|error| ImportError::scan(self.path, error, &self.within))?;
        let read = serde_json::from_slice(text)
            .map_err(|error| ImportError::row(self.path, table, row, offset, text, &error))?;
        let span = Span { offset, length: text.len() };
        keep(&mut self.found, &Raw { span, row, text }, read);
        let passed = offset + text.len() as u64 - self.told;
        if passed > TELL_EVERY {
            self.told += passed;
            self.progress.advance(passed);
        }
        Ok(())
    }

    fn key(&mut self) -> Result<String, ImportError> {
        self.scanner.key().map_err(|error| self.failed(error))
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), ImportError> {
        self.scanner.expect(byte, expected).map_err(|error| self.failed(error))
    }

    /// Runs through the entries of an object or list that has been opened and ends with `close`.
    fn entries(
        &mut self,
        close: u8,
        mut entry: impl FnMut(&mut Self) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let mut first = true;
        while self.scanner.another(close, &mut first).map_err(|error| self.failed(error))? {
            entry(self)?;
        }
        Ok(())
    }
}

/// A row as it stands in the file.
struct Raw<'t> {
    span: Span,
    row: usize,
    text: &'t [u8],
}

impl Collected {
    fn post(&mut self, raw: &Raw<'_>, post: PostHead) {
        let short = |text: String| text.chars().take(MAX_SLUG).collect::<String>().into_boxed_str();
        let title = if post.slug.is_none() { post.title.map(short) } else { None };
        self.posts.push(Head {
            key: post.id,
            row: raw.row,
            span: raw.span,
            title,
            slug: post.slug.map(short),
            status: post.status.unwrap_or_default().into_boxed_str(),
            created: post.created_at.map(|moment| moment.0),
        });
    }

    fn count(&mut self, table: &str) {
        let full = self.other_tables.len() >= MAX_TABLES && !self.other_tables.contains_key(table);
        let table = if full { "of another name" } else { table };
        *self.other_tables.entry(table.to_owned()).or_default() += 1;
    }
}
