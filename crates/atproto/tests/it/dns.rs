//! Handles that stand in DNS, with a real name server, and with such as do not do as they should.

use crate::strange::{DID, HANDLE, OTHER, World, world_with};
use atproto::{Error, NameServer};
use peers::Dns;
use serde_json::json;
use std::net::{SocketAddr, UdpSocket};

const NAME: &str = "_atproto.ana.test";

/// A world whose service says who has the handle, or that nobody has.
fn world(dns: SocketAddr, is_known: bool) -> World {
    let nobody = ("resolveHandle", "status", json!(400));
    world_with(if is_known { Vec::new() } else { vec![nobody] }, NameServer::At(dns))
}

fn asked_the_service(world: &World) -> bool {
    world.server.seen().iter().any(|seen| seen.path.ends_with("resolveHandle"))
}

/// Answers every question over UDP, with the bytes of it.
fn answering(with: fn(Vec<u8>) -> Vec<u8>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            socket.send_to(&with(buffer[..length].to_vec()), from).unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_handle_that_stands_in_dns_is_known_and_the_service_is_not_asked() {
    let own = format!("did={DID}");
    // In two pieces, as long texts stand there.
    let halves = format!("{},{}", &own[..10], &own[10..]);
    for records in [vec![(NAME, own.as_str())], vec![(NAME, &halves), (NAME, "v=spf1 -all"), (NAME, &own)]] {
        let dns = Dns::with(&records);
        let world = world(dns.address(), false);
        assert_eq!(world.begin(HANDLE).await.unwrap().attempt.did.as_str(), DID, "{records:?}");
        assert!(!asked_the_service(&world));
    }
}

#[tokio::test]
async fn records_that_contradict_each_other_open_nothing() {
    let (own, other) = (format!("did={DID}"), format!("did={OTHER}"));
    let dns = Dns::with(&[(NAME, &own), (NAME, &other)]);
    let world = world(dns.address(), true);
    let told = world.begin(HANDLE).await.unwrap_err();
    assert!(matches!(told, Error::Ambiguous(_)), "{told}");
    assert!(told.to_string().contains("leave one record `did=` at `_atproto.ana.test`"), "{told}");
    assert!(!asked_the_service(&world));
}

#[tokio::test]
async fn dns_is_believed_before_the_service_and_the_account_has_to_agree() {
    let dns = Dns::with(&[(NAME, &format!("did={OTHER}"))]);
    let world = world(dns.address(), true);
    let told = world.begin(HANDLE).await.unwrap_err();
    assert!(matches!(&told, Error::Identity { did, .. } if did.as_str() == OTHER), "{told}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_for_udp_comes_over_tcp() {
    let own = format!("did={DID}");
    let long = "x".repeat(200);
    let mut records = vec![(NAME, long.as_str()); 60];
    records.push((NAME, &own));
    let dns = Dns::with(&records);
    assert_eq!(world(dns.address(), false).begin(HANDLE).await.unwrap().attempt.did.as_str(), DID);
    // What nobody puts there for a handle is not read.
    let dns = Dns::with(&[&records[..], &records[..]].concat());
    let told = world(dns.address(), false).begin(HANDLE).await.unwrap_err();
    assert!(matches!(told, Error::UnknownHandle(_)), "{told}");
}

#[tokio::test]
async fn a_name_server_that_says_nothing_of_use_keeps_nobody_out() {
    let nothing = Dns::with(&[]);
    let refusing = Dns::with(&[]);
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failing = answering(|mut question| {
        question[2] |= 0x80;
        question[3] = (question[3] & 0xf0) | 2;
        question
    });
    let garbage = answering(|question| [&question[..2], &[0xff; 40]].concat());
    for (what, dns, handle) in [
        ("there is no such name", nothing.address(), HANDLE),
        ("it refuses", refusing.address(), "ana.example.org"),
        ("it does not answer", silent.local_addr().unwrap(), HANDLE),
        ("nobody is there", nobody, HANDLE),
        ("it fails", failing, HANDLE),
        ("it says nonsense", garbage, HANDLE),
    ] {
        let also = ("alsoKnownAs", json!([format!("at://{handle}")]));
        let world = world_with(vec![(DID, also.0, also.1)], NameServer::At(dns));
        let begun = world.begin(handle).await;
        assert_eq!(begun.unwrap_or_else(|error| panic!("{what}: {error}")).attempt.did.as_str(), DID);
        assert!(asked_the_service(&world), "{what}");
    }
}
