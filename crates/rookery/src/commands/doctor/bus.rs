//! What the doctor finds of the bus: reached, let in, a word comes back, and nobody in between reads the password.

use crate::compose;
use crate::settings::Settings;
use bus::Address;
use smoke::{Report, Seen, Wrong};
use std::net::IpAddr;

const WHAT: &str = "processes reach each other over the bus";

pub async fn look(settings: &Settings, report: &mut Report<'_>) {
    let address = match settings.bus.address() {
        Ok(Some(address)) => address,
        Ok(None) => {
            return report.leave_out(WHAT, "`bus` is not set: processes hear each other by the database");
        }
        // That the setting does not hold is said already.
        Err(_) => return report.leave_out(WHAT, "its address cannot be read"),
    };
    report.check(WHAT, answers(settings, &address)).await;
}

async fn answers(settings: &Settings, address: &Address) -> Seen {
    let wrong = |detail: String| {
        Wrong::new(
            detail,
            "docs/operations/runbooks.md#the-bus-is-away says what each means; until then processes hear each other by \
             the database",
        )
    };
    let name = compose::entropy().map_err(|failure| wrong(failure.to_string()))?.next_u64();
    let channel = bus::channel(settings.environment().as_str(), b"doctor");
    let answered = bus::probe(address, &channel, &format!("{name:016x}")).await;
    let answered = answered.map_err(|error| wrong(error.to_string()))?;
    let trip = format!("{address}: a word came back in {} ms", answered.round_trip.as_millis());
    if address.is_tls() || address.is_near() {
        return Ok(trip);
    }
    let found = tokio::net::lookup_host((address.host(), 0)).await;
    let is_inside = found.is_ok_and(|mut found| found.all(|address| is_private(address.ip())));
    if is_inside {
        return Ok(format!("{trip}; not encrypted, within a private network"));
    }
    Err(Wrong::new(
        format!("{address} is reached over a public network, and not encrypted"),
        "write rediss:// if it speaks TLS; whoever is in between reads its password otherwise",
    ))
}

/// Whether nobody outside has such an address (RFC 1918, RFC 4193, RFC 6598).
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_told_from_public_ones() {
        for (address, expected) in [
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("192.168.0.9", true),
            ("203.0.113.7", false),
            ("fdaa::1", true),
            ("::ffff:10.0.0.1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        }
    }
}
