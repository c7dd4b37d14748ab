//! How much one request may ask for.

use masthead_domain::page::MAX_PAGE;
use std::time::Duration;

/// The limits of one request. A limit is the largest value that passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The body of the HTTP request, in bytes.
    pub body_bytes: usize,
    /// The text of the document, in bytes.
    pub query_bytes: usize,
    /// The lexical tokens of the document.
    pub tokens: usize,
    /// How deep `{`, `[` and `(` nest in the text, together.
    pub brackets: usize,
    /// How deep fields nest, with fragments expanded.
    pub depth: usize,
    /// How deep selection sets nest, with fragments expanded: fields, fragments and inline fragments count.
    pub levels: usize,
    /// The fields of all operations together, with fragments expanded.
    pub fields: u64,
    /// The fields at the root of one operation, with fragments expanded.
    pub root_fields: u64,
    /// The aliases in the text.
    pub aliases: usize,
    /// The directives in the text.
    pub directives: usize,
    /// The operations in the text.
    pub operations: usize,
    /// The fragment definitions in the text.
    pub fragments: usize,
    /// What the chosen operation may cost: its fields, each counted as often as there are rows around it.
    pub complexity: u64,
    /// How many rows are counted for a page whose size is not given.
    pub page_rows: u64,
    /// How many rows are counted for a list of anything that may be of several kinds: the blocks of a body.
    pub body_rows: u64,
    /// How many rows are counted for a list of the whole publication without pages, such as all sections.
    pub whole_rows: u64,
    /// How many rows are counted for a list without pages of things like the one it stands in, such as the
    /// sections below a section.
    pub below_rows: u64,
    /// What a field that renders a body counts like, in plain fields.
    pub body_weight: u64,
    /// The rows that are read in fact: articles, and the authors, tags, sources, sections and tiers beside them.
    pub rows: u64,
    /// The data of the answer, in bytes of JSON.
    pub answer_bytes: u64,
    /// How long the answer may take.
    pub time: Duration,
    /// How many rows are counted for any other list without pages, such as the tags of an article.
    pub list_rows: u64,
    /// The most rows that are counted for one page or list. A larger page is refused where it is read, with
    /// words of its own.
    pub most_rows: u64,
    /// How deep the values of variables nest.
    pub variable_depth: usize,
    /// The values in all variables together; each 64 bytes of text count as one more.
    pub variable_values: usize,
    /// The values that would be put in place of variables, counted at each place.
    pub substitutions: u64,
    /// Whether a client may ask for the schema itself.
    pub introspection: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 128 * 1024,
            query_bytes: 32 * 1024,
            tokens: 5_000,
            brackets: 64,
            depth: 20,
            levels: 48,
            fields: 2_000,
            root_fields: 20,
            aliases: 100,
            directives: 100,
            operations: 20,
            fragments: 100,
            complexity: 20_000,
            page_rows: 20,
            body_rows: 10,
            whole_rows: 50,
            below_rows: 10,
            body_weight: 50,
            rows: 10_000,
            answer_bytes: 16 * 1024 * 1024,
            time: Duration::from_secs(10),
            list_rows: 3,
            most_rows: u64::from(MAX_PAGE),
            variable_depth: 16,
            variable_values: 2_000,
            substitutions: 50_000,
            introspection: true,
        }
    }
}
