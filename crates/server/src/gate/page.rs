//! The gate's own page: whole in itself, without a script, readable on a phone and by machines that read aloud, in light
//! and dark, in English and German. What goes wrong is said above the form it belongs to.

use crate::web::hash_source;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::fmt::Write as _;
use std::sync::OnceLock;

const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#f6f3f0;--card:#fff;--ink:#2a211b;--soft:#5c5048;--line:#8a7d73;--accent:#8a4313;--on:#fff;--bad:#a4231a}\
@media(prefers-color-scheme:dark){:root{--bg:#191512;--card:#241f1b;--ink:#f3ede7;--soft:#c2b7ad;--line:#93867b;--accent:#f0b78e;--on:#2a1608;--bad:#ffb0a4}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--bg);color:var(--ink);font:1rem/1.5 ui-sans-serif,system-ui,'Segoe UI',Roboto,sans-serif}\
main{width:100%;max-width:26rem;padding:1.75rem;border-radius:1rem;background:var(--card)}\
svg{width:2.5rem;height:2.5rem;color:var(--accent)}\
h1{margin:.75rem 0 .25rem;font-size:1.4rem;line-height:1.25;overflow-wrap:anywhere}\
p{margin:.25rem 0 1rem;color:var(--soft)}\
form{margin:1rem 0}\
label{display:block;margin-bottom:.35rem;font-weight:600}\
input{width:100%;min-height:3rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.6rem;background:var(--bg);color:var(--ink);font:inherit;font-size:1.25rem;letter-spacing:.1em}\
button,.way{display:block;width:100%;min-height:3rem;margin-top:.75rem;padding:.65rem 1rem;border:1px solid var(--accent);border-radius:.6rem;background:var(--accent);color:var(--on);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}\
.plain{background:transparent;color:var(--accent)}\
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
[role=alert]{margin:1rem 0;padding:.6rem .8rem;border:1px solid var(--bad);border-radius:.6rem;color:var(--bad)}";

const MARK: &str = "<svg viewBox=\"0 0 32 32\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.2\" stroke-linecap=\"round\" \
    aria-hidden=\"true\"><circle cx=\"16\" cy=\"11\" r=\"3.6\" fill=\"currentColor\" stroke=\"none\"/>\
    <path d=\"M9.5 14.5a6.5 6.5 0 0 0 13 0M5.5 14.5a10.5 10.5 0 0 0 21 0\"/></svg>";

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The number opens nothing (any more).
    Pin,
    /// Too many were tried.
    TooMany,
    /// The person is not on the list.
    NotOnTheList,
    /// The attempt is over, or was begun elsewhere.
    Expired,
    /// GitHub does not do as it should.
    Away,
    /// What was typed is no handle, or leads to nobody.
    Handle,
    /// The account's server does not do as it should.
    ServerAway,
}

/// The page, for one reader.
pub(super) struct Page<'a> {
    pub(super) environment: &'a str,
    /// The community's name.
    pub(super) name: &'a str,
    pub(super) is_german: bool,
    /// A page of this server.
    pub(super) to: &'a str,
    pub(super) has_pin: bool,
    pub(super) has_github: bool,
    pub(super) has_atproto: bool,
    /// What the reader typed, to be mended.
    pub(super) handle: &'a str,
    /// Whether the reader carries a pass.
    pub(super) is_inside: bool,
    pub(super) problem: Option<Problem>,
}

/// What the page says.
struct Words {
    title: &'static str,
    why: &'static str,
    pin: &'static str,
    pin_hint: &'static str,
    pin_do: &'static str,
    github: &'static str,
    handle: &'static str,
    handle_hint: &'static str,
    handle_do: &'static str,
    onward: &'static str,
    onward_do: &'static str,
    nothing: &'static str,
    inside: &'static str,
    go_on: &'static str,
    leave: &'static str,
}

const ENGLISH: Words = Words {
    title: "Not open to everybody",
    why: "This is where new things are tried before they go to the people they are for.",
    pin: "Your number",
    pin_hint: "Eight digits. Whoever runs this server makes one for you; it opens once.",
    pin_do: "Come in",
    github: "Come in with GitHub",
    handle: "Your handle on Bluesky or another AT Protocol server",
    handle_hint: "As in ana.example.org. You sign in at your own server; it is asked for nothing but who you are.",
    handle_do: "Come in with your handle",
    onward: "You go on to your own server, to sign in there.",
    onward_do: "Go on",
    nothing: "No way in is set up here. Whoever runs this server can do that.",
    inside: "You are in.",
    go_on: "Go on",
    leave: "Leave",
};

