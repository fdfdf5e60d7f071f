//! A release to one environment: its bytes, built here or proven by the environment before; bringing them there; looking
//! from outside whether it is well; and, where that can be done at once, going back if it is not.

use super::scripts::{self, compose_up, ssh};
use super::{DOWNLOAD, MACHINE, NODE, TOOLCHAIN, UPLOAD, checkout, file, runs, trigger, uses};
use crate::compose::{self, DIGEST};
use crate::digitalocean::secrets as platform_secrets;
use crate::plain::{Destination, Image};
use crate::site::Site;
use crate::yaml::{Node, map};
use operations::{EnvironmentName, Guard, Layout, Target};
use std::collections::BTreeSet;

/// What the bytes are called among the artifacts of a run.
const BYTES: &str = "rookery-release";
/// What a static program is built for.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// The workflow of an environment.
pub(crate) fn deploy(site: &mut Site<'_>, image: Option<&Image>, opening: &str) -> String {
    let on = trigger(site);
    let from = site.environment.promote_from.clone();
    let bytes = match &from {
        Some(from) => taken(site.name, from),
        None => built(),
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

fn artifact(step: Node, path: &str) -> Node {
    step.with("with", map([("name", BYTES.into()), ("path", path.into())]))
}

/// Builds the program as one file that needs no libraries beside it, with nothing of an environment in it.
fn built() -> Node {
    let build = format!(
        "rustup toolchain install {TOOLCHAIN} --profile minimal
cargo +{TOOLCHAIN} xtask web
RUSTFLAGS='-C target-feature=+crt-static' cargo +{TOOLCHAIN} build --locked --release --package rookery --target {TRIPLE}
mkdir out
cp target/{TRIPLE}/release/rookery out/rookery
cd out
sha256sum rookery > rookery.sha256
"
    );
    let build = runs("build", &build);
    let node = uses(NODE).with("with", map([("node-version", "22".into())]));
    map([
        ("runs-on", MACHINE.into()),
        ("timeout-minutes", 60.into()),
        ("steps", Node::List(vec![checkout(), node, build, artifact(uses(UPLOAD), "out")])),
    ])
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
echo \"{name} takes the bytes of run $run: $(cut -c1-64 rookery.sha256)\" >> \"$GITHUB_STEP_SUMMARY\"
"
    );
    let variables =
        map([("GH_TOKEN", "${{ github.token }}".into()), ("GH_REPO", "${{ github.repository }}".into())]);
    let take =
        map([("name", format!("what ran in {from}").into()), ("env", variables), ("run", script.into())]);
    map([
        ("runs-on", MACHINE.into()),
        ("timeout-minutes", 10.into()),
        ("permissions", map([("contents", "read".into()), ("actions", "read".into())])),
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
    let script = match &environment.target {
        Target::Ssh(to) => destination(site, to).map(|to| by_slots(site.name, &to, &url)),
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
        ("timeout-minutes", 20.into()),
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

/// The release is put beside the others, the idle slot takes over with it, and if it is not well from outside, the one
/// before takes over again.
fn by_slots(name: &EnvironmentName, to: &Destination, url: &str) -> String {
    let releases = Layout::of(name.clone()).releases();
    let (ssh, port, login) = (ssh(to), to.port, &to.login);
    format!(
        "set -euo pipefail
release=\"${{GITHUB_SHA::12}}-$(cut -c1-12 out/rookery.sha256)\"
program=\"{releases}/$release/bin/rookery\"
scp -o BatchMode=yes -P {port} out/rookery \"{login}:rookery-$release\"
{ssh} \"sudo install -D -m 0555 'rookery-$release' '$program' && rm 'rookery-$release'\"
before=\"$({ssh} \"sudo '$program' --environment {name} slots status\" | sed -n 's/^[a-z]*: release \\([A-Za-z0-9._-]*\\), active, serving.*/\\1/p')\"
{ssh} \"sudo '$program' --environment {name} slots switch --release '$release'\"
if out/rookery smoke {url}; then
  echo \"{name} runs $release\" >> \"$GITHUB_STEP_SUMMARY\"
  exit 0
fi
if [ -n \"$before\" ]; then
  {ssh} \"sudo '$program' --environment {name} slots switch --release '$before'\"
  echo \"::error::$release is not well; {name} runs $before again.\"
fi
exit 1
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
flyctl deploy --config deploy/fly.{name}.toml --image \"{image}@$DIGEST\"
flyctl status --config deploy/fly.{name}.toml
out/rookery smoke {url}
",
        image = image.whole()
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
doctl apps spec get \"$APP_ID\" | grep --quiet --fixed-strings \"$DIGEST\"
out/rookery smoke {url}
"
    )
}
