//! The Caddy in front: certificates, http to https, old hosts to the one that is used, and a server behind it that hears
//! who asks from this one hop alone. Source: the Caddyfile's concepts and directives.

use crate::plain::is_host;
use crate::site::Site;
use std::fmt::Write as _;

/// The file; `upstream` is where the server listens.
pub(crate) fn caddyfile(site: &mut Site<'_>, upstream: &str, opening: &str) -> String {
    let environment = site.environment;
    let addresses: Vec<String> = std::iter::once(&environment.url)
        .chain(&environment.aliases)
        .map(|address| if address.is_https() { address.authority() } else { address.to_string() })
        .collect();
    for host in site.hosts().into_iter().map(str::to_owned).collect::<Vec<_>>() {
        if !is_host(&host) {
            site.refuse("url", &format!("`{host}` is no host that Caddy can be told"), "use a name");
        }
    }
    let mut text = String::new();
    for line in opening.lines() {
        let _ = writeln!(text, "# {line}");
    }
    let _ = writeln!(text, "{} {{", addresses.join(", "));
    if environment.url.is_https() {
        text.push_str("\theader Strict-Transport-Security \"max-age=31536000\"\n");
    }
    let _ = write!(
        text,
        "\t# What others say about who asks is not believed: this is the one hop the server trusts.\n\
         \treverse_proxy {upstream} {{\n\
         \t\t# Frames and events are passed on at once.\n\
         \t\tflush_interval -1\n\
         \t}}\n\
         }}\n"
    );
    for host in &environment.redirects {
        if is_host(host) {
            let _ = write!(text, "\n{host} {{\n\tredir {}{{uri}} permanent\n}}\n", environment.url);
        } else {
            site.refuse("redirects", &format!("`{host}` is no host"), "write old.example.org");
        }
    }
    text
}
