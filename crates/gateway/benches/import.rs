//! How fast an export of Ghost comes in, and how much memory it takes: `cargo bench -p masthead-gateway
//! --bench import`.
//!
//! Makes an export of ordinary posts (7 KB of lexical each, with the HTML and the plain text that Ghost writes beside
//! it) in the order of their publication, and takes it into SQLite on disk. The time is the median of three runs, each
//! into a new database; it is compared with that of `serde_json` alone reading the same file, so that a busy or slow
//! machine shows. Each size runs in a process of its own, so that the peak of its memory is its own: it must not grow
//! with the file.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it has measured")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
use masthead_domain::clock::Timestamp;
use masthead_gateway::import::ghost::{GhostOptions, Target, import_ghost};
use masthead_gateway::import::progress::Silent;
use masthead_gateway::import::summary::ImportSummary;
use masthead_persistence::{Store, StoreOptions};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

/// The sizes in articles: files of about 60 and 600 MB.
const SIZES: [usize; 2] = [4_000, 40_000];

/// How often each measurement is taken; the median counts.
const RUNS: usize = 3;

const TAGS: usize = 40;
const USERS: usize = 25;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.iter().position(|word| word == "measure").and_then(|at| words.get(at + 1)) {
        Some(articles) => measure(articles.parse().expect("a number of articles")),
        None => SIZES.into_iter().for_each(in_a_process_of_its_own),
    }
}

fn in_a_process_of_its_own(articles: usize) {
    let this = std::env::current_exe().expect("this program has a path");
    let status = Command::new(this).args(["measure", &articles.to_string()]).status();
    assert!(status.expect("it starts").success(), "the measurement of {articles} articles failed");
}

fn measure(articles: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    let export = directory.path().join("export.json");
    write_export(&export, articles).expect("an export");
    let megabytes = export.metadata().expect("a file").len() / 1_000_000;
    println!("{articles} articles, {megabytes} MB");
    let parsed = median(|_| {
        let start = Instant::now();
        parse(&export);
        start.elapsed().as_secs_f64()
    });
    report("serde_json alone", articles, parsed, parsed);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let file = |run: usize| directory.path().join(format!("{run}.db"));
    let imported = |run: usize, created: u64| {
        runtime.block_on(async {
            let store = Store::connect(&StoreOptions::new(format!("sqlite://{}", file(run).display()))).await;
            let store = store.expect("a store");
            store.migrate().await.expect("a schema");
            let start = Instant::now();
            let summary = take_in(Target::Store(&store), &export).await;
            let seconds = start.elapsed().as_secs_f64();
            assert_eq!((summary.articles.found, summary.articles.created), (articles as u64, created));
            store.close().await.expect("closed");
            seconds
        })
    };
    let checked = median(|_| {
        let start = Instant::now();
        runtime.block_on(take_in(Target::Nowhere(None), &export));
        start.elapsed().as_secs_f64()
    });
    report("checked only", articles, checked, parsed);
    report("new", articles, median(|run| imported(run, articles as u64)), parsed);
    report("once more", articles, median(|run| imported(run, 0)), parsed);
    match peak_kilobytes() {
        Some(peak) => println!("  memory at most {} MB", peak / 1_000),
        None => println!("  memory: this system does not tell"),
    }
}

fn report(name: &str, articles: usize, seconds: f64, reference: f64) {
    let rate = articles as f64 / seconds;
    println!("  {name:<17} {seconds:>7.2} s  {rate:>7.0} articles/s  {:>6.1} x", seconds / reference);
}

fn median(measure: impl FnMut(usize) -> f64) -> f64 {
    let mut seconds: Vec<f64> = (0..RUNS).map(measure).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[RUNS / 2]
}

/// Reads the file with `serde_json` and keeps nothing.
fn parse(export: &Path) {
    let file = BufReader::with_capacity(256 << 10, File::open(export).expect("a file"));
    let _: serde::de::IgnoredAny = serde_json::from_reader(file).expect("JSON");
}

async fn take_in(target: Target<'_>, export: &Path) -> ImportSummary {
    let now = Timestamp::parse("2026-11-24T12:00:00Z").expect("an instant");
    let options = GhostOptions { site_url: None, now };
    import_ghost(target, export, &options, Arc::new(Silent)).await.expect("an import")
}

/// The most memory that this process has held, as Linux counts it.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Posts are made every quarter of an hour from the beginning of 2020 on.
const FIRST: i64 = 1_577_836_800;
const APART: i64 = 900;

/// An ObjectId, which begins with the second in which the row was made.
fn id(table: u32, number: usize) -> String {
    let made = FIRST + APART * number as i64;
    format!("{made:08x}{table:08x}{number:08x}")
}

