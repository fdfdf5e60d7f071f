//! A release to one environment: its bytes, built here or proven by the environment before; bringing them there; looking
//! from outside whether it is well; and, where that can be done at once, going back if it is not.

use super::scripts::{self, compose_up, digitalocean_runs, fly_deploy, ssh};
use super::{DOWNLOAD, MACHINE, NODE, TOOLCHAIN, UPLOAD, checkout, file, runs, trigger, uses};
use crate::compose::{self, DIGEST};
use crate::digitalocean::secrets as platform_secrets;
use crate::plain::{Destination, Image};
use crate::site::Site;
use crate::yaml::{Node, map};
use operations::{Declaration, Environment, EnvironmentName, Guard, Target};
use std::collections::BTreeSet;

/// What the bytes are called among the artifacts of a run.
const BYTES: &str = "rookery-release";
/// How long a job may run at GitHub, in minutes.
const MINUTES_MAX: i64 = 360;
/// The keys that machines trust, beside the declaration.
const PUBLIC_KEY: &str = "release.pub";
/// What a static program is built for.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The workflow of an environment.
pub(crate) fn deploy(site: &mut Site<'_>, image: Option<&Image>, opening: &str) -> String {
    let on = trigger(site);
    let from = site.environment.promote_from.clone();
    let bytes = match &from {
        Some(from) => taken(site.name, from),
        None => built(site.declaration),
    };
    let mut jobs = vec![("bytes".to_owned(), bytes)];
    if let Some(image) = image {
        jobs.push(("image".to_owned(), packed(image)));
    }
    jobs.push(("release".to_owned(), release(site, image)));
    map([
        ("name", format!("deploy {}", site.name).into()),
        ("on", on),
        ("permissions", map([("contents", "read".into())])),
        ("concurrency", scripts::one_at_a_time(site.name)),
        ("jobs", Node::Map(jobs)),
    ])
    .document(opening)
}

/// Whether an environment runs on a machine of slots.
pub(crate) fn has_machines(declaration: &Declaration) -> bool {
    declaration.environments.values().any(|it| matches!(it.target, Target::Ssh(_)) && super::is_reached(it))
}

fn artifact(step: Node, path: &str) -> Node {
    step.with("with", map([("name", BYTES.into()), ("path", path.into())]))
}

/// Builds the program as one file that needs no libraries beside it, with nothing of an environment in it. Where a machine
/// is to take it, it becomes a signed release: machines take nothing else. What is built by others' scripts never sees the
/// key.
fn built(declaration: &Declaration) -> Node {
    let build = format!(
        "set -euo pipefail
rustup toolchain install {TOOLCHAIN} --profile minimal
cargo +{TOOLCHAIN} xtask web
RUSTFLAGS='-C target-feature=+crt-static' cargo +{TOOLCHAIN} build --locked --release --package rookery --target {TRIPLE}
"
    );
    let node = uses(NODE).with("with", map([("node-version", "22".into())]));
    let mut steps = vec![checkout(), node, runs("build", &build)];
    let is_signed = has_machines(declaration);
    if is_signed {
        steps.push(signed());
    }
    // Last: a folder that is in no commit would make the sources be none.
    let gather = format!(
        "set -euo pipefail
mkdir out
cp target/{TRIPLE}/release/rookery out/rookery
{}cd out
sha256sum rookery > rookery.sha256
",
        if is_signed { "mv releases/* out/release\n" } else { "" }
    );
    steps.push(runs("gather the bytes", &gather));
    steps.push(artifact(uses(UPLOAD), "out"));
    map([("runs-on", MACHINE.into()), ("timeout-minutes", 60.into()), ("steps", Node::List(steps))])
}

