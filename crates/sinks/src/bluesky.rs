//! Bluesky: an alert as a post of an account that was made for it. A post is public: whoever finds the account reads it.
//!
//! News have one key, however often it is tried to tell them, and what is written under a key is there once: whoever tries
//! again because no answer came does not post a second time.

use crate::{Error, id_of};
use alerts::{Bulletin, Item, State, span, timestamp};
use atproto::{Account, AccountOptions, BLUESKY, Network};
use model::WallTime;
use providers::{HttpOptions, Outside, Secret};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::{Mutex, PoisonError};

const COLLECTION: &str = "app.bsky.feed.post";
/// The longest post, in graphemes; no text has more of those than characters, which are counted here.
const POST_CHARS_MAX: usize = 300;
/// Room for how many more there are.
const MORE_CHARS: usize = 20;
const HOUR_US: i64 = 3_600_000_000;

/// The account that posts.
#[derive(Clone, Debug)]
pub struct BlueskyOptions {
    /// Its server; `None`: Bluesky's own.
    pub service: Option<String>,
    /// Its handle.
    pub handle: String,
    /// An app password of it.
    pub password: Secret,
}

#[derive(Debug)]
pub(crate) struct Bluesky {
    account: Account,
    /// The news that were tried to tell last and perhaps did not arrive, and the key that they have.
    tried: Mutex<Option<(String, String)>>,
}

impl Bluesky {
    pub(crate) fn new(options: &BlueskyOptions, outside: Outside) -> Result<Self, Error> {
        let wrong = |error: atproto::Error| Error::Setting {
            what: "the account of alerts on Bluesky",
            detail: error.to_string(),
        };
        let network = Network::new(&HttpOptions::default(), outside).map_err(wrong)?;
        let account = AccountOptions {
            service: options.service.clone().unwrap_or_else(|| BLUESKY.to_owned()),
            name: options.handle.clone(),
            password: options.password.clone(),
        };
        Ok(Self { account: Account::new(network, &account).map_err(wrong)?, tried: Mutex::default() })
    }

    pub(crate) fn name(&self) -> String {
        format!("Bluesky as {}", self.account.name())
    }

    pub(crate) async fn send(&self, bulletin: &Bulletin, now: WallTime) -> Result<(), Error> {
        let news = news_of(bulletin);
        let key = {
            let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
            let known = tried.take().filter(|(known, _)| *known == news);
            let (_, key) = tried.insert(known.unwrap_or_else(|| (news.clone(), key_of(bulletin))));
            key.clone()
        };
        let post = json!({
            "$type": COLLECTION, "text": post(bulletin), "createdAt": timestamp(now), "langs": ["en"],
        });
        self.account.put(COLLECTION, &key, &post).await?;
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).take_if(|(known, _)| *known == news);
        Ok(())
    }
}

/// The news without the moment at which they are told.
fn news_of(bulletin: &Bulletin) -> String {
    if bulletin.is_test {
        return bulletin.at.micros().to_string();
    }
    let of =
        |item: &Item| format!("{}\n{}\n{:?}\n{}\n", item.rule, item.about, item.state, item.since.micros());
    bulletin.items.iter().map(of).collect()
}

/// A key as posts have them (<https://atproto.com/specs/tid>): a moment in microseconds and ten more bits, in 13 letters. Of
/// the same news it is the same for an hour; so are reminders another's.
fn key_of(bulletin: &Bulletin) -> String {
    const LETTERS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    let hash = Sha256::digest(id_of(bulletin).as_bytes());
    let bits = hash.iter().take(8).fold(0, |bits: u64, byte| (bits << 8) | u64::from(*byte));
    // Somewhere in the first second of the hour.
    let hour = u64::try_from(bulletin.at.micros().div_euclid(HOUR_US) * HOUR_US).unwrap_or(0);
    let number = ((hour + (bits >> 10) % 1_000_000) << 10) | (bits & 0x3ff);
    let letter = |at: u32| char::from(LETTERS[((number >> (60 - 5 * at)) & 0x1f) as usize]);
    (0..13).map(letter).collect()
}

