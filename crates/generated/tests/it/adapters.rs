//! What workflows tell a platform, run as GitHub's runner runs it, with stand-ins for the platforms' own programs: what the
//! platform has afterwards is read back and compared, and the site is looked at only then.

use crate::{example, made, text};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

const DIGEST: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// The script of a step of a workflow.
fn script(workflow: &str, name: &str) -> String {
    let mut lines = workflow.lines().skip_while(|line| line.trim() != format!("- name: {name}"));
    let run = lines.by_ref().find(|line| line.trim() == "run: |").unwrap();
    let depth = run.len() - run.trim_start().len();
    let script = lines.take_while(|line| line.is_empty() || line.len() - line.trim_start().len() > depth);
    script.map(|line| line.get(depth + 2..).unwrap_or("").to_owned() + "\n").collect()
}

fn stand_in(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/bash\necho \"${{0##*/}} $*\" >> told\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs the step `release` of an environment's workflow, on a platform that then has the image of this digest; whether it
/// ended well, and which programs were told what.
fn release(name: &str, has: &str) -> (bool, String) {
    let made = made(&example());
    let script = script(text(&made, &format!(".github/workflows/deploy-{name}.yml")), "release");
    let folder = tempfile::tempdir().unwrap();
    for file in &made.files {
        let path = folder.path().join("deploy").join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    let bin = folder.path().join("bin");
    let machine = format!(
        "{{\"image_ref\": {{\"digest\": \"{has}\"}}, \"config\": {{\"image\": \"ghcr.io/our/music@{has}\"}}}}"
    );
    stand_in(&bin.join("flyctl"), &format!("[ \"$1\" = machine ] && echo '[{machine}, {machine}]'; exit 0"));
    stand_in(
        &bin.join("doctl"),
        &format!("[ \"$2 $3\" = 'spec get' ] && printf 'image:\\n  digest: {has}\\n'; exit 0"),
    );
    stand_in(
        &bin.join("docker"),
        &format!("case \"$*\" in inspect*) echo ghcr.io/our/music@{has};; *ps*) echo 1f;; esac"),
    );
    // The machine is this folder.
    stand_in(&bin.join("ssh"), "shift 5; cd() { :; }; eval \"${*//\\/srv\\/rookery\\/beta/.}\"");
    stand_in(&bin.join("scp"), "");
    stand_in(&folder.path().join("out/rookery"), "");
    let path = format!("{}:{}", bin.display(), std::env::var_os("PATH").unwrap().display());
    let done = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("DIGEST", DIGEST)
        .env("APP_ID", "app-1")
        .env("GITHUB_STEP_SUMMARY", folder.path().join("summary"))
        .output()
        .unwrap();
    let told = fs::read_to_string(folder.path().join("told")).unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    (done.status.success(), format!("{told}{said}"))
}

#[test]
fn what_a_platform_has_is_read_back_and_compared_before_it_is_looked_at() {
    for (name, takes) in [
        ("fly", "flyctl deploy --config deploy/fly.fly.toml --image ghcr.io/our/music@sha256:1111"),
        ("gateway", "doctl apps update app-1 --spec filled.yaml --wait"),
        ("beta", "docker compose up --detach --wait"),
    ] {
        let (is_well, told) = release(name, DIGEST);
        assert!(is_well && told.contains(takes) && told.contains("rookery smoke https://"), "{name}: {told}");
        // It says that it took the one, and has the other.
        let (is_well, told) = release(name, OTHER);
        assert!(!is_well && told.contains(takes) && !told.contains("rookery smoke"), "{name}: {told}");
    }
}
