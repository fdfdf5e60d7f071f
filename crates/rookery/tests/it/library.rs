//! The library over HTTP: pages, orders, search, covers, deleting.

use crate::app;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use testkit::{Actor, Browser, TestApp, eventually, guest, member, sound};

const TITLES: [&str; 7] =
    ["Nocturne in Blue", "Étude", "blue in green", "Zebra", "apple", "Nocturne in Red", "42"];

fn stage() -> (TestApp, Browser) {
    let app = app();
    let ada = app.administrator();
    for (at, title) in TITLES.iter().enumerate() {
        let name = title.replace(' ', "%20").replace('É', "%C3%89");
        ada.add_track(&format!("{name}.wav"), &sound::wav(300 + at as u32, 300));
    }
    (app, ada)
}

fn titles(page: &Value) -> Vec<String> {
    page["tracks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|track| track["title"].as_str().unwrap().to_owned())
        .collect()
}

/// All pages of an order.
fn pages(ada: &Browser, sort: &str, limit: u32) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = ada.get(&format!("/api/v1/tracks?sort={sort}&limit={limit}{cursor}")).ok();
        let found = titles(&page);
        assert!(found.len() <= limit as usize);
        all.extend(found);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
        assert!(all.len() <= TITLES.len(), "pages repeat: {all:?}");
    }
}

#[test]
fn pages_show_every_track_once_in_their_order() {
    let (_app, ada) = stage();
    let newest: Vec<_> = TITLES.iter().rev().map(|title| (*title).to_owned()).collect();
    let by_title = ["42", "apple", "blue in green", "Étude", "Nocturne in Blue", "Nocturne in Red", "Zebra"];
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(pages(&ada, "newest", limit), newest, "{limit} a page");
        assert_eq!(pages(&ada, "title", limit), by_title, "{limit} a page");
        for sort in ["artist", "album"] {
            let all = pages(&ada, sort, limit);
            assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (7, 7), "{sort}: {all:?}");
        }
    }
    ada.get("/api/v1/tracks?sort=newest&limit=0").ok();
    let huge = ada.get("/api/v1/tracks?limit=4000000000").ok();
    assert_eq!(titles(&huge).len(), 7);
}

#[test]
fn a_search_finds_words_beginnings_accents_and_mistakes() {
    let (_app, ada) = stage();
    let search = |query: &str| titles(&ada.get(&format!("/api/v1/tracks?query={query}")).ok());
    let both = |found: Vec<String>| found.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(search("etude"), ["Étude"]);
    assert_eq!(search("zeb"), ["Zebra"]);
    let blue = BTreeSet::from(["Nocturne in Blue".to_owned(), "blue in green".to_owned()]);
    assert_eq!(both(search("blue")), blue);
    assert_eq!(search("%22in%20blue%22"), ["Nocturne in Blue"]);
    assert_eq!(both(search("noctrune")).len(), 2, "a typing mistake is forgiven");
    for hostile in
        ["%22", "*", "title:%22", "a%20OR%20b", "%27;DROP%20TABLE%20tracks", "%00", "((((", "NEAR(a%20b)"]
    {
        search(hostile);
    }
    assert_eq!(search("%20%20").len(), 7, "nothing to look for is the whole list");
}

#[test]
fn a_track_is_deleted_by_who_added_it_or_an_administrator() {
    let app = app();
    let ada = app.administrator();
    let (ben, cleo) = (member(&ada, "Ben"), member(&ada, "Cleo"));
    let gus = guest(app.site(), "Gus");
    let (one, two) =
        (ben.add_track("a.wav", &sound::wav(440, 300)), ben.add_track("b.wav", &sound::wav(441, 300)));
    for other in [&cleo, &gus] {
        other.delete(&format!("/api/v1/tracks/{one}")).problem(403, "not_allowed");
    }
    ben.delete(&format!("/api/v1/tracks/{one}")).expect(204).ok();
    ada.delete(&format!("/api/v1/tracks/{two}")).expect(204).ok();
    ada.delete(&format!("/api/v1/tracks/{two}")).problem(404, "not_found");
    assert_eq!(titles(&gus.get("/api/v1/tracks").ok()), Vec::<String>::new());
    gus.command("add", json!({"track_id": one})).problem(404, "not_found");
}

#[test]
fn the_demo_puts_music_with_covers_into_the_library_and_the_nest_plays_it() {
    let app = app();
    let ada = app.administrator();
    ada.post("/api/v1/demo", json!({})).expect(202).ok();
    let track = eventually("the first piece is there", Duration::from_secs(60), || {
        ada.get("/api/v1/tracks").ok()["tracks"].get(0).cloned()
    });
    let cover = track["artwork_url"].as_str().expect("a cover");
    let mut sizes = Vec::new();
    for size in ["?size=96", "?size=320", "?size=640", ""] {
        let picture = ada.get(&format!("{cover}{size}")).expect(200);
        assert_eq!(picture.header("content-type"), "image/jpeg");
        assert!(picture.header("cache-control").contains("immutable"));
        assert!(picture.body.starts_with(&[0xff, 0xd8, 0xff]), "a JPEG");
        sizes.push(picture.body.len());
    }
    assert!(sizes[0] < sizes[1] && sizes[1] < sizes[2] && sizes[2] == sizes[3], "{sizes:?}");
    ada.get(&format!("/api/v1/artwork/{}", "0".repeat(64))).problem(404, "not_found");
    let sound = ada.get(track["stream_url"].as_str().unwrap()).expect(200);
    assert_eq!(sound.body.len() as u64, track["size_bytes"].as_u64().unwrap());
    // Somebody listens, the queue is dry: the nest plays on by itself.
    let mut stream = testkit::EventStream::open(&ada, None);
    stream.position();
    let playing = eventually("something plays", Duration::from_secs(40), || {
        ada.main_nest()["state"]["playing"].as_object().cloned()
    });
    assert_eq!(playing["entry"]["added_by"]["kind"], "autofill");
}
