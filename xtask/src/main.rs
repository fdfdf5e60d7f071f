//! Everything around building: `cargo xtask run | test | tidy | web | schema | release | bench`.
//!
//! A fresh machine needs Rust and Node; the rest is installed from the system's and the languages' package registries
//! by the command that needs it, and each command says what it does.

mod bench;
mod browser;
mod checks;
mod one_pass;
mod release;
mod requirements;
mod run;
mod schema;
mod step;
mod tidy;
mod web;

use std::process::ExitCode;
use step::Outcome;

const HELP: &str = "\
cargo xtask COMMAND

  run [ARGS]     build everything and start rookery on ./data (ARGS go to `rookery serve`)
  test           everything that must hold before a change lands
  test NAME      one part of it: fmt clippy doc deny tidy schema rust web browser
  tidy           the walls: crates, sizes, names, words
  web            build the web UI into web/build
  schema         write docs/openapi.json, the TypeScript client and the files under deploy/ from the code
  release        build the program as people get it, without need of any library beside it
  bench [NAME]   measure the budgets: nest search throwback autofill backup start memory latency fanout import play-logs stream
                 echonest
";

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line")]
fn main() -> ExitCode {
    if let Some(code) = one_pass::answer_cargo() {
        return code;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &args[..]),
    };
    let outcome: Outcome = match command {
        // Whoever is used to `cargo run --` writes the dashes here, too.
        "run" => run::run(rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest)),
        "test" => checks::run(rest),
        "tidy" => tidy::run(),
        "web" => web::build(),
        "schema" => schema::write(),
        "release" => release::build(),
        "bench" => bench::run(rest),
        _ => {
            print!("{HELP}");
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\nxtask {command}: {why}");
            ExitCode::FAILURE
        }
    }
}
