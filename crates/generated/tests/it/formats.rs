//! What the programs and the published schemas say of the example's files.

use crate::{ask, content, example, made, text, written};
use std::collections::BTreeSet;
use std::path::Path;
use toml::Value;

fn schemas() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas")
}

#[test]
fn the_example_has_a_file_of_every_kind() {
    let made = made(&example());
    let errors: Vec<_> =
        made.findings.iter().filter(|finding| finding.severity == operations::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    for path in [
        ".github/workflows/backup-drill.yml",
        ".github/workflows/checks.yml",
        ".github/workflows/deploy-production.yml",
        ".github/workflows/rollback.yml",
        "Dockerfile",
        "app.gateway.yaml",
        "beta/Caddyfile",
        "beta/compose.yaml",
        "cloudflare.md",
        "digitalocean.md",
        "fly.fly.toml",
        "github.md",
        "grafana.json",
        "production/Caddyfile",
        "production/machine.md",
        "production/systemd/rookery-production.socket",
        "production/systemd/rookery-production@.service",
        "prometheus/prometheus.yml",
        "prometheus/rules.yml",
        "uptimerobot.md",
    ] {
        text(&made, path);
    }
    assert!(
        made.files.iter().all(|file| !file.path.contains("development")),
        "somebody's own machine needs none"
    );
}

#[test]
fn workflows_follow_githubs_schema() {
    let folder = written(&made(&example()));
    let files = of_kind(&folder.path().join(".github/workflows"));
    assert!(files.len() >= 8, "{files:?}");
    let mut args = vec!["--builtin-schema", "vendor.github-workflows"];
    args.extend(files.iter().map(String::as_str));
    content("check-jsonschema", &args, folder.path());
    let broken = folder.path().join(".github/workflows/checks.yml");
    let text = std::fs::read_to_string(&broken).unwrap().replace("runs-on:", "runs-in:");
    std::fs::write(&broken, text).unwrap();
    assert!(!ask("check-jsonschema", &args, folder.path()).0, "the schema would say so");
}

#[test]
fn an_auditor_of_workflows_finds_nothing() {
    let folder = written(&made(&example()));
    let args = ["--offline", "--no-progress", "--min-severity", "low", ".github/workflows"];
    content("zizmor", &args, folder.path());
    // It does find what it looks for: an input in a script.
    let path = folder.path().join(".github/workflows/rollback.yml");
    let open = std::fs::read_to_string(&path)
        .unwrap()
        .replace("rollback $RELEASE", "rollback ${{ inputs.release }}");
    std::fs::write(&path, open).unwrap();
    let (is_content, said) = ask("zizmor", &args, folder.path());
    assert!(!is_content && said.contains("template-injection"), "{said}");
}

#[test]
fn compose_files_follow_the_specification() {
    let folder = written(&made(&example()));
    let args = ["--builtin-schema", "vendor.compose-spec", "beta/compose.yaml"];
    content("check-jsonschema", &args, folder.path());
    let path = folder.path().join("beta/compose.yaml");
    let broken = std::fs::read_to_string(&path).unwrap().replace("read_only:", "read_olny:");
    std::fs::write(&path, broken).unwrap();
    assert!(!ask("check-jsonschema", &args, folder.path()).0, "the schema would say so");
}

#[test]
fn specs_of_app_platform_have_no_key_that_is_not_described() {
    let folder = written(&made(&example()));
    let schema = schemas().join("digitalocean-app.json");
    let args = ["--schemafile", schema.to_str().unwrap(), "app.gateway.yaml"];
    content("check-jsonschema", &args, folder.path());
    let path = folder.path().join("app.gateway.yaml");
    let broken = std::fs::read_to_string(&path).unwrap().replace("http_port:", "htpp_port:");
    std::fs::write(&path, broken).unwrap();
    assert!(!ask("check-jsonschema", &args, folder.path()).0, "the schema would say so");
}

/// Every key with the keys it is below; names that people give are left out.
fn keys(value: &Value, above: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let path = format!("{above}.{key}");
                if path != ".env" {
                    keys(value, &path, found);
                }
                found.insert(path);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| keys(part, above, found)),
        _ => {}
    }
}

