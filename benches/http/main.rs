//! How fast a request is answered, as a ratio against a bare actix-web server that sends the same bytes, and how much of a
//! core partners take who ask again and again whether there is something new.
//!
//!     cargo build --release
//!     cargo bench -p masthead-benches              # everything
//!     cargo bench -p masthead-benches -- feeds     # one part: articles, feeds or polls
//!
//! `MASTHEAD_BENCH_BINARY=…` measures another binary than that of this tree.
//!
//! Both servers run in processes of their own with one worker each: Masthead is the binary that `cargo build --release` has
//! made, and the bare server is this program. One thread asks. The servers take turns, so that both meet the same
//! machine; the medians of the turns are printed.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod articles;
mod feeds;
mod load;
mod polls;
mod servers;
mod syndication;

use std::process::ExitCode;

/// This program is the bare server as well, when it is told so.
fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let words: Vec<_> = std::env::args().skip(1).collect();
    if words == [servers::BARE] {
        return runtime.block_on(servers::bare());
    }
    // What cargo says to every benchmark, `--bench`, is no part.
    let parts: Vec<_> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = parts.iter().find(|part| !["articles", "feeds", "polls"].contains(part)) {
        println!("There is no part {unknown}: articles, feeds, polls.");
        return ExitCode::FAILURE;
    }
    println!("Measuring {}, as it was built last.", servers::masthead().display());
    let is_wanted = |part| parts.is_empty() || parts.contains(&part);
    runtime.block_on(async {
        if is_wanted("articles") {
            articles::measure().await;
        }
        if is_wanted("feeds") {
            feeds::measure().await;
        }
        if is_wanted("polls") {
            polls::measure().await;
        }
    });
    ExitCode::SUCCESS
}
