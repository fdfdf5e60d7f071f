//! What must not be: environments that share something, and values that are none.

use crate::declaration::{Declaration, Environment, Guard, Target};
use crate::difference::{effective, without_password};
use crate::name::EnvironmentName;
use crate::placement::holdings;
use crate::secret::{Fault, Fingerprints, faults, is_secret};
use ::access::AllowList;
use std::collections::BTreeMap;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works, and somebody should look.
    Warning,
    /// Nothing may start like this.
    Error,
}

/// One thing that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Which environments it concerns.
    pub environments: Vec<EnvironmentName>,
    /// By which key it is declared.
    pub key: String,
    /// What is wrong, without secrets.
    pub detail: String,
    /// What to do.
    pub advice: String,
}

/// Everything that is wrong with a declaration, the worst first.
#[must_use]
pub fn check(declaration: &Declaration, fingerprints: &Fingerprints) -> Vec<Finding> {
    let mut found = shared(declaration, fingerprints);
    for (name, environment) in &declaration.environments {
        let values = effective(declaration, name, environment);
        let is_real = !name.is_development();
        for (key, value) in &values {
            found.extend(
                faults(key, value, is_real).into_iter().map(|fault| judge(name, key, fault, is_real)),
            );
        }
        found.extend(exposed(name, &values, environment.url.is_https(), is_real));
        found.extend(gated(name, environment, &values));
        found.extend(without_effect(name, environment));
        let is_volatile = matches!(environment.target, Target::Digitalocean(_));
        if is_volatile && values.get("database").is_none_or(|address| address.starts_with("sqlite:")) {
            found.push(Finding {
                severity: Severity::Error,
                environments: vec![name.clone()],
                key: "database".to_owned(),
                detail: "this platform keeps no files: an embedded database is lost with every release"
                    .to_owned(),
                advice: "use postgres: or libsql:".to_owned(),
            });
        }
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    found
}

/// An environment that has a thing, the key it is declared by, and what to do if another has it too.
type Owner = (EnvironmentName, String, &'static str);

/// What two environments have in common.
fn shared(declaration: &Declaration, fingerprints: &Fingerprints) -> Vec<Finding> {
    let mut owners: BTreeMap<(&'static str, String), Vec<Owner>> = BTreeMap::new();
    for (name, environment) in &declaration.environments {
        for holding in holdings(declaration, name, environment, fingerprints) {
            let owners = owners.entry((holding.kind, holding.place)).or_default();
            // One environment may have a thing twice: aliases of one host, for example.
            if owners.iter().all(|(owner, _, _)| owner != name) {
                owners.push((name.clone(), holding.key, holding.advice));
            }
        }
    }
    let addresses: Vec<Vec<EnvironmentName>> = owners
        .iter()
        .filter(|((kind, _), owners)| *kind == "address" && owners.len() > 1)
        .map(|(_, owners)| owners.iter().map(|(name, _, _)| name.clone()).collect())
        .collect();
    owners
        .into_iter()
        .filter(|(_, owners)| owners.len() > 1)
        .filter_map(|((kind, place), owners)| {
            let (_, key, advice) = owners.first()?.clone();
            let environments: Vec<EnvironmentName> = owners.into_iter().map(|(name, _, _)| name).collect();
            // Who shares an address shares its host; one finding is enough.
            if kind == "host of cookies" && addresses.contains(&environments) {
                return None;
            }
            let named = environments.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
            let place =
                if kind == "secret" { String::new() } else { format!(": {}", without_password(&place)) };
            Some(Finding {
                severity: Severity::Error,
                environments,
                key,
                detail: format!("{named} share one {kind}{place}"),
                advice: advice.to_owned(),
            })
        })
        .collect()
}

fn judge(name: &EnvironmentName, key: &str, fault: Fault, is_real: bool) -> Finding {
    let advice = match fault {
        Fault::Empty => "set it, or leave the key out",
        Fault::Placeholder => "set the value, or leave the key out",
        Fault::Weak => "use at least 32 random letters, as `openssl rand -hex 32` prints",
        Fault::ForTests => "use the one made for real people",
    };
    let severity = if is_real { Severity::Error } else { Severity::Warning };
    Finding {
        severity,
        environments: vec![name.clone()],
        key: key.to_owned(),
        detail: fault.text().to_owned(),
        advice: advice.to_owned(),
    }
}

/// What is compared with other environments and changes nothing else: said, so that nobody takes it for done.
fn without_effect(name: &EnvironmentName, environment: &Environment) -> Vec<Finding> {
    let warning = |key: String, detail: &str, advice: &str| Finding {
        severity: Severity::Warning,
        environments: vec![name.clone()],
        key,
        detail: detail.to_owned(),
        advice: advice.to_owned(),
    };
    let bucket = |of: &String| {
        let advice = "copies of it go to buckets: `backups = { to = [\"s3:NAME\"] }`";
        warning(format!("buckets.{of}"), "files are kept in the data folder, and not in this bucket", advice)
    };
    let namespace = environment.namespace.as_ref().map(|_| {
        let advice = "leave it out until records are written";
        warning("namespace".to_owned(), "nothing is written to repositories of AT Protocol", advice)
    });
    environment.buckets.keys().map(bucket).chain(namespace).collect()
}

/// What real people must not meet.
fn exposed(
    name: &EnvironmentName,
    values: &BTreeMap<String, String>,
    is_https: bool,
    is_real: bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut error = |key: &str, detail: &str, advice: &str| {
        found.push(Finding {
            severity: Severity::Error,
            environments: vec![name.clone()],
            key: key.to_owned(),
            detail: detail.to_owned(),
            advice: advice.to_owned(),
        });
    };
    if !is_real {
        return found;
    }
    if !is_https {
        error("url", "people's passwords and music go over the wire in the open", "use https://");
    }
    let is_on =
        |key: &str| values.get(key).is_some_and(|value| matches!(value.as_str(), "true" | "1" | "yes"));
    if is_on("debug") {
        error("debug", "ways in for developers are open", "leave it out here");
    }
    if values.contains_key("dev_auth_email") {
        error("dev_auth_email", "it signs in whoever asks", "leave it out here");
    }
    if is_on("fakes") {
        error("fakes", "services outside would be faked", "leave it out here");
    }
    let signs_in = ["google_client_id", "oidc_client_id"].iter().any(|key| values.contains_key(*key));
    if signs_in && !values.contains_key("allowed_email_domains") {
        let detail = "people can sign in with a service, and nobody's domain is allowed";
        error("allowed_email_domains", detail, "name the domains, or `*` for every verified address");
    }
    for key in values.keys().filter(|key| is_secret(key)) {
        found.push(Finding {
            severity: Severity::Warning,
            environments: vec![name.clone()],
            key: key.clone(),
            detail: "a secret stands in the declaration, which is kept with the code".to_owned(),
            advice: format!(
                "put it into a file and name that as `{key}_file`, or into the environment of the process"
            ),
        });
    }
    found
}

/// Whether anybody gets through a gate that is declared.
fn gated(
    name: &EnvironmentName,
    environment: &Environment,
    values: &BTreeMap<String, String>,
) -> Vec<Finding> {
    let Some(access) = environment.access.as_ref().filter(|access| access.gate == Guard::Rookery) else {
        return Vec::new();
    };
    let finding = |severity, detail: String, advice: &str| Finding {
        severity,
        environments: vec![name.clone()],
        key: "access".to_owned(),
        detail,
        advice: advice.to_owned(),
    };
    let list = AllowList::parse(access.allow.iter().map(String::as_str)).unwrap_or_default();
    let has_app = values.contains_key("access_github_client_id");
    let mut found = Vec::new();
    let is_passable = access.pin || list.has_atproto() || (has_app && list.has_github());
    if !is_passable {
        let detail = "nobody gets through its gate".to_owned();
        let advice = "set `pin = true`, name people by `did:plc:…`, or name people of GitHub and set `access_github_client_id`";
        found.push(finding(Severity::Error, detail, advice));
    } else if list.has_github() && !has_app {
        let detail = "people of GitHub are allowed, and no app of GitHub is set up".to_owned();
        let advice = "register an OAuth app there and set `access_github_client_id` and its secret";
        found.push(finding(Severity::Warning, detail, advice));
    }
    let not_yet: Vec<String> = list.not_yet().map(|entry| format!("`{entry}`")).collect();
    if !not_yet.is_empty() {
        let detail = format!("{} open nothing: rookery's own gate sends no mail", not_yet.join(", "));
        let advice = "give them a number (`rookery access pin`), or set `gate = \"cloudflare\"`";
        found.push(finding(Severity::Warning, detail, advice));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Finding> {
        check(&Declaration::parse(text).unwrap(), &Fingerprints::new(&[7; 32]))
    }

    fn errors(text: &str) -> Vec<String> {
        let of = |finding: Finding| format!("{}: {}", finding.key, finding.detail);
        found(text).into_iter().filter(|finding| finding.severity == Severity::Error).map(of).collect()
    }

    /// Two environments with one more line each.
    fn two(staging: &str, production: &str) -> String {
        format!(
            "[environments.staging]\nurl = \"https://stg.example.org\"\ntarget = {{ ssh = \"deploy@h1\" }}\ndata = \"/var/lib/stg\"\n{staging}\n\
             [environments.production]\nurl = \"https://example.org\"\ntarget = {{ ssh = \"deploy@h1\" }}\ndata = \"/var/lib/prod\"\n{production}\n"
        )
    }

    #[test]
    fn environments_that_share_nothing_pass() {
        assert_eq!(errors(&two("", "")), Vec::<String>::new());
    }

    #[test]
    fn env_isolation_whatever_two_environments_share_is_an_error() {
        for (staging, production, kind) in [
            (
                "database = \"postgres://a@db/x\"",
                "database = \"postgres://b@DB:5432/x\"",
                "share one database: postgres://db:5432/x",
            ),
            ("database = \"sqlite:/srv/x.db\"", "database = \"sqlite:///srv/./x.db\"", "share one database"),
            (
                "settings = { database_direct_url = \"postgres://db/x\" }",
                "database = \"postgres://db/x\"",
                "share one database: postgres://db:5432/x",
            ),
            ("bus = \"redis://r\"", "bus = \"redis://r:6379/0\"", "share one bus"),
            ("buckets = { audio = \"s3:a\" }", "buckets = { images = \"s3:a\" }", "share one bucket"),
            (
                "aliases = [\"https://x.example\"]",
                "aliases = [\"https://X.example:443\"]",
                "share one address: x.example",
            ),
            ("redirects = [\"old.example\"]", "aliases = [\"https://old.example\"]", "share one address"),
            (
                "aliases = [\"https://c.example:1\"]",
                "aliases = [\"https://c.example:2\"]",
                "share one host of cookies",
            ),
            ("settings = { tls = \"acme\" }", "settings = { tls = \"files\" }", "share one port"),
            ("namespace = \"org.example\"", "namespace = \"org.Example\"", "share one namespace"),
            ("user = \"rookery\"", "user = \"rookery\"", "share one user"),
            ("backups = { to = [\"s3:b\"] }", "backups = { to = [\"s3:b\"] }", "share one place of backups"),
            (
                "settings = { listen = \"127.0.0.1:1\" }",
                "settings = { listen = \"127.0.0.1:1\" }",
                "share one port",
            ),
            (
                "settings = { spotify_client_id = \"abc\" }",
                "settings = { spotify_client_id = \"abc\" }",
                "share one client id",
            ),
            (
                "settings = { secret_key_file = \"/k\" }",
                "settings = { secret_key_file = \"/k\" }",
                "share one file of a secret",
            ),
        ] {
            let errors = errors(&two(staging, production));
            assert_eq!(errors.len(), 1, "{staging}: {errors:?}");
            assert!(errors[0].contains(kind), "{staging}: {errors:?}");
        }
    }

    #[test]
    fn what_has_no_effect_yet_is_said() {
        let text = two("buckets = { audio = \"s3:a\" }\nnamespace = \"org.example\"", "");
        let found = found(&text).into_iter().filter(|finding| finding.severity == Severity::Warning);
        let found: Vec<_> = found.map(|finding| (finding.key, finding.environments.len())).collect();
        assert_eq!(found, [("buckets.audio".to_owned(), 1), ("namespace".to_owned(), 1)]);
    }

    #[test]
    fn a_setting_of_all_environments_is_shared_too() {
        let errors = errors(&format!("database_url = \"postgres://db/x\"\n{}", two("", "")));
        assert!(errors.iter().any(|error| error.contains("share one database")), "{errors:?}");
    }

    #[test]
    fn a_bus_of_all_environments_is_shared_too() {
        let errors = errors(&format!("bus_url = \"redis://r\"\n{}", two("", "")));
        assert!(errors.iter().any(|error| error.contains("share one bus")), "{errors:?}");
    }

    #[test]
    fn shared_secrets_are_found_and_not_shown() {
        let secret = "0f3c9a7e5b1d2846c0a9f8e7d6b5a493";
        let line = format!("settings = {{ secret_key = \"{secret}\" }}");
        let all = found(&two(&line, &line));
        assert!(
            all.iter().any(|finding| finding.detail == "`production` and `staging` share one secret"),
            "{all:?}"
        );
        assert!(!format!("{all:?}").contains(secret));
        let all = found(&two(
            "database = \"postgres://a:hunter22@db/x\"",
            "database = \"postgres://a:hunter22@db/x\"",
        ));
        assert!(!format!("{all:?}").contains("hunter22"));
    }

    #[test]
    fn a_webhook_secret_of_another_environment_is_found_though_it_is_the_previous_one_there() {
        let secret = "whsec_kM3m8m5M0cU1lq0nH0c2yq5m3w8s4Xv9bJ7tQzR1LpE=";
        let current = format!("settings = {{ webhook_secret = \"{secret}\" }}");
        let previous = format!("settings = {{ previous_webhook_secret = \"{secret}\" }}");
        for (staging, production) in [(&current, &current), (&current, &previous), (&previous, &current)] {
            let all = found(&two(staging, production));
            let is_shared = |finding: &Finding| {
                finding.severity == Severity::Error
                    && finding.detail == "`production` and `staging` share one secret"
            };
            assert!(all.iter().any(is_shared), "{staging} {production}: {all:?}");
            assert!(!format!("{all:?}").contains("kM3m8m"), "{all:?}");
        }
        let other = previous.replace("kM3m", "Zr8w");
        assert_eq!(errors(&two(&current, &other)), Vec::<String>::new());
    }

    #[test]
    fn machines_of_their_own_may_use_the_same_paths() {
        let text = two("database = \"sqlite:/srv/x.db\"", "database = \"sqlite:/srv/x.db\"").replacen(
            "deploy@h1",
            "deploy@h2",
            1,
        );
        assert_eq!(errors(&text), Vec::<String>::new());
    }

    #[test]
    fn what_real_people_must_not_meet_is_an_error_outside_development() {
        let text = "[environments.production]\nurl = \"http://example.org\"\n\
            [environments.production.settings]\ndebug = \"true\"\ndev_auth_email = \"a@b.c\"\n\
            google_client_id = \"<id>\"\ngoogle_client_secret = \"changeme\"\n";
        let keys: Vec<String> =
            errors(text).into_iter().map(|error| error.split(':').next().unwrap().to_owned()).collect();
        let expected = [
            "allowed_email_domains",
            "debug",
            "dev_auth_email",
            "google_client_id",
            "google_client_secret",
            "url",
        ];
        assert_eq!(keys, expected);
        let text = text.replace("production", "development");
        assert_eq!(errors(&text), Vec::<String>::new());
    }

    #[test]
    fn a_gate_that_nobody_gets_through_and_entries_that_open_nothing_are_found() {
        let said = |access: &str, settings: &str| {
            let text = format!("access = {{ {access} }}\nsettings = {{ {settings} }}");
            let of = |finding: Finding| {
                let shown = format!("{:?}: {}", finding.severity, finding.detail);
                (finding.key == "access").then_some(shown)
            };
            found(&two(&text, "")).into_iter().filter_map(of).collect::<Vec<_>>()
        };
        let app = "access_github_client_id = \"Iv1.0\"";
        assert_eq!(said("pin = true", ""), Vec::<String>::new());
        assert_eq!(said("allow = [\"github:a\"]", app), Vec::<String>::new());
        assert_eq!(said("allow = [\"github:a\"]", ""), ["Error: nobody gets through its gate"]);
        assert_eq!(said("allow = [\"did:plc:a\"]", ""), Vec::<String>::new());
        assert_eq!(said("allow = [\"at:ana.example.org\"]", ""), Vec::<String>::new());
        assert!(said("allow = [\"github:a\"], pin = true", "")[0].contains("no app of GitHub"));
        let open = said("allow = [\"mail:a@b.example\"], pin = true", "");
        assert!(open[0].starts_with("Warning: `mail:a@b.example` open nothing"), "{open:?}");
        assert_eq!(said("allow = [\"mail:a@b.example\"], gate = \"cloudflare\"", ""), Vec::<String>::new());
    }

    #[test]
    fn an_embedded_database_needs_a_platform_that_keeps_files() {
        let text = "[environments.beta]\nurl = \"https://b.example\"\ntarget = { digitalocean = \"app\" }\n";
        assert!(errors(text)[0].contains("keeps no files"));
        assert_eq!(errors(&format!("{text}database = \"libsql://x.example\"\n")), Vec::<String>::new());
    }
}
