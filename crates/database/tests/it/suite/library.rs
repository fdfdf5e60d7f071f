//! Tracks, their lists, their bytes and search.

use crate::sample::{NOW, hash, track};
use database::tracks::{self, TrackOrder};
use database::{Database, blobs, search};
use library::{AudioFormat, Blob, Loudness, Playable, SearchQuery, Track};
use model::{Entropy as _, MemberId, SeededEntropy, TrackId, WallTime};
use std::collections::BTreeSet;
use std::time::Duration;

pub async fn tracks_survive_storage_and_keep_their_bytes_referenced(database: &Database) {
    let rendition = Blob { hash: hash(501), size_bytes: 900 };
    let mut full = track(1, "Größe ✓ $1 '?'", "Ünder", "Album");
    full.album_artist = "Various".into();
    full.genre = "Pop".into();
    full.year = Some(1999);
    full.track_number = Some(7);
    full.disc_number = Some(2);
    full.format = AudioFormat::Alac;
    full.playable = Playable::Transcoded { blob: rendition, format: AudioFormat::Aac };
    full.artwork = Some(hash(601));
    full.loudness = Some(Loudness { integrated_lufs: -9.25, true_peak: 0.5 });
    full.added_by = Some(MemberId::from_u128(42));
    let mut failed = track(2, "b", "", "");
    failed.playable = Playable::Failed { reason: "no audio in it".into() };
    assert!(blobs::claim(database, full.original, NOW).await.unwrap());
    tracks::insert(database, &[full.clone(), failed.clone()]).await.unwrap();
    assert_eq!(tracks::get(database, full.id).await.unwrap(), Some(full.clone()));
    assert_eq!(
        tracks::get_many(database, &[failed.id, full.id]).await.unwrap(),
        [failed.clone(), full.clone()]
    );
    assert_eq!(tracks::find_by_original(database, hash(2)).await.unwrap(), Some(failed.clone()));
    assert_eq!(tracks::count(database).await.unwrap(), 2);
    let mut taken = track(3, "Another", "", "");
    taken.id = full.id;
    assert!(tracks::insert(database, &[taken]).await.unwrap_err().is_unique());

    assert!(tracks::set_waveform(database, full.id, &[0, 255, 7]).await.unwrap());
    assert!(tracks::set_waveform(database, full.id, &[9]).await.unwrap());
    assert_eq!(tracks::waveform(database, full.id).await.unwrap(), Some(vec![9]));
    assert!(!tracks::set_waveform(database, TrackId::from_u128(99), &[9]).await.unwrap());

    choice_is_fair_and_spares_what_is_excluded(database, &full, &failed).await;

    // The rendition is replaced and the picture goes: both are collected once the grace period is over.
    let later = NOW.plus(Duration::from_secs(60));
    assert!(tracks::set_playable(database, full.id, &Playable::Original, later).await.unwrap());
    assert!(tracks::set_artwork(database, full.id, None, later).await.unwrap());
    assert_eq!(collectable(database, later).await, BTreeSet::new(), "the grace period has only begun");
    let end = later.plus(Duration::from_secs(1));
    // Claimed anew just before the collector comes: it stays.
    assert!(blobs::claim(database, rendition, end).await.unwrap());
    assert_eq!(collectable(database, end).await, BTreeSet::from([hash(601)]));
    assert!(!blobs::claim(database, Blob { hash: hash(601), size_bytes: 1 }, end).await.unwrap());
    blobs::collected(database, hash(601)).await.unwrap();
    assert!(blobs::claim(database, Blob { hash: hash(601), size_bytes: 1 }, end).await.unwrap());

    let gone = tracks::delete(database, full.id, end, None).await.unwrap().unwrap();
    assert_eq!(gone.playable, Playable::Original);
    assert_eq!(tracks::get(database, full.id).await.unwrap(), None);
    assert_eq!(tracks::waveform(database, full.id).await.unwrap(), None);
    assert_eq!(blobs::references(database, hash(1)).await.unwrap(), 0);
    assert_eq!(blobs::references(database, hash(2)).await.unwrap(), 1);
    assert_eq!(tracks::delete(database, full.id, end, None).await.unwrap(), None);
}

