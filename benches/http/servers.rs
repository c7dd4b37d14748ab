//! The servers that are measured, each in a process of its own.

use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

/// What a server says when it listens.
const LISTENING: &str = "listening on http://";

/// What this program is told to be the bare server.
pub(crate) const BARE: &str = "bare";

/// Names a binary of Masthead to measure, such as one of another profile.
const BINARY: &str = "MASTHEAD_BENCH_BINARY";

fn this_program() -> PathBuf {
    std::env::current_exe().expect("this program has a path")
}

/// The binary that is measured. When none is named, this program lies beside it, in a directory for what only builds need.
pub(crate) fn masthead() -> PathBuf {
    let path = std::env::var_os(BINARY).map_or_else(
        || this_program().parent().and_then(Path::parent).expect("a target directory").join("masthead"),
        PathBuf::from,
    );
    assert!(path.exists(), "There is no {}. `cargo build --release` makes it.", path.display());
    path
}

/// An empty directory below the target directory, for this part of the benchmark.
pub(crate) fn directory(part: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(part);
    // It is there when it was measured before.
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

/// A program to be run away from the settings of whoever measures.
fn program(path: PathBuf, words: &[&str], directory: &Path) -> Command {
    let mut command = Command::new(path);
    command.args(words).current_dir(directory).env_clear();
    command.env("MASTHEAD_DATA_DIR", directory).env("MASTHEAD_WORKERS", "1");
    // One address and few tokens ask for everything here.
    command.env("MASTHEAD_LIMITS__ANONYMOUS_PER_MINUTE", "0");
    command.env("MASTHEAD_LIMITS__CREDENTIAL_PER_MINUTE", "0");
    command
}

/// The last line that a command of Masthead prints.
pub(crate) fn told(words: &[&str], directory: &Path) -> String {
    let output = program(masthead(), words, directory).output().expect("it runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().last().expect("a line").to_owned()
}

/// A server in a process of its own. It ends with its owner.
pub(crate) struct Running {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Running {
    /// Masthead, on what lies in the directory.
    pub(crate) fn masthead(directory: &Path) -> Self {
        Self::start(program(masthead(), &["serve", "--listen", "127.0.0.1:0"], directory), "")
    }

    /// A server that always answers with these header fields and this body, whatever it is asked.
    pub(crate) fn bare(answer: &(Vec<(String, String)>, String), directory: &Path) -> Self {
        let known = serde_json::to_string(answer).expect("JSON");
        Self::start(program(this_program(), &[BARE], directory), &known)
    }

    fn start(mut command: Command, input: &str) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("it starts");
        let mut stdin = process.stdin.take().expect("an input");
        stdin.write_all(input.as_bytes()).expect("written");
        drop(stdin);
        let lines = BufReader::new(process.stdout.take().expect("an output")).lines();
        let mut said = lines.map_while(Result::ok);
        let address = said.find_map(|line| line.strip_prefix(LISTENING)?.parse().ok());
        Self { process, address: address.expect("it listens") }
    }

    /// The processor time that all threads of the process have taken so far, in user and in system mode.
    pub(crate) fn cpu_time(&self) -> Duration {
        /// Ticks a second of what Linux tells programs, on every architecture that Rust's standard library knows.
        const TICKS: u64 = 100;
        let path = format!("/proc/{}/stat", self.process.id());
        let stat = std::fs::read_to_string(path).expect("processor times, as Linux has them");
        // The second field is a name in brackets, which may hold anything; the 14th and 15th are the times.
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().expect("ticks"))
            .sum();
        Duration::from_millis(ticks * 1_000 / TICKS)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server that knows one answer, which it reads from its input.
pub(crate) async fn bare() -> ExitCode {
    let known = std::io::read_to_string(std::io::stdin()).expect("an answer");
    let (headers, body): (Vec<(String, String)>, String) = serde_json::from_str(&known).expect("an answer");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let body = Bytes::from(body);
    let server = HttpServer::new(move || {
        let (body, headers) = (body.clone(), headers.clone());
        // It reads what is sent; else the connection would end.
        App::new().default_service(web::to(move |_sent: Bytes| {
            let mut response = HttpResponse::Ok();
            for (name, value) in &headers {
                response.insert_header((name.as_str(), value.as_str()));
            }
            let response = response.body(body.clone());
            async move { response }
        }))
    });
    let server = server.workers(1).tcp_nodelay(true).listen(listener).expect("listening").run();
    println!("{LISTENING}{address}");
    server.await.expect("served");
    ExitCode::SUCCESS
}
