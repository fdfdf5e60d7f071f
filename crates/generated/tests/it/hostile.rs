//! Values somebody might declare to have more written than they may say.

use crate::{ask, example, made, text, written};
use operations::Severity;

const HOSTILE: [&str; 10] = [
    "x\\nExecStartPre=/bin/sh",
    "x\\n      - run: id",
    "${{ secrets.SOMETHING }}",
    "$(id)",
    "`id`",
    "x; id",
    "x' || 'y",
    "x: y # z",
    "../../etc",
    "-oProxyCommand=id",
];

#[test]
fn a_hostile_value_in_a_key_that_goes_into_scripts_leaves_the_environment_without_files() {
    for (from, key) in [
        ("push = \"main\"", "trigger"),
        ("ssh = \"deploy-staging@203.0.113.5\" }\ndata = \"/var/lib/rookery/staging\"", "target"),
        ("compose = \"deploy@203.0.113.6\"", "target"),
        ("digitalocean = \"our-gateway\"", "target"),
        ("fly = \"our-music\"", "target"),
        ("image = \"ghcr.io/our/music\"\ndata = \"/srv", "image"),
        ("region = \"fra\"\ndata =", "region"),
        ("redirects = [\"old.example.org\"]", "redirects"),
        ("data = \"/srv/rookery/beta/data\"", "data"),
        ("user = \"rookery-staging\"", "user"),
        ("secret_key_file = \"/etc/rookery/beta/secret.key\"", "secret_key_file"),
    ] {
        for hostile in HOSTILE {
            let example = example();
            assert_eq!(example.matches(from).count(), 1, "{from}");
            let value = from.split('"').nth(1).unwrap();
            let made = made(&example.replace(from, &from.replacen(value, hostile, 1)));
            let found = made
                .findings
                .iter()
                .find(|finding| finding.severity == Severity::Error && finding.key == key);
            let found = found.unwrap_or_else(|| panic!("{from} with {hostile}: {:?}", made.findings));
            let own = &found.environments[0];
            let made_of_it = made.files.iter().find(|file| file.environment.as_ref() == Some(own));
            assert_eq!(made_of_it, None);
            for file in &made.files {
                let is_page = file.path.ends_with(".md") || file.path.starts_with("prometheus/");
                assert!(is_page || !file.text.contains(hostile), "{}: {}", file.path, file.text);
            }
        }
    }
}

#[test]
fn a_community_may_be_called_anything() {
    let name = "a: \\\"b\\\" 'c' ${{ d }} $HOME # e \\\\ {f} \u{1f3b5} \u{2028} *g &h !i";
    let shown = "a: \"b\" 'c' ${{ d }} $HOME # e \\ {f} \u{1f3b5} \u{2028} *g &h !i";
    let made = made(&example().replace("\"Our music\"", &format!("\"{name}\"")));
    let gateway: Vec<_> =
        made.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert_eq!(gateway.len(), 1, "App Platform would fill it in: {gateway:?}");
    let fly: toml::Table = toml::from_str(text(&made, "fly.fly.toml")).unwrap();
    assert_eq!(fly["env"]["ROOKERY_NAME"].as_str(), Some(shown));
    let folder = written(&made);
    let read = "import json, sys; from ruamel.yaml import YAML; \
                print(json.dumps(YAML(typ='safe').load(open(sys.argv[1]))['services']['rookery']['environment']['ROOKERY_NAME']))";
    let (is_read, said) = ask("python", &["-c", read, "beta/compose.yaml"], folder.path());
    assert!(is_read, "{said}");
    let read: String = serde_json::from_str(said.trim()).unwrap();
    // Compose takes two for one.
    assert_eq!(read.replace("$$", "$"), shown);
    assert!(!read.replace("$$", "").contains('$'), "{read}");
}

#[test]
fn no_secret_of_the_declaration_stands_in_a_file() {
    let secret = "0f3c9a7e5b1d2846c0a9f8e7d6b5a493";
    let text = example()
        .replace("google_client_id =", &format!("google_client_secret = \"{secret}\"\ngoogle_client_id ="))
        .replace(
            "region = \"fra\"\ndata =",
            &format!("database = \"postgres://ana:{secret}@db/x\"\nbus = \"rediss://:{secret}@r\"\nregion = \"fra\"\ndata ="),
        )
        .replace(
            "database = \"libsql",
            &format!("settings = {{ database_token = \"{secret}\" }}\ndatabase = \"libsql"),
        );
    assert_eq!(text.matches(secret).count(), 4);
    let made = made(&text);
    assert!(made.findings.iter().all(|finding| finding.severity != Severity::Error), "{:?}", made.findings);
    for file in &made.files {
        assert!(!file.text.contains(secret), "{}: {}", file.path, file.text);
    }
    assert!(crate::text(&made, "beta/compose.yaml").contains("GOOGLE_CLIENT_SECRET"));
    assert!(crate::text(&made, "fly.fly.toml").contains("secrets set --app our-music DATABASE_URL=…"));
    assert!(crate::text(&made, "fly.fly.toml").contains("REDIS_URL=…"));
    assert!(crate::text(&made, "app.gateway.yaml").contains("value: \"${DATABASE_TOKEN}\""));
}
