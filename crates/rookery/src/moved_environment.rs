//! Environment variables of other installations that may still be set here (of plyr.fm, of a websocket server beside other
//! applications, of EchoNest), and that mean nothing: what stands in their place. None is passed over in silence.
//!
//! Those that mean the same here are read by name where they belong (`settings`, `sign_in_settings`). No value is told.

use crate::echonest_environment;
use crate::settings::Settings;

/// What has to be set instead, if anything has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instead {
    /// Nothing: there is no need for it any more.
    Nothing,
    /// The address that is listened on.
    Listen,
    /// The environment's name.
    Environment,
    /// The address people use.
    PublicUrl,
    /// An OpenID Connect issuer.
    Issuer,
}

impl Instead {
    /// Whether that is set: then nobody needs to be told.
    fn is_set(self, settings: &Settings) -> bool {
        match self {
            Self::Nothing => false,
            Self::Listen => settings.listen.is_some(),
            Self::Environment => settings.environment.is_some(),
            Self::PublicUrl => settings.public_url.is_some(),
            Self::Issuer => settings.sign_in.oidc_issuer.is_some(),
        }
    }
}

/// A variable that means nothing here.
#[derive(Debug)]
struct Replaced {
    name: &'static str,
    instead: Instead,
    words: &'static str,
}

const fn replaced(name: &'static str, instead: Instead, words: &'static str) -> Replaced {
    Replaced { name, instead, words }
}

const REPLACED: [Replaced; 14] = [
    replaced("PORT", Instead::Listen, "set ROOKERY_LISTEN, as in `0.0.0.0:8080`"),
    replaced("NODE_ENV", Instead::Environment, "set ROOKERY_ENVIRONMENT to the environment's name"),
    replaced(
        "FRONTEND_URL",
        Instead::PublicUrl,
        "set ROOKERY_PUBLIC_URL; the pages come from this server, and no other site may read its answers",
    ),
    replaced(
        "PUBLIC_API_URL",
        Instead::PublicUrl,
        "set ROOKERY_PUBLIC_URL; a page asks the server it came from",
    ),
    replaced(
        "CLERK_SECRET_KEY",
        Instead::Issuer,
        "people of Clerk sign in by its OpenID Connect issuer: set ROOKERY_OIDC_ISSUER, ROOKERY_OIDC_CLIENT_ID and \
         ROOKERY_OIDC_CLIENT_SECRET to those of an OAuth application made at Clerk",
    ),
    replaced(
        "WEBSOCKET_API_KEY",
        Instead::Nothing,
        "programs that listen have tokens of their own, made in the settings, with scopes and an end; those that tell \
         something sign it with the secret at ROOKERY_WEBHOOK_SECRET",
    ),
    replaced(
        "WEBSOCKET_URL",
        Instead::PublicUrl,
        "set ROOKERY_PUBLIC_URL; the socket is there at /api/v1/socket",
    ),
    replaced(
        "NEXT_PUBLIC_WEBSOCKET_URL",
        Instead::PublicUrl,
        "set ROOKERY_PUBLIC_URL; the socket is there at /api/v1/socket",
    ),
    replaced("DOCKET_URL", Instead::Nothing, "no Redis is needed: work in the background is in the database"),
    replaced(
        "OAUTH_ENCRYPTION_KEY",
        Instead::Nothing,
        "tokens are sealed with a key of the server's secret: set ROOKERY_SECRET_KEY, or let one be made at the first \
         start",
    ),
    replaced(
        "ATPROTO_CLIENT_ID",
        Instead::PublicUrl,
        "set ROOKERY_PUBLIC_URL: the client is its address with /oauth-client-metadata.json",
    ),
    replaced(
        "ATPROTO_REDIRECT_URI",
        Instead::PublicUrl,
        "set ROOKERY_PUBLIC_URL: the way back follows from it",
    ),
    replaced(
        "ATPROTO_APP_NAMESPACE",
        Instead::Nothing,
        "nothing is written to repositories of AT Protocol yet; the declaration's `namespace` is compared between environments",
    ),
    replaced(
        "LOGFIRE_ENVIRONMENT",
        Instead::Environment,
        "set ROOKERY_ENVIRONMENT: numbers carry its name as `deployment.environment.name`",
    ),
];

