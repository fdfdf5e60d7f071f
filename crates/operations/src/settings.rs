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
    table
}
