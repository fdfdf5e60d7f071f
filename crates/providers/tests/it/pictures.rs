//! Pictures from elsewhere, and addresses that only look like it.

use fakes::{Reply, Server};
use providers::{ANSWER_BYTES_MAX, Error, HttpOptions, Outside, Pictures, Provider};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::time::Duration;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// A server with a picture, a page, and redirects to wherever the path says.
fn server() -> Server {
    Server::of(|request| match request.path.as_str() {
        "/picture" => Reply { body: PNG.to_vec(), ..Reply::empty(200) },
        "/page" => Reply { body: b"<svg onload='x'/>".to_vec(), ..Reply::empty(200) },
        "/circle" => Reply::empty(302).with("location", "/circle".to_owned()),
        "/to" => Reply::empty(302).with("location", request.parameter("url").unwrap_or("").to_owned()),
        _ => Reply::empty(404),
    })
}

fn pictures(also: &[IpAddr]) -> Pictures {
    Pictures::new(&HttpOptions::default(), Outside { also: also.to_vec() }).unwrap()
}

async fn refused(pictures: &Pictures, url: &str) -> Error {
    pictures.fetch(Provider::SignIn, url).await.unwrap_err()
}

#[tokio::test]
async fn a_picture_is_fetched_and_anything_else_is_not_one() {
    let server = server();
    let pictures = pictures(&[LOOPBACK]);
    let at = |path: &str| format!("{}{path}", server.origin());
    let picture = pictures.fetch(Provider::SignIn, &at("/picture")).await.unwrap();
    assert_eq!((&picture.bytes[..], picture.media_type), (PNG, "image/png"));
    assert!(
        pictures.fetch(Provider::SignIn, &at("/to?url=/picture")).await.is_ok(),
        "a redirect to a place that may"
    );
    assert!(matches!(refused(&pictures, &at("/page")).await, Error::UnexpectedAnswer { .. }));
    assert!(matches!(refused(&pictures, &at("/circle")).await, Error::NotAllowed { .. }));
    assert!(matches!(refused(&pictures, &at("/nothing")).await, Error::NotFound { .. }));
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_not_even_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("https://localhost:{}/picture", listener.local_addr().unwrap().port());
    let named = refused(&pictures(&[]), &url).await;
    assert!(matches!(named, Error::Unreachable { .. }), "{named}");
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody knocked");
    // The same name where it may be asked: then somebody knocks, so the check above can fail.
    let _no_tls_there =
        tokio::time::timeout(Duration::from_millis(500), refused(&pictures(&[LOOPBACK]), &url)).await;
    assert!(listener.accept().is_ok());
}

#[tokio::test]
async fn a_picture_without_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/picture", listener.local_addr().unwrap());
    let sender = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        // An answer before the question would be an error of its own.
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunk = format!("{:x}\r\n{}\r\n", 65_536, "x".repeat(65_536));
        // Nobody says how long it is; it ends when the other side hangs up.
        let sent = stream.write_all(head).is_ok();
        (0..1_000).take_while(|_| sent && stream.write_all(chunk.as_bytes()).is_ok()).count() * 65_536
    });
    let error = refused(&pictures(&[LOOPBACK]), &url).await;
    assert_eq!(error, Error::AnswerTooLarge { provider: Provider::SignIn, bytes_max: ANSWER_BYTES_MAX });
    // The connection is closed by the runtime, which must not be kept from it by waiting here.
    let sent = tokio::task::spawn_blocking(move || sender.join().unwrap()).await.unwrap();
    assert!(sent < 10 * ANSWER_BYTES_MAX, "{sent} bytes were taken");
}

#[tokio::test]
async fn no_address_or_redirect_leads_into_our_own_network() {
    let (outside, inside) = (server(), server());
    let port = inside.origin().rsplit(':').next().unwrap().to_owned();
    let nowhere = pictures(&[]);
    assert!(matches!(
        refused(&nowhere, &format!("{}/picture", inside.origin())).await,
        Error::NotAllowed { .. }
    ));

    let only_outside = pictures(&[LOOPBACK]);
    for to in [
        format!("http://127.0.0.2:{port}/picture"),
        format!("http://[::1]:{port}/picture"),
        "file:///etc/passwd".into(),
    ] {
        let error = refused(&only_outside, &format!("{}/to?url={to}", outside.origin())).await;
        assert!(matches!(error, Error::NotAllowed { .. }), "{to}: {error}");
    }
    assert_eq!(inside.seen(), []);
}
