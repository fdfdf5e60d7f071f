//! The files that platforms want of a declaration: units, containers, apps, workflows, alerts, a dashboard, and pages that
//! say what to tell a provider's console.
//!
//! [`generate`] is text from a declaration: nothing is read, written or asked here. Every value goes through the format's
//! own writer, or is refused where it is not made of plain letters. What a platform cannot do is found before anything is
//! made: an error leaves an environment without files, a warning says what to expect. Deliberately not here: which
//! settings a server has and by which variables it takes them; that is an argument.
//!
//! A map: [`generate`] goes through the environments; `process` is what a container is told; one file each for `compose`,
//! `caddy`, `image`, `fly`, `digitalocean`, `workflows`, `alerts`, `dashboard`, `checklists`; `plain` judges values,
//! `yaml` writes.

mod alerts;
mod caddy;
mod checklists;
mod compose;
mod dashboard;
mod digitalocean;
mod fly;
mod image;
mod plain;
mod process;
mod site;
mod workflows;
mod yaml;

use crate::plain::{Image, is_app};
use crate::site::Site;
use operations::{Declaration, EnvironmentName, Finding, Severity, Target, units};
use std::collections::BTreeMap;

/// What every file says of itself.
pub const OPENING: &str = "Made by `rookery env files` from rookery.toml: change that, and make this anew.";

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it belongs, with `/`, relative to the folder of all.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// Whose it is; `None`: of all environments together.
    pub environment: Option<EnvironmentName>,
}

/// Everything that is made of a declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// The files, by their paths.
    pub files: Vec<File>,
    /// What stands in the way, and what a platform cannot do; the worst first.
    pub findings: Vec<Finding>,
}

/// Makes the files of all environments that do not run on somebody's own machine.
///
/// `variables` says by which variable a process takes a setting: `listen` by `ROOKERY_LISTEN`.
#[must_use]
pub fn generate(declaration: &Declaration, variables: &BTreeMap<String, String>) -> Generated {
    let mut made = Generated::default();
    let mut well = Vec::new();
    let mut has_images = false;
    for (name, environment) in &declaration.environments {
        if !workflows::is_reached(environment) {
            continue;
        }
        let mut site = Site::new(declaration, name, environment, variables);
        let (files, needs_image) = of_environment(&mut site);
        let is_well = site.findings.iter().all(|finding| finding.severity != Severity::Error);
        made.findings.append(&mut site.findings);
        if is_well {
            has_images |= needs_image;
            made.files.extend(files);
            well.push(site);
        }
    }
    made.files.extend(of_all(declaration, &well, has_images));
    made.files.sort_by(|a, b| a.path.cmp(&b.path));
    made.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.key.cmp(&b.key)));
    made.findings.dedup();
    made
}

/// The files of one environment, and whether they need an image.
fn of_environment(site: &mut Site<'_>) -> (Vec<File>, bool) {
    let (name, environment) = (site.name, site.environment);
    let mut files = Vec::new();
    let mut file = |path: String, text: String| {
        files.push(File { path, text, environment: Some(name.clone()) });
    };
    let image = match &environment.target {
        Target::Compose(_) | Target::Fly(_) | Target::Digitalocean(_) => image(site),
        Target::Local | Target::Ssh(_) => None,
    };
    match (&environment.target, &image) {
        (Target::Ssh(_), _) => {
            match units(site.declaration, name, environment) {
                Ok(units) => {
                    for unit in units {
                        file(format!("{name}/systemd/{}", unit.name), format!("# {OPENING}\n{}", unit.text));
                    }
                }
                Err(error) => site.refuse(error.key, &error.to_string(), error.detail),
            }
            if !site.ends_tls() {
                let upstream = upstream(site);
                file(format!("{name}/Caddyfile"), caddy::caddyfile(site, &upstream, OPENING));
            }
            file(format!("{name}/machine.md"), checklists::machine(site, OPENING));
        }
        (Target::Compose(_), Some(image)) => {
            file(format!("{name}/compose.yaml"), compose::compose(site, image, OPENING));
            let upstream = format!("rookery:{}", process::PORT);
            file(format!("{name}/Caddyfile"), caddy::caddyfile(site, &upstream, OPENING));
            file(format!("{name}/machine.md"), checklists::machine(site, OPENING));
        }
        (Target::Fly(app), Some(_)) => {
            let app = named(site, app);
            file(format!("fly.{name}.toml"), fly::fly(site, &app, OPENING));
        }
        (Target::Digitalocean(app), Some(image)) => {
            let app = named(site, app);
            file(format!("app.{name}.yaml"), digitalocean::app(site, &app, image, OPENING));
        }
        (Target::Local, _) | (_, None) => {}
    }
    let workflow = workflows::deploy(site, image.as_ref(), OPENING);
    file(workflows::path(&workflows::file(name)), workflow);
    (files, image.is_some())
}

/// The files that belong to all environments together.
fn of_all(declaration: &Declaration, well: &[Site<'_>], has_images: bool) -> Vec<File> {
    let mut files = Vec::new();
    let mut file = |path: &str, text: String| {
        files.push(File { path: path.to_owned(), text, environment: None });
    };
    if well.is_empty() {
        return files;
    }
    let sites: Vec<_> = well.iter().map(|site| (site.name, site.environment)).collect();
    if has_images {
        file("Dockerfile", image::dockerfile(OPENING));
    }
    file(&workflows::path("checks.yml"), workflows::checks(OPENING));
    file(&workflows::path("rollback.yml"), workflows::rollback(&sites, OPENING));
    if let Some(drill) = workflows::drill(declaration, &sites, OPENING) {
        file(&workflows::path("backup-drill.yml"), drill);
    }
    file("github.md", checklists::github(well, OPENING));
    file("grafana.json", dashboard::dashboard(OPENING));
    file("prometheus/prometheus.yml", alerts::scraping(declaration, OPENING));
    file("prometheus/rules.yml", alerts::rules(declaration, OPENING));
    file("uptimerobot.md", checklists::uptime(declaration, OPENING));
    if let Some(page) = checklists::apps(well, OPENING) {
        file("digitalocean.md", page);
    }
    if let Some(page) = checklists::cloudflare(declaration, OPENING) {
        file("cloudflare.md", page);
    }
    files
}

/// Where images of an environment are kept.
fn image(site: &mut Site<'_>) -> Option<Image> {
    let Some(text) = site.environment.image.clone() else {
        site.refuse(
            "image",
            "containers are made from an image, and none is named",
            "write ghcr.io/our/music",
        );
        return None;
    };
    let image = Image::parse(&text);
    if image.is_none() {
        let detail = format!("`{text}` is no plain name of an image");
        site.refuse("image", &detail, "write ghcr.io/our/music, without a tag: releases are said by digest");
    }
    image
}

/// The name of an app, if it is one.
fn named(site: &mut Site<'_>, app: &str) -> String {
    if !is_app(app) {
        let detail = format!("`{app}` is no name of an app");
        site.refuse("target", &detail, "use 2 to 32 small letters, digits and hyphens");
    }
    app.to_owned()
}

/// Where the server listens behind Caddy, on a machine of its own.
fn upstream(site: &mut Site<'_>) -> String {
    let trusted = site.value("trusted_proxies").unwrap_or("0").to_owned();
    if trusted == "0" {
        site.warn(
            "trusted_proxies",
            "Caddy stands in front, and the server takes it for everybody who comes",
            "set `trusted_proxies = 1`",
        );
    }
    site.value("listen").unwrap_or("127.0.0.1:4533").replace("0.0.0.0:", "127.0.0.1:")
}
