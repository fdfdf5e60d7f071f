//! Environment variables of EchoNest that a moved installation may still set: what the address of its host means here, and
//! words about those that mean nothing any more.
//!
//! Those that mean the same here are read by name where they belong (`settings`, `sign_in_settings`).

use std::ffi::OsString;

/// Variables that mean nothing here, and what stands in their place.
const REPLACED: [(&str, &str); 18] = [
    ("ECHONEST_API_TOKEN", "programs have tokens of their own, made in the settings, with scopes and an end"),
    (
        "ECHONEST_SPOTIFY_EMAIL",
        "nobody's device is controlled by others; each listener's client steers its own",
    ),
    (
        "ECHONEST_ADMIN_EMAILS",
        "administrators are appointed under Members; the first follows the link printed at the start",
    ),
    (
        "ADMIN_EMAILS",
        "administrators are appointed under Members; the first follows the link printed at the start",
    ),
    ("ECHONEST_SLACK_WEBHOOK_URL", "each nest has webhooks, of Slack's form too; its host sets them"),
    ("SLACK_WEBHOOK_URL", "each nest has webhooks, of Slack's form too; its host sets them"),
    ("SECRET_KEY", "set ROOKERY_SECRET_KEY (64 hexadecimal digits), or let one be made at the first start"),
    ("REDIS_HOST", "no Redis is needed: everything is in the database"),
    ("REDIS_PORT", "no Redis is needed: everything is in the database"),
    ("REDIS_PASSWORD", "no Redis is needed: everything is in the database"),
    ("NESTS_ENABLED", "nests are always there; who may open one is a matter of rights"),
    ("CONFIG_FILES", "settings stand in rookery.toml, or the file ROOKERY_CONFIG names"),
    ("SKIP_SPOTIFY_PREFETCH", "nothing is fetched at the start"),
    ("BENDER_REGIONS", "set ROOKERY_MARKET, the country whose songs are found and played, as in `DE`"),
    ("LOG_DIR", "set ROOKERY_PLAY_LOG_DIR to have play logs written"),
    ("NEST_MAX_ACTIVE", "set ROOKERY_NESTS_MAX"),
    ("OAUTH_CACHE_PATH", "accounts are kept encrypted in the database"),
    ("SPOTIFY_USERNAME", "each member connects an own account in the settings"),
];

/// Variables that a moved installation sets and other software hardly does, beside those that begin with `ECHONEST_`.
const TELLING: [&str; 13] = [
    "ALLOWED_EMAIL_DOMAINS",
    "DEV_AUTH_EMAIL",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "SPOTIFY_CLIENT_ID",
    "SPOTIFY_CLIENT_SECRET",
    "YT_API_KEY",
    "SOUNDCLOUD_CLIENT_ID",
    "SOUNDCLOUD_CLIENT_SECRET",
    "BENDER_REGIONS",
    "OAUTH_CACHE_PATH",
    "NESTS_ENABLED",
    "SKIP_SPOTIFY_PREFETCH",
];

/// The name of the host in `HOSTNAME`, as EchoNest reads it. Every container and many a shell set that variable to a bare
/// name of their own; so it counts only with a dot or a port in it, and beside another variable of EchoNest.
pub fn hostname() -> Option<String> {
    hostname_in(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))))
}

fn hostname_in(variables: impl Iterator<Item = (String, OsString)>) -> Option<String> {
    let (mut host, mut is_moved) = (None, false);
    for (name, value) in variables.filter(|(_, value)| !value.is_empty()) {
        match name.as_str() {
            "HOSTNAME" => host = value.into_string().ok(),
            name => is_moved |= name.starts_with("ECHONEST_") || TELLING.contains(&name),
        }
    }
    host.filter(|host| is_moved && host.contains(['.', ':']))
}

/// The address that EchoNest made of its host's name; this very machine has no https.
pub fn public_url(host: &str) -> Option<String> {
    let host = host.trim().trim_end_matches('/');
    if host.starts_with("http://") || host.starts_with("https://") {
        return Some(host.to_owned());
    }
    let is_near = host.starts_with("localhost") || host.starts_with("127.0.0.1");
    (!host.is_empty()).then(|| format!("{}://{host}", if is_near { "http" } else { "https" }))
}

/// Which variables are set that mean nothing here, and what stands in their place. Their values are not looked at.
pub fn replaced() -> impl Iterator<Item = (&'static str, &'static str)> {
    REPLACED.into_iter().filter(|(name, _)| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The names of all that mean nothing here.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    REPLACED.into_iter().map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_host_counts_with_a_dot_or_port_beside_what_only_echonest_sets() {
        let host = |variables: &[(&str, &str)]| {
            let owned = |&(name, value): &(&str, &str)| (name.to_owned(), OsString::from(value));
            hostname_in(variables.iter().map(owned))
        };
        let named = ("HOSTNAME", "music.example.org");
        let telling = [("GOOGLE_CLIENT_ID", "x"), ("ECHONEST_API_TOKEN", "x"), ("BENDER_REGIONS", "US")];
        for other in telling {
            assert_eq!(host(&[named, other]).as_deref(), Some("music.example.org"), "{other:?}");
            assert_eq!(host(&[other, ("HOSTNAME", "localhost:5000")]).as_deref(), Some("localhost:5000"));
        }
        // A container's own name, a machine of whatever else, and variables that anybody sets.
        assert_eq!(host(&[("HOSTNAME", "5f2b8c0d1e3a"), telling[0]]), None);
        assert_eq!(host(&[named]), None);
        assert_eq!(host(&[named, ("DEBUG", "true"), ("REDIS_HOST", "redis"), ("SECRET_KEY", "x")]), None);
        assert_eq!(host(&[named, ("GOOGLE_CLIENT_ID", "")]), None);
        assert_eq!(host(&[telling[0]]), None);
    }

    #[test]
    fn a_host_becomes_the_address_people_use() {
        assert_eq!(public_url("music.example.org").as_deref(), Some("https://music.example.org"));
        assert_eq!(public_url("localhost:5000").as_deref(), Some("http://localhost:5000"));
        assert_eq!(public_url("https://music.example.org/").as_deref(), Some("https://music.example.org"));
        assert_eq!(public_url(" "), None);
    }
}
