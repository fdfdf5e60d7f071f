//! Real files in every format, made by ffmpeg once for each build folder, and an own maker of hostile ones.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The music of every fixture: two tones that differ, so that the sides cannot be swapped unseen.
pub const MUSIC: &str = "aevalsrc=0.4*sin(2*PI*440*t)|0.2*sin(2*PI*660*t):s=44100:d=3";
pub const DURATION_MS: u64 = 3000;

/// Name, arguments of the encoder.
const FORMATS: [(&str, &[&str]); 12] = [
    ("cbr.mp3", &["-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0"]),
    ("vbr.mp3", &["-c:a", "libmp3lame", "-q:a", "4"]),
    ("music.flac", &["-c:a", "flac", "-sample_fmt", "s16"]),
    ("music.ogg", &["-c:a", "libvorbis", "-q:a", "3"]),
    ("music.opus", &["-c:a", "libopus", "-b:a", "64k"]),
    ("music.m4a", &["-c:a", "aac", "-b:a", "96k"]),
    ("fast.m4a", &["-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart"]),
    ("alac.m4a", &["-c:a", "alac", "-sample_fmt", "s16p"]),
    ("music.wav", &["-c:a", "pcm_s16le"]),
    ("float.wav", &["-c:a", "pcm_f32le"]),
    ("music.aiff", &["-c:a", "pcm_s16be", "-write_id3v2", "1"]),
    ("mono.flac", &["-c:a", "flac", "-ac", "1", "-ar", "48000"]),
];

/// Runs ffmpeg; a test without it fails.
pub fn ffmpeg(args: &[&str]) {
    let output = Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-y"]).args(args).output();
    let output = output.expect("these tests need ffmpeg");
    assert!(output.status.success(), "ffmpeg {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The folder with every fixture. Tests run in processes of their own, so it is made under a lock, once.
pub fn folder() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(&root).unwrap();
    let lock = fs::File::create(root.join("audio-fixtures.lock")).unwrap();
    lock.lock().unwrap();
    let folder = root.join("audio-fixtures-1");
    if folder.join("complete").exists() {
        return folder;
    }
    fs::create_dir_all(&folder).unwrap();
    let cover = folder.join("cover.jpg");
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=c=0x2060c0:s=300x200:d=1",
        "-frames:v",
        "1",
        cover.to_str().unwrap(),
    ]);
    for (name, encoder) in FORMATS {
        let target = folder.join(name);
        let mut args = vec!["-f", "lavfi", "-i", MUSIC];
        let tags =
            ["title=Nocturne in Blue", "artist=The Étude", "album=Fixtures", "genre=Jazz", "date=2019"];
        for tag in tags.iter().chain(&["album_artist=Various", "track=3/12", "disc=2/2"]) {
            args.extend(["-metadata", tag]);
        }
        args.extend(encoder);
        args.push(target.to_str().unwrap());
        ffmpeg(&args);
    }
    let (flac, with_cover) = (folder.join("music.flac"), folder.join("cover.flac"));
    let [flac, cover, with_cover] = [&flac, &cover, &with_cover].map(|path| path.to_str().unwrap());
    ffmpeg(&[
        "-i",
        flac,
        "-i",
        cover,
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-disposition:v",
        "attached_pic",
        with_cover,
    ]);
    fs::write(folder.join("complete"), "").unwrap();
    folder
}

pub fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

pub fn syncsafe(size: u32) -> [u8; 4] {
    [size >> 21, size >> 14, size >> 7, size].map(|part| (part & 0x7f) as u8)
}

pub fn id3(frames: &[u8]) -> Vec<u8> {
    let size = u32::try_from(frames.len()).unwrap();
    [b"ID3\x04\0\0".as_slice(), &syncsafe(size), frames].concat()
}

pub fn id3_frame(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [name.as_slice(), &syncsafe(u32::try_from(data.len()).unwrap()), b"\0\0", data].concat()
}

fn atom(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(u32::try_from(data.len()).unwrap() + 8).to_be_bytes(), name.as_slice(), data].concat()
}

/// A reproducible scatter of places and values.
fn scatter(count: u64) -> impl Iterator<Item = u64> {
    (1..=count)
        .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9))
}

