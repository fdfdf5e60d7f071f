//! Names: whether they lead to the machine that serves.

use smoke::{Report, Seen, Wrong};
use std::collections::BTreeSet;
use std::net::{IpAddr, UdpSocket};

/// Where the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    Here,
    /// On this host.
    Host(String),
    /// At a provider whose machines change.
    Platform,
}

/// Looks at each name. `proxies`: how many are meant to stand in front, which names lead to in the server's place.
pub async fn names(hosts: &[String], place: &Place, proxies: u8, report: &mut Report<'_>) {
    for host in hosts {
        let what = "a name leads to the server";
        // An address is no name.
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() || host == "localhost" {
            report.leave_out(what, format!("{host} is an address"));
            continue;
        }
        report.check(what, leads_there(host, place, proxies)).await;
    }
}

async fn leads_there(host: &str, place: &Place, proxies: u8) -> Seen {
    let found = resolve(host).await?;
    let shown = format!("{host} is {}", list(&found));
    let wanted = match place {
        Place::Platform => return Ok(shown),
        Place::Here if found.iter().any(|address| is_own(*address)) => return Ok(shown),
        Place::Here => "this machine".to_owned(),
        Place::Host(name) => {
            let wanted = resolve(name).await?;
            if !wanted.is_disjoint(&found) {
                return Ok(shown);
            }
            list(&wanted)
        }
    };
    if proxies > 0 {
        return Ok(format!("{shown}, a proxy in front"));
    }
    Err(Wrong::new(
        format!("{shown}, not {wanted}"),
        "set its A and AAAA records to the machine's addresses (time to live 300); if a proxy such as Cloudflare is meant to \
         stand in front, say so with `trusted_proxies = 1`",
    ))
}

async fn resolve(host: &str) -> Result<BTreeSet<IpAddr>, Wrong> {
    let found = tokio::net::lookup_host((host, 0)).await.map_err(|error| {
        Wrong::new(
            format!("{host}: {error}"),
            "make an A record (and AAAA) with this name where the domain is kept; new ones take minutes to be seen",
        )
    })?;
    Ok(found.map(|address| address.ip().to_canonical()).collect())
}

/// Only an address of this machine can be bound.
fn is_own(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

fn list(addresses: &BTreeSet<IpAddr>) -> String {
    addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_leads_here_elsewhere_or_nowhere() {
        assert!(leads_there("localhost", &Place::Here, 0).await.is_ok());
        assert!(leads_there("localhost", &Place::Host("127.0.0.1".into()), 0).await.is_ok());
        let wrong = leads_there("localhost", &Place::Host("192.0.2.1".into()), 0).await.unwrap_err();
        assert!(wrong.seen.contains("not 192.0.2.1"), "{wrong:?}");
        assert!(leads_there("localhost", &Place::Host("192.0.2.1".into()), 1).await.is_ok());
        let wrong = leads_there("nothing.invalid", &Place::Here, 0).await.unwrap_err();
        assert!(wrong.seen.starts_with("nothing.invalid") && wrong.advice.contains("A record"), "{wrong:?}");
    }

    #[test]
    fn an_address_of_this_machine_can_be_told() {
        assert!(is_own("127.0.0.1".parse().unwrap()));
        assert!(!is_own("192.0.2.1".parse().unwrap()));
    }
}
