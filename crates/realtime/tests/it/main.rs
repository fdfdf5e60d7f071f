//! The hub through its public face: order, recovery, presence, slow listeners, over real sockets.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use bytes::Bytes;
use model::{Channel, NestCode};
use protocol::socket::ClientInfo;
use realtime::{
    Frame, Hub, Listener, Outbox, OutboxState, Position, SubscribeError, Transport, Wire, limits,
};
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

const NEST: Channel = Channel::Nest(NestCode::MAIN);

fn data(number: u64) -> Box<RawValue> {
    RawValue::from_string(format!("{{\"n\":{number}}}")).expect("JSON")
}

fn position(offset: u64) -> Position {
    Position { epoch: "e".into(), offset }
}

fn hub(offset: u64) -> Hub {
    let hub = Hub::default();
    hub.open(NEST, position(offset));
    hub
}

fn listener(user: &str) -> (Arc<Outbox>, Listener) {
    let outbox = Outbox::new(Transport::EventStream);
    let conn_info = RawValue::from_string("{}".into()).expect("JSON");
    let info = ClientInfo { user: user.into(), client: format!("c-{user}"), conn_info };
    (Arc::clone(&outbox), Listener { outbox, info: Some(Arc::new(info)), hears_joins: true })
}

fn heard(outbox: &Outbox) -> String {
    outbox.take().iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

/// Subscribes and writes what was recovered as `[2,3]`, or `unrecovered`.
fn subscribe(
    hub: &Hub,
    listener: Listener,
    since: Option<u64>,
    older: &[Arc<Frame>],
) -> Result<u64, SubscribeError> {
    let since = since.map(position);
    let reply = |_: &Position, recovered: Option<&[Arc<Frame>]>| match recovered {
        None => Bytes::from_static(b"unrecovered;"),
        Some(frames) => {
            let offsets: Vec<_> = frames.iter().filter_map(|frame| frame.to_publication()?.offset).collect();
            format!("{offsets:?};").into()
        }
    };
    hub.subscribe(NEST, listener, since.as_ref(), older, reply).map(|subscribed| subscribed.listener)
}

#[test]
fn a_publication_reaches_every_listener_with_its_position() {
    let hub = hub(0);
    let (ana, ben) = (listener("ana"), listener("ben"));
    subscribe(&hub, ana.1, None, &[]).expect("subscribed");
    subscribe(&hub, ben.1, None, &[]).expect("subscribed");
    hub.publish(NEST, Some(1), data(1));
    assert_eq!(heard(&ana.0), "unrecovered;id: e:1\ndata: {\"n\":1}\n\n");
    assert_eq!(heard(&ben.0), "unrecovered;id: e:1\ndata: {\"n\":1}\n\n");
}

#[test]
fn a_listener_who_was_away_gets_exactly_what_was_missed() {
    let hub = hub(0);
    (1..=5).for_each(|offset| hub.publish(NEST, Some(offset), data(offset)));
    let (outbox, ana) = listener("ana");
    subscribe(&hub, ana, Some(3), &[]).expect("subscribed");
    hub.publish(NEST, Some(6), data(6));
    assert_eq!(heard(&outbox), "[4, 5];id: e:6\ndata: {\"n\":6}\n\n");
}

#[test]
fn a_position_of_another_stream_or_of_the_future_is_not_recovered() {
    let hub = hub(0);
    hub.publish(NEST, Some(1), data(1));
    let (outbox, ana) = listener("ana");
    subscribe(&hub, ana, Some(9), &[]).expect("subscribed");
    assert_eq!(heard(&outbox), "unrecovered;");
    let (outbox, ben) = listener("ben");
    let other = Position { epoch: "other".into(), offset: 1 };
    hub.subscribe(NEST, ben, Some(&other), &[], |_, recovered| {
        Bytes::from_static(if recovered.is_none() { b"unrecovered;" } else { b"recovered;" })
    })
    .expect("subscribed");
    assert_eq!(heard(&outbox), "unrecovered;");
}

#[test]
fn what_a_channel_does_not_remember_comes_from_the_log() {
    let hub = hub(10);
    hub.publish(NEST, Some(11), data(11));
    let (outbox, ana) = listener("ana");
    let refused = subscribe(&hub, ana.clone(), Some(8), &[]);
    assert_eq!(refused, Err(SubscribeError::NeedsOlder { remembered_from: 10 }));
    let older: Vec<_> =
        (7..=10).map(|at| Arc::new(Frame::publication(NEST, "e", Some(at), data(at)))).collect();
    subscribe(&hub, ana, Some(8), &older).expect("subscribed");
    assert_eq!(heard(&outbox), "[9, 10, 11];");
}

#[test]
fn a_publication_that_comes_twice_is_heard_once() {
    let hub = hub(0);
    let (outbox, ana) = listener("ana");
    subscribe(&hub, ana, Some(0), &[]).expect("subscribed");
    for offset in [1, 1, 2, 1] {
        hub.publish(NEST, Some(offset), data(offset));
    }
    assert_eq!(heard(&outbox).matches("data:").count(), 2);
}

#[test]
fn history_is_bounded_in_publications_and_bytes() {
    let hub = hub(0);
    (1..=2_000).for_each(|offset| hub.publish(NEST, Some(offset), data(offset)));
    let (_, ana) = listener("ana");
    let refused = subscribe(&hub, ana, Some(1), &[]);
    let remembered_from = 2_000 - limits::HISTORY_PUBLICATIONS_MAX as u64;
    assert_eq!(refused, Err(SubscribeError::NeedsOlder { remembered_from }));
}

#[test]
fn presence_counts_people_once_however_many_tabs_they_open() {
    let hub = hub(0);
    let first = subscribe(&hub, listener("ana").1, None, &[]).expect("subscribed");
    subscribe(&hub, listener("ana").1, None, &[]).expect("subscribed");
    subscribe(&hub, listener("ben").1, None, &[]).expect("subscribed");
    let presence = hub.presence(NEST).expect("open");
    assert_eq!((presence.client_count, presence.person_count), (3, 2));
    hub.unsubscribe(NEST, first);
    assert_eq!(hub.person_count(NEST), 2, "ana still has another tab");
    hub.unsubscribe(NEST, first);
    assert_eq!(hub.presence(NEST).expect("open").client_count, 2, "leaving twice counts once");
}

async fn socket_pair() -> (Arc<Wire>, TcpStream) {
    let server = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = server.local_addr().expect("an address");
    let (client, accepted) = tokio::join!(TcpStream::connect(address), server.accept());
    (Arc::new(Wire::plain(accepted.expect("accepted").0)), client.expect("connected"))
}

/// The same under TLS.
async fn sealed_pair() -> (Arc<Wire>, TlsStream<TcpStream>) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a root");
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let server = ServerConfig::builder().with_no_client_auth();
    let server = server.with_single_cert(vec![certificate], key).expect("a pair");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (client_side, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let name = ServerName::try_from("a.example").expect("a name");
    let (client, accepted) = tokio::join!(
        TlsConnector::from(Arc::new(client)).connect(name, client_side.expect("connected")),
        TlsAcceptor::from(Arc::new(server)).accept(accepted.expect("accepted").0)
    );
    let (stream, session) = accepted.expect("a handshake").into_inner();
    (Arc::new(Wire::tls(stream, session)), client.expect("a handshake"))
}

#[tokio::test]
async fn under_tls_frames_that_wait_arrive_whole_and_in_order_and_what_is_sent_is_read() {
    let (server, mut client) = sealed_pair().await;
    let outbox = Outbox::new(Transport::Socket(Arc::clone(&server)));
    let sent: Vec<u8> = (0..900u32).flat_map(|number| vec![(number % 251) as u8; 1_000]).collect();
    // Far more than the sockets hold: it waits encrypted and plain.
    for chunk in sent.chunks(1_000) {
        outbox.send_bytes(Bytes::copy_from_slice(chunk));
    }
    assert_eq!(outbox.state(), OutboxState::Open);
    let writer = async {
        while !outbox.flush() {
            // What has been encrypted and has not left keeps the connection's task awake.
            outbox.wait().await;
            server.writable().await.expect("writable");
        }
        assert!(!server.has_unsent());
    };
    let mut received = vec![0; sent.len()];
    let (read, ()) = tokio::join!(client.read_exact(&mut received), writer);
    assert_eq!(read.expect("everything"), sent.len());
    assert!(received == sent, "what arrives is what was sent");

    client.write_all(b"hello").await.expect("written");
    client.flush().await.expect("written");
    assert_eq!(read_some(&server).await, b"hello");
    client.shutdown().await.expect("shut down");
    assert_eq!(read_some(&server).await, b"", "the client said that nothing more comes");
    server.shut_down();
    assert_eq!(client.read(&mut received).await.expect("a clean end"), 0);
}

#[tokio::test]
async fn under_tls_a_listener_who_stops_reading_is_marked_slow() {
    let (server, _client) = sealed_pair().await;
    let outbox = Outbox::new(Transport::Socket(server));
    for _ in 0..20_000 {
        outbox.send_bytes(Bytes::from_static(&[7; 1_000]));
    }
    assert_eq!(outbox.state(), OutboxState::Slow);
}

#[tokio::test]
async fn a_connection_that_is_cut_off_under_tls_is_an_error_and_no_end() {
    let (server, client) = sealed_pair().await;
    drop(client.into_inner());
    server.readable().await.expect("readable");
    let read = server.try_read();
    assert!(read.is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock));
}