const GERMAN: Words = Words {
    title: "Nicht für alle offen",
    why: "Hier wird Neues ausprobiert, bevor es zu denen kommt, für die es ist.",
    pin: "Deine Nummer",
    pin_hint: "Acht Ziffern. Wer diesen Server betreibt, macht dir eine; sie öffnet einmal.",
    pin_do: "Hereinkommen",
    github: "Mit GitHub hereinkommen",
    handle: "Dein Handle bei Bluesky oder einem anderen AT-Protocol-Server",
    handle_hint: "Wie in ana.example.org. Du meldest dich bei deinem eigenen Server an; er wird nur gefragt, wer du bist.",
    handle_do: "Mit deinem Handle hereinkommen",
    onward: "Weiter geht es bei deinem eigenen Server: Melde dich dort an.",
    onward_do: "Weiter",
    nothing: "Hier ist kein Weg herein eingerichtet. Wer diesen Server betreibt, kann das tun.",
    inside: "Du bist drin.",
    go_on: "Weiter",
    leave: "Gehen",
};

impl Problem {
    const fn status(self) -> StatusCode {
        match self {
            Self::Pin | Self::NotOnTheList | Self::Handle => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Expired => StatusCode::GONE,
            Self::Away | Self::ServerAway => StatusCode::BAD_GATEWAY,
        }
    }

    const fn text(self, is_german: bool) -> &'static str {
        match (self, is_german) {
            (Self::Pin, false) => {
                "This number opens nothing: it was used, is older than ten minutes, or is another one."
            }
            (Self::Pin, true) => {
                "Diese Nummer öffnet nichts: Sie wurde benutzt, ist älter als zehn Minuten oder eine andere."
            }
            (Self::TooMany, false) => "Too many numbers were tried. Wait an hour, or come in another way.",
            (Self::TooMany, true) => {
                "Zu viele Nummern wurden probiert. Warte eine Stunde oder komm auf anderem Weg herein."
            }
            (Self::NotOnTheList, false) => "This account is not on the list. Ask whoever runs this server.",
            (Self::NotOnTheList, true) => {
                "Dieses Konto steht nicht auf der Liste. Frag, wer diesen Server betreibt."
            }
            (Self::Expired, false) => "This was not begun in this browser, or was called off. Begin again.",
            (Self::Expired, true) => {
                "Das wurde nicht in diesem Browser begonnen oder abgebrochen. Fang neu an."
            }
            (Self::Away, false) => "GitHub does not answer as it should. Try again in a moment.",
            (Self::Away, true) => "GitHub antwortet nicht, wie es soll. Versuch es gleich noch einmal.",
            (Self::Handle, false) => {
                "No account was found by this handle, or the account does not say that it is its own."
            }
            (Self::Handle, true) => {
                "Zu diesem Handle wurde kein Konto gefunden, oder das Konto sagt nicht, dass es seines ist."
            }
            (Self::ServerAway, false) => {
                "The server of this account does not answer as it should. Try again in a moment, or come in another way."
            }
            (Self::ServerAway, true) => {
                "Der Server dieses Kontos antwortet nicht, wie er soll. Versuch es gleich noch einmal oder komm auf anderem \
                 Weg herein."
            }
        }
    }
}

