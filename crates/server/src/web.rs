//! The web UI, embedded in the binary: hashed files for ever, the one page for every address a person may type.

use crate::app::App;
use crate::error::Error;
use crate::extract::Site;
use crate::sources::Policy;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use model::{NestCode, Slug};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};
use std::sync::OnceLock;

/// What `cargo xtask web` built.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/build"]
#[allow_missing = true]
struct Build;

const NO_UI: &str = "<!doctype html><head><title>Rookery</title></head><p>This binary was built without its web UI: run \
    <code>cargo xtask web</code> and build again. The API is at <a href=\"/docs\">/docs</a>.";

/// A file of the UI, or the page.
pub(crate) async fn page(State(app): State<App>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Error::MethodNotAllowed.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if !path.is_empty() && path != "index.html" && Build::get(path).is_some() {
        return file(&app, path, request.headers());
    }
    // A file that is not there is not the page: a stale script must fail, not be HTML.
    let is_of_files = ["_app/", "icons/", ".well-known/"].iter().any(|folder| path.starts_with(folder));
    if is_of_files || path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return Error::NotFound("file").into_response();
    }
    if let Some(nest) = called(&app, path) {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        return Redirect::temporary(&format!("/nest/{nest}{query}")).into_response();
    }
    index(&app, path, request.headers())
}

/// First parts of the addresses that the page knows.
const PAGES: [&str; 9] =
    ["help", "history", "join", "library", "nest", "settings", "sign-in", "stats", "welcome"];

/// The nest whose host chose the word that this address is.
fn called(app: &App, path: &str) -> Option<NestCode> {
    let slug: Slug = path.strip_prefix("nest/").unwrap_or(path).trim_end_matches('/').parse().ok()?;
    app.nests().called(&slug).map(|room| room.code)
}

/// Whether the page has something to show at this address. What is not there is said by the page itself.
fn is_known(path: &str) -> bool {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    first.is_empty() || PAGES.contains(&first) || (rest.is_empty() && first.parse::<NestCode>().is_ok())
}

