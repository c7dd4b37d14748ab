//! How much time of the processor it takes to refuse a bomb: `cargo bench -p masthead-gateway --bench guard`.
//!
//! A bomb is a small document that would cost a careless server its stack or minutes of work. The time is that
//! of this thread alone, so other work on the machine does not count. Fails when a limit is passed.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it has measured")]

use cpu_time::ThreadTime;
use masthead_gateway::error::Code;
use masthead_gateway::graphql::guard::{Catalogue, Guard, Limits};
use masthead_gateway::graphql::sdl;
use std::time::Duration;

/// What refusing one document may take.
const LIMIT: Duration = Duration::from_millis(5);

const TRIES: usize = 101;

fn main() {
    let limits = Limits::default();
    let catalogue = Catalogue::read(&sdl(), &[], &limits).expect("the schema can be read");
    let guard = Guard::new(limits, catalogue);
    println!("{:<44}{:>8}{:>12}{:>12}{:>10}", "", "bytes", "median", "most", "limit");
    for (name, text, code) in [
        ("lists nested 2,000 deep", nested("[", "]"), Code::QueryTooDeep),
        ("objects nested 2,000 deep", nested("{a:", "}"), Code::QueryTooDeep),
        ("fragments that fan out by 2 over 23 levels", fan_out(), Code::QueryTooComplex),
    ] {
        let mut times: Vec<Duration> = (0..TRIES).map(|_| refuse(&guard, &text, code)).collect();
        times.sort();
        let (median, most) = (times[TRIES / 2], times[TRIES - 1]);
        let size = text.len();
        println!("{name:<44}{size:>8}{:>12}{:>12}{:>10}", shown(median), shown(most), shown(LIMIT));
        assert!(median < LIMIT, "{name}: refused after {median:?}, and {LIMIT:?} is the limit");
    }
}

/// A refused document is never kept, so each try reads it anew.
fn refuse(guard: &Guard, text: &str, code: Code) -> Duration {
    let start = ThreadTime::now();
    let outcome = guard.check(text);
    let time = start.elapsed();
    assert_eq!(outcome.err().expect("refused").code, code);
    time
}

fn shown(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1_000.0)
}

fn nested(open: &str, close: &str) -> String {
    format!("{{ node(id: {}1{}) {{ id }} }}", open.repeat(2_000), close.repeat(2_000))
}

fn fan_out() -> String {
    let levels = (0..23).map(|level| {
        let next = level + 1;
        format!(" fragment F{level} on Query{{...F{next} ...F{next}}}")
    });
    format!("{{...F0}}{} fragment F23 on Query{{__typename}}", levels.collect::<String>())
}
