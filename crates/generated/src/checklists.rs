//! What a provider's console is to be told, with the exact values, and a command that shows whether it was: machines and
//! names, apps, GitHub, Cloudflare, a monitor outside. For people; nothing reads these pages.

use crate::alerts::watched;
use crate::compose::DIGEST;
use crate::digitalocean::secrets;
use crate::plain::{Destination, is_folder};
use crate::site::Site;
use crate::workflows::{file, has_machines};
use operations::{Declaration, Guard, Target, Trigger};
use std::fmt::Write as _;

/// Seconds a name is remembered by others: short, so that going elsewhere is quick.
const NAME_LASTS_S: u32 = 300;

fn page(title: &str, opening: &str) -> String {
    format!("<!-- {} -->\n# {title}\n", opening.replace('\n', " "))
}

/// A machine of one's own: making it, leading names to it, what may come in.
pub(crate) fn machine(site: &mut Site<'_>, opening: &str) -> String {
    let (Target::Ssh(to) | Target::Compose(to)) = &site.environment.target else { return String::new() };
    let Some(to) = Destination::parse(to) else { return String::new() };
    let region = site.environment.region.clone().unwrap_or_else(|| "fra1".to_owned());
    let name = site.name;
    let mut text = page(&format!("The machine of {name}"), opening);
    let _ = write!(
        text,
        "
## Make it

At DigitalOcean (1 CPU, 1 GB; any other Ubuntu or Debian machine does as well):

```sh
doctl compute droplet create rookery-{name} --image ubuntu-24-04-x64 --size s-1vcpu-1gb --region {region} \\
  --ssh-keys \"$(doctl compute ssh-key list --format ID --no-header | head -n 1)\" --enable-monitoring --wait
doctl compute droplet list rookery-{name} --format Name,PublicIPv4,Status
```

## Lead names to it

| name | type | value | TTL |
|---|---|---|---|
"
    );
    let hosts: Vec<String> =
        site.hosts().into_iter().map(str::to_owned).chain(site.environment.redirects.clone()).collect();
    for host in &hosts {
        let _ = writeln!(
            text,
            "| `{host}` | A | the machine's address (`{}` in the declaration) | {NAME_LASTS_S} |",
            to.host
        );
    }
    let first = hosts.first().map_or("", String::as_str);
    let _ = writeln!(
        text,
        "\n`dig +short {first}` shows it; `dig +noall +answer {first}` shows what is left of the TTL."
    );
    let (port, host) = (to.port, &to.host);
    if matches!(site.environment.target, Target::Compose(_)) {
        let _ = write!(
            text,
            "
## Let in ssh and the web, and nothing else

```sh
ssh -p {port} root@{host} 'ufw default deny incoming && ufw allow {port}/tcp && ufw allow 80/tcp && ufw allow 443/tcp && ufw --force enable && ufw status'
```

From elsewhere: `nc -zvw3 {host} {port}; nc -zvw3 {host} 80; nc -zvw3 {host} 443` must reach all three.
"
        );
    }
    text.push_str(&installed(site, &to));
    text
}