/// As much of it as a post holds: which server, then alert by alert, then how many more there are.
fn post(bulletin: &Bulletin) -> String {
    let mut text = shortened(&bulletin.subject(), POST_CHARS_MAX / 2);
    let mut shown = 0;
    for item in &bulletin.items {
        let line = line(item);
        let room = POST_CHARS_MAX.saturating_sub(text.chars().count() + 2 + MORE_CHARS);
        let line = match shown {
            0 => shortened(&line, room),
            _ if line.chars().count() <= room => line,
            _ => break,
        };
        text.push_str("\n\n");
        text.push_str(&line);
        shown += 1;
    }
    match bulletin.items.len() - shown {
        0 => text,
        more => format!("{text}\n\nand {more} more"),
    }
}

fn line(item: &Item) -> String {
    let about = if item.about.is_empty() { String::new() } else { format!(" of {}", item.about) };
    match item.state {
        State::Firing => {
            let urgency = item.urgency.as_str().to_uppercase();
            format!(
                "{urgency} {}{about}: {} {}, since {}",
                item.rule,
                item.summary,
                item.value,
                timestamp(item.since)
            )
        }
        State::Over(until) => {
            format!("OVER {}{about}: it lasted {}", item.rule, span(until.since(item.since)))
        }
    }
}

/// A text of at most so many characters: whole words, and a sign that there was more.
fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(chars_max.saturating_sub(2)).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alerts::Urgency;
    use std::time::Duration;

    const NOW: WallTime = WallTime::from_micros(1_795_000_000_000_000);

    fn item(about: &str, summary: &str) -> Item {
        Item {
            rule: "RookeryDiskFull".to_owned(),
            about: about.to_owned(),
            urgency: Urgency::Page,
            state: State::Firing,
            since: NOW,
            summary: summary.to_owned(),
            value: "0.5 %".to_owned(),
            runbook: "the-disk-is-full".to_owned(),
        }
    }

    fn bulletin(items: Vec<Item>) -> Bulletin {
        Bulletin { server: "https://music.example.org".to_owned(), at: NOW, items, is_test: false }
    }

    #[test]
    fn a_post_says_what_it_can_and_how_much_more_there_is() {
        let one = post(&bulletin(vec![item("data", "A disk is full.")]));
        assert_eq!(
            one,
            "https://music.example.org: 1 alert (RookeryDiskFull)\n\nPAGE RookeryDiskFull of data: A disk is full. 0.5 %, \
             since 2026-11-18T11:06:40Z"
        );
        let over = Item { state: State::Over(NOW.plus(Duration::from_secs(720))), ..item("data", "") };
        assert!(post(&bulletin(vec![over])).ends_with("OVER RookeryDiskFull of data: it lasted 12m"));
        let long = "Everything is 💥👩‍👩‍👧‍👦 ".repeat(100);
        for count in [1, 2, 3, 50] {
            let items = (0..count).map(|at| item(&format!("disk {at}"), "A disk is full.")).collect();
            let told = post(&bulletin(items));
            assert!(told.chars().count() <= POST_CHARS_MAX, "{told}");
            let shown = told.matches("PAGE").count();
            assert!(
                shown > 0 && (shown == count || told.ends_with(&format!("and {} more", count - shown))),
                "{told}"
            );
            let told = post(&bulletin(vec![item("data", &long); count]));
            assert!(told.chars().count() <= POST_CHARS_MAX && told.contains(" …"), "{told}");
            assert!(!told.contains("\u{200d} …"), "no sign is cut in two: {told}");
        }
        let named = Bulletin { server: long, ..bulletin(Vec::new()) };
        assert!(post(&named).chars().count() <= POST_CHARS_MAX);
    }

    #[test]
    fn the_same_news_have_one_key_for_an_hour_and_other_news_another() {
        let told = bulletin(vec![item("data", "A disk is full.")]);
        let later = |seconds| Bulletin { at: NOW.plus(Duration::from_secs(seconds)), ..told.clone() };
        let key = key_of(&told);
        assert!(key.len() == 13 && key.starts_with(|c: char| "234567abcdefghij".contains(c)), "{key}");
        assert_eq!(key, key_of(&later(60)));
        assert_ne!(key, key_of(&later(4 * 3_600)), "a reminder is news");
        assert_eq!(news_of(&told), news_of(&later(4 * 3_600)));
        assert_ne!(key, key_of(&bulletin(vec![item("backups", "A disk is full.")])));
        let test = |at| key_of(&Bulletin::test("here", at));
        assert_ne!(test(NOW), test(NOW.plus(Duration::from_secs(1))));
        // Keys of later hours come later.
        assert!(key_of(&later(7_200)) > key);
    }
}
