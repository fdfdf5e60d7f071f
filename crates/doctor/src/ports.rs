//! What listens on this machine to more than the machine itself.

use smoke::{Seen, Wrong};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// SSH and the web.
const EXPECTED: [u16; 3] = [22, 80, 443];
/// The state of a socket that listens (`TCP_LISTEN` of Linux).
const LISTENS: &str = "0A";

pub(crate) async fn look(own: &[u16]) -> Seen {
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let mut more: BTreeSet<u16> = tables.iter().flat_map(|table| open_to_strangers(table)).collect();
    for port in EXPECTED.iter().chain(own) {
        more.remove(port);
    }
    if more.is_empty() {
        return Ok("but SSH, the web and rookery".to_owned());
    }
    let listed = more.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    if firewall_drops().await {
        return Ok(format!("a firewall stands before {listed}"));
    }
    Err(Wrong::new(
        format!("ports {listed}"),
        "`ss -ltnp` shows which programs; have them listen on 127.0.0.1, or put a firewall before them that drops what is \
         not meant (`ufw default deny incoming`)",
    ))
}

/// Ports in a table of Linux's TCP sockets that listen on more than loopback.
fn open_to_strangers(table: &str) -> Vec<u16> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (address, port) = words.next()?.split_once(':')?;
            let listens = words.nth(1)? == LISTENS;
            let is_open = listens && !parse(address)?.to_canonical().is_loopback();
            is_open.then(|| u16::from_str_radix(port, 16).ok())?
        })
        .collect()
}

/// An address as the kernel writes it: words of 32 bits, each in the machine's own order.
fn parse(hex: &str) -> Option<IpAddr> {
    let words: Option<Vec<u32>> = (0..hex.len() / 8)
        .map(|word| u32::from_str_radix(hex.get(8 * word..8 * word + 8)?, 16).ok())
        .collect();
    let bytes: Vec<u8> = words?.into_iter().flat_map(u32::to_ne_bytes).collect();
    match bytes.len() {
        4 => Some(IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?))),
        16 => Some(IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?))),
        _ => None,
    }
}

/// Whether nftables drops what comes in unless a rule lets it pass. Only root is told.
async fn firewall_drops() -> bool {
    let asked = tokio::process::Command::new("nft").args(["list", "chains"]).kill_on_drop(true).output();
    let Ok(Ok(output)) = tokio::time::timeout(std::time::Duration::from_secs(5), asked).await else {
        return false;
    };
    drops(&String::from_utf8_lossy(&output.stdout))
}

fn drops(chains: &str) -> bool {
    chains.lines().any(|line| line.contains("hook input") && line.contains("policy drop"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_listens_to_everybody_is_told_from_what_listens_here() {
        // Loopback:5432, everybody:6379, a connection, and over IPv6 everybody:8080 and loopback:631.
        let four = "  sl  local_address rem_address   st tx_queue\n\
            0: 0100007F:1538 00000000:0000 0A 0\n\
            1: 00000000:18EB 00000000:0000 0A 0\n\
            2: 00000000:18EC 00000000:0000 01 0\n";
        let six = "  sl  local_address rem_address   st tx_queue\n\
            0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0\n\
            1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 0\n\
            2: 0000000000000000FFFF00000100007F:0278 00000000000000000000000000000000:0000 0A 0\n";
        assert_eq!(open_to_strangers(four), [6379]);
        assert_eq!(open_to_strangers(six), [8080]);
    }

    #[test]
    fn a_firewall_is_one_that_drops_what_comes_in() {
        assert!(drops(
            "table inet filter {\n chain input {\n  type filter hook input priority filter; policy drop;\n }\n}"
        ));
        assert!(!drops("chain input { type filter hook input priority filter; policy accept; }"));
        assert!(!drops("chain forward { type filter hook forward priority filter; policy drop; }"));
    }
}
