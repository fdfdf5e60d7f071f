//! What can be asked of the database's schema.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Forward, back, and tried before.
#[derive(Debug, Subcommand)]
pub enum Migration {
    /// Says which migrations are applied, and how far what belongs to them is.
    Status {
        /// Say it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Applies what is missing.
    Up,
    /// Says whether this release can work with the database as it is.
    Check,
    /// Reverts the last migrations, all of them or none.
    Down(DownArgs),
    /// Brings rows along to the end, as a server does while it serves. Can be interrupted and repeated.
    Backfill,
    /// Takes away what no release needs any more: says what the next contract would do, and does it when told to.
    Contract(ContractArgs),
    /// Tries this release's migrations on the newest backup, restored beside the data.
    Rehearse {
        /// The program of the release before, which must be able to work with the result.
        #[arg(long, value_name = "PROGRAM")]
        before: Option<PathBuf>,
        /// An empty PostgreSQL database for a backup of one, where none may be made; it is emptied again [default: one that
        /// is made on the same server, and removed]
        #[arg(long, value_name = "URL")]
        into: Option<String>,
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
    /// Puts the rows back that were written to this file when a contract took them.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
}

/// Taking away.
#[derive(Debug, Args)]
pub struct ContractArgs {
    /// Do it, unless something stands in the way.
    #[arg(long)]
    pub yes: bool,
    /// Give up the way back to the releases that are kept here and need what goes.
    #[arg(long)]
    pub without_way_back: bool,
    /// Do it though no backup was found sound lately.
    #[arg(long)]
    pub without_backup: bool,
    /// The folder of the releases that are kept to go back to [default: that of the environment on this machine]
    #[arg(long, value_name = "FOLDER")]
    pub releases: Option<PathBuf>,
    /// Where the rows of the tables go that lose something; a file in the data folder otherwise.
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
}