impl Page<'_> {
    /// In place of what was asked for.
    pub(super) fn refused(&self) -> Response {
        self.answer(StatusCode::UNAUTHORIZED, self.html())
    }

    /// As what was asked for.
    pub(super) fn shown(&self) -> Response {
        self.answer(self.problem.map_or(StatusCode::OK, Problem::status), self.html())
    }

    fn answer(&self, status: StatusCode, html: String) -> Response {
        static POLICY: OnceLock<String> = OnceLock::new();
        let policy = POLICY.get_or_init(|| {
            format!(
                "default-src 'none'; style-src {}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
                hash_source(STYLE)
            )
        });
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Ok(policy) = HeaderValue::from_str(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language()));
        // Without the page as referrer a form would come from nowhere (`Origin: null`).
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        response
    }

    const fn language(&self) -> &'static str {
        if self.is_german { "de" } else { "en" }
    }

    /// In place of an answer that sends a browser on: what a form leads to may only be this site's (`form-action`).
    pub(super) fn onward(&self, url: &str) -> Response {
        let (words, url) = (self.words(), escape(url));
        let head = format!("<meta http-equiv=\"refresh\" content=\"0;url={url}\">");
        let body = format!("<p>{}</p><a class=\"way\" href=\"{url}\">{}</a>", words.onward, words.onward_do);
        self.answer(StatusCode::OK, self.whole(&head, &body))
    }

    const fn words(&self) -> &'static Words {
        if self.is_german { &GERMAN } else { &ENGLISH }
    }

    fn whole(&self, head: &str, body: &str) -> String {
        let (words, environment, name) = (self.words(), escape(self.environment), escape(self.name));
        format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">{head}\
             <title>{} · {name}</title><style>{STYLE}</style></head><body><main>{MARK}<h1>{}</h1>\
             <p>{name} · {environment}</p>{body}</main></body></html>",
            self.language(),
            words.title,
            words.title
        )
    }

    fn html(&self) -> String {
        let (words, to) = (self.words(), escape(self.to));
        let mut body = format!("<p>{}</p>", words.why);
        if let Some(problem) = self.problem {
            let _ = write!(body, "<div role=\"alert\" id=\"problem\">{}</div>", problem.text(self.is_german));
        }
        if self.is_inside {
            let _ = write!(
                body,
                "<p>{}</p><a class=\"way\" href=\"{to}\">{}</a><form method=\"post\" action=\"/_access/leave\">\
                 <button class=\"plain\">{}</button></form>",
                words.inside, words.go_on, words.leave
            );
        } else {
            self.ways(&mut body, words, &to);
        }
        self.whole("", &body)
    }

    /// The ways that are set up, one below the other; the first one stands out.
    fn ways(&self, html: &mut String, words: &Words, to: &str) {
        let described = |hint: &str, problems: &[Problem]| match self.problem {
            Some(problem) if problems.contains(&problem) => format!("{hint} problem"),
            _ => hint.to_owned(),
        };
        if self.has_github {
            let to = query_value(self.to);
            let _ = write!(html, "<a class=\"way\" href=\"/_access/github?to={to}\">{}</a>", words.github);
        }
        if self.has_atproto {
            let second = if self.has_github { " class=\"plain\"" } else { "" };
            let described = described("handle-hint", &[Problem::Handle, Problem::ServerAway]);
            let handle = escape(self.handle);
            let _ = write!(
                html,
                "<form method=\"post\" action=\"/_access/atproto\"><input type=\"hidden\" name=\"to\" value=\"{to}\">\
                 <label for=\"handle\">{}</label><p id=\"handle-hint\">{}</p>\
                 <input id=\"handle\" name=\"handle\" value=\"{handle}\" autocomplete=\"username\" autocapitalize=\"none\" \
                 spellcheck=\"false\" maxlength=\"260\" required aria-describedby=\"{described}\">\
                 <button{second}>{}</button></form>",
                words.handle, words.handle_hint, words.handle_do
            );
        }
        if self.has_pin {
            let second = if self.has_github || self.has_atproto { " class=\"plain\"" } else { "" };
            let described = described("hint", &[Problem::Pin, Problem::TooMany]);
            let _ = write!(
                html,
                "<form method=\"post\" action=\"/_access/pin\"><input type=\"hidden\" name=\"to\" value=\"{to}\">\
                 <label for=\"pin\">{}</label><p id=\"hint\">{}</p>\
                 <input id=\"pin\" name=\"pin\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"24\" required \
                 aria-describedby=\"{described}\"><button{second}>{}</button></form>",
                words.pin, words.pin_hint, words.pin_do
            );
        }
        if !self.has_github && !self.has_pin && !self.has_atproto {
            let _ = write!(html, "<p>{}</p>", words.nothing);
        }
    }
}

