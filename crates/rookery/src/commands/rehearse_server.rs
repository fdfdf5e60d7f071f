//! Where a dump of PostgreSQL is rehearsed: in a database that is made for it on the same server and removed whatever
//! happens, or in an empty one that somebody has made. One that was left by a rehearsal that was killed is known by its name
//! and by what is written down about it, and goes with the next rehearsal.

use crate::compose;
use crate::failure::Failure;
use crate::schema;
use crate::settings::Settings;
use ::backup::{parse_instant, utc, with_database};
use database::scratch::{self, Left};
use database::{Database, Error, Options};
use model::{Clock, WallTime};
use std::sync::Arc;
use std::time::Duration;

const PREFIX: &str = "rookery_rehearsal_";
/// How what is written down about one begins, and what stands before when it was made.
const ABOUT: &str = "rookery rehearsal";
const BEGUN: &str = "begun ";
/// One that is older is nobody's, even if the server still works for whoever was killed: a change of releases waits an hour.
const LASTS_MAX: Duration = Duration::from_secs(2 * 3600);

/// A database of a server, for one rehearsal.
pub struct Server {
    url: String,
    /// Connected for as long as it is used: by that others see that it is.
    database: Database,
    /// Where it was made, and its name; nothing, if somebody else has made it.
    made: Option<(Database, String)>,
}

impl Server {
    /// What a dump is restored into: what was named, or what is made beside a database of PostgreSQL; nothing for others.
    ///
    /// # Errors
    /// [`Failure::Rehearsal`] if none may be made, or one that was named is not empty.
    pub async fn prepare(
        settings: &Settings,
        into: Option<&str>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Option<Self>, Failure> {
        match into {
            Some(url) => Self::named(url).await.map(Some),
            None if is_server(&settings.database_url()) => Self::make(settings, clock).await.map(Some),
            None => Ok(None),
        }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn named(url: &str) -> Result<Self, Failure> {
        if !is_server(url) {
            return Err(Failure::Rehearsal("--into is the address of a database of PostgreSQL".to_owned()));
        }
        let database = Database::open(url, Options::default()).await?;
        database.has_sessions("a rehearsal")?;
        if !scratch::is_empty(&database).await? {
            database.close().await;
            return Err(Failure::Rehearsal(
                "the database of --into is not empty: nothing was touched".to_owned(),
            ));
        }
        Ok(Self { url: url.to_owned(), database, made: None })
    }

    async fn make(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Self, Failure> {
        let beside = compose::database(settings).await?;
        let made = Self::beside(settings, &beside, clock.wall()).await;
        match made {
            Ok((url, database, name)) => Ok(Self { url, database, made: Some((beside, name)) }),
            Err(failure) => {
                beside.close().await;
                Err(failure)
            }
        }
    }

    async fn beside(
        settings: &Settings,
        beside: &Database,
        now: WallTime,
    ) -> Result<(String, Database, String), Failure> {
        for left in scratch::left(beside, PREFIX).await?.iter().filter(|left| is_nobodys(left, now)) {
            match scratch::remove(beside, &left.name).await {
                Ok(()) => tracing::info!(database = left.name, "removed what a rehearsal before had left"),
                Err(error) => {
                    tracing::warn!(database = left.name, %error, "what a rehearsal before had left stays");
                }
            }
        }
        let name = format!("{PREFIX}{}", schema::unique_name()?);
        let url = with_database(&compose::session_url(settings), &name)?;
        match scratch::make(beside, &name, &format!("{ABOUT}, {BEGUN}{}", utc(now))).await {
            Err(Error::Credentials { detail, .. }) => {
                return Err(may_not(&scratch::role(beside).await?, &detail));
            }
            made => made?,
        }
        let opened = async {
            let database = Database::open(&url, Options::default()).await?;
            database.ping().await.map(|()| database)
        };
        match opened.await {
            Ok(database) => Ok((url, database, name)),
            Err(error) => {
                scratch::remove(beside, &name).await?;
                Err(error.into())
            }
        }
    }

    /// Leaves things as they were; what could not be, to be added to a sentence.
    pub async fn clean_up(self) -> String {
        let Self { database, made, .. } = self;
        let (gone, what) = match made {
            Some((beside, name)) => {
                database.close().await;
                let gone = scratch::remove(&beside, &name).await;
                beside.close().await;
                (gone, format!("the database {name} could not be removed"))
            }
            None => {
                let gone = scratch::empty(&database).await;
                database.close().await;
                (gone, "the database of --into could not be emptied".to_owned())
            }
        };
        let Err(error) = gone else { return String::new() };
        tracing::warn!(%error, "{what}");
        format!("; {what}: {error}")
    }
}

/// Whether this is PostgreSQL, whose dumps need a server.
fn is_server(url: &str) -> bool {
    matches!(url.split_once(':'), Some(("postgres" | "postgresql", _)))
}

/// Whether a rehearsal that was killed has left this one. Whatever else is named so is somebody's.
fn is_nobodys(left: &Left, now: WallTime) -> bool {
    let Some(about) = &left.about else { return !left.is_used };
    if !about.starts_with(ABOUT) {
        return false;
    }
    let begun = about.split_once(BEGUN).and_then(|(_, at)| parse_instant(at, None).ok());
    let is_old = begun.is_some_and(|begun| begun.plus(LASTS_MAX) < now);
    is_old || !left.is_used
}

/// What to grant, or what to do without it.
fn may_not(role: &str, detail: &str) -> Failure {
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    Failure::Rehearsal(format!(
        "the role {role} may not make a database to rehearse in ({detail}). Either a superuser says `ALTER ROLE {quoted} \
         CREATEDB`, or makes an empty one, `CREATE DATABASE rehearsal OWNER {quoted} TEMPLATE template0`, and it is named: \
         `rookery migrate rehearse --into URL`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_rehearsal_left_is_nobodys_and_what_is_used_or_anybody_elses_is_not() {
        let now = parse_instant("2026-11-22T15:00:00Z", None).unwrap();
        let is = |about: Option<&str>, is_used| {
            let about = about.map(str::to_owned);
            is_nobodys(&Left { name: format!("{PREFIX}a"), about, is_used }, now)
        };
        let lately = "rookery rehearsal, begun 2026-11-22T14:59:00Z";
        assert!(is(Some(lately), false) && !is(Some(lately), true));
        assert!(is(None, false) && !is(None, true));
        assert!(is(Some("rookery rehearsal, begun 2026-11-22T12:00:00Z"), true));
        assert!(!is(Some("rookery rehearsal, begun one day"), true));
        assert!(!is(Some("of ours"), false));
    }
}