#[test]
fn fly_is_told_no_key_it_does_not_know() {
    let made = made(&example());
    let reference = std::fs::read_to_string(schemas().join("fly-full-reference.toml")).unwrap();
    let (mut known, mut told) = (BTreeSet::new(), BTreeSet::new());
    keys(&Value::Table(toml::from_str(&reference).unwrap()), "", &mut known);
    keys(&Value::Table(toml::from_str(text(&made, "fly.fly.toml")).unwrap()), "", &mut told);
    let unknown: Vec<_> = told.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(told.contains(".http_service.checks.path"), "{told:?}");
}

#[test]
fn caddy_understands_its_files() {
    let folder = written(&made(&example()));
    for environment in ["beta", "production", "staging"] {
        let file = format!("{environment}/Caddyfile");
        content("caddy", &["validate", "--adapter", "caddyfile", "--config", &file], folder.path());
        let said = content("caddy", &["adapt", "--adapter", "caddyfile", "--config", &file], folder.path());
        assert!(said.contains("\"flush_interval\":-1"), "{said}");
        let formatted = content("caddy", &["fmt", &file], folder.path());
        assert_eq!(formatted, std::fs::read_to_string(folder.path().join(&file)).unwrap());
    }
    let said = content(
        "caddy",
        &["adapt", "--adapter", "caddyfile", "--config", "production/Caddyfile"],
        folder.path(),
    );
    assert!(said.contains("https://music.example.org{http.request.uri}") && said.contains("301"), "{said}");
}

#[test]
fn systemd_has_nothing_to_say_about_the_units_of_the_example() {
    let folder = written(&made(&example()));
    for environment in ["production", "staging"] {
        let units = folder.path().join(environment).join("systemd");
        // As an instance, of a program that is there: only the units are judged.
        let template = units.join(format!("rookery-{environment}@.service"));
        let service = std::fs::read_to_string(&template).unwrap();
        let program = format!("/srv/rookery/{environment}/slots/%i/bin/rookery");
        assert!(service.contains(&program), "{service}");
        std::fs::write(&template, service.replace(&program, "/bin/true")).unwrap();
        let mut command = std::process::Command::new("systemd-analyze");
        command.args(["verify", "--man=no"]).env("SYSTEMD_UNIT_PATH", format!("{}:", units.display()));
        let names = [format!("rookery-{environment}@blue.service"), format!("rookery-{environment}.socket")];
        let output =
            command.args(names).current_dir(&units).output().expect("this test needs systemd-analyze");
        // It ends well whatever it finds.
        let said = String::from_utf8_lossy(&output.stderr);
        let own: Vec<&str> = said.lines().filter(|line| line.contains("rookery")).collect();
        assert!(own.is_empty(), "{said}");
    }
}

#[test]
fn the_image_holds_the_program_alone_and_runs_as_nobody() {
    let made = made(&example());
    let file = text(&made, "Dockerfile");
    let last = file.rsplit("\nFROM ").next().unwrap();
    assert!(last.starts_with("scratch\n"), "{file}");
    assert!(!last.contains("\nRUN "), "nothing can be run in it: {last}");
    for line in ["USER 65532:65532", "COPY --chmod=0555 rookery /rookery", "ENTRYPOINT [\"/rookery\"]"] {
        assert!(last.lines().any(|other| other == line), "{line}: {last}");
    }
    for environment in ["staging", "beta", "music.example.org"] {
        assert!(!file.contains(environment), "no environment is in an image: {environment}");
    }
}

fn of_kind(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<String> = entries.map(|entry| entry.unwrap().path().display().to_string()).collect();
    paths.sort();
    paths
}
