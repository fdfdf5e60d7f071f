//! What a platform cannot do is said before anything is made.

use crate::{example, made, text};
use operations::Severity;

fn findings(text: &str, severity: Severity) -> Vec<(String, String)> {
    let made = made(text);
    let found = made.findings.into_iter().filter(|finding| finding.severity == severity);
    found.map(|finding| (finding.environments[0].to_string(), finding.detail)).collect()
}

#[test]
fn a_volume_forbids_a_release_without_a_gap_on_fly_and_that_is_said() {
    let said = findings(&example(), Severity::Warning);
    assert!(
        said.iter().any(|(name, detail)| name == "fly" && detail.contains("nobody is served")),
        "{said:?}"
    );
    assert!(text(&made(&example()), "fly.fly.toml").contains("strategy = \"rolling\""));
    let without =
        example().replace("region = \"fra\"\ndata = \"/data\"", "database = \"libsql://our.turso.io\"");
    let fly = made(&without);
    let fly = text(&fly, "fly.fly.toml");
    assert!(fly.contains("strategy = \"bluegreen\"") && !fly.contains("mounts"), "{fly}");
    assert!(
        fly.contains("release_command = \"migrate up\"") && fly.contains("ROOKERY_SECRET_KEY=…"),
        "{fly}"
    );
    let said = findings(&without, Severity::Warning);
    assert!(said.iter().any(|(name, detail)| name == "fly" && detail.contains("no disk")), "{said:?}");
}

#[test]
fn an_embedded_database_on_a_platform_without_a_disk_is_refused() {
    let embedded = example().replace("database = \"libsql://our-gateway.turso.io\"\n", "");
    let said = findings(&embedded, Severity::Error);
    assert!(
        said.iter().any(|(name, detail)| name == "gateway" && detail.contains("keeps no files")),
        "{said:?}"
    );
    let made = made(&embedded);
    assert!(made.files.iter().all(|file| file.path != "app.gateway.yaml"));
    assert!(made.files.iter().any(|file| file.path == "beta/compose.yaml"), "the others have theirs");
}

#[test]
fn backups_on_a_disk_that_is_not_there_are_refused() {
    let text =
        example().replace("budget = { memory_mib = 256 }", "backups = { to = [\"file:/mnt/backups\"] }");
    let said = findings(&text, Severity::Error);
    assert!(said.iter().any(|(name, detail)| name == "fly" && detail.contains("no other disk")), "{said:?}");
}

#[test]
fn a_server_that_does_not_know_of_its_proxy_is_found() {
    let text = example().replace("metrics_listen = \"127.0.0.1:9533\"\ntrusted_proxies = 1\n", "");
    let said = findings(&text, Severity::Warning);
    assert!(
        said.iter().any(|(name, detail)| name == "production" && detail.contains("Caddy stands in front")),
        "{said:?}"
    );
}

#[test]
fn a_server_that_ends_tls_itself_holds_both_ports_and_needs_no_proxy_and_a_container_stays_behind_one() {
    let own = "listen = \"0.0.0.0:80\"\ntls = \"acme\"\nacme_contact = \"ada@example.org\"\n";
    let text = example()
        .replace(
            "listen = \"127.0.0.1:4533\"\nmetrics_listen = \"127.0.0.1:9533\"\ntrusted_proxies = 1\n",
            own,
        )
        .replace("[environments.beta.settings]\n", "[environments.beta.settings]\ntls = \"acme\"\n");
    let made = made(&text);
    let paths: Vec<&str> = made.files.iter().map(|file| file.path.as_str()).collect();
    assert!(!paths.contains(&"production/Caddyfile"), "{paths:?}");
    let https = crate::text(&made, "production/systemd/rookery-production-tls.socket");
    assert!(https.contains("ListenStream=0.0.0.0:443\n"), "{https}");
    let page = crate::text(&made, "production/machine.md");
    assert!(!page.contains("caddy") && page.contains("ends TLS itself"), "{page}");
    let compose = crate::text(&made, "beta/compose.yaml");
    assert!(!compose.contains("ROOKERY_TLS") && compose.contains("caddy"), "{compose}");
}