/// What is put on the machine once.
fn installed(site: &Site<'_>, to: &Destination) -> String {
    let (name, url) = (site.name, &site.environment.url);
    let (port, host, login) = (to.port, &to.host, &to.login);
    let steps = if matches!(site.environment.target, Target::Compose(_)) {
        format!(
            "```sh
ssh -p {port} root@{host} 'apt-get update && apt-get install -y docker.io docker-compose-v2 && mkdir -p /srv/rookery/{name}'
scp -P {port} deploy/{name}/compose.yaml deploy/{name}/Caddyfile {login}:/srv/rookery/{name}/
```

Whoever may talk to docker is root on the machine. Folders that are shown to the server belong to the user 65532:
`chown -R 65532:65532 FOLDER`; files of secrets too, with the mode 0400.
"
        )
    } else {
        let proxy = if site.ends_tls() {
            "The server ends TLS itself: it orders its certificates when it first serves.\n".to_owned()
        } else {
            format!(
                "A proxy ends TLS before it:

```sh
ssh -p {port} root@{host} 'apt-get update && apt-get install -y caddy'
scp -P {port} deploy/{name}/Caddyfile root@{host}:/etc/caddy/Caddyfile
ssh -p {port} root@{host} 'systemctl reload caddy'
```

Several environments of one machine have one Caddyfile: put theirs one below the other.
"
            )
        };
        let at = if port == 22 { String::new() } else { format!(":{port}") };
        format!(
            "```sh
ssh -p {port} root@{host} true                                      # its key is the one that the provider shows
rookery bootstrap root@{host}{at} {name} --key release.key.pub --deployer deploy.pub --dry-run
rookery bootstrap root@{host}{at} {name} --key release.key.pub --deployer deploy.pub
```

It makes users, folders, units, a firewall that lets in ssh and the web, limits of logs, updates, and a key for sealed secrets;
what it prints of the latter goes into the declaration, and the same command brings it there. Again it changes nothing. The key
in `deploy.pub` deploys (`rookery deploy {name}`) and may nothing else; the workflow of GitHub wants an account with a shell and
`sudo`, made by hand.

{proxy}"
        )
    };
    let secrets = secret_files(site, to);
    format!(
        "\n## Put on it once\n\n{steps}{secrets}\nThen bring a release there, and look: `rookery smoke {url}`\n"
    )
}

/// How the files of secrets that are declared come to the machine.
fn secret_files(site: &Site<'_>, to: &Destination) -> String {
    let settings = operations::process_settings(site.declaration, site.name);
    let owner = match &site.environment.target {
        Target::Compose(_) => "65532".to_owned(),
        _ => site.value("user").map_or_else(|| format!("rookery-{}", site.name), str::to_owned),
    };
    let mut text = String::new();
    for (key, value) in settings.iter().filter(|(key, _)| key.ends_with("_file")) {
        let Some(path) = value.as_str().filter(|path| is_folder(path)) else { continue };
        let made = if key == "secret_key_file" { "openssl rand -hex 32" } else { "cat" };
        let _ = writeln!(
            text,
            "{made} | ssh -p {} root@{} 'install -D -m 0400 -o {owner} /dev/stdin {path}'    # {key}",
            to.port, to.host
        );
    }
    if text.is_empty() {
        text
    } else {
        format!("\nSecrets that are files, for their reader alone:\n\n```sh\n{text}```\n")
    }
}

/// Apps of DigitalOcean's App Platform.
pub(crate) fn apps(sites: &[Site<'_>], opening: &str) -> Option<String> {
    let mut text = page("Apps of DigitalOcean", opening);
    let mut is_any = false;
    for site in sites {
        let Target::Digitalocean(app) = &site.environment.target else { continue };
        is_any = true;
        let name = site.name;
        let names = secrets(&mut site.again());
        let exported: String = names.iter().map(|name| format!("export {name}=…\n")).collect();
        let filled: String = names.iter().map(|name| format!(" ${{{name}}}")).collect();
        let _ = write!(
            text,
            "
## {name}: the app `{app}`

The secrets, the digest of a release's image, and the file filled in with them:

```sh
{exported}export {DIGEST}=sha256:…
envsubst '${{{DIGEST}}}{filled}' < app.{name}.yaml > filled.yaml
doctl apps spec validate filled.yaml
```

The first time, and what it costs; then every other time:

```sh
doctl apps propose --spec filled.yaml
doctl apps create --spec filled.yaml --wait
doctl apps list --format ID,Spec.Name,DefaultIngress
doctl apps update \"$APP_ID\" --spec filled.yaml --wait
```

Read back what it has, and compare (secrets come back sealed); then its log:

```sh
doctl apps spec get \"$APP_ID\" | diff - filled.yaml
doctl apps list-deployments \"$APP_ID\" --format ID,Phase,Created
doctl apps logs \"$APP_ID\" rookery --type run --follow
```
"
        );
    }
    is_any.then_some(text)
}

/// The machine that is asked whether a release was proven: that of the environment before, if both are machines of slots.
fn before(site: &Site<'_>) -> impl Iterator<Item = Destination> {
    let from =
        site.environment.promote_from.as_ref().filter(|_| matches!(site.environment.target, Target::Ssh(_)));
    let before = from.and_then(|from| site.declaration.environments.get(from));
    before.into_iter().filter_map(|before| match &before.target {
        Target::Ssh(to) => Destination::parse(to),
        _ => None,
    })
}

/// What GitHub is to know: environments, who must agree, secrets.
pub(crate) fn github(sites: &[Site<'_>], opening: &str) -> String {
    let mut text = page("GitHub", opening);
    text.push_str(
        "\nEach environment of the declaration is an environment of the repository: its secrets are given to its own jobs
alone, and whoever must agree is asked before they start. `REPO=owner/name` in all commands.\n",
    );
    if sites.first().is_some_and(|site| has_machines(site.declaration)) {
        text.push_str(
            "
Machines take what is signed. The key that signs is the repository's, the one that verifies lies beside the declaration and
on every machine (`rookery bootstrap --key release.pub`):

```sh
rookery release keygen --to release.key && mv release.key.pub release.pub
gh secret set ROOKERY_RELEASE_KEY --repo \"$REPO\" < release.key
```
",
        );
    }
    for site in sites {
        let name = site.name;
        let _ = write!(
            text,
            "\n## {name}: `{}`\n\n```sh\ngh api --method PUT \"repos/$REPO/environments/{name}\"\n{}```\n",
            file(name),
            secrets_at_github(site)
        );
        agreed(site, &mut text);
    }
    text
}