fn file(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let (found, encoding) = encoded(path, headers);
    let Some(found) = found else { return Error::NotFound("file").into_response() };
    let etag = etag(&found);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let kept =
        if path.starts_with("_app/immutable/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::from(found.data));
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    answer.insert(header::ETAG, etag);
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    secured(app, response)
}

/// The smallest form of a file that the browser takes.
fn encoded(path: &str, headers: &HeaderMap) -> (Option<EmbeddedFile>, Option<&'static str>) {
    let taken = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    for (name, suffix) in [("br", "br"), ("gzip", "gz")] {
        let takes = taken
            .split(',')
            .any(|coding| coding.split(';').next().is_some_and(|coding| coding.trim() == name));
        if takes && let Some(found) = Build::get(&format!("{path}.{suffix}")) {
            return (Some(found), Some(name));
        }
    }
    (Build::get(path), None)
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hash: String = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The page, with what a link preview shows of the nest its address names.
fn index(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let html = match Build::get("index.html") {
        Some(file) => String::from_utf8_lossy(&file.data).into_owned(),
        None => NO_UI.to_owned(),
    };
    let name = app.config().name.as_str();
    let code = path.strip_prefix("nest/").unwrap_or(path);
    let nest = code.parse::<NestCode>().ok().and_then(|code| app.nests().get(code).ok());
    // What plays, and whose nest it is, is only for those who may enter; a nest open to guests says its name.
    let nest_name = nest.map(|room| room.state()).filter(|nest| nest.is_open_to_strangers());
    let title =
        nest_name.map_or_else(|| name.to_owned(), |nest| format!("{} · {name}", nest.settings().name));
    let base = Site::of(headers, app).base;
    let (title, address) = (escape(&title), escape(&format!("{base}/{path}")));
    let tags = format!(
        "<meta property=\"og:title\" content=\"{title}\"><meta property=\"og:type\" content=\"website\">\
         <meta property=\"og:url\" content=\"{address}\"><meta property=\"og:image\" content=\"{}/icons/icon-512.png\">\
         <meta property=\"og:description\" content=\"Listen together, in step.\">",
        escape(&base)
    );
    let html = html.replacen("</head>", &format!("{tags}</head>"), 1);
    let mut response = Response::new(Body::from(html));
    if !is_known(path) {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    secured(app, response)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Adds the headers that keep a page to itself.
pub(crate) fn secured(app: &App, mut response: Response) -> Response {
    static SCRIPTS: OnceLock<String> = OnceLock::new();
    let scripts = SCRIPTS.get_or_init(|| {
        let page = Build::get("index.html").map(|file| String::from_utf8_lossy(&file.data).into_owned());
        script_hashes(&page.unwrap_or_default())
    });
    let policy = policy(scripts, app.sources().policy());
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    );
    response
}

/// The Content-Security-Policy: no inline code but the page's own start-up script, by its hash; of other sites only what
/// the players of services that are set up need.
fn policy(scripts: &str, players: Policy<'_>) -> String {
    let only = |on: bool, source: &'static str| if on { source } else { "" };
    let spotify = only(players.spotify, " https://sdk.scdn.co");
    let youtube = only(players.youtube, " https://www.youtube-nocookie.com");
    let sound = players.soundcloud_media.map(|hosts| format!(" {hosts}")).unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self'{scripts}{spotify}; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:{sound}; connect-src 'self'{sound}; frame-src 'self'{spotify}{youtube}; \
         worker-src 'self'; manifest-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'self'"
    )
}

fn script_hashes(page: &str) -> String {
    inline_scripts(page).map(|script| format!(" {}", hash_source(script))).collect()
}

/// An inline script or style as a Content-Security-Policy lets it in.
pub(crate) fn hash_source(inline: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(inline.as_bytes())))
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folders of `web/src/routes`, which are the pages there are.
    fn folders() -> Vec<String> {
        let routes = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/routes");
        let entries = std::fs::read_dir(routes).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        let mut names: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with('['));
        names.sort();
        names
    }

    #[test]
    fn the_pages_are_those_of_the_ui_and_no_nest_takes_their_address() {
        assert_eq!(folders(), PAGES);
        for page in PAGES {
            assert_eq!(page.parse::<Slug>(), Err(model::SlugError::Reserved), "{page}");
        }
        for known in ["", "library", "nest/ABCDE", "abcde", "history", "history/main"] {
            assert!(is_known(known), "{known}");
        }
        for unknown in ["nowhere", "abcde/more", "no-such-nest"] {
            assert!(!is_known(unknown), "{unknown}");
        }
    }

    /// Every first part of an address of the API is reserved.
    #[test]
    fn no_nest_takes_an_address_of_the_api() {
        let document: serde_json::Value = serde_json::from_str(&crate::routes::openapi()).unwrap();
        for path in document["paths"].as_object().unwrap().keys() {
            let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
            assert_eq!(first.parse::<Slug>(), Err(model::SlugError::Reserved), "{path}");
        }
    }

    #[test]
    fn only_inline_scripts_are_hashed() {
        let page = "<script src=\"/a.js\"></script><script>\n1\n</script><script type=\"module\">2</script>";
        assert_eq!(inline_scripts(page).collect::<Vec<_>>(), ["\n1\n", "2"]);
        let scripts = script_hashes(page);
        assert_eq!(scripts.matches("'sha256-").count(), 2);
        assert!(!policy(&scripts, Policy::default()).contains("unsafe-inline"));
    }

    #[test]
    fn other_sites_are_let_in_only_for_the_players_of_what_is_set_up() {
        assert!(!policy("", Policy::default()).contains("https://"));
        let directive = |players: Policy<'_>, name: &str| {
            let policy = policy("", players);
            policy.split("; ").find(|part| part.starts_with(name)).unwrap().to_owned()
        };
        let spotify = Policy { spotify: true, ..Policy::default() };
        assert_eq!(directive(spotify, "script-src"), "script-src 'self' https://sdk.scdn.co");
        assert_eq!(directive(spotify, "frame-src"), "frame-src 'self' https://sdk.scdn.co");
        let youtube = Policy { youtube: true, ..Policy::default() };
        assert_eq!(directive(youtube, "frame-src"), "frame-src 'self' https://www.youtube-nocookie.com");
        assert_eq!(directive(youtube, "script-src"), "script-src 'self'");
        let soundcloud = Policy { soundcloud_media: Some("https://*.sndcdn.com"), ..Policy::default() };
        assert_eq!(directive(soundcloud, "media-src"), "media-src 'self' blob: https://*.sndcdn.com");
        assert_eq!(directive(soundcloud, "connect-src"), "connect-src 'self' https://*.sndcdn.com");
        assert_eq!(directive(soundcloud, "frame-src"), "frame-src 'self'");
    }
}
