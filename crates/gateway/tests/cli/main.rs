//! What an operator does by the commands of the binary.

mod gifts;
mod groups;
mod keys;
mod members;
mod partners;
mod settings;
mod tiers;

use std::path::Path;
use std::process::Command;

/// Runs a command on the data in this directory: whether it succeeded, and what it wrote.
fn masthead(data: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .current_dir(data)
        .env_clear()
        .env("MASTHEAD_DATA_DIR", data)
        .args(arguments)
        .output()
        .expect("the command runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text").trim_end().to_owned())
}

fn done(data: &Path, arguments: &[&str]) -> String {
    let (is_success, text) = masthead(data, arguments);
    assert!(is_success, "{arguments:?}: {text}");
    text
}

fn refused(data: &Path, arguments: &[&str]) -> String {
    let (is_success, text) = masthead(data, arguments);
    assert!(!is_success, "{arguments:?}: {text}");
    text
}
