//! Tracks, from the library's words to the network's.

use library::{AudioFormat, ExternalTrack, Playable, Track};
use model::MusicService;
use protocol::http as wire;

pub(crate) fn track(track: &Track) -> wire::Track {
    wire::Track {
        id: track.id.to_string(),
        title: track.title.clone(),
        artist: track.artist.clone(),
        album: track.album.clone(),
        genre: track.genre.clone(),
        year: track.year,
        track_number: track.track_number,
        disc_number: track.disc_number,
        duration_ms: track.duration.millis(),
        format: format(track.format),
        size_bytes: track.original.size_bytes,
        playable: match &track.playable {
            Playable::Original | Playable::Transcoded { .. } => wire::Playable::Ready,
            Playable::Pending => wire::Playable::Pending,
            Playable::Failed { reason } => wire::Playable::Failed { reason: reason.clone() },
        },
        artwork_url: track.artwork.map(|hash| format!("/api/v1/artwork/{hash}")),
        stream_url: format!("/api/v1/tracks/{}/stream", track.id),
        loudness_lufs: track.loudness.map(|loudness| loudness.integrated_lufs),
        added_at_ms: track.added_at.millis(),
    }
}

/// A song from elsewhere; `same`: the track of the library that is the same song.
pub(crate) fn outside_track(song: &ExternalTrack, same: Option<&Track>) -> wire::OutsideTrack {
    let id = song.id.to_string();
    wire::OutsideTrack {
        source: song.source.to_string(),
        service: service(song.source.service().unwrap_or(MusicService::Spotify)),
        title: song.title.clone(),
        artist: song.artist.clone(),
        album: song.album.clone(),
        duration_ms: song.duration.millis(),
        artwork_url: song.artwork_url.as_ref().map(|_| format!("/api/v1/tracks/{id}/artwork")),
        explicit: song.is_explicit,
        page_url: song.source.page(),
        stream_url: format!("/api/v1/tracks/{id}/stream"),
        library_match: same.map(|track| track.id.to_string()),
        fetched_at_ms: song.fetched_at.millis(),
        id,
    }
}

pub(crate) const fn service(service: MusicService) -> wire::MusicService {
    match service {
        MusicService::Spotify => wire::MusicService::Spotify,
        MusicService::YouTube => wire::MusicService::YouTube,
        MusicService::SoundCloud => wire::MusicService::SoundCloud,
    }
}

const fn format(format: AudioFormat) -> wire::AudioFormat {
    match format {
        AudioFormat::Mp3 => wire::AudioFormat::Mp3,
        AudioFormat::Flac => wire::AudioFormat::Flac,
        AudioFormat::Vorbis => wire::AudioFormat::Vorbis,
        AudioFormat::Opus => wire::AudioFormat::Opus,
        AudioFormat::Aac => wire::AudioFormat::Aac,
        AudioFormat::Alac => wire::AudioFormat::Alac,
        AudioFormat::Wav => wire::AudioFormat::Wav,
        AudioFormat::Aiff => wire::AudioFormat::Aiff,
    }
}