/// Writes the hostile corpus; returns every path with whether accepting it would be wrong.
pub fn hostile(into: &Path) -> Vec<(PathBuf, bool)> {
    let mut corpus = Vec::new();
    let mut put = |name: &str, bytes: &[u8], must_refuse: bool| {
        let path = into.join(name);
        fs::write(&path, bytes).unwrap();
        corpus.push((path, must_refuse));
    };
    for (name, _) in FORMATS {
        let good = bytes(name);
        put(&format!("empty-{name}"), b"", true);
        put(&format!("stub-{name}"), &good[..20], true);
        put(&format!("half-{name}"), &good[..good.len() / 2], false);
        put(&format!("tail-{name}"), &good[..good.len() - 7], false);
        let mut rotten = good.clone();
        for chance in scatter(200) {
            let at = chance as usize % rotten.len();
            rotten[at] = (chance >> 56) as u8;
        }
        put(&format!("rotten-{name}"), &rotten, false);
        let zeroed = [&good[..good.len() / 3], &vec![0; good.len()]].concat();
        put(&format!("zeroed-{name}"), &zeroed, false);
    }
    not_audio(&mut put);
    lying_tags(&mut put);
    lying_flac(&mut put);
    lying_mp4(&mut put);
    lying_chunks(&mut put);
    lying_ogg(&mut put);
    pictures(&mut put);
    corpus
}