async fn read_some(wire: &Wire) -> Vec<u8> {
    loop {
        wire.readable().await.expect("readable");
        match wire.try_read() {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            read => return read.expect("read"),
        }
    }
}

#[tokio::test]
async fn who_joins_is_told_to_the_others_over_the_socket() {
    let hub = hub(0);
    let (server, mut client) = socket_pair().await;
    let mut ana = listener("ana").1;
    let outbox = Outbox::new(Transport::Socket(server));
    ana.outbox = Arc::clone(&outbox);
    hub.subscribe(NEST, ana, None, &[], |_, _| Bytes::new()).expect("subscribed");
    subscribe(&hub, listener("ben").1, None, &[]).expect("subscribed");
    outbox.flush();
    let mut bytes = [0; 512];
    let read = client.read(&mut bytes).await.expect("a frame");
    let text = String::from_utf8_lossy(&bytes[2..read]).into_owned();
    assert_eq!(
        text,
        r#"{"push":{"channel":"nest:main","join":{"info":{"user":"ben","client":"c-ben","conn_info":{}}}}}"#
    );
}

#[tokio::test]
async fn a_listener_who_stops_reading_is_marked_slow_and_the_others_hear_everything() {
    let hub = hub(0);
    let (stalled_server, _stalled_client) = socket_pair().await;
    let (server, mut client) = socket_pair().await;
    let stalled = Outbox::new(Transport::Socket(stalled_server));
    let reading = Outbox::new(Transport::Socket(Arc::clone(&server)));
    for outbox in [&stalled, &reading] {
        let listener = Listener { outbox: Arc::clone(outbox), info: None, hears_joins: false };
        hub.subscribe(NEST, listener, None, &[], |_, _| Bytes::new()).expect("subscribed");
    }
    let text = "x".repeat(1_000);
    let total = 20_000u64;
    let reader = async {
        let mut seen = 0u64;
        let mut bytes = vec![0; 64 * 1024];
        while !bytes.is_empty() {
            let read = client.read(&mut bytes).await.expect("readable");
            seen += bytes[..read].iter().filter(|&&byte| byte == b'\x81').count() as u64;
            if seen >= total {
                break;
            }
        }
        seen
    };
    let writer = async {
        for offset in 1..=total {
            hub.publish(NEST, Some(offset), RawValue::from_string(format!("\"{text}\"")).expect("JSON"));
            while !reading.flush() {
                server.writable().await.expect("writable");
            }
            if offset % 64 == 0 {
                tokio::task::yield_now().await;
            }
        }
    };
    let (seen, ()) = tokio::join!(reader, writer);
    assert_eq!(seen, total);
    assert_eq!(stalled.state(), OutboxState::Slow);
    assert_eq!(reading.state(), OutboxState::Open);
}

