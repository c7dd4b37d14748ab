//! Programs in Python that read and check our documents with libraries that others keep: `tests/python`.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Names the interpreter that has what `tests/python/requirements.txt` names.
const INTERPRETER: &str = "MASTHEAD_TEST_PYTHON";

/// A path in the directory of the tests.
fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The interpreter that `MASTHEAD_TEST_PYTHON` names; left out, that of the environment which `scripts/python` made in the
/// usual target directory; without one, the first on the path.
fn interpreter() -> PathBuf {
    let made = beside("../target/python/bin/python3");
    match std::env::var_os(INTERPRETER) {
        Some(named) => named.into(),
        None if made.exists() => made,
        None => "python3".into(),
    }
}

/// Gives JSON to a program of `tests/python`, and takes what it answers.
///
/// # Panics
/// When it does not run. The test fails then; it is never left out.
pub async fn run(program: &str, input: &Value) -> Value {
    let interpreter = interpreter();
    let failed = |why: &str| -> ! {
        panic!(
            "tests/python/{program} does not run with {}: {why}\n`scripts/test` makes a Python that has what it needs, and so does \
             `scripts/python`, which prints its path; {INTERPRETER} names another.",
            interpreter.display()
        )
    };
    let mut command = Command::new(&interpreter);
    command.arg("-I").arg(beside("python").join(program)).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap_or_else(|error| failed(&error.to_string()));
    let mut stdin = process.stdin.take().expect("an input");
    let input = input.to_string();
    // It reads everything before it writes. When it does not read, it says why.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = process.wait_with_output().await.expect("it ends");
    if !output.status.success() {
        failed(&String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| failed(&error.to_string()))
}

/// The faults of each document by a schema of `tests/schemas`.
///
/// # Panics
/// When the validator does not run.
pub async fn faults(schema: &str, documents: &[&str]) -> Vec<Vec<String>> {
    let schema = beside("schemas").join(schema);
    let input = serde_json::json!({ "schema": schema, "documents": documents });
    serde_json::from_value(run("fits.py", &input).await).expect("a list for each document")
}
