//! The binary. Everything it does is in the library.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    masthead_gateway::cli::run().await
}
