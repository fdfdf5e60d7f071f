//! `rookery import play-logs DIR`: what was played before becomes a nest's history, with a summary.

use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::secret_key;
use crate::settings::Settings;
use identity::Sealer;
use model::NestCode;
use server::play_log::{PlayLogImport, PlayLogSummary};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

pub async fn run(settings: &Settings, folder: &Path, nest: NestCode) -> Result<(), Failure> {
    let config = settings.server()?;
    let is_new = settings.embedded_database().is_some_and(|path| !path.exists());
    let Stores { clock, database, .. } = compose::stores(settings).await?;
    let secret = secret_key::open(settings, &database).await?;
    if secret.before().is_some() {
        // People of the past are found by the key that is there now.
        let told = "one secret key takes over from another: run `rookery reseal` and take the previous one out first";
        return Err(Failure::SignIn(told.to_owned()));
    }
    let began = clock.instant();
    let import = PlayLogImport {
        database: database.clone(),
        clock: Arc::clone(&clock),
        entropy: compose::entropy()?,
        sealer: Sealer::new(&secret),
        zone: config.zone,
        name: config.name,
    };
    let summary = import.run(folder, nest).await?;
    let took = clock.instant().since(began);
    super::print(&report(&summary, took.as_secs_f64()));
    if is_new {
        super::print(
            "  All of it went into a new database: none was there. If your server keeps its own elsewhere, say the same \
             --data or --database-url as it has.\n",
        );
    }
    database.close().await;
    Ok(())
}

fn report(summary: &PlayLogSummary, seconds: f64) -> String {
    let PlayLogSummary { files, added, known, moved, people, bad_count, bad_lines, other_files, .. } =
        summary;
    let mut text = format!(
        "{added} plays added, {known} known already, {bad_count} lines passed over: {files} files in {seconds:.1} s\n"
    );
    // Writing to a text cannot fail.
    let mut say = |count: usize, what: &str| {
        if count > 0 {
            let _ = writeln!(text, "  {count} {what}");
        }
    };
    say(*people, "people who were not known yet; they wait for whoever signs in with their address");
    say(*moved, "known plays moved to the time they have in this time zone");
    say(summary.horns_left_out, "airhorns left out: the logs do not say which sound they had");
    say(*other_files, "files of other names not read");
    for (place, why) in bad_lines {
        // A file's name is a stranger's text: a terminal must not act on it.
        let _ = writeln!(text, "  {}: {why}", place.escape_debug());
    }
    if *bad_count > bad_lines.len() {
        let _ = writeln!(text, "  and {} more", bad_count - bad_lines.len());
    }
    text
}