async fn choice_is_fair_and_spares_what_is_excluded(database: &Database, full: &Track, failed: &Track) {
    let other = track(3, "c", "", "");
    tracks::insert(database, std::slice::from_ref(&other)).await.unwrap();
    let mut chance = SeededEntropy::from_seed(3);
    let mut chosen = BTreeSet::new();
    for _ in 0..20 {
        let track = tracks::random_playable(database, &[], chance.next_u64()).await.unwrap().unwrap();
        chosen.insert(track.id);
    }
    assert_eq!(chosen, BTreeSet::from([full.id, other.id]), "{} cannot be played", failed.id);
    let only = tracks::random_playable(database, &[full.id], chance.next_u64()).await.unwrap().unwrap();
    assert_eq!(only.id, other.id);
    let none = tracks::random_playable(database, &[full.id, other.id], u64::MAX).await.unwrap();
    assert_eq!(none, None);
}

async fn collectable(database: &Database, cutoff: WallTime) -> BTreeSet<model::BlobHash> {
    blobs::collect(database, cutoff, 10).await.unwrap().into_iter().map(|blob| blob.hash).collect()
}

pub async fn the_same_bytes_are_one_track_however_many_add_them_at_once(database: &Database) {
    let mut adding = tokio::task::JoinSet::new();
    for number in 1..=8 {
        let database = database.clone();
        adding.spawn(async move {
            let mut same = track(number, "Same", "Artist", "");
            same.original = Blob { hash: hash(900), size_bytes: 5 };
            let own = track(number + 100, "Own", "Artist", "");
            let there = tracks::insert(&database, &[own, same.clone()]).await.unwrap();
            assert_eq!((there.len(), &there[0]), (2, &None), "other bytes come in beside");
            (same.id, there[1].as_ref().map_or(same.id, |there| there.id), there[1].is_none())
        });
    }
    let told = adding.join_all().await;
    assert_eq!(told.iter().filter(|(_, _, added)| *added).count(), 1, "{told:?}");
    let ids: BTreeSet<_> = told.iter().map(|(_, id, _)| *id).collect();
    let track = tracks::find_by_original(database, hash(900)).await.unwrap().unwrap();
    assert_eq!(ids, BTreeSet::from([track.id]), "everybody is told of the same track");
    assert_eq!(tracks::count(database).await.unwrap(), 9);
    assert_eq!(blobs::references(database, hash(900)).await.unwrap(), 1);
    // Once it is gone, the same bytes may come again.
    tracks::delete(database, track.id, NOW, None).await.unwrap().unwrap();
    assert_eq!(tracks::insert(database, std::slice::from_ref(&track)).await.unwrap(), [None]);
}

pub async fn pages_run_through_every_order_without_gap_or_repetition(database: &Database) {
    let mut all = Vec::new();
    for number in 1..=23 {
        let artist = ["Zebra", "äpfel", "Bee", ""][number as usize % 4];
        let mut track =
            track(number, &format!("Song {}", number % 5), artist, ["X", "y"][number as usize % 2]);
        track.track_number = Some(u32::try_from(number % 3).unwrap());
        // Many at the same moment: the id decides.
        track.added_at = WallTime::from_micros(NOW.micros() + i64::try_from(number / 6).unwrap());
        all.push(track);
    }
    tracks::insert(database, &all).await.unwrap();
    for order in [TrackOrder::Newest, TrackOrder::Title, TrackOrder::Artist, TrackOrder::Album] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = tracks::list(database, order, after.as_ref(), 5).await.unwrap();
            seen.extend(page.tracks);
            // Through its text, as clients send it.
            match page.next {
                Some(cursor) => after = Some(cursor.to_string().parse().unwrap()),
                None => break,
            }
        }
        let ids: BTreeSet<TrackId> = seen.iter().map(|track| track.id).collect();
        assert_eq!((seen.len(), ids.len()), (23, 23), "{order:?}");
        let whole = tracks::list(database, order, None, 200).await.unwrap();
        assert_eq!(whole.tracks, seen, "{order:?}");
        match order {
            TrackOrder::Newest => assert!(seen.is_sorted_by(|a, b| (a.added_at, a.id) >= (b.added_at, b.id))),
            TrackOrder::Title => assert!(seen.is_sorted_by_key(|track| track.title.clone())),
            TrackOrder::Artist => {
                let artists: Vec<&str> = seen.iter().map(|track| track.artist.as_str()).collect();
                let mut unique = artists.clone();
                unique.dedup();
                assert_eq!(unique, ["äpfel", "Bee", "Zebra", ""]);
            }
            TrackOrder::Album => assert!(seen.is_sorted_by_key(|t| (t.album.to_lowercase(), t.track_number))),
        }
    }
}

