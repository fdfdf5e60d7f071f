//! What a process of an environment takes: the settings of all, over them what the environment's own keys stand for, and
//! over these its own settings.

use crate::declaration::{Declaration, Guard};
use crate::name::EnvironmentName;

/// The settings of a process of this environment, as `rookery.toml` would say them for it alone. For an environment that
/// is not declared, those of all.
#[must_use]
pub fn process_settings(declaration: &Declaration, name: &EnvironmentName) -> toml::Table {
    let mut table = declaration.common.clone();
    let Some(environment) = declaration.environments.get(name) else { return table };
    let backups = environment.backups.as_ref();
    let every = backups.and_then(|backups| backups.every);
    let keep = environment.retention.backups;
    let gate = environment.access.as_ref().filter(|access| access.gate == Guard::Rookery);
    let own = [
        ("public_url", Some(environment.url.to_string())),
        ("database_url", environment.database.clone()),
        ("bus_url", environment.bus.clone()),
        ("data", environment.data.clone()),
        ("backup_to", backups.map(|backups| backups.to.join(","))),
        ("backup_every", every.map(|every| format!("{}s", every.duration().as_secs()))),
        ("access_allow", gate.map(|access| access.allow.join(",")).filter(|list| !list.is_empty())),
        ("access_bypass", gate.map(|access| access.bypass.join(",")).filter(|list| !list.is_empty())),
        ("backup_keep", keep.map(|counts| counts.map(|count| count.to_string()).join(","))),
    ];
    let own = own.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into())));
    table.extend(own.chain(environment.settings.clone()));
    if let Some(access) = gate {
        // Nobody opens by a setting what is declared to be closed.
        table.insert("access_gate".to_owned(), true.into());
        table.insert("access_pin".to_owned(), access.pin.into());
    }
    let ends_tls = table.get("tls").and_then(toml::Value::as_str).is_some_and(|mode| mode != "off");
    if ends_tls && !table.contains_key("tls_names") {
        // They have certificates too, and lead to the address people use.
        let aliases = environment.aliases.iter().map(|address| address.host().to_owned());
        let names: Vec<String> = aliases.chain(environment.redirects.iter().cloned()).collect();
        table.insert("tls_names".to_owned(), names.join(",").into());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_ends_tls_has_certificates_for_all_names_of_its_environment() {
        let names = |settings: &str| {
            let text = format!(
                "[environments.beta]\nurl = \"https://a.example\"\naliases = [\"https://b.example\"]\n\
                 redirects = [\"old.example\"]\nsettings = {{ {settings} }}\n"
            );
            let declaration = Declaration::parse(&text).unwrap();
            let table = process_settings(&declaration, &"beta".parse().unwrap());
            table.get("tls_names").and_then(toml::Value::as_str).map(str::to_owned)
        };
        assert_eq!(names("tls = \"acme\"").as_deref(), Some("b.example,old.example"));
        assert_eq!(names("tls = \"acme\", tls_names = \"c.example\"").as_deref(), Some("c.example"));
        assert_eq!(names("tls = \"off\""), None);
        assert_eq!(names(""), None);
    }
}
