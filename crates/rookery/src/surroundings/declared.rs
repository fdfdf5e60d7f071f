//! The environments of a declaration, side by side. Of settings and databases nothing is shown, so that no secret is.

use operations::{Declaration, Environment, EnvironmentName, Target, Trigger};
use server::surroundings::DeclaredEnvironment;

/// All of them; `own` is the one of this process.
pub fn shown(declaration: &Declaration, own: &EnvironmentName) -> Vec<DeclaredEnvironment> {
    declaration.environments.iter().map(|(name, environment)| show(name, environment, own)).collect()
}

fn show(name: &EnvironmentName, environment: &Environment, own: &EnvironmentName) -> DeclaredEnvironment {
    let target = match environment.target {
        Target::Local => "local",
        Target::Ssh(_) => "ssh",
        Target::Compose(_) => "compose",
        Target::Fly(_) => "fly",
        Target::Digitalocean(_) => "digitalocean",
    };
    let (trigger, of) = match &environment.trigger {
        Trigger::Local => ("local", None),
        Trigger::Manual => ("manual", None),
        Trigger::Push(branch) => ("push", Some(branch.clone())),
        Trigger::Release(kind) => ("release", Some(kind.clone())),
    };
    let retention = &environment.retention;
    DeclaredEnvironment {
        name: name.to_string(),
        here: name == own,
        url: environment.url.to_string(),
        target: target.to_owned(),
        machine: environment.target.machine(),
        trigger: trigger.to_owned(),
        trigger_of: of,
        promote_from: environment.promote_from.as_ref().map(ToString::to_string),
        closed: environment.access.is_some(),
        canary: environment.canary.as_ref().map(|canary| canary.steps.clone()).unwrap_or_default(),
        backups: environment.backups.as_ref().map(|backups| backups.to.clone()).unwrap_or_default(),
        releases_kept: retention.releases,
        backups_kept: retention.backups,
        logs_days: retention.logs_days,
        usd_month: environment.budget.usd_month,
        memory_mib: environment.budget.memory_mib,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_shown_and_no_secret_of_it() {
        let text = r#"
            secret_key = "very-secret-1"
            [environments.staging]
            url = "https://stg.example.org"
            trigger = { push = "main" }
            target = { ssh = "deploy@203.0.113.5" }
            database = "postgres://rookery:very-secret-2@db.example.org/stg"
            access = { allow = ["github:org/team"] }
            [environments.staging.settings]
            google_client_secret = "very-secret-3"
            [environments.production]
            url = "https://example.org"
            trigger = { release = "published" }
            promote_from = "staging"
            canary = { steps = [1, 10], hold = "10m" }
            backups = { to = ["s3:copies"], every = "1h" }
            retention = { releases = 5, backups = [24, 7, 4, 6], logs_days = 30 }
            budget = { usd_month = 6, memory_mib = 120 }
        "#;
        let declaration = Declaration::parse(text).unwrap();
        let found = shown(&declaration, &EnvironmentName::production());
        let [production, staging] = found.as_slice() else { panic!("{found:?}") };
        assert!(production.here && !staging.here);
        assert_eq!((staging.closed, production.closed), (true, false));
        assert_eq!((staging.trigger.as_str(), staging.trigger_of.as_deref()), ("push", Some("main")));
        assert_eq!((staging.target.as_str(), staging.machine.as_str()), ("ssh", "203.0.113.5"));
        assert_eq!(production.promote_from.as_deref(), Some("staging"));
        assert_eq!((production.usd_month, production.memory_mib), (Some(6.0), Some(120)));
        assert_eq!(production.canary, [1, 10]);
        assert!(!format!("{found:?}").contains("very-secret"), "{found:?}");
    }
}