/// The instant of a post as Ghost writes it.
fn instant(number: usize) -> String {
    let at = Timestamp::try_from((FIRST + APART * number as i64) * 1_000_000).expect("an instant");
    at.to_string().trim_end_matches('Z').replacen('T', " ", 1)
}

fn write_export(path: &Path, articles: usize) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    write!(out, "{{\"db\":[{{\"meta\":{{\"exported_on\":1,\"version\":\"6.65.0\"}},\"data\":{{")?;
    table(&mut out, "posts", articles, post)?;
    table(&mut out, "posts_meta", articles, |number| {
        let alt = "A map of the northern strait with the new border drawn in";
        json!({"id": id(2, number), "post_id": id(1, number), "feature_image_alt": alt, "email_only": 0,
            "feature_image_caption": "<span>AI generated illustration</span>", "meta_title": null})
    })?;
    table(&mut out, "users", USERS, |number| {
        json!({"id": id(3, number), "name": format!("Author {number}"), "slug": format!("author-{number}"),
            "bio": "Watches treaties, budgets and cables.", "password": "$2b$10$", "email": "a@example.org"})
    })?;
    table(
        &mut out,
        "posts_authors",
        articles,
        |number| json!({"id": id(4, number), "post_id": id(1, number), "author_id": id(3, number % USERS), "sort_order": 0}),
    )?;
    table(
        &mut out,
        "tags",
        TAGS,
        |number| json!({"id": id(5, number), "name": format!("Tag {number}"), "slug": format!("tag-{number}")}),
    )?;
    table(&mut out, "posts_tags", articles * 3, |number| {
        let tag = if number % 3 == 0 { number / 3 % 6 } else { 6 + number * 7 % (TAGS - 6) };
        json!({"id": id(6, number), "post_id": id(1, number / 3), "tag_id": id(5, tag), "sort_order": number % 3})
    })?;
    write!(out, "\"settings\":[]}}}}]}}")?;
    out.flush()
}

fn table(out: &mut impl Write, name: &str, rows: usize, row: impl Fn(usize) -> Value) -> std::io::Result<()> {
    write!(out, "\"{name}\":[")?;
    for number in 0..rows {
        if number > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, &row(number))?;
    }
    write!(out, "],")
}

/// Seven paragraphs with a heading, a link to another post, a picture and, in two of three, a paywall.
fn post(number: usize) -> Value {
    let text = |text: &str, format: u8| {
        json!({"detail": 0, "format": format, "mode": "normal", "style": "", "text": text, "type": "extended-text",
            "version": 1})
    };
    let block = |kind: &str, children: Value| {
        json!({"children": children, "direction": "ltr", "format": "", "indent": 0, "type": kind, "version": 1,
            "tag": "h2"})
    };
    let sentence = format!(
        "The foreign ministry published the prisoner list in the mining belt as deadline {number} passed, and the \
         export agency quietly revised the water quota in the northern strait although nobody had asked for it. "
    );
    let paragraph = |number: usize| {
        let link = json!({"children": [text("our earlier report", 0)], "direction": "ltr", "format": "", "indent": 0,
            "type": "link", "version": 1, "url": format!("__GHOST_URL__/post-{}/", number / 2)});
        block("paragraph", json!([text(&sentence, 0), link, text(" showed it. ", 1), text(&sentence, 0)]))
    };
    let mut nodes = vec![paragraph(number), block("extended-heading", json!([text("What was promised", 0)]))];
    nodes.push(paragraph(number));
    nodes.push(
        json!({"type": "image", "version": 1, "src": "__GHOST_URL__/content/images/map.jpg", "width": 1600,
        "height": 900, "alt": "A map", "caption": "AI generated illustration"}),
    );
    if !number.is_multiple_of(3) {
        nodes.push(json!({"type": "paywall", "version": 1}));
    }
    nodes.extend((0..5).map(|_| paragraph(number)));
    let lexical =
        json!({"root": {"children": nodes, "direction": "ltr", "format": "", "indent": 0, "type": "root",
        "version": 1}})
        .to_string();
    let plain = sentence.repeat(10);
    let visibility = ["public", "members", "paid"][number % 3];
    json!({
        "id": id(1, number), "uuid": id(9, number), "title": format!("What changed in the strait, part {number}"),
        "slug": format!("post-{number}"), "mobiledoc": null, "lexical": lexical,
        "html": format!("<p>{plain}</p>").replace(". ", ".</p><p>"), "plaintext": plain,
        "feature_image": "__GHOST_URL__/content/images/map.jpg", "featured": 0, "type": "post",
        "status": "published", "visibility": visibility,
        "created_at": instant(number), "updated_at": instant(number), "published_at": instant(number),
        "custom_excerpt": "The export agency quietly revised the water quota.", "reading_time": 4,
    })
}
