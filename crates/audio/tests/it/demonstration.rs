//! The pieces that come with the project.

use audio::{AudioFormat, Limits, demo};
use std::collections::BTreeSet;

#[test]
fn there_are_ten_pieces_with_names_of_their_own() {
    let pieces = demo::pieces();
    assert_eq!(pieces.len(), 10);
    assert_eq!(pieces.iter().map(|piece| piece.title).collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(pieces.iter().map(|piece| (piece.album, piece.track)).collect::<BTreeSet<_>>().len(), 10);
}

#[test]
fn a_piece_is_a_tagged_file_of_even_loudness_with_soft_edges() {
    let piece = &demo::pieces()[8];
    let rendered = demo::render(piece).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("piece");
    std::fs::write(&path, &rendered.file).unwrap();
    let found = audio::inspect(&path, &Limits::default()).unwrap();
    assert_eq!((found.format, found.sample_rate, found.channels), (AudioFormat::Flac, 44_100, 2));
    assert_eq!(found.duration_ms, rendered.duration_ms);
    assert!((30_000..=75_000).contains(&found.duration_ms));
    assert_eq!(found.tags.title.as_deref(), Some(piece.title));
    assert_eq!(found.tags.artist.as_deref(), Some(piece.artist));
    assert_eq!(found.tags.album.as_deref(), Some(piece.album));
    assert_eq!(found.tags.genre.as_deref(), Some(piece.genre));
    assert_eq!(found.tags.track, Some(piece.track));
    assert_eq!(found.picture.unwrap().bytes, rendered.cover);
    assert_eq!(image::load_from_memory(&rendered.cover).unwrap().width(), 640);
    let heard = audio::analyse(&path, &Limits::default()).unwrap();
    assert!((heard.loudness_lufs.unwrap() + 16.0).abs() < 0.5, "{heard:?}");
    assert!(heard.true_peak_dbtp.unwrap() < -0.5, "it clips: {heard:?}");
    // It begins and ends in silence, and there is music everywhere between.
    assert!(heard.waveform[799] < 8);
    assert!(heard.waveform[40..700].chunks(20).all(|part| part.iter().any(|&bar| bar > 20)));
}