fn not_audio(put: &mut impl FnMut(&str, &[u8], bool)) {
    put("text.mp3", "this is no audio\n".repeat(100).as_bytes(), true);
    put("html.mp3", b"<!doctype html><script>fetch('/api/me')</script>", true);
    put("svg.mp3", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", true);
    put("script.mp3", b"#!/bin/sh\necho pwned\n", true);
    put("hls.mp3", b"#EXTM3U\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", true);
    put("concat.mp3", b"ffconcat version 1.0\nfile '/etc/passwd'\n", true);
    put("sdp.wav", b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n", true);
    put("jpeg.flac", &bytes("cover.jpg"), true);
    put("zip.mp3", &[b"PK\x03\x04".as_slice(), &bytes("cbr.mp3")].concat(), true);
    put("polyglot.mp3", &[b"GIF89a/*\0\0\0*/=1;alert(1)//".as_slice(), &bytes("cbr.mp3")].concat(), true);
    put("tag-only.mp3", &id3(&id3_frame(b"TIT2", b"\x03Title")), true);
    put("zeros.mp3", &vec![0; 300_000], true);
    put("ones.mp3", &vec![0xff; 300_000], true);
    let noise: Vec<u8> = scatter(60_000).flat_map(u64::to_le_bytes).collect();
    put("noise.mp3", &noise, true);
}

fn lying_tags(put: &mut impl FnMut(&str, &[u8], bool)) {
    let mp3 = bytes("cbr.mp3");
    let song = mp3.as_slice();
    put(
        "id3-256mb.mp3",
        &[b"ID3\x04\0\0".as_slice(), &syncsafe(0x0fff_ffff), b"TIT2", &song[..2048]].concat(),
        true,
    );
    let overrun = [b"TIT2".as_slice(), &syncsafe(0x0fff_ffff), b"\0\0\x03x", &[0; 980]].concat();
    put("id3-frame-overrun.mp3", &[id3(&overrun), song.to_vec()].concat(), false);
    let title = [b"\x03".as_slice(), &vec![b'A'; 16 << 20]].concat();
    put("id3-title-16mb.mp3", &[id3(&id3_frame(b"TIT2", &title)), song.to_vec()].concat(), false);
    let frames: Vec<u8> =
        (0..100_000).flat_map(|n| id3_frame(b"TXXX", format!("\x03K{n}\0v").as_bytes())).collect();
    put("id3-100k-frames.mp3", &[id3(&frames), song.to_vec()].concat(), false);
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..200).for_each(|_| deflate.write_all(&vec![b'A'; 1 << 20]).unwrap());
    let packed = deflate.finish().unwrap();
    let size = syncsafe(u32::try_from(packed.len()).unwrap() + 4);
    let bomb = [b"TIT2".as_slice(), &size, b"\0\x09", &syncsafe(0x0fff_ffff), &packed].concat();
    put("id3-zlib-bomb.mp3", &[id3(&bomb), song.to_vec()].concat(), false);
    put(
        "id3-second-zlib-bomb.mp3",
        &[id3(&id3_frame(b"TIT2", b"\x03T")), id3(&bomb), song.to_vec()].concat(),
        false,
    );
    let wav = bytes("music.wav");
    let chunk =
        [b"id3 ".as_slice(), &u32::try_from(bomb.len() + 10).unwrap().to_le_bytes(), &id3(&bomb)].concat();
    put("id3-zlib-bomb.wav", &[wav, chunk].concat(), false);
    // The bytes that a reader inserts again make the frames begin elsewhere than they seem to.
    let hidden = [
        b"ID3\x03\0\x80".as_slice(),
        &syncsafe(u32::try_from(bomb.len() + 16).unwrap()),
        b"TXXX\0\0\0\x04\0\0\0\xff\0a\0\0",
        &bomb,
    ]
    .concat();
    put("id3-hidden-bomb.mp3", &[hidden, song.to_vec()].concat(), false);
    put("id3-200-tags.mp3", &[id3(&id3_frame(b"TIT2", b"\x03T")).repeat(200), song.to_vec()].concat(), false);
    let url = id3_frame(b"APIC", b"\0-->\0\x03\0http://127.0.0.1:9/cover.jpg");
    put("id3-picture-url.mp3", &[id3(&url), song.to_vec()].concat(), false);
    let surrogate = id3_frame(b"TIT2", b"\x01\xff\xfe\x00\xd8A\x00\x00");
    put("id3-surrogate.mp3", &[id3(&surrogate), song.to_vec()].concat(), false);
    let mut xing = bytes("vbr.mp3");
    let at = xing.windows(4).position(|four| four == b"Xing" || four == b"Info").unwrap();
    xing[at + 8..at + 12].fill(0xff);
    put("xing-lies.mp3", &xing, false);
}

fn lying_flac(put: &mut impl FnMut(&str, &[u8], bool)) {
    let flac = bytes("music.flac");
    let info = &flac[8..42];
    let block = |kind: u8, len: u32, data: &[u8]| [&[kind], &len.to_be_bytes()[1..], data].concat();
    let tail = &flac[flac.len() - 4000..];
    let start = [b"fLaC".as_slice(), &block(0, 34, info)].concat();
    put(
        "vc-count.flac",
        &[&start, block(0x84, 8, b"\0\0\0\0\xff\xff\xff\xff").as_slice(), tail].concat(),
        false,
    );
    put(
        "vc-len.flac",
        &[&start, block(0x84, 13, b"\0\0\0\0\x01\0\0\0\xff\xff\xff\xffA").as_slice(), tail].concat(),
        false,
    );
    let comments: Vec<u8> = (0..100_000)
        .flat_map(|n| [b"\x0a\0\0\0".as_slice(), format!("K{n:06}=vw").as_bytes()].concat())
        .collect();
    let comments = [b"\0\0\0\0".as_slice(), &100_000u32.to_le_bytes(), &comments].concat();
    put(
        "100k-comments.flac",
        &[
            &start,
            block(0x84, u32::try_from(comments.len()).unwrap(), &comments).as_slice(),
            &flac[flac.len() - 40_000..],
        ]
        .concat(),
        false,
    );
    put("no-last-block.flac", &[start.clone(), block(1, 10, &[0; 10]).repeat(50_000)].concat(), true);
    let mut silent = info.to_vec();
    silent[10..13].fill(0);
    silent[12] = 0;
    put("rate-zero.flac", &[b"fLaC".as_slice(), &block(0x80, 34, &silent), tail].concat(), true);
    let mut endless = info.to_vec();
    endless[13] |= 0x0f;
    endless[14..18].fill(0xff);
    put("samples-max.flac", &[b"fLaC".as_slice(), &block(0x80, 34, &endless), tail].concat(), false);
}

fn lying_mp4(put: &mut impl FnMut(&str, &[u8], bool)) {
    let m4a = bytes("music.m4a");
    let ftyp = &m4a[..u32::from_be_bytes([m4a[0], m4a[1], m4a[2], m4a[3]]) as usize];
    put("size-0.m4a", &[ftyp, b"\0\0\0\0moov", &m4a[40..400]].concat(), true);
    put(
        "size-huge.m4a",
        &[ftyp, b"\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff", &m4a[40..400]].concat(),
        true,
    );
    put("size-tiny.m4a", &[ftyp, b"\0\0\0\x04moov".repeat(1000).as_slice()].concat(), true);
    let nested = (0..20_000)
        .fold(Vec::new(), |deep: Vec<u8>, _| if deep.len() < 150_000 { atom(b"moov", &deep) } else { deep });
    put("nested.m4a", &[ftyp, &nested].concat(), true);
    let nested = (0..18_000).fold(Vec::new(), |deep: Vec<u8>, _| atom(b"udta", &deep));
    let moov = m4a.windows(4).position(|four| four == b"moov").unwrap() - 4;
    let moov_body = [&m4a[moov + 8..], &nested].concat();
    put("nested-tags.m4a", &[&m4a[..moov], &atom(b"moov", &moov_body)].concat(), false);
    let free = |n: u32| {
        let text = |data: &[u8]| [b"\0\0\0\0".as_slice(), data].concat();
        let parts = [atom(b"mean", &text(b"com.rookery")), atom(b"name", &text(n.to_string().as_bytes()))];
        atom(b"----", &[parts.concat(), atom(b"data", b"\0\0\0\x01\0\0\0\0v")].concat())
    };
    let ilst = atom(b"ilst", &(0..100_000).flat_map(free).collect::<Vec<u8>>());
    let meta = atom(
        b"udta",
        &atom(
            b"meta",
            &[b"\0\0\0\0".as_slice(), &atom(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0"), &ilst]
                .concat(),
        ),
    );
    let untagged = m4a[moov + 8..].windows(4).position(|four| four == b"udta").unwrap() + moov + 4;
    put(
        "100k-atoms.m4a",
        &[&m4a[..moov], &atom(b"moov", &[&m4a[moov + 8..untagged], &meta].concat())].concat(),
        false,
    );
    for table in [b"stco", b"stsz", b"stts", b"stsc"] {
        let mut lies = m4a.clone();
        let at = lies.windows(4).position(|four| four == table).unwrap();
        lies[at + 8..at + 12].fill(0xff);
        put(&format!("{}-count.m4a", table.escape_ascii()), &lies, false);
    }
}

fn lying_chunks(put: &mut impl FnMut(&str, &[u8], bool)) {
    let wav = bytes("music.wav");
    for (name, range, value, must_refuse) in [
        ("riff-4gb", 4..8, 0xff, false),
        ("no-channels", 22..24, 0, true),
        ("no-rate", 24..28, 0, true),
        ("no-align", 32..34, 0, false),
    ] {
        let mut lies = wav.clone();
        lies[range].fill(value);
        put(&format!("{name}.wav"), &lies, must_refuse);
    }
    let mut aiff = bytes("music.aiff");
    let at = aiff.windows(4).position(|four| four == b"COMM").unwrap();
    aiff[at + 16..at + 26].copy_from_slice(&[0x7f, 0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0]);
    put("nan-rate.aiff", &aiff, true);
    put("chunk-lie.aiff", &[&aiff[..12], b"SSND\xff\xff\xff\xff", &[0; 100]].concat(), true);
}

fn lying_ogg(put: &mut impl FnMut(&str, &[u8], bool)) {
    let empty_page = [b"OggS\0\x02".as_slice(), &[0; 8], b"\x01\0\0\0", &[0; 8], &[0]].concat();
    put("empty-pages.ogg", &empty_page.repeat(50_000), true);
    for name in ["music.opus", "music.ogg"] {
        for (lie, value) in
            [("max", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f]), ("negative", (-5i64).to_le_bytes())]
        {
            let mut lies = bytes(name);
            let pages: Vec<usize> =
                (0..lies.len() - 4).filter(|&at| lies[at..].starts_with(b"OggS")).collect();
            for page in &pages[2..] {
                lies[page + 6..page + 14].copy_from_slice(&value);
            }
            put(&format!("granule-{lie}-{name}"), &lies, false);
        }
    }
}

/// A PNG whose header says `side` × `side` black pixels, in few bytes.
pub fn png_bomb(side: u32) -> Vec<u8> {
    let header = [&side.to_be_bytes(), &side.to_be_bytes(), b"\x01\0\0\0\0".as_slice()].concat();
    let chunk = |name: &[u8; 4], data: &[u8]| {
        let named = [name.as_slice(), data].concat();
        let crc = !named.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(
                crc ^ u32::from(*byte),
                |crc, _| if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xedb8_8320 },
            )
        });
        [&u32::try_from(data.len()).unwrap().to_be_bytes(), named.as_slice(), &crc.to_be_bytes()].concat()
    };
    // A zlib stream that is cut: the size is refused before it is read.
    let idat = chunk(b"IDAT", b"\x78\xda\xed\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\n");
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header), &idat, &chunk(b"IEND", b"")].concat()
}

