//! Docker and Compose, where an environment runs in containers: they are there, answer, and are new enough for the
//! `compose.yaml` that is made.

use crate::asked::{self, ANSWER_TIME_MAX, Silence, Version, judge, said};
use smoke::{Report, Seen, Wrong};
use std::process::Output;

/// The engine from which on memory is limited where cgroups are of version 2, as on every current system.
const ENGINE_MIN: Version = Version(20, 10, 0);
/// The Compose that reads `name` in its file: without it two environments would take each other's containers.
const COMPOSE_MIN: Version = Version(2, 3, 3);
const ADVICE_MISSING: &str = "`apt-get install docker.io docker-compose-v2`, or take Docker's own packages; then \
                              `docker version` and `docker compose version` both answer";

/// Looks at both.
pub async fn containers(report: &mut Report<'_>) {
    report.check("docker is there and new enough", engine()).await;
    report.check("compose is there and new enough", compose()).await;
}

async fn engine() -> Seen {
    let output = ask(&["version", "--format", "{{.Server.Version}}"]).await?;
    if !output.status.success() {
        return Err(Wrong::new(
            said(&output.stderr),
            "`systemctl enable --now docker`; whoever runs this must be root or in the group `docker`",
        ));
    }
    judge(
        "docker",
        &said(&output.stdout),
        ENGINE_MIN,
        "install a newer Docker: the limits of containers do not hold with this one",
    )
}

async fn compose() -> Seen {
    let output = ask(&["compose", "version", "--short"]).await?;
    if !output.status.success() {
        // An engine without the plugin takes `compose` for a word it does not know.
        return Err(Wrong::new(said(&output.stderr), ADVICE_MISSING));
    }
    judge(
        "compose",
        &said(&output.stdout),
        COMPOSE_MIN,
        "install a newer Compose (`docker-compose-v2`): this one does not read the compose.yaml that is made",
    )
}

async fn ask(words: &[&str]) -> Result<Output, Wrong> {
    asked::ask("docker", words).await.map_err(|silence| match silence {
        Silence::Missing => Wrong::new("there is no docker", ADVICE_MISSING),
        Silence::Failed(error) => Wrong::new(format!("docker: {error}"), ADVICE_MISSING),
        Silence::Late => Wrong::new(
            format!("docker did not answer within {} s", ANSWER_TIME_MAX.as_secs()),
            "`systemctl restart docker`, and look into `journalctl -u docker`",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers_however_they_are_packaged() {
        for (text, least, is_well) in [
            ("28.2.2", ENGINE_MIN, true),
            ("20.10.24+dfsg1", ENGINE_MIN, true),
            ("19.03.15", ENGINE_MIN, false),
            ("20.9.9", ENGINE_MIN, false),
            ("v2.3.3", COMPOSE_MIN, true),
            ("2.40.3-desktop.1", COMPOSE_MIN, true),
            ("5.0", COMPOSE_MIN, true),
            ("2.3.0", COMPOSE_MIN, false),
            ("1.29.2", COMPOSE_MIN, false),
            ("", COMPOSE_MIN, false),
            ("dev", COMPOSE_MIN, false),
        ] {
            assert_eq!(judge("it", text, least, "newer").is_ok(), is_well, "{text}");
        }
    }
}