/// The commands that tell GitHub what a release to this environment needs.
fn secrets_at_github(site: &Site<'_>) -> String {
    let (name, mut text) = (site.name, String::new());
    match &site.environment.target {
        Target::Ssh(to) | Target::Compose(to) => {
            let own = Destination::parse(to);
            let keys: Vec<_> = own
                .into_iter()
                .chain(before(site))
                .map(|to| format!("ssh-keyscan -p {} {}", to.port, to.host))
                .collect();
            let _ = write!(
                text,
                "gh secret set ROOKERY_SSH_KEY --repo \"$REPO\" --env {name} < key-of-{name}
gh variable set ROOKERY_SSH_KNOWN_HOSTS --repo \"$REPO\" --env {name} --body \"$({})\"\n",
                keys.join("; ")
            );
        }
        Target::Fly(app) => {
            let _ = writeln!(
                text,
                "flyctl tokens create deploy --app {app} | gh secret set FLY_API_TOKEN --repo \"$REPO\" --env {name}"
            );
        }
        Target::Digitalocean(_) => {
            let own = ["DIGITALOCEAN_ACCESS_TOKEN".to_owned()];
            for secret in own.iter().chain(&secrets(&mut site.again())) {
                let _ = writeln!(text, "gh secret set {secret} --repo \"$REPO\" --env {name}");
            }
            let _ = writeln!(
                text,
                "gh variable set ROOKERY_APP_ID --repo \"$REPO\" --env {name} --body \"$APP_ID\""
            );
        }
        Target::Local => {}
    }
    if site.environment.access.as_ref().is_some_and(|access| access.gate == Guard::Rookery) {
        let _ = writeln!(
            text,
            "gh secret set ROOKERY_ACCESS_TOKEN --repo \"$REPO\" --env {name}    # what `rookery --environment {name} access \
             token create github` prints on its machine"
        );
    }
    text
}

/// Who must agree, and what must have been before.
fn agreed(site: &Site<'_>, text: &mut String) {
    let name = site.name;
    for who in &site.environment.approve {
        let _ =
            writeln!(text, "\n`{}` must agree: *Settings, Environments, {name}, Required reviewers*.", who.0);
    }
    let Some(from) = &site.environment.promote_from else { return };
    if before(site).next().is_some() {
        let _ = writeln!(
            text,
            "\nIts key asks {from}, too, whether a release was proven there: `rookery bootstrap` is given the same \
             `--deployer` for both."
        );
    }
    if let Trigger::Push(branch) = &site.environment.trigger {
        let _ = writeln!(
            text,
            "\nBring a commit here that has run in {from}, and no other: `git push origin COMMIT:{branch}`."
        );
    }
}

