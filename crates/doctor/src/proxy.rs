//! The Caddy in front of a server that does not end TLS itself: it is there, new enough, and runs.

use crate::asked::{self, ANSWER_TIME_MAX, Silence, Version, judge, said};
use smoke::{Report, Seen, Wrong};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpStream;

/// The Caddy from which on nobody is believed who says on whose behalf they ask, unless that is set.
const CADDY_MIN: Version = Version(2, 5, 0);
const HTTPS: u16 = 443;
const CONNECT_TIME_MAX: Duration = Duration::from_secs(2);
const WHAT: &str = "Caddy is there, new enough, and runs";

/// Looks at it. There need not be one: something else may end TLS, here or in front of the machine, and whether people get
/// through is looked at from outside.
pub async fn proxy(report: &mut Report<'_>) {
    let said = match asked::ask("caddy", &["version"]).await {
        Ok(output) => Ok(said(&output.stdout)),
        Err(Silence::Missing) if is_answered().await => {
            report.leave_out(WHAT, "there is none: something else listens on port 443");
            return;
        }
        Err(Silence::Missing) => {
            let why = "there is none, and nobody listens on port 443: unless something in front of the machine ends TLS, \
                       `apt-get install caddy` and bring it its Caddyfile (`rookery env files`), or set `tls`";
            report.leave_out(WHAT, why);
            return;
        }
        Err(Silence::Late) => Err(Wrong::new(
            format!("caddy did not say its version within {} s", ANSWER_TIME_MAX.as_secs()),
            "see with `top` what keeps the machine busy",
        )),
        Err(Silence::Failed(error)) => {
            Err(Wrong::new(format!("caddy: {error}"), "`apt-get install --reinstall caddy`"))
        }
    };
    let advice = "install a newer Caddy: this one passes on what strangers say of their address";
    let looked = async {
        let version = judge("caddy", first_word(&said?), CADDY_MIN, advice)?;
        Ok(format!("{version}{}", running().await?))
    };
    report.check(WHAT, looked).await;
}

/// What systemd says of it; nothing where it is not asked.
async fn running() -> Seen {
    let Ok(output) = asked::ask("systemctl", &["is-active", "caddy"]).await else { return Ok(String::new()) };
    match said(&output.stdout).as_str() {
        "active" => Ok(", active".to_owned()),
        // No systemd as the first process: then somebody else keeps it running.
        "" | "offline" => Ok(String::new()),
        state => Err(Wrong::new(
            format!("caddy.service is {state}"),
            "`systemctl enable --now caddy`; `journalctl -u caddy` says why it ended, `caddy validate --config \
             /etc/caddy/Caddyfile` whether its file is right",
        )),
    }
}

/// Whether anybody ends TLS here.
async fn is_answered() -> bool {
    let connect = TcpStream::connect((Ipv4Addr::LOCALHOST, HTTPS));
    matches!(tokio::time::timeout(CONNECT_TIME_MAX, connect).await, Ok(Ok(_)))
}

/// `v2.10.2 h1:g/gTYjGMD0dec+UgMw8SnfmJ3I9+M2TdvoRL/Ovu6U8=`
fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caddys_own_way_to_say_its_version_is_read() {
        for (text, is_well) in [
            ("v2.10.2 h1:g/gTYjGMD0dec+UgMw8SnfmJ3I9+M2TdvoRL/Ovu6U8=", true),
            ("2.6.2", true),
            ("v2.4.6 h1:x", false),
            ("1.0.4", false),
            ("", false),
        ] {
            assert_eq!(judge("caddy", first_word(text), CADDY_MIN, "newer").is_ok(), is_well, "{text}");
        }
    }
}
