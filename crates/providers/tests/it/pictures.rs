//! Pictures from elsewhere, and addresses that only look like it.

use fakes::{Reply, Server};
use providers::{Error, HttpOptions, PictureSources, Pictures, Provider};
use std::net::{IpAddr, Ipv4Addr};

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
    Pictures::new(&HttpOptions::default(), PictureSources { also: also.to_vec() }).unwrap()
}

async fn refused(pictures: &Pictures, url: &str) -> Error {
    pictures.fetch(Provider::SignIn, url).await.unwrap_err()
}

#[tokio::test]
async fn a_picture_is_fetched_and_anything_else_is_not_one() {
    let server = server();
    let pictures = pictures(&[IpAddr::V4(Ipv4Addr::LOCALHOST)]);
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
async fn no_address_name_or_redirect_leads_into_our_own_network() {
    let (outside, inside) = (server(), server());
    let port = inside.origin().rsplit(':').next().unwrap().to_owned();
    let nowhere = pictures(&[]);
    assert!(matches!(
        refused(&nowhere, &format!("{}/picture", inside.origin())).await,
        Error::NotAllowed { .. }
    ));
    let named = refused(&nowhere, &format!("https://localhost:{port}/picture")).await;
    assert!(matches!(named, Error::Unreachable { .. }), "{named}");

    let only_outside = pictures(&[IpAddr::V4(Ipv4Addr::LOCALHOST)]);
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