/// Cloudflare in front of what not everybody may see.
pub(crate) fn cloudflare(declaration: &Declaration, opening: &str) -> Option<String> {
    let mut text = page("Cloudflare", opening);
    let mut is_any = false;
    for (name, environment) in watched(declaration) {
        let Some(declared) = &environment.access else { continue };
        is_any = true;
        let hosts: Vec<&str> = std::iter::once(&environment.url)
            .chain(&environment.aliases)
            .map(operations::Address::host)
            .collect();
        // What the server's own gate opens, too.
        let mut paths: Vec<&str> = access::open_paths().collect();
        let is_new = |path: &&str| !access::open_paths().any(|open| open == *path);
        paths.extend(declared.bypass.iter().map(String::as_str).filter(is_new));
        let own = match declared.gate {
            Guard::Cloudflare => "",
            Guard::Rookery => {
                "\nThe server keeps strangers out by itself. Steps 3 and 4 are for those who would rather have Cloudflare do \
                 it: then say `gate = \"cloudflare\"` in `access`.\n"
            }
        };
        let _ = write!(
            text,
            "
## {name}
{own}
1. *SSL/TLS, Overview*: **Full (strict)**: encrypted and checked up to the machine.
2. *DNS*: {} **Proxied**. There are two proxies then: `settings.trusted_proxies = 2` where Caddy stands between.
3. *Zero Trust, Access, Applications, Self-hosted*: one application for each line, the exact paths first.

| application | domain and path | policy | rule |
|---|---|---|---|
",
            hosts.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>().join(", ")
        );
        for path in &paths {
            let path = path.replace('|', "%7C");
            let _ = writeln!(text, "| {name} open | `{}{path}` | Bypass | Everyone |", hosts[0]);
        }
        let pin = if declared.pin { ", One-time PIN" } else { "" };
        let allowed =
            declared.allow.iter().map(|who| format!("`{}`", who.replace(['|', '`'], ""))).collect::<Vec<_>>();
        for host in &hosts {
            let _ = writeln!(text, "| {name} | `{host}/*` | Allow (GitHub{pin}) | {} |", allowed.join(", "));
        }
        let _ = write!(
            text,
            "
4. *Access, Applications, {name}, CORS*: let `OPTIONS` requests through to the origin: browsers send no cookie with them.
5. *Caching, Cache Rules*: `{host}/*`, **Bypass cache**.

Look from a window that is signed in nowhere:

```sh
curl --silent --output /dev/null --write-out '%{{http_code}}\\n' {url}/health    # 200
curl --silent --output /dev/null --write-out '%{{http_code}}\\n' {url}/          # 302, to the sign-in; 401 from the server's own gate
```
",
            host = hosts[0],
            url = environment.url
        );
    }
    is_any.then_some(text)
}

/// A monitor outside: a machine cannot tell that it is dead.
pub(crate) fn uptime(declaration: &Declaration, opening: &str) -> String {
    let mut text = page("A monitor outside: UptimeRobot", opening);
    text.push_str(
        "\n*Add New Monitor*, one for each line; every alert to an address that somebody reads at night.

| type | name | address | keyword | interval | alert after |
|---|---|---|---|---|---|\n",
    );
    for (name, environment) in watched(declaration) {
        let _ = writeln!(
            text,
            "| Keyword, alert when *not exists* | {name} lives | `{0}/health` | `{{\"status\":\"ok\"}}` | 5 min | 2 failures |\n\
             | HTTP(s), 200 | {name} is ready | `{0}/ready` | | 5 min | 3 failures |",
            environment.url
        );
    }
    text.push_str(
        "
Turn on *SSL monitoring* with a reminder 14 days before a certificate ends. For the alert `RookeryHeartbeat` make a
*Heartbeat* monitor of 5 minutes, and have Alertmanager send it there: if it stops coming, nobody watches.
",
    );
    text
}
