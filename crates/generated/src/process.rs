//! What a process in a container is told: every setting of the declaration as a variable, paths as they are in there,
//! and which variables hold secrets, whose values never stand in a file that is kept with the code.

use crate::plain::is_folder;
use crate::site::Site;
use operations::{is_secret, process_settings};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The port people's requests come to, in a container.
pub(crate) const PORT: u16 = 8080;
/// The port of the numbers, which is not led out.
pub(crate) const METRICS_PORT: u16 = 9090;
/// The folder that stays, in a container.
pub(crate) const DATA: &str = "/data";
/// Who the process is in a container: nobody of the machine.
pub(crate) const USER: &str = "65532:65532";

/// Settings that a container decides.
const DECIDED: [&str; 5] = ["data", "listen", "metrics_listen", "trusted_proxies", "log_format"];
/// How settings of TLS begin. A container stands behind Caddy or a platform, where TLS ends.
const OF_TLS: [&str; 2] = ["tls", "acme_"];
/// Settings that are of no use without a secret beside them, and which that is.
const NEEDS: [(&str, &str); 6] = [
    ("access_github_client_id", "access_github_client_secret"),
    ("oidc_client_id", "oidc_client_secret"),
    ("google_client_id", "google_client_secret"),
    ("spotify_client_id", "spotify_client_secret"),
    ("soundcloud_client_id", "soundcloud_client_secret"),
    ("backup_s3_access_key_id", "backup_s3_secret_key"),
];

/// What a process in a container is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Process {
    /// Variables and their values.
    pub(crate) variables: BTreeMap<String, String>,
    /// Variables whose values somebody sets at the platform.
    pub(crate) secrets: BTreeSet<String>,
    /// Files of the machine that hold secrets, by the variable that names them in the container.
    pub(crate) secret_files: BTreeMap<String, String>,
    /// Folders of the machine that are the same in the container.
    pub(crate) folders: BTreeSet<String>,
    /// The folder of the machine that stays; `None`: none is declared.
    pub(crate) data: Option<String>,
    /// Whether the database is a file in the folder that stays.
    pub(crate) is_embedded: bool,
}

/// What the place the container runs at has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A machine: files and folders can be shown to the container.
    Machine,
    /// A platform: there is nothing but the folder that stays, if that.
    Platform,
}

/// Puts it together; what cannot be is found in the site.
pub(crate) fn process(site: &mut Site<'_>, place: Place) -> Process {
    let mut process = Process { data: site.value("data").map(str::to_owned), ..Process::default() };
    if let Some(data) = process.data.clone().filter(|data| !is_folder(data)) {
        site.refuse("data", &format!("`{data}` is no folder's whole path"), "write /var/lib/rookery/NAME");
    }
    let settings = process_settings(site.declaration, site.name);
    let texts: BTreeMap<String, String> =
        settings.into_iter().map(|(key, value)| (key, text(&value))).collect();
    process.is_embedded = texts.get("database_url").is_none_or(|address| address.starts_with("sqlite:"));
    for (key, value) in &texts {
        let is_of_tls = OF_TLS.iter().any(|beginning| key.starts_with(beginning));
        if !is_of_tls && !DECIDED.contains(&key.as_str()) {
            process.take(site, place, key, value);
        }
    }
    for (key, secret) in NEEDS {
        let is_given =
            process.secret_files.keys().any(|name| *name == site.variable_of(&format!("{secret}_file")));
        if texts.contains_key(key) && !is_given {
            let name = site.variable(secret);
            process.secrets.extend(name);
        }
    }
    if texts.get("database_url").is_some_and(|address| address.starts_with("libsql:")) {
        let name = site.variable("database_token");
        process.secrets.extend(name);
    }
    let hops = texts.get("trusted_proxies").map_or("1", String::as_str);
    let decided = [
        ("environment", site.name.to_string()),
        ("listen", format!("0.0.0.0:{PORT}")),
        ("metrics_listen", format!("0.0.0.0:{METRICS_PORT}")),
        ("trusted_proxies", hops.to_owned()),
        ("data", DATA.to_owned()),
        ("log_format", "json".to_owned()),
    ];
    for (key, value) in decided {
        process.set(site, key, &value);
    }
    process
}