/// A JPEG whose header says 65 535 × 65 535.
pub fn jpeg_bomb() -> Vec<u8> {
    let mut jpeg = bytes("cover.jpg");
    let at = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    jpeg[at + 5..at + 9].fill(0xff);
    jpeg
}

/// A GIF of 65 535 × 65 535.
pub const GIF_BOMB: &[u8] =
    b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;";

fn pictures(put: &mut impl FnMut(&str, &[u8], bool)) {
    let mp3 = bytes("cbr.mp3");
    let with_pictures = |picture: &[u8], count: usize| {
        let frame = id3_frame(b"APIC", &[b"\0image/png\0\x03\0", picture].concat());
        [id3(&frame.repeat(count)), mp3.clone()].concat()
    };
    let with_picture = |picture: &[u8]| with_pictures(picture, 1);
    put("png-bomb.mp3", &with_picture(&png_bomb(60_000)), false);
    put("jpeg-bomb.mp3", &with_picture(&jpeg_bomb()), false);
    put("gif-bomb.mp3", &with_picture(GIF_BOMB), false);
    put("one-byte-picture.mp3", &with_picture(b"\0"), false);
    let large = [bytes("cover.jpg"), vec![0; 40 << 20]].concat();
    put("picture-40mb.mp3", &with_picture(&large), false);
    put("object-40mb.mp3", &[id3(&id3_frame(b"GEOB", &large)), mp3.clone()].concat(), false);
    put("three-pictures-of-12mb.mp3", &with_pictures(&vec![0; 12 << 20], 3), false);
    put(
        "svg-picture.mp3",
        &with_picture(b"<svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>"),
        false,
    );
}