pub async fn search_finds_what_was_meant_and_ranks_it(database: &Database) {
    let with = |mut track: Track, genre: &str, year: i32| {
        track.genre = genre.into();
        track.year = Some(year);
        track
    };
    let library = [
        with(track(1, "Nothing Else Matters", "Metallica", "Metallica"), "Metal", 1991),
        with(track(2, "Queen of the Stone Age", "The Covers", "Best"), "Rock", 1991),
        with(track(3, "Bohemian Rhapsody", "Queen", "A Night at the Opera"), "Rock", 1975),
        with(track(4, "Jóga", "Björk", "Homogenic"), "Electronic", 1997),
        with(track(5, "Straße nach Süden", "Die Ärzte", "Geräusch"), "Punk", 2003),
        with(track(6, "Queen", "Perfume Genius", "Too Bright"), "Pop", 2014),
        with(track(7, "Wish You Were Here", "Pink Floyd", "Wish You Were Here"), "Rock", 1975),
        with(track(8, "Queenie", "Somebody", "Else"), "Pop", 2014),
        with(track(9, "夜に駆ける", "YOASOBI", "THE BOOK"), "J-Pop", 2021),
        with(track(10, "Don't Stop Me Now", "Queen", "Jazz"), "Rock", 1978),
    ];
    tracks::insert(database, &library).await.unwrap();
    let find = async |text: &str| {
        let found = search::tracks(database, &SearchQuery::parse(text), 50).await.unwrap();
        let ids: Vec<u128> = found.tracks.iter().map(|track| track.id.as_u128()).collect();
        (ids, found.corrected)
    };
    // The title itself, then a word of the title, then the artist, then what only begins so.
    assert_eq!(find("queen").await, (vec![6, 2, 10, 3, 8], false));
    assert_eq!(find("Bjork jog").await, (vec![4], false));
    assert_eq!(find("BJÖRK").await, (vec![4], false));
    assert_eq!(find("strasse").await, (vec![5], false));
    assert_eq!(find("dont stop").await, (vec![10], false));
    assert_eq!(find("夜").await, (vec![9], false));
    assert_eq!(find("\"wish you were\"").await, (vec![7], false));
    assert_eq!(find("\"you wish\"").await, (vec![], false));
    assert_eq!(find("artist:queen").await, (vec![10, 3], false));
    assert_eq!(find("artist:queen album:opera").await, (vec![3], false));
    assert_eq!(find("genre:rock year:1975").await, (vec![7, 3], false));
    assert_eq!(find("year:2014").await, (vec![8, 6], false));
    assert_eq!(find("title:queen").await, (vec![6, 2, 8], false));
    // One error in four letters, two in eight, none in three; also in a word that is still being typed.
    assert_eq!(find("metalica").await, (vec![1], true));
    assert_eq!(find("mettalica").await, (vec![1], true));
    assert_eq!(find("boehmian rhapsod").await, (vec![3], true));
    assert_eq!(find("nothing esle").await, (vec![1], true));
    assert_eq!(find("qeen").await, (vec![6, 2, 10, 3], true));
    assert_eq!(find("xyz").await, (vec![], false));
    assert_eq!(find("").await, (vec![], false));
    // No text is syntax.
    for text in
        ["\"", "a OR b", "NEAR(", "* ^ : -", "'); drop table tracks; --", "title:\"", "\0", "a&b|!c:*"]
    {
        find(text).await;
    }

    // A correction is found under its new name only, and its old words leave the vocabulary.
    let mut tags = library[0].tags();
    tags.artist = "Apocalyptica".into();
    tags.album = "Plays".into();
    assert!(tracks::set_tags(database, library[0].id, &tags).await.unwrap().is_some());
    assert_eq!(find("metallica").await, (vec![], false));
    assert_eq!(find("apocaliptica").await, (vec![1], true));
    tracks::delete(database, library[0].id, NOW, None).await.unwrap();
    assert_eq!(find("apocaliptica").await, (vec![], false));
}
