//! Workflows of GitHub: checks of every change; for each environment a release by its trigger, of bytes that were built
//! once; going back; and trying every week whether backups can be restored.
//!
//! What is promoted is not built again: the bytes are those of the run that brought the same commit to the environment
//! before, and without such a run nothing is promoted. Nothing of a pull request, a branch's name or an input stands in a
//! script: they come as variables. Actions are pinned by commit. Source: GitHub's workflow syntax.

mod deploy;
mod scripts;

pub(crate) use deploy::{deploy, has_machines};

use crate::plain::is_branch;
use crate::site::Site;
use crate::yaml::{Node, map};
use operations::{Declaration, Environment, EnvironmentName, Target, Trigger};

const CHECKOUT: (&str, &str) = ("actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "v5.0.0");
const NODE: (&str, &str) = ("actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020", "v4.4.0");
const UPLOAD: (&str, &str) = ("actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02", "v4.6.2");
const DOWNLOAD: (&str, &str) =
    ("actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093", "v4.3.0");
const FLYCTL: (&str, &str) =
    ("superfly/flyctl-actions/setup-flyctl@fc53c09e1bc3be6f54706524e3b82c4f462f77be", "v1.5");
/// The machine jobs run on.
const MACHINE: &str = "ubuntu-24.04";
/// The oldest toolchain that builds this, so that it stays so.
const TOOLCHAIN: &str = env!("CARGO_PKG_RUST_VERSION");

/// The file of an environment's releases.
pub(crate) fn file(name: &EnvironmentName) -> String {
    format!("deploy-{name}.yml")
}

/// Where workflows are kept.
pub(crate) fn path(file: &str) -> String {
    format!(".github/workflows/{file}")
}

/// A step that uses an action.
fn uses((action, version): (&str, &'static str)) -> Node {
    map([("uses", Node::Noted(action.to_owned(), version))])
}

/// A step that runs a script.
fn runs(name: &str, script: &str) -> Node {
    map([("name", name.into()), ("run", script.into())])
}

fn checkout() -> Node {
    uses(CHECKOUT).with("with", map([("persist-credentials", false.into())]))
}

/// Which way a release comes to an environment.
fn trigger(site: &mut Site<'_>) -> Node {
    let mut on = match &site.environment.trigger {
        Trigger::Push(branch) => {
            if !is_branch(branch) {
                let detail = format!("`{branch}` is no plain name of one branch");
                site.refuse("trigger", &detail, "use letters, digits, `-`, `_`, `.` and `/`");
            }
            map([("push", map([("branches", vec![branch.as_str()].into())]))])
        }
        Trigger::Release(kind) => {
            if !matches!(kind.as_str(), "published" | "released" | "prereleased") {
                let detail = format!("GitHub knows no release that is `{kind}`");
                site.refuse("trigger", &detail, "write { release = \"published\" }");
            }
            map([("release", map([("types", vec![kind.as_str()].into())]))])
        }
        Trigger::Local | Trigger::Manual => Node::Map(Vec::new()),
    };
    on = on.with("workflow_dispatch", Node::Map(Vec::new()));
    on
}

/// Checks of every change, in the image of the oldest toolchain; its tests start machines of their own, which takes rights.
pub(crate) fn checks(opening: &str) -> String {
    let parts = ["fmt", "tidy", "web", "clippy", "schema", "rust", "doc", "deny"];
    let parts = parts.map(|part| runs(part, &format!("cargo xtask test {part}")));
    let prepare = runs("what tests are built with", "rustup component add clippy rustfmt\n");
    let node = uses(NODE).with("with", map([("node-version", "22".into())]));
    let steps = [checkout(), node, prepare].into_iter().chain(parts).collect();
    let job = map([
        ("runs-on", MACHINE.into()),
        ("timeout-minutes", 90.into()),
        (
            "container",
            map([
                ("image", format!("docker.io/library/rust:{TOOLCHAIN}-bookworm").into()),
                ("options", "--privileged".into()),
            ]),
        ),
        ("steps", Node::List(steps)),
    ]);
    map([
        ("name", "checks".into()),
        ("on", map([("pull_request", Node::Map(Vec::new())), ("merge_group", Node::Map(Vec::new()))])),
        ("permissions", map([("contents", "read".into())])),
        (
            "concurrency",
            map([("group", "checks-${{ github.ref }}".into()), ("cancel-in-progress", true.into())]),
        ),
        ("jobs", map([("checks", job)])),
    ])
    .document(opening)
}

/// Going back to a release that has run there before.
pub(crate) fn rollback(sites: &[(&EnvironmentName, &Environment)], opening: &str) -> String {
    let jobs = sites.iter().filter_map(|(name, environment)| {
        let script = scripts::rollback(name, environment)?;
        let mut steps = vec![checkout()];
        steps.extend(scripts::tools(&environment.target));
        steps.extend(scripts::reach(&environment.target));
        let variables = map([("RELEASE", "${{ inputs.release }}".into())]);
        let variables = scripts::credentials(&environment.target, variables);
        steps.push(map([("name", "go back, and look".into()), ("env", variables), ("run", script.into())]));
        let job = map([
            ("if", format!("inputs.environment == '{name}'").into()),
            ("runs-on", MACHINE.into()),
            ("timeout-minutes", 15.into()),
            ("environment", scripts::environment(name, environment)),
            ("concurrency", scripts::one_at_a_time(name)),
            ("steps", Node::List(steps)),
        ]);
        Some((name.to_string(), job))
    });
    let jobs: Vec<(String, Node)> = jobs.collect();
    let names: Vec<String> = jobs.iter().map(|(name, _)| name.clone()).collect();
    let input = |about: &str| map([("description", about.into()), ("required", true.into())]);
    map([
        ("name", "rollback".into()),
        (
            "on",
            map([(
                "workflow_dispatch",
                map([(
                    "inputs",
                    map([
                        (
                            "environment",
                            input("Which environment").with("type", "choice").with("options", names),
                        ),
                        (
                            "release",
                            input("Which release: its name on a machine, the digest of its image elsewhere")
                                .with("type", "string"),
                        ),
                    ]),
                )]),
            )]),
        ),
        ("permissions", map([("contents", "read".into())])),
        ("jobs", Node::Map(jobs)),
    ])
    .document(opening)
}

/// Restores some instant of every environment that has backups, each week; `None` if none has.
pub(crate) fn drill(
    declaration: &Declaration,
    sites: &[(&EnvironmentName, &Environment)],
    opening: &str,
) -> Option<String> {
    let jobs = sites.iter().filter_map(|(name, environment)| {
        let has_backups = operations::process_settings(declaration, name).contains_key("backup_to");
        let script = has_backups.then(|| scripts::drill(name, environment)).flatten()?;
        let mut steps = scripts::tools(&environment.target);
        steps.extend(scripts::reach(&environment.target));
        let credentials = scripts::credentials(&environment.target, Node::Map(Vec::new()));
        let step = map([("name", "restore some instant".into())]);
        steps.push(step.with_some("env", credentials).with("run", script));
        let job = map([
            ("runs-on", MACHINE.into()),
            ("timeout-minutes", 60.into()),
            ("environment", scripts::environment(name, environment)),
            ("concurrency", scripts::one_at_a_time(name)),
            ("steps", Node::List(steps)),
        ]);
        Some((name.to_string(), job))
    });
    let jobs: Vec<(String, Node)> = jobs.collect();
    if jobs.is_empty() {
        return None;
    }
    let document = map([
        ("name", "backup drill".into()),
        (
            "on",
            map([
                ("schedule", Node::List(vec![map([("cron", "17 4 * * 1".into())])])),
                ("workflow_dispatch", Node::Map(Vec::new())),
            ]),
        ),
        ("permissions", map([("contents", "read".into())])),
        ("jobs", Node::Map(jobs)),
    ]);
    Some(document.document(opening))
}

/// Environments GitHub brings releases to: those of a platform or of a machine that is reached, with plain names.
pub(crate) fn is_reached(environment: &Environment) -> bool {
    !matches!(environment.target, Target::Local) && environment.trigger != Trigger::Local
}
