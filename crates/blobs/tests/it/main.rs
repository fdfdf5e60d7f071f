//! The store against a real file system: what is visible when, what is left behind, what is refused.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking")]

use blobs::{ArtworkSize, BlobError, BlobKey, Blobs, ImportSource, READ_CHUNK_BYTES_MAX};
use bytes::Bytes;
use model::BlobHash;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const MEGABYTE: u64 = 1 << 20;

/// SHA-256 of "abc", FIPS 180-2 appendix B.1.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async fn store() -> (tempfile::TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path()).await.unwrap();
    (folder, blobs)
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn leftovers(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder.join("incoming")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

async fn read_all(blobs: &Blobs, key: BlobKey, step: usize) -> Vec<u8> {
    let reader = blobs.reader(key).unwrap();
    let mut all = Vec::new();
    loop {
        let chunk = reader.read_chunk(all.len() as u64, step).await.unwrap();
        assert!(chunk.len() <= step && chunk.len() <= READ_CHUNK_BYTES_MAX);
        if chunk.is_empty() {
            assert_eq!(reader.len(), all.len() as u64);
            return all;
        }
        all.extend_from_slice(&chunk);
    }
}

#[tokio::test]
async fn written_bytes_are_named_by_their_hash_and_read_back() {
    let (folder, blobs) = store().await;
    let mut writer = blobs.writer(3).await.unwrap();
    for byte in ["a", "b", "c"] {
        writer.write(Bytes::from_static(byte.as_bytes())).await.unwrap();
    }
    let stored = writer.commit(BlobKey::Original).await.unwrap();
    assert_eq!((stored.hash.to_string().as_str(), stored.bytes, stored.existed), (ABC, 3, false));
    assert_eq!(read_all(&blobs, stored.key, 2).await, b"abc");
    assert!(blobs.path(stored.key).ends_with(format!("original/ba/{ABC}")));
    assert!(leftovers(folder.path()).is_empty());
}

#[tokio::test]
async fn a_blob_larger_than_every_buffer_is_read_in_any_step_and_from_any_place() {
    let (_folder, blobs) = store().await;
    let bytes = pattern(1_500_003);
    let mut writer = blobs.writer(2 * MEGABYTE).await.unwrap();
    for chunk in bytes.chunks(70_001) {
        writer.write(Bytes::copy_from_slice(chunk)).await.unwrap();
    }
    let stored = writer.commit(BlobKey::Original).await.unwrap();
    for step in [1 << 30, 65_536, 100_003] {
        assert_eq!(read_all(&blobs, stored.key, step).await, bytes);
    }
    let reader = blobs.reader(stored.key).unwrap();
    assert_eq!(reader.read_chunk(1_500_000, 100).await.unwrap(), &bytes[1_500_000..]);
    assert!(reader.read_chunk(1_500_003, 100).await.unwrap().is_empty());
    assert!(reader.read_chunk(u64::MAX, 100).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_chunk_in_hand_keeps_its_bytes_while_others_are_read() {
    let (_folder, blobs) = store().await;
    let bytes = pattern(900_000);
    let mut writer = blobs.writer(MEGABYTE).await.unwrap();
    writer.write(bytes.clone().into()).await.unwrap();
    let reader = blobs.reader(writer.commit(BlobKey::Original).await.unwrap().key).unwrap();
    let mut held = Vec::new();
    for offset in (0..900_000).step_by(10_000) {
        held.push((offset, reader.read_chunk(offset as u64, 10_000).await.unwrap()));
        if held.len() > 5 {
            held.remove(0);
        }
        for (offset, chunk) in &held {
            assert_eq!(chunk, &bytes[*offset..offset + 10_000]);
        }
    }
}

#[tokio::test]
async fn a_part_is_sent_to_a_socket_as_it_is_stored() {
    let (_folder, blobs) = store().await;
    let bytes = pattern(300_000);
    let mut writer = blobs.writer(u64::MAX).await.unwrap();
    writer.write(Bytes::copy_from_slice(&bytes)).await.unwrap();
    let key = writer.commit(BlobKey::Original).await.unwrap().key;
    let reader = blobs.reader(key).unwrap();
    let (mut near, far) = UnixStream::pair().unwrap();
    let received = std::thread::spawn(move || {
        let mut all = Vec::new();
        near.read_to_end(&mut all).unwrap();
        all
    });
    reader.prepare(10..299_990).await.unwrap();
    let mut offset = 10;
    while offset < 299_990 {
        offset += reader.send(&far, offset, (299_990 - offset) as usize).unwrap() as u64;
    }
    assert_eq!(reader.send(&far, 300_000, 1).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert!(reader.prepare(300_000..300_001).await.is_err());
    drop(far);
    assert!(received.join().unwrap() == bytes[10..299_990]);
}

#[tokio::test]
async fn storing_the_same_bytes_twice_keeps_the_first() {
    let (folder, blobs) = store().await;
    for existed in [false, true] {
        let mut writer = blobs.writer(MEGABYTE).await.unwrap();
        writer.write(Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(writer.commit(BlobKey::Original).await.unwrap().existed, existed);
    }
    assert!(leftovers(folder.path()).is_empty());
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_nothing() {
    let (folder, blobs) = store().await;
    let mut writer = blobs.writer(MEGABYTE).await.unwrap();
    writer.write(pattern(400_000).into()).await.unwrap();
    assert_eq!(leftovers(folder.path()).len(), 1);
    drop(writer);
    assert!(leftovers(folder.path()).is_empty());
}

#[tokio::test]
async fn the_byte_limit_is_exact_and_closes_the_writer() {
    let (folder, blobs) = store().await;
    let mut writer = blobs.writer(4).await.unwrap();
    writer.write(Bytes::from_static(b"abcd")).await.unwrap();
    let refused = writer.write(Bytes::from_static(b"e")).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { bytes_max: 4 })));
    assert!(matches!(writer.commit(BlobKey::Original).await, Err(BlobError::Closed)));
    assert!(leftovers(folder.path()).is_empty());
}

#[tokio::test]
async fn an_original_cannot_take_another_name_but_what_is_derived_can() {
    let (_folder, blobs) = store().await;
    let other = BlobHash::from_bytes([7; 32]);
    let mut writer = blobs.writer(9).await.unwrap();
    writer.write(Bytes::from_static(b"abc")).await.unwrap();
    let wrong = writer.commit(|_| BlobKey::Original(other)).await;
    assert!(matches!(wrong, Err(BlobError::WrongName { .. })));
    for size in ArtworkSize::ALL {
        let key = BlobKey::Artwork { hash: other, size };
        let mut writer = blobs.writer(9).await.unwrap();
        writer.write(Bytes::from(size.pixels().to_string())).await.unwrap();
        writer.commit(|_| key).await.unwrap();
        assert_eq!(read_all(&blobs, key, 9).await, size.pixels().to_string().as_bytes());
    }
}

#[tokio::test]
async fn a_removed_blob_is_gone_for_new_readers_only() {
    let (_folder, blobs) = store().await;
    let mut writer = blobs.writer(9).await.unwrap();
    writer.write(Bytes::from_static(b"abc")).await.unwrap();
    let key = writer.commit(BlobKey::Original).await.unwrap().key;
    let reader = blobs.reader(key).unwrap();
    assert!(blobs.remove(key).await.unwrap());
    assert!(!blobs.remove(key).await.unwrap());
    assert!(!blobs.contains(key));
    assert!(matches!(blobs.reader(key), Err(BlobError::NotFound { .. })));
    assert_eq!(reader.read_chunk(0, 9).await.unwrap(), "abc");
}

#[tokio::test]
async fn a_missing_folder_is_not_created_silently() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Blobs::open(folder.path().join("not-mounted")).await;
    assert!(matches!(opened, Err(BlobError::Missing { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_reported_at_open() {
    // A folder of the kernel, which refuses even the administrator.
    let opened = Blobs::open("/proc/sys").await;
    assert!(matches!(opened, Err(BlobError::ReadOnly { .. } | BlobError::Io { .. })), "{:?}", opened.err());
}

#[tokio::test]
async fn leftovers_of_a_crash_are_swept_but_writers_at_work_are_not() {
    let (folder, blobs) = store().await;
    let stale = folder.path().join("incoming/4711-0");
    fs::write(&stale, b"half").unwrap();
    let mut writer = blobs.writer(MEGABYTE).await.unwrap();
    writer.write(Bytes::from_static(b"abc")).await.unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in leftovers(folder.path()) {
        fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    let fresh = folder.path().join("incoming/4712-0");
    fs::write(&fresh, b"just created, not locked yet").unwrap();
    Blobs::open(folder.path()).await.unwrap();
    assert!(!stale.exists() && fresh.exists());
    assert_eq!(writer.commit(BlobKey::Original).await.unwrap().hash.to_string(), ABC);
}

#[tokio::test]
async fn files_are_imported_small_and_large_one_and_many() {
    let (folder, blobs) = store().await;
    let outside = tempfile::tempdir().unwrap();
    let mut sources = Vec::new();
    for (name, len) in [("empty", 0), ("small", 3), ("large", 3_000_001)] {
        let path = outside.path().join(name);
        fs::write(&path, if len == 3 { b"abc".to_vec() } else { pattern(len) }).unwrap();
        sources.push(ImportSource::File(path));
    }
    sources.push(ImportSource::File(outside.path().join("absent")));
    let stored = blobs.import_files(sources.clone(), 10 * MEGABYTE).await.unwrap();
    assert_eq!(stored.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(stored[1].as_ref().unwrap().hash.to_string(), ABC);
    assert_eq!(read_all(&blobs, stored[2].as_ref().unwrap().key, 1 << 20).await, pattern(3_000_001));
    let again = blobs.import_file(sources[2].clone(), 10 * MEGABYTE).await.unwrap();
    assert!(again.existed && again.bytes == 3_000_001);
    let limited = blobs.import_file(sources[2].clone(), MEGABYTE).await;
    assert!(matches!(limited, Err(BlobError::TooLarge { .. })));
    assert!(leftovers(folder.path()).is_empty());
}

#[tokio::test]
async fn links_pipes_devices_and_ways_out_are_not_imported() {
    let (_folder, blobs) = store().await;
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().join("music");
    fs::create_dir_all(root.join("album")).unwrap();
    fs::write(outside.path().join("secret"), b"abc").unwrap();
    fs::write(root.join("album/song"), b"abc").unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret"), root.join("link")).unwrap();
    std::os::unix::fs::symlink(outside.path(), root.join("folder")).unwrap();
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let beneath = |relative: &str| ImportSource::Beneath { root: root.clone(), relative: relative.into() };
    let refused = [
        beneath("link"),
        beneath("folder/secret"),
        beneath("../secret"),
        beneath("pipe"),
        beneath("album"),
        ImportSource::File(root.join("link")),
        ImportSource::File(root.join("pipe")),
        ImportSource::File("/dev/zero".into()),
    ];
    let work = async {
        for source in refused {
            let stored = blobs.import_file(source.clone(), MEGABYTE).await;
            assert!(matches!(stored, Err(BlobError::NotRegular { .. })), "{source:?}: {stored:?}");
        }
        assert!(blobs.import_file(beneath("/etc/passwd"), MEGABYTE).await.is_err());
        assert_eq!(blobs.import_file(beneath("album/song"), MEGABYTE).await.unwrap().hash.to_string(), ABC);
    };
    tokio::time::timeout(Duration::from_secs(10), work).await.unwrap();
}