/// A variable that is set and means nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its name.
    pub name: &'static str,
    /// What stands in its place.
    pub words: &'static str,
    /// Whether something has to be set for what it meant.
    pub is_missed: bool,
}

/// All that are set, but those in whose place something is set already.
pub fn ignored(settings: &Settings) -> Vec<Ignored> {
    let is_present = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let of_echonest =
        echonest_environment::replaced().map(|(name, words)| Ignored { name, words, is_missed: false });
    of_echonest.chain(known(settings, is_present)).collect()
}

fn known(settings: &Settings, is_present: impl Fn(&str) -> bool) -> impl Iterator<Item = Ignored> {
    REPLACED
        .iter()
        .filter(move |row| is_present(row.name) && !row.instead.is_set(settings))
        .map(|row| Ignored { name: row.name, words: row.words, is_missed: row.instead != Instead::Nothing })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every variable of the three documents that this was built after.
    const OF_THE_DOCUMENTS: [&str; 33] = [
        "ATPROTO_APP_NAMESPACE",
        "ATPROTO_CLIENT_ID",
        "ATPROTO_REDIRECT_URI",
        "HOSTNAME",
        "DEBUG",
        "SECRET_KEY",
        "REDIS_HOST",
        "REDIS_PORT",
        "SPOTIFY_CLIENT_ID",
        "SPOTIFY_CLIENT_SECRET",
        "SPOTIFY_USERNAME",
        "GOOGLE_CLIENT_ID",
        "GOOGLE_CLIENT_SECRET",
        "ALLOWED_EMAIL_DOMAINS",
        "YT_API_KEY",
        "SOUNDCLOUD_CLIENT_ID",
        "DATABASE_URL",
        "DOCKET_URL",
        "FRONTEND_URL",
        "PUBLIC_API_URL",
        "OAUTH_ENCRYPTION_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "LOGFIRE_WRITE_TOKEN",
        "LOGFIRE_ENVIRONMENT",
        "PORT",
        "NODE_ENV",
        "CLERK_SECRET_KEY",
        "WEBHOOK_SECRET",
        "DATABASE_AUTH_TOKEN",
        "NEXT_PUBLIC_WEBSOCKET_URL",
        "WEBSOCKET_URL",
        "WEBSOCKET_API_KEY",
    ];

    #[test]
    fn every_variable_of_the_three_documents_is_known_under_its_name() {
        let used: Vec<String> = crate::declared::Declared::variables().into_values().collect();
        for name in OF_THE_DOCUMENTS {
            let is_used = name == "HOSTNAME" || used.iter().any(|known| known == name);
            let is_explained = REPLACED.iter().any(|row| row.name == name)
                || echonest_environment::names().any(|known| known == name);
            assert!(is_used ^ is_explained, "{name}: {is_used} {is_explained}");
        }
    }

    #[test]
    fn what_is_replaced_already_is_not_told_again() {
        let told = |settings: &Settings| {
            known(settings, |name| ["PORT", "DOCKET_URL"].contains(&name))
                .map(|ignored| (ignored.name, ignored.is_missed))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&Settings::default()), [("PORT", true), ("DOCKET_URL", false)]);
        let listen = Some(std::net::SocketAddr::from(([0, 0, 0, 0], 8080)));
        assert_eq!(told(&Settings { listen, ..Settings::default() }), [("DOCKET_URL", false)]);
    }

    #[test]
    fn the_token_of_a_database_is_known_under_both_names() {
        use clap::Parser as _;
        let token = |words: &[&str]| {
            let words = [&["rookery"], words, &["admin-link"]].concat();
            crate::settings::Cli::try_parse_from(words).unwrap().settings.with_file().unwrap().database_token
        };
        assert_eq!(token(&["--database-auth-token", "other"]).as_deref(), Some("other"));
        let both = ["--database-token", "own", "--database-auth-token", "other"];
        assert_eq!(token(&both).as_deref(), Some("own"));
    }
}