impl Process {
    fn set(&mut self, site: &mut Site<'_>, key: &str, value: &str) {
        if let Some(name) = site.variable(key) {
            self.variables.insert(name, value.to_owned());
        }
    }

    fn take(&mut self, site: &mut Site<'_>, place: Place, key: &str, value: &str) {
        if value.contains(['\n', '\r', '\0']) {
            return site.refuse(key, "a value of several lines can be no variable", "write it on one line");
        }
        match key {
            "database_url" => self.database(site, value),
            "backup_to" => self.backups(site, place, value),
            "play_log_dir" => {
                if let Some(inside) = self.inside(value) {
                    return self.set(site, key, &inside);
                }
                site.refuse(key, "it is outside the folder that stays", "put it below `data`");
            }
            _ if key.ends_with("_file") => self.secret_file(site, place, key, value),
            // It is reached with a password.
            "bus_url" | "database_direct_url" => {
                let name = site.variable(key);
                self.secrets.extend(name);
            }
            _ if is_secret(key) => {
                let name = site.variable(key);
                self.secrets.extend(name);
            }
            _ => self.set(site, key, value),
        }
    }

    /// A database in a file goes to the folder that stays; one elsewhere is reached with a password, which is a secret.
    fn database(&mut self, site: &mut Site<'_>, address: &str) {
        if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            match self.inside(path) {
                Some(inside) => self.set(site, "database_url", &format!("sqlite:{inside}")),
                None => site.refuse(
                    "database",
                    "the file is outside the folder that stays",
                    "put it below `data`",
                ),
            }
        } else if address.starts_with("libsql:") {
            self.set(site, "database_url", address);
        } else {
            let name = site.variable("database_url");
            self.secrets.extend(name);
        }
    }

    fn backups(&mut self, site: &mut Site<'_>, place: Place, places: &str) {
        for folder in places.split(',').filter_map(|place| place.trim().strip_prefix("file:")) {
            if place == Place::Platform {
                site.refuse("backups.to", "this platform has no other disk", "use s3:BUCKET/PREFIX");
            } else if is_folder(folder) {
                self.folders.insert(folder.to_owned());
            } else {
                site.refuse(
                    "backups.to",
                    &format!("`{folder}` is no folder's whole path"),
                    "write file:/mnt/backups",
                );
            }
        }
        self.set(site, "backup_to", places);
    }

    /// A file that holds a secret is shown to the container; a platform is told the secret itself.
    fn secret_file(&mut self, site: &mut Site<'_>, place: Place, key: &str, path: &str) {
        if place == Place::Platform {
            let stem = key.strip_suffix("_file").unwrap_or(key);
            if key == "backup_key_file" {
                return site.refuse(
                    key,
                    "this platform shows no files to a process",
                    "leave it out: the key is made in `data`",
                );
            }
            let name = site.variable(stem);
            self.secrets.extend(name);
        } else if !is_folder(path) {
            site.refuse(
                key,
                &format!("`{path}` is no file's whole path"),
                "write /etc/rookery/NAME/secret.key",
            );
        } else if let Some(name) = site.variable(key) {
            self.secret_files.insert(name, path.to_owned());
        }
    }

    /// Where a path below the folder that stays is in the container.
    fn inside(&self, path: &str) -> Option<String> {
        let below = Path::new(path).strip_prefix(self.data.as_deref()?).ok()?;
        is_folder(path).then(|| Path::new(DATA).join(below).display().to_string())
    }
}

/// A setting as a variable says it: lists with commas.
fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(parts) => parts.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