#[tokio::test]
async fn frames_that_wait_arrive_whole_and_in_order() {
    let (server, mut client) = socket_pair().await;
    let outbox = Outbox::new(Transport::Socket(Arc::clone(&server)));
    let sent: Vec<u8> = (0..900u32).flat_map(|number| vec![(number % 251) as u8; 1_000]).collect();
    for chunk in sent.chunks(1_000) {
        outbox.send_bytes(Bytes::copy_from_slice(chunk));
    }
    let writer = async {
        while !outbox.flush() {
            server.writable().await.expect("writable");
        }
    };
    let mut received = vec![0; sent.len()];
    let (read, ()) = tokio::join!(client.read_exact(&mut received), writer);
    read.expect("everything arrives");
    assert!(received == sent, "bytes differ");
}

#[test]
fn a_publication_of_another_stream_is_not_heard() {
    let hub = hub(0);
    let (outbox, ana) = listener("ana");
    subscribe(&hub, ana, None, &[]).expect("subscribed");
    let other = Position { epoch: "other".into(), offset: 1 };
    hub.append(NEST, &other, data(7));
    hub.append(NEST, &position(1), data(1));
    // Several may offer the same: each is heard once, in its order.
    [1, 2, 1, 2, 3].into_iter().for_each(|offset| hub.append(NEST, &position(offset), data(offset)));
    let events = [1, 2, 3].map(|n| format!("id: e:{n}\ndata: {{\"n\":{n}}}\n\n")).concat();
    assert_eq!(heard(&outbox), format!("unrecovered;{events}"));
}

