//! `rookery smoke URL`: whether a running server does what it is for, seen from outside. The exit code says it to programs.

use super::print;
use crate::failure::Failure;
use clap::Args;
use smoke::{Check, Found, Proofs};

/// What to look at.
#[derive(Debug, Args)]
pub struct SmokeArgs {
    /// The server: <https://music.example.org>
    pub url: String,
    /// An API token of a member who may open nests, with the scopes listen, add and control [default: a stranger looks]
    #[arg(long, env = "ROOKERY_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A service token of a protected environment (`rookery access token create`) [default: from the street]
    #[arg(long, env = "ROOKERY_ACCESS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub access_token: Option<String>,
    /// Strangers must be kept out: what they reach beside what is meant to be open is a finding.
    #[arg(long)]
    pub protected: bool,
    /// Looks only whether it lives and is ready: for whoever restarts it otherwise.
    #[arg(long, conflicts_with = "token")]
    pub brief: bool,
    /// Prints one JSON object a line, for programs.
    #[arg(long)]
    pub json: bool,
}

/// # Errors
/// [`Failure::Smoke`] if something does not hold, or the address is none.
pub async fn run(args: SmokeArgs) -> Result<(), Failure> {
    let tell = |check: &Check| print(&if args.json { line(check) } else { shown(check) });
    let checks = match args.brief {
        true => smoke::brief(&args.url, tell).await?,
        false => {
            let proofs = Proofs {
                token: args.token.as_deref(),
                access_token: args.access_token.as_deref(),
                must_be_protected: args.protected,
            };
            smoke::smoke(&args.url, proofs, tell).await?
        }
    };
    let wrong = checks.iter().filter(|check| matches!(check.found, Found::Wrong { .. })).count();
    if wrong > 0 {
        return Err(Failure::Smoke { wrong });
    }
    let left_out = checks.iter().filter(|check| matches!(check.found, Found::LeftOut(_))).count();
    if !args.json {
        print(&format!(
            "{} of {} checks hold, {left_out} were left out.\n",
            checks.len() - left_out,
            checks.len()
        ));
    }
    Ok(())
}

/// For people.
pub fn shown(check: &Check) -> String {
    match &check.found {
        Found::Well(seen) => format!("ok     {}: {seen}\n", check.what),
        Found::Wrong { seen, advice } => format!("WRONG  {}: {seen}\n       {advice}\n", check.what),
        Found::LeftOut(why) => format!("–      {}: {why}\n", check.what),
    }
}

/// For programs.
pub fn line(check: &Check) -> String {
    let (outcome, seen, advice) = match &check.found {
        Found::Well(seen) => ("ok", seen, None),
        Found::Wrong { seen, advice } => ("wrong", seen, Some(*advice)),
        Found::LeftOut(why) => ("left_out", why, None),
    };
    let object = serde_json::json!({"check": check.what, "outcome": outcome, "seen": seen, "advice": advice});
    format!("{object}\n")
}
