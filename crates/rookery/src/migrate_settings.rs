//! What can be asked of the database's schema.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Forward, back, and tried before.
#[derive(Debug, Subcommand)]
pub enum Migration {
    /// Says which migrations are applied.
    Status,
    /// Applies what is missing.
    Up,
    /// Says whether this release can work with the database as it is.
    Check,
    /// Reverts the last migrations, all of them or none.
    Down(DownArgs),
    /// Tries this release's migrations on the newest backup, restored beside the data.
    Rehearse {
        /// The program of the release before, which must be able to work with the result.
        #[arg(long, value_name = "PROGRAM")]
        before: Option<PathBuf>,
    },
}

/// Going back.
#[derive(Debug, Args)]
pub struct DownArgs {
    /// How many.
    #[arg(default_value_t = 1)]
    pub steps: usize,
    /// Says what would be undone and what would be lost, and does nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Accepts what a dry run says is lost.
    #[arg(long, value_name = "TOKEN")]
    pub accept_loss: Option<String>,
    /// Where the rows of the tables go that lose something; a file in the data folder otherwise.
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
}