/// Makes a signed release of what was built.
fn signed() -> Node {
    let script = format!(
        "set -euo pipefail
(umask 077 && printf '%s\\n' \"$ROOKERY_RELEASE_KEY\" > \"$RUNNER_TEMP/release.key\")
target/{TRIPLE}/release/rookery release build --key \"$RUNNER_TEMP/release.key\"
rm \"$RUNNER_TEMP/release.key\"
"
    );
    let key = map([("ROOKERY_RELEASE_KEY", "${{ secrets.ROOKERY_RELEASE_KEY }}".into())]);
    map([("name", "sign".into())]).with("env", key).with("run", script)
}

/// Takes the bytes that the environment before has run, of this very commit. Without a run that ended well there are none.
fn taken(name: &EnvironmentName, from: &EnvironmentName) -> Node {
    let upstream = file(from);
    let script = format!(
        "set -euo pipefail
run=\"$(gh run list --workflow {upstream} --commit \"$GITHUB_SHA\" --status success --limit 1 --json databaseId --jq '.[0].databaseId // empty')\"
if [ -z \"$run\" ]; then
  echo \"::error::$GITHUB_SHA has not run in {from}: bring this commit there first, then here.\"
  exit 1
fi
gh run download \"$run\" --name {BYTES} --dir out
cd out
sha256sum --check rookery.sha256
echo \"number=$run\" >> \"$GITHUB_OUTPUT\"
echo \"{name} takes the bytes of run $run: $(cut -c1-64 rookery.sha256)\" >> \"$GITHUB_STEP_SUMMARY\"
"
    );
    let variables =
        map([("GH_TOKEN", "${{ github.token }}".into()), ("GH_REPO", "${{ github.repository }}".into())]);
    let take = map([
        ("name", format!("what ran in {from}").into()),
        ("id", "take".into()),
        ("env", variables),
        ("run", script.into()),
    ]);
    map([
        ("runs-on", MACHINE.into()),
        ("timeout-minutes", 10.into()),
        ("permissions", map([("contents", "read".into()), ("actions", "read".into())])),
        ("outputs", map([("number", "${{ steps.take.outputs.number }}".into())])),
        ("steps", Node::List(vec![take, artifact(uses(UPLOAD), "out")])),
    ])
}

/// Packs the program into an image, and says its digest.
fn packed(image: &Image) -> Node {
    let (registry, whole) = (&image.registry, image.whole());
    let is_github = registry == "ghcr.io";
    let (user, token) = if is_github {
        ("${{ github.actor }}", "${{ github.token }}")
    } else {
        ("${{ vars.REGISTRY_USER }}", "${{ secrets.REGISTRY_TOKEN }}")
    };
    let script = format!(
        "set -euo pipefail
(cd out && sha256sum --check rookery.sha256)
name=\"{whole}:$(cut -c1-12 out/rookery.sha256)\"
printf '%s' \"$REGISTRY_TOKEN\" | docker login {registry} --username \"$REGISTRY_USER\" --password-stdin
docker build --file deploy/Dockerfile --tag \"$name\" out
docker push \"$name\"
digest=\"$(docker inspect --format '{{{{range .RepoDigests}}}}{{{{println .}}}}{{{{end}}}}' \"$name\" | sed -n 's|^{whole}@||p' | head -n 1)\"
test -n \"$digest\"
echo \"digest=$digest\" >> \"$GITHUB_OUTPUT\"
"
    );
    let step = map([
        ("name", "pack".into()),
        ("id", "pack".into()),
        ("env", map([("REGISTRY_USER", user.into()), ("REGISTRY_TOKEN", token.into())])),
        ("run", script.into()),
    ]);
    let mut permissions = map([("contents", "read".into())]);
    if is_github {
        permissions = permissions.with("packages", "write");
    }
    map([
        ("needs", "bytes".into()),
        ("runs-on", MACHINE.into()),
        ("timeout-minutes", 15.into()),
        ("permissions", permissions),
        ("outputs", map([("digest", "${{ steps.pack.outputs.digest }}".into())])),
        ("steps", Node::List(vec![checkout(), artifact(uses(DOWNLOAD), "out"), step])),
    ])
}

/// Brings it there.
fn release(site: &mut Site<'_>, image: Option<&Image>) -> Node {
    let environment = site.environment;
    let mut url = environment.url.to_string();
    let mut variables = scripts::credentials(&environment.target, Node::Map(Vec::new()));
    if let Some(access) = &environment.access {
        url.push_str(" --protected");
        if access.gate == Guard::Rookery {
            variables = variables.with("ROOKERY_ACCESS_TOKEN", "${{ secrets.ROOKERY_ACCESS_TOKEN }}");
        }
    }
    if image.is_some() {
        variables = variables.with("DIGEST", "${{ needs.image.outputs.digest }}");
    }
    if is_proven_elsewhere(site) {
        variables = variables.with("PROVEN", "${{ needs.bytes.outputs.number }}");
    }
    let script = match &environment.target {
        Target::Ssh(to) => destination(site, to).map(|_| by_slots(site)),
        Target::Compose(to) => destination(site, to).map(|to| by_compose(site, &to, &url)),
        Target::Fly(_) => image.map(|image| by_fly(site.name, image, &url)),
        Target::Digitalocean(_) => {
            // What is found is found where the app's own file is made.
            let secrets = platform_secrets(&mut site.again());
            for name in &secrets {
                variables = variables.with(name, format!("${{{{ secrets.{name} }}}}"));
            }
            Some(by_digitalocean(site.name, &url, &secrets))
        }
        Target::Local => None,
    };
    let mut steps = vec![checkout(), artifact(uses(DOWNLOAD), "out")];
    steps.push(runs("the bytes are whole", "cd out\nsha256sum --check rookery.sha256\nchmod +x rookery\n"));
    steps.extend(scripts::tools(&environment.target));
    steps.extend(scripts::reach(&environment.target));
    let step = map([("name", "release".into())]);
    steps.push(step.with_some("env", variables).with("run", script.unwrap_or_default()));
    let needs = if image.is_some() { "image" } else { "bytes" };
    map([
        ("needs", vec![needs].into()),
        ("runs-on", MACHINE.into()),
        ("timeout-minutes", minutes(environment).into()),
        ("environment", scripts::environment(site.name, environment)),
        ("steps", Node::List(steps)),
    ])
}

fn destination(site: &mut Site<'_>, to: &str) -> Option<Destination> {
    let found = Destination::parse(to);
    if found.is_none() {
        site.refuse(
            "target",
            &format!("`{to}` is no plain address of a machine"),
            "write deploy@203.0.113.5",
        );
    }
    found
}

/// How long a release may take, in minutes: being watched and tried on some people takes what was declared.
fn minutes(environment: &Environment) -> i64 {
    let canary = environment.canary.as_ref();
    let tried = canary.map_or(0, |canary| canary.hold.duration().as_secs() * canary.steps.len() as u64);
    let watched = environment.soak.map_or(0, |soak| soak.duration().as_secs());
    let minutes = i64::try_from((tried + watched).div_ceil(60)).unwrap_or(MINUTES_MAX);
    minutes.saturating_add(20).min(MINUTES_MAX)
}

/// Whether a machine takes releases that were proven where it cannot look: on a platform.
fn is_proven_elsewhere(site: &Site<'_>) -> bool {
    let from = site.environment.promote_from.as_ref();
    let before = from.and_then(|from| site.declaration.environments.get(from));
    let is_machine = |target: &Target| matches!(target, Target::Ssh(_));
    is_machine(&site.environment.target) && before.is_some_and(|before| !is_machine(&before.target))
}

/// The machine takes the release by its own gate, tries it, and puts the one before back unless it does well there and from
/// here. Where the environment before is no machine, which run there went well is said, and written down.
fn by_slots(site: &mut Site<'_>) -> String {
    let name = site.name;
    let mut more = String::new();
    if site.environment.backups.is_none() {
        more.push_str(" --without-backup");
        let detail = "no place is declared: releases come here without a backup before them";
        site.warn("backups", detail, "write backups = { to = [\"s3:BUCKET\"] }");
    }
    if is_proven_elsewhere(site) {
        more.push_str(" --proven-by \"$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$PROVEN\"");
    }
    format!(
        "set -euo pipefail
out/rookery deploy {name} out/release --key {PUBLIC_KEY}{more}
echo \"{name} runs $(out/rookery release show out/release | sed -n 's/^ *\"id\": \"\\(.*\\)\".*/\\1/p')\" >> \"$GITHUB_STEP_SUMMARY\"
"
    )
}

/// The machine is given the files and the digest; if it does not become well, it is given the digest from before.
fn by_compose(site: &Site<'_>, to: &Destination, url: &str) -> String {
    let folder = compose::folder(site);
    let (name, ssh, port, login) = (site.name, ssh(to), to.port, &to.login);
    let up = compose_up(name, to, "$DIGEST");
    let back = compose_up(name, to, "$before");
    let back = back.trim_end();
    format!(
        "set -euo pipefail
scp -o BatchMode=yes -P {port} deploy/{name}/compose.yaml deploy/{name}/Caddyfile \"{login}:{folder}/\"
before=\"$({ssh} \"sed -n 's/^{DIGEST}=//p' {folder}/.env || true\")\"
{}; then
  echo \"{name} runs $DIGEST\" >> \"$GITHUB_STEP_SUMMARY\"
  exit 0
fi
if [[ \"$before\" =~ ^sha256:[0-9a-f]{{64}}$ ]]; then
  {back}
  echo \"::error::$DIGEST is not well; {name} runs $before again.\"
fi
exit 1
",
        format_args!("if {} && out/rookery smoke {url}", up.trim_end())
    )
}

/// The platform keeps the machine from before until the new one is ready, unless a volume forbids it.
fn by_fly(name: &EnvironmentName, image: &Image, url: &str) -> String {
    format!(
        "set -euo pipefail
{}out/rookery smoke {url}
",
        fly_deploy(name, &image.whole(), "$DIGEST")
    )
}

/// The spec is filled in, sent, read back and compared: what a platform says it took is not yet what it has.
fn by_digitalocean(name: &EnvironmentName, url: &str, secrets: &BTreeSet<String>) -> String {
    let filled: String = secrets.iter().map(|name| format!(" ${{{name}}}")).collect();
    format!(
        "set -euo pipefail
export {DIGEST}=\"$DIGEST\"
(umask 077 && envsubst '${{{DIGEST}}}{filled}' < deploy/app.{name}.yaml > filled.yaml)
doctl apps spec validate --schema-only filled.yaml > /dev/null
doctl apps update \"$APP_ID\" --spec filled.yaml --wait
rm filled.yaml
{}out/rookery smoke {url}
",
        digitalocean_runs("$DIGEST")
    )
}