#[test]
fn when_a_stream_goes_on_elsewhere_its_listeners_are_asked_to_come_back() {
    let hub = hub(3);
    let (outbox, ana) = listener("ana");
    subscribe(&hub, ana.clone(), None, &[]).expect("subscribed");
    hub.reset(NEST, position(9));
    assert_eq!(outbox.state(), OutboxState::Slow);
    assert_eq!(heard(&outbox), "", "what waited is not half a story");
    let (outbox, ben) = listener("ben");
    assert_eq!(
        subscribe(&hub, ben.clone(), Some(3), &[]),
        Err(SubscribeError::NeedsOlder { remembered_from: 9 }),
        "what was passed over is not taken for nothing"
    );
    hub.reset(NEST, Position { epoch: "new".into(), offset: 1 });
    subscribe(&hub, ben, Some(1), &[]).expect("subscribed");
    assert_eq!(heard(&outbox), "unrecovered;");
}

#[test]
fn a_channel_is_closed_when_nobody_listens_and_not_before() {
    let hub = hub(3);
    let (_, ana) = listener("ana");
    let id = subscribe(&hub, ana.clone(), None, &[]).expect("subscribed");
    hub.close_if_idle(NEST);
    assert_eq!(hub.names(), [NEST]);
    hub.unsubscribe(NEST, id);
    hub.close_if_idle(NEST);
    assert_eq!(hub.names(), []);
    assert_eq!(subscribe(&hub, ana.clone(), None, &[]), Err(SubscribeError::UnknownChannel));
    hub.open(NEST, position(8));
    subscribe(&hub, ana, None, &[]).expect("subscribed");
    assert_eq!(hub.position(NEST), Some(position(8)));
}
