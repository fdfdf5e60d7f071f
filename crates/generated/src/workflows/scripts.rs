//! Scripts that jobs run, by where an environment runs. Every value in them is of plain letters: those that are not were
//! refused before. What a person types or GitHub tells comes as a variable.

use super::{FLYCTL, runs, uses};
use crate::compose::DIGEST;
use crate::plain::Destination;
use crate::yaml::{Node, map};
use operations::{Environment, EnvironmentName, Target};

/// What a release is called, so that nothing else comes into a command.
const NAME_CHECK: &str = "[[ \"$RELEASE\" =~ ^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{7}-[0-9a-f]{8}$ ]] || { echo 'This is no name of a release.'; exit 1; }\n";
/// The same for the digest of an image.
const DIGEST_CHECK: &str =
    "[[ \"$RELEASE\" =~ ^sha256:[0-9a-f]{64}$ ]] || { echo 'This is no digest of an image.'; exit 1; }\n";

/// GitHub's own environment: whoever must agree is asked there.
pub(super) fn environment(name: &EnvironmentName, environment: &Environment) -> Node {
    map([("name", name.as_str().into()), ("url", environment.url.to_string().into())])
}

/// Two releases of one environment at a time would be none.
pub(super) fn one_at_a_time(name: &EnvironmentName) -> Node {
    map([("group", format!("rookery-{name}").into()), ("cancel-in-progress", false.into())])
}

/// Steps that install a platform's own tool.
pub(super) fn tools(target: &Target) -> Vec<Node> {
    match target {
        Target::Fly(_) => vec![uses(FLYCTL)],
        Target::Digitalocean(_) => vec![runs("doctl", "sudo snap install doctl\n")],
        Target::Local | Target::Ssh(_) | Target::Compose(_) => Vec::new(),
    }
}

/// Steps after which a machine can be reached: its key is known before, whoever answers.
pub(super) fn reach(target: &Target) -> Vec<Node> {
    if !matches!(target, Target::Ssh(_) | Target::Compose(_)) {
        return Vec::new();
    }
    let script = "umask 077
mkdir -p ~/.ssh
printf '%s\\n' \"$SSH_KEY\" > ~/.ssh/id_ed25519
printf '%s\\n' \"$SSH_KNOWN_HOSTS\" > ~/.ssh/known_hosts
";
    let variables = map([
        ("SSH_KEY", "${{ secrets.ROOKERY_SSH_KEY }}".into()),
        ("SSH_KNOWN_HOSTS", "${{ vars.ROOKERY_SSH_KNOWN_HOSTS }}".into()),
    ]);
    vec![map([("name", "the way to the machine".into()), ("env", variables), ("run", script.into())])]
}

/// Adds what a platform's tool needs to know.
pub(super) fn credentials(target: &Target, variables: Node) -> Node {
    match target {
        Target::Fly(_) => variables.with("FLY_API_TOKEN", "${{ secrets.FLY_API_TOKEN }}"),
        Target::Digitalocean(_) => variables
            .with("DIGITALOCEAN_ACCESS_TOKEN", "${{ secrets.DIGITALOCEAN_ACCESS_TOKEN }}")
            .with("APP_ID", "${{ vars.ROOKERY_APP_ID }}"),
        Target::Local | Target::Ssh(_) | Target::Compose(_) => variables,
    }
}

/// `ssh` to a machine, up to the command.
pub(super) fn ssh(to: &Destination) -> String {
    format!("ssh -o BatchMode=yes -p {} {}", to.port, to.login)
}

/// Going back; `None` for what cannot be reached.
pub(super) fn rollback(name: &EnvironmentName, environment: &Environment) -> Option<String> {
    let look = format!(
        "curl --fail --silent --show-error --retry 10 --retry-all-errors --retry-delay 3 {}/ready\n",
        environment.url
    );
    let script = match &environment.target {
        Target::Ssh(to) => {
            format!("{NAME_CHECK}{} \"rollback $RELEASE\"\n", ssh(&Destination::parse(to)?))
        }
        Target::Compose(to) => {
            format!("{DIGEST_CHECK}{}", compose_up(name, &Destination::parse(to)?, "$RELEASE"))
        }
        Target::Fly(_) => {
            let image = environment.image.as_deref()?;
            format!("{DIGEST_CHECK}{}", fly_deploy(name, image, "$RELEASE"))
        }
        Target::Digitalocean(_) => format!("{DIGEST_CHECK}{}", digitalocean_previous(name)),
        Target::Local => return None,
    };
    Some(format!("set -euo pipefail\n{script}{look}"))
}

/// Has the machine run the image of a digest, waits until it is well, and reads back which one runs.
pub(super) fn compose_up(name: &EnvironmentName, to: &Destination, digest: &str) -> String {
    let folder = format!("/srv/rookery/{name}");
    format!(
        "{} \"cd {folder} && printf '{DIGEST}=%s\\n' '{digest}' > .env && docker compose up --detach --wait --wait-timeout 180 && \
         docker inspect --format '{{{{.Config.Image}}}}' \\$(docker compose ps --quiet rookery) | grep --fixed-strings \
         '{digest}'\"\n",
        ssh(to)
    )
}

/// Has the platform run the image of a digest, and reads back which one its machines run: what it says it took is not yet
/// what it has.
pub(super) fn fly_deploy(name: &EnvironmentName, image: &str, digest: &str) -> String {
    format!(
        "flyctl deploy --config deploy/fly.{name}.toml --image \"{image}@{digest}\"
flyctl machine list --config deploy/fly.{name}.toml --json > machines.json
jq --exit-status --arg digest \"{digest}\" \\
  'length > 0 and all(.[]; .image_ref.digest == $digest or (.config.image | endswith($digest)))' machines.json
"
    )
}

/// Reads back what the platform has.
pub(super) fn digitalocean_runs(digest: &str) -> String {
    format!("doctl apps spec get \"$APP_ID\" | grep --fixed-strings \"{digest}\"\n")
}

/// The spec that runs, with another digest: what it says of secrets is kept as the platform has sealed it.
fn digitalocean_previous(name: &EnvironmentName) -> String {
    format!(
        "doctl apps spec get \"$APP_ID\" > running.{name}.yaml
sed -E \"s/(digest:) *\\\"?sha256:[0-9a-f]{{64}}\\\"?/\\1 $RELEASE/\" running.{name}.yaml > back.{name}.yaml
grep --quiet \"$RELEASE\" back.{name}.yaml
doctl apps update \"$APP_ID\" --spec back.{name}.yaml --wait
{}",
        digitalocean_runs("$RELEASE")
    )
}

/// Trying the emergency where the backups are made; `None` where no command can be run.
pub(super) fn drill(name: &EnvironmentName, environment: &Environment) -> Option<String> {
    let script = match &environment.target {
        Target::Ssh(to) => format!("{} drill\n", ssh(&Destination::parse(to)?)),
        Target::Compose(to) => format!(
            "{} \"cd /srv/rookery/{name} && docker compose exec -T rookery /rookery backup drill --json\"\n",
            ssh(&Destination::parse(to)?)
        ),
        Target::Fly(app) => {
            format!("flyctl ssh console --app {app} --command \"/rookery backup drill --json\"\n")
        }
        Target::Digitalocean(_) | Target::Local => return None,
    };
    Some(format!("set -euo pipefail\n{script}"))
}
