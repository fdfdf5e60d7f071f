//! Notices as messages: signed JSON for programs, and Slack's form for people.

use super::Ready;
use super::notice::{Notice, What};
use crate::app::App;
use crate::error::{Error, Result};
use crate::nests::{Room, wire};
use database::webhooks::Webhook;
use model::{Contributor, TrackSummary, WallTime, WebhookForm};
use protocol::http::{
    SlackBlock, SlackMessage, SlackPicture, SlackText, WebhookData, WebhookMessage, WebhookNest,
};
use serde::Serialize;

/// The message for a webhook. `number` tells the messages of a webhook apart: a repeated attempt has the same.
pub(super) fn write(
    app: &App,
    webhook: &Webhook,
    room: &Room,
    notice: &Notice,
    number: &str,
) -> Result<Ready> {
    let id = format!("msg_{}_{number}", webhook.id);
    let body = match webhook.form {
        WebhookForm::Signed => json(&signed(app, room, notice))?,
        WebhookForm::Slack => json(&slack(app, room, notice))?,
    };
    Ok(Ready { id, body })
}

/// A message that only says that messages arrive.
pub(crate) fn greeting(app: &App, webhook: &Webhook, room: &Room) -> Result<Ready> {
    let now = app.now();
    let number = format!("test_{}", now.micros());
    write(app, webhook, room, &Notice { at: now, what: What::Test }, &number)
}

fn json(body: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(body).map_err(|_| Error::Fault("a webhook's message could not be encoded"))
}

fn link(app: &App, code: &str) -> Option<String> {
    app.config().public_url.as_ref().map(|base| format!("{base}/nest/{code}"))
}

fn signed(app: &App, room: &Room, notice: &Notice) -> WebhookMessage {
    let nest = |code: String, name: String| WebhookNest { url: link(app, &code), code, name };
    let here = || nest(room.code.to_string(), room.state().settings().name.to_string());
    let data =
        WebhookData { server: app.config().name.clone(), nest: Some(here()), ..WebhookData::default() };
    let data = match &notice.what {
        What::NowPlaying { track, added_by } => WebhookData {
            track: Some(wire::track_summary(track)),
            added_by: Some(wire::contributor(added_by)),
            ..data
        },
        What::Horn { by, sound } => {
            WebhookData { by: Some(by.clone()), sound: Some(sound.name().to_owned()), ..data }
        }
        What::Paused { by } | What::Resumed { by } => WebhookData { by: by.clone(), ..data },
        What::Skipped { by, track } => {
            WebhookData { by: by.clone(), track: track.as_ref().map(wire::track_summary), ..data }
        }
        What::NestOpened { name, code } => {
            WebhookData { nest: Some(nest(code.clone(), name.clone())), ..data }
        }
        What::ServerStarted => {
            WebhookData { nest: None, version: Some(env!("CARGO_PKG_VERSION").to_owned()), ..data }
        }
        What::Test => data,
    };
    WebhookMessage { kind: notice.what.name().to_owned(), timestamp: timestamp(notice.at), data }
}

/// RFC 3339 in UTC, with milliseconds.
fn timestamp(at: WallTime) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map(|at| format!("{at:.3}")).unwrap_or_default()
}

fn slack(app: &App, room: &Room, notice: &Notice) -> SlackMessage {
    let nest = room.state().settings().name.to_string();
    let nest = named(&nest, link(app, &room.code.to_string()));
    let somebody = |by: &Option<String>| by.as_deref().map_or_else(|| "Somebody".to_owned(), escaped);
    let text = match &notice.what {
        What::NowPlaying { track, added_by } => {
            let by = match added_by {
                Contributor::Person { name, .. } => format!("added by {}", escaped(name)),
                Contributor::Autofill => "played on by the nest".to_owned(),
            };
            format!(":notes: {}, {by}, in {nest}", song(track))
        }
        What::Horn { by, sound } => {
            format!(":mega: {} blew the {} in {nest}", escaped(by), escaped(sound.label()))
        }
        What::Paused { by } => format!(":double_vertical_bar: {} paused {nest}", somebody(by)),
        What::Resumed { by } => format!(":arrow_forward: {} lets {nest} play on", somebody(by)),
        What::Skipped { by, track: Some(track) } => {
            format!(":fast_forward: {} skipped {} in {nest}", somebody(by), song(track))
        }
        What::Skipped { by, track: None } => {
            format!(":fast_forward: {} skipped a song in {nest}", somebody(by))
        }
        What::NestOpened { name, code } => {
            format!(":new: A nest was opened: {}", named(name, link(app, code)))
        }
        What::ServerStarted => {
            format!(":rocket: {} started, release {}", escaped(&app.config().name), env!("CARGO_PKG_VERSION"))
        }
        What::Test => format!(":wave: Messages from {nest} arrive here"),
    };
    let picture = match &notice.what {
        What::NowPlaying { track, .. } => cover(app, track),
        _ => None,
    };
    let section = SlackBlock::Section { text: SlackText::Mrkdwn { text: text.clone() }, accessory: picture };
    SlackMessage { text, blocks: vec![section] }
}

/// Slack fetches the picture itself, so only a server that is reached by https has one to show.
fn cover(app: &App, track: &TrackSummary) -> Option<SlackPicture> {
    let base = app.config().public_url.as_ref().filter(|base| base.starts_with("https://"))?;
    let hash = track.artwork?;
    Some(SlackPicture::Image {
        image_url: format!("{base}/api/v1/artwork/{hash}?size=320"),
        alt_text: format!("Cover of {}", track.title),
    })
}

fn song(track: &TrackSummary) -> String {
    if track.artist.is_empty() {
        format!("*{}*", escaped(&track.title))
    } else {
        format!("*{}* by {}", escaped(&track.title), escaped(&track.artist))
    }
}

fn named(name: &str, link: Option<String>) -> String {
    let name = escaped(name);
    match link {
        // A bar would end the link's address, a `>` the link.
        Some(link) => format!("<{link}|{}>", name.replace('|', "¦")),
        None => name,
    }
}

/// Slack's mark-up knows three characters (`https://api.slack.com/reference/surfaces/formatting#escaping`); the others that
/// format a text are made harmless by a zero-width space behind them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '*' | '_' | '~' | '`' => {
                out.push(character);
                out.push('\u{200b}');
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_becomes_mark_up() {
        assert_eq!(escaped("<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
        assert_eq!(named("a|b>", Some("https://x".to_owned())), "<https://x|a¦b&gt;>");
        assert_eq!(escaped("*loud*"), "*\u{200b}loud*\u{200b}");
    }

    #[test]
    fn a_time_is_written_as_rfc_3339_has_it() {
        assert_eq!(timestamp(WallTime::from_micros(1_614_265_330_123_456)), "2021-02-25T15:02:10.123Z");
    }
}