/// Whether somebody would rather read German than English.
pub(super) fn is_german(headers: &HeaderMap) -> bool {
    let said = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let weight = |tag: &str| {
        let mut parts = tag.split(';').map(str::trim);
        let language = parts.next().unwrap_or("").get(..2).map(str::to_lowercase);
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
        Some((language?, weight?))
    };
    let of = |wanted: &str| {
        let weights = said.split(',').filter_map(weight).filter(|(language, _)| language == wanted);
        weights.map(|(_, weight)| weight).fold(0.0, f32::max)
    };
    let first = |wanted: &str| said.to_lowercase().find(wanted).unwrap_or(usize::MAX);
    let (german, english) = (of("de"), of("en"));
    german > english || (german > 0.0 && german >= english && first("de") < first("en"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// As one value of a query: what is not plain is written as its bytes.
fn query_value(text: &str) -> String {
    text.bytes().fold(String::new(), |mut written, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let _ = write!(written, "%{byte:02X}");
        }
        written
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(to: &'static str) -> Page<'static> {
        Page {
            environment: "staging",
            name: "Our <music>",
            is_german: false,
            to,
            has_pin: true,
            has_github: true,
            has_atproto: true,
            handle: "",
            is_inside: false,
            problem: None,
        }
    }

    #[test]
    fn the_page_escapes_what_it_is_told() {
        let html = page("/nest/main?a=\"><script>&b=%41").html();
        assert!(!html.contains("<script") && !html.contains("Our <music>"), "{html}");
        assert!(html.contains("value=\"/nest/main?a=&quot;&gt;&lt;script&gt;&amp;b=%41\""), "{html}");
        assert!(
            html.contains("/_access/github?to=/nest/main%3Fa%3D%22%3E%3Cscript%3E%26b%3D%2541\""),
            "{html}"
        );
    }

    #[test]
    fn what_went_wrong_is_said_of_the_way_that_it_is_about() {
        let of = |problem| Page { problem: Some(problem), ..page("/") }.html();
        let html = of(Problem::Handle);
        assert!(html.contains("aria-describedby=\"handle-hint problem\""), "{html}");
        assert!(html.contains("aria-describedby=\"hint\""), "{html}");
        assert!(of(Problem::Pin).contains("aria-describedby=\"hint problem\""));
        assert!(of(Problem::NotOnTheList).contains("aria-describedby=\"handle-hint\""));
        // One way stands out, and the others are there.
        assert_eq!(html.matches("<button class=\"plain\">").count(), 2);
    }

    #[test]
    fn german_is_for_those_who_would_rather_read_it() {
        let read = |said: &'static str| {
            let headers = [(header::ACCEPT_LANGUAGE, HeaderValue::from_static(said))].into_iter().collect();
            is_german(&headers)
        };
        for german in ["de", "de-AT,de;q=0.9,en;q=0.8", "fr;q=0.9,de;q=0.5", "de,en", "en;q=0.1, de;q=0.2"] {
            assert!(read(german), "{german}");
        }
        for other in ["", "en", "en-GB,en;q=0.9,de;q=0.8", "fr", "en,de", "nonsense;;q=x", "de;q=0"] {
            assert!(!read(other), "{other}");
        }
        assert!(!is_german(&HeaderMap::new()));
    }

    /// WCAG 2.2, relative luminance and contrast.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |hex: &str| {
            let wide = if hex.len() == 4 {
                hex.chars().skip(1).flat_map(|c| [c, c]).collect()
            } else {
                hex[1..].to_owned()
            };
            let part = |at: usize| {
                let value = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap_or(0)) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
        };
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn everything_is_readable_in_light_and_dark() {
        let themes = STYLE.split(":root{").skip(1).map(|rest| rest.split('}').next().unwrap_or(""));
        let mut count = 0;
        for theme in themes {
            let colour = |name: &str| {
                let found = theme.split(';').find_map(|part| part.strip_prefix(&format!("--{name}:")));
                found.unwrap_or_else(|| panic!("--{name} in {theme}")).to_owned()
            };
            count += 1;
            for (text, under, least) in [
                ("ink", "card", 7.0),
                ("ink", "bg", 7.0),
                ("soft", "card", 4.5),
                ("accent", "card", 4.5),
                ("on", "accent", 4.5),
                ("bad", "card", 4.5),
                ("line", "card", 3.0),
            ] {
                let contrast = contrast(&colour(text), &colour(under));
                assert!(contrast >= least, "{text} on {under}: {contrast}");
            }
        }
        assert_eq!(count, 2);
    }
}