#[test]
fn containers_without_an_image_are_refused_with_what_to_write() {
    let text = example().replacen("image = \"ghcr.io/our/music\"\n", "", 1);
    let said = findings(&text, Severity::Error);
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, "beta");
}

#[test]
fn what_is_promoted_is_what_ran_before_and_nothing_is_built_again() {
    let made = made(&example());
    let staging = text(&made, ".github/workflows/deploy-staging.yml");
    assert!(staging.contains("cargo +") && !staging.contains("gh run download"), "{staging}");
    for (name, from) in
        [("beta", "staging"), ("production", "beta"), ("fly", "staging"), ("gateway", "staging")]
    {
        let workflow = text(&made, &format!(".github/workflows/deploy-{name}.yml"));
        assert!(!workflow.contains("cargo"), "{workflow}");
        let proof =
            format!("gh run list --workflow deploy-{from}.yml --commit \"$GITHUB_SHA\" --status success");
        assert!(workflow.contains(&proof) && workflow.contains("sha256sum --check"), "{workflow}");
    }
}

#[test]
fn a_container_has_limits_and_can_write_nothing_but_its_folder() {
    let made = made(&example());
    let compose = text(&made, "beta/compose.yaml");
    for line in [
        "    user: \"65532:65532\"",
        "    read_only: true",
        "      - ALL",
        "      - \"no-new-privileges:true\"",
        "    mem_limit: \"200m\"",
        "    restart: unless-stopped",
        "        max-size: \"10m\"",
        "        max-file: \"3\"",
        "      ROOKERY_TRUSTED_PROXIES: \"1\"",
        "      - \"/srv/rookery/beta/data:/data\"",
        "        condition: service_healthy",
    ] {
        assert!(compose.lines().any(|other| other == line), "{line}:\n{compose}");
    }
    assert!(!compose.contains("docker.sock") && !compose.contains("privileged: true"));
}

#[test]
fn machines_take_what_is_signed_by_their_gate_and_have_time_to_try_it() {
    let made = made(&example());
    let staging = text(&made, ".github/workflows/deploy-staging.yml");
    assert!(staging.contains("release build --key \"$RUNNER_TEMP/release.key\""), "{staging}");
    // What is built by others' scripts does not see the key.
    let (build, sign) = staging.split_once("- name: sign\n").unwrap();
    assert!(
        build.contains("cargo +") && !build.contains("RELEASE_KEY") && !sign.contains("cargo"),
        "{staging}"
    );
    assert!(staging.contains("out/rookery deploy staging out/release --key release.pub\n"), "{staging}");
    let production = text(&made, ".github/workflows/deploy-production.yml");
    // Beta is no machine that could be asked.
    assert!(production.contains("--proven-by \"$GITHUB_SERVER_URL/"), "{production}");
    assert!(!production.contains("scp ") && !production.contains("sudo "), "{production}");
    let patient = example().replace(
        "[environments.production]",
        "[environments.production]\nsoak = \"90s\"\ncanary = { steps = [1, 10, 50], hold = \"10m\" }",
    );
    let production = self::made(&patient);
    let production = text(&production, ".github/workflows/deploy-production.yml");
    assert!(production.contains("timeout-minutes: 52"), "{production}");
    let careless =
        patient.replace("backups = { to = [\"s3:music-backups/production\"], every = \"1h\" }\n", "");
    assert_ne!(careless, patient);
    let careless = self::made(&careless);
    let production = text(&careless, ".github/workflows/deploy-production.yml");
    assert!(production.contains("--without-backup"), "{production}");
    assert!(careless.findings.iter().any(|it| it.key == "backups" && it.detail.contains("without a backup")));
}

#[test]
fn scripts_stand_on_lines_of_their_own_so_that_people_can_read_them() {
    let made = made(&example());
    for file in made.files.iter().filter(|file| file.path.starts_with(".github/")) {
        assert!(
            !file.text.contains("run: \"") && !file.text.contains("env: {}"),
            "{}: {}",
            file.path,
            file.text
        );
    }
}
