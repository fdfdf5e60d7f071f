//! What a quick look finds in real files.

use crate::fixtures;
use audio::{AudioError, AudioFormat, Limits, PictureKind, inspect};
use std::fs;

#[test]
fn every_format_is_recognised_by_its_content_and_measured() {
    let folder = fixtures::folder();
    let expected = [
        ("cbr.mp3", AudioFormat::Mp3, true, None, 60),
        ("vbr.mp3", AudioFormat::Mp3, true, None, 1),
        ("music.flac", AudioFormat::Flac, true, Some(16), 0),
        ("music.ogg", AudioFormat::Vorbis, true, None, 0),
        ("music.opus", AudioFormat::Opus, true, None, 0),
        ("music.m4a", AudioFormat::Aac, true, None, 50),
        ("fast.m4a", AudioFormat::Aac, true, None, 50),
        ("alac.m4a", AudioFormat::Alac, false, Some(16), 0),
        ("music.wav", AudioFormat::Wav, true, Some(16), 0),
        ("float.wav", AudioFormat::Wav, true, Some(32), 0),
        ("music.aiff", AudioFormat::Aiff, false, Some(16), 0),
    ];
    let disguise = tempfile::tempdir().unwrap();
    for (name, format, playable, bits, tolerance_ms) in expected {
        let misnamed = disguise.path().join("document.txt");
        fs::copy(folder.join(name), &misnamed).unwrap();
        let found = inspect(&misnamed, &Limits::default()).unwrap();
        assert_eq!(
            (found.format, found.browser_playable, found.bits_per_sample),
            (format, playable, bits),
            "{name}"
        );
        assert_eq!(found.channels, 2, "{name}");
        assert_eq!(found.sample_rate, if format == AudioFormat::Opus { 48_000 } else { 44_100 }, "{name}");
        let off = found.duration_ms.abs_diff(fixtures::DURATION_MS);
        assert!(off <= tolerance_ms, "{name} is {} ms", found.duration_ms);
    }
    let mono = inspect(&folder.join("mono.flac"), &Limits::default()).unwrap();
    assert_eq!((mono.channels, mono.sample_rate, mono.duration_ms), (1, 48_000, 3000));
}

#[test]
fn tags_are_read_from_every_format() {
    let folder = fixtures::folder();
    let names = [
        "cbr.mp3",
        "vbr.mp3",
        "music.flac",
        "music.ogg",
        "music.opus",
        "music.m4a",
        "alac.m4a",
        "music.aiff",
    ];
    for name in names {
        let tags = inspect(&folder.join(name), &Limits::default()).unwrap().tags;
        assert_eq!(tags.title.as_deref(), Some("Nocturne in Blue"), "{name}");
        assert_eq!(tags.artist.as_deref(), Some("The Étude"), "{name}");
        assert_eq!(tags.album.as_deref(), Some("Fixtures"), "{name}");
        assert_eq!(tags.album_artist.as_deref(), Some("Various"), "{name}");
        assert_eq!(tags.genre.as_deref(), Some("Jazz"), "{name}");
        assert_eq!((tags.year, tags.track, tags.disc), (Some(2019), Some(3), Some(2)), "{name}");
    }
    let wav = inspect(&folder.join("music.wav"), &Limits::default()).unwrap().tags;
    assert_eq!(wav.title.as_deref(), Some("Nocturne in Blue"));
}

#[test]
fn the_embedded_picture_is_returned_as_it_is() {
    let found = inspect(&fixtures::folder().join("cover.flac"), &Limits::default()).unwrap();
    let picture = found.picture.unwrap();
    assert_eq!(picture.kind, PictureKind::Jpeg);
    assert_eq!(picture.bytes, fixtures::bytes("cover.jpg"));
}

#[test]
fn a_cut_file_is_as_long_as_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    // Half of the bytes hold half of the time, more or less: pages of Opus hold a second, headers hold none.
    for name in ["cbr.mp3", "vbr.mp3", "music.flac", "music.wav", "music.aiff", "music.opus", "fast.m4a"] {
        let good = fixtures::bytes(name);
        let path = folder.path().join(name);
        fs::write(&path, &good[..good.len() / 2]).unwrap();
        let found = inspect(&path, &Limits::default()).unwrap();
        assert!((900..=1700).contains(&found.duration_ms), "{name}: {} ms", found.duration_ms);
    }
}

#[test]
fn limits_of_size_and_duration_hold() {
    let path = fixtures::folder().join("music.flac");
    let short = Limits { duration_ms_max: 2999, ..Limits::default() };
    let refused = inspect(&path, &short);
    assert_eq!(refused, Err(AudioError::TooLarge { what: "duration ms".into(), found: 3000, limit: 2999 }));
    let small = Limits { file_bytes_max: 1000, ..Limits::default() };
    assert!(matches!(inspect(&path, &small), Err(AudioError::TooLarge { limit: 1000, .. })));
    let brief = Limits { text_chars_max: 4, ..Limits::default() };
    assert_eq!(inspect(&path, &brief).unwrap().tags.title.as_deref(), Some("Noct"));
}

#[test]
fn pipes_links_folders_and_devices_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.mp3");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let link = folder.path().join("link.mp3");
    std::os::unix::fs::symlink(fixtures::folder().join("cbr.mp3"), &link).unwrap();
    for path in [pipe, link, folder.path().to_owned(), "/dev/zero".into()] {
        assert_eq!(inspect(&path, &Limits::default()), Err(AudioError::NotRegular), "{}", path.display());
    }
}

#[test]
fn a_sparse_file_of_eight_gigabytes_is_never_read_whole() {
    let path = tempfile::tempdir().unwrap().keep().join("sparse.wav");
    let good = fixtures::bytes("music.wav");
    let samples = good.windows(4).position(|four| four == b"data").unwrap() + 8;
    fs::write(&path, &good[..samples]).unwrap();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(8 << 30).unwrap();
    assert!(matches!(inspect(&path, &Limits::default()), Err(AudioError::TooLarge { .. })));
    let roomy = Limits { file_bytes_max: u64::MAX, ..Limits::default() };
    // The samples it claims are there, and zero.
    assert_eq!(inspect(&path, &roomy).unwrap().duration_ms, fixtures::DURATION_MS);
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
}
