//! A track of the library: what it is called, where its bytes are and whether listeners can play it.

use crate::{Isrc, SongFacts, TrackTags};
use model::{BlobHash, MemberId, TrackId, TrackPosition, TrackSource, TrackSummary, WallTime};

/// How the bytes of a track are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AudioFormat {
    /// MPEG-1 or MPEG-2 layer III.
    Mp3,
    /// FLAC in its own container.
    Flac,
    /// Vorbis in Ogg.
    Vorbis,
    /// Opus in Ogg (RFC 7845).
    Opus,
    /// AAC in an MPEG-4 file.
    Aac,
    /// Apple Lossless in an MPEG-4 file.
    Alac,
    /// PCM in RIFF WAVE.
    Wav,
    /// PCM in AIFF.
    Aiff,
}

impl AudioFormat {
    /// Every format.
    pub const ALL: [Self; 8] =
        [Self::Mp3, Self::Flac, Self::Vorbis, Self::Opus, Self::Aac, Self::Alac, Self::Wav, Self::Aiff];

    /// The media type for HTTP, with the codec where the container alone does not say it (RFC 6381).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Flac => "audio/flac",
            Self::Vorbis => "audio/ogg; codecs=vorbis",
            Self::Opus => "audio/ogg; codecs=opus",
            Self::Aac => "audio/mp4; codecs=\"mp4a.40.2\"",
            Self::Alac => "audio/mp4; codecs=\"alac\"",
            Self::Wav => "audio/wav",
            Self::Aiff => "audio/aiff",
        }
    }

    /// Whether the current releases of Chromium, Firefox and Safari all play it (Ogg: Safari since 18.4).
    pub const fn browsers_play(self) -> bool {
        !matches!(self, Self::Alac | Self::Aiff)
    }

    /// The short name: `mp3`, `flac`, `vorbis`, `opus`, `aac`, `alac`, `wav`, `aiff`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Flac => "flac",
            Self::Vorbis => "vorbis",
            Self::Opus => "opus",
            Self::Aac => "aac",
            Self::Alac => "alac",
            Self::Wav => "wav",
            Self::Aiff => "aiff",
        }
    }

    /// The format with this short name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Blob {
    /// The name under which they are stored.
    pub hash: BlobHash,
    /// How many there are.
    pub size_bytes: u64,
}

/// What a listener's browser is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playable {
    /// The uploaded file itself.
    Original,
    /// A rendition made for browsers.
    Transcoded {
        /// Its bytes.
        blob: Blob,
        /// Its encoding.
        format: AudioFormat,
    },
    /// Nothing yet: the rendition is being made.
    Pending,
    /// Nothing: the file could not be made playable.
    Failed {
        /// Why, in words for the person who added the track.
        reason: String,
    },
}

/// How loud a track is (EBU R 128).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Integrated loudness in LUFS.
    pub integrated_lufs: f32,
    /// True peak as a factor of full scale: 1.0 is 0 dBTP.
    pub true_peak: f32,
}

/// How a track came into the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A member uploaded it.
    Upload,
    /// It was read from a folder of the server.
    Import,
    /// It was made for the demonstration.
    Demo,
}

impl Origin {
    /// The short name: `upload`, `import` or `demo`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Import => "import",
            Self::Demo => "demo",
        }
    }

    /// The origin with this short name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Upload, Self::Import, Self::Demo].into_iter().find(|origin| origin.name() == name)
    }
}

/// A track of the library. Its texts are clean (see [`TrackTags::cleaned`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Which track.
    pub id: TrackId,
    /// Title; never empty.
    pub title: String,
    /// Artist as shown; may be empty.
    pub artist: String,
    /// Album; may be empty.
    pub album: String,
    /// Artist of the whole album; may be empty.
    pub album_artist: String,
    /// Genre; may be empty.
    pub genre: String,
    /// Year of release.
    pub year: Option<i32>,
    /// Place on its disc, from 1.
    pub track_number: Option<u32>,
    /// Which disc of the album, from 1.
    pub disc_number: Option<u32>,
    /// Which recording it is, if its file says so.
    pub isrc: Option<Isrc>,
    /// How long it plays.
    pub duration: TrackPosition,
    /// The encoding of the original.
    pub format: AudioFormat,
    /// The bytes as they were added.
    pub original: Blob,
    /// What listeners are given.
    pub playable: Playable,
    /// The cover picture.
    pub artwork: Option<BlobHash>,
    /// How loud it is, once measured.
    pub loudness: Option<Loudness>,
    /// Who added it; nobody for an import or the demonstration.
    pub added_by: Option<MemberId>,
    /// When it was added.
    pub added_at: WallTime,
    /// How it came into the library.
    pub origin: Origin,
}

impl Track {
    /// What a nest needs to know of it.
    pub fn summary(&self) -> TrackSummary {
        TrackSummary {
            id: self.id,
            title: self.title.clone(),
            artist: self.artist.clone(),
            album: self.album.clone(),
            duration: self.duration,
            artwork: self.artwork,
            source: TrackSource::Library,
            library_match: None,
        }
    }

    /// What tells whether it is the same song as another.
    pub fn facts(&self) -> SongFacts<'_> {
        SongFacts { title: &self.title, artist: &self.artist, duration: self.duration }
    }

    /// Its tags, to be edited and given back with [`Track::set_tags`].
    pub fn tags(&self) -> TrackTags {
        TrackTags {
            title: self.title.clone(),
            artist: self.artist.clone(),
            album: self.album.clone(),
            album_artist: self.album_artist.clone(),
            genre: self.genre.clone(),
            year: self.year,
            track_number: self.track_number,
            disc_number: self.disc_number,
        }
    }

    /// Takes over clean tags.
    pub fn set_tags(&mut self, tags: TrackTags) {
        self.title = tags.title;
        self.artist = tags.artist;
        self.album = tags.album;
        self.album_artist = tags.album_artist;
        self.genre = tags.genre;
        self.year = tags.year;
        self.track_number = tags.track_number;
        self.disc_number = tags.disc_number;
    }

    /// Whether a nest may play it now.
    pub const fn is_playable(&self) -> bool {
        matches!(self.playable, Playable::Original | Playable::Transcoded { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_survives_its_name() {
        for format in AudioFormat::ALL {
            assert_eq!(AudioFormat::from_name(format.name()), Some(format));
        }
        assert_eq!(AudioFormat::from_name("wma"), None);
    }
}
