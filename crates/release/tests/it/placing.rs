//! A release on its way to the machine that runs it.

use crate::kitchen::{Kitchen, program};
use release::{
    Error, MANIFEST, Manifest, PROGRAM_PATH, SIGNATURE, at, list, place, remove, remove_leftovers,
};
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_was_sent_runs_there_and_is_the_same_when_it_comes_again() {
    let kitchen = Kitchen::new();
    let (folder, manifest) = kitchen.release("one", b"a program");
    let stream = kitchen.sent(&folder);
    let placed = place(&stream[..], &kitchen.releases(), &kitchen.keys).unwrap();
    assert_eq!((&placed.manifest, placed.was_there), (&manifest, false));
    let there = kitchen.releases().join(manifest.id.as_str()).join(PROGRAM_PATH);
    assert_eq!(fs::read(&there).unwrap(), program(b"a program"));
    assert_eq!(fs::metadata(&there).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(place(&stream[..], &kitchen.releases(), &kitchen.keys).unwrap().was_there);
    assert_eq!(at(&kitchen.releases(), &manifest.id, &kitchen.keys).unwrap(), manifest);
    assert_eq!(names(&kitchen.releases()), [manifest.id.as_str()]);
    // From here it can be sent on, to the letter.
    assert_eq!(kitchen.sent(&kitchen.releases().join(manifest.id.as_str())), stream);
}

#[test]
fn an_upload_that_breaks_off_anywhere_leaves_nothing() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", b"a program");
    let stream = kitchen.sent(&folder);
    for length in (0..stream.len()).step_by(3).chain([stream.len() - 1]) {
        assert!(place(&stream[..length], &kitchen.releases(), &kitchen.keys).is_err(), "{length}");
        assert_eq!(names(&kitchen.releases()), [""; 0], "{length}");
    }
}

#[test]
fn a_changed_byte_anywhere_in_an_upload_is_noticed_and_leaves_nothing() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", b"a program");
    let stream = kitchen.sent(&folder);
    let signature = fs::read(folder.join(SIGNATURE)).unwrap();
    // A minisign file begins with a comment that nobody signed.
    let comment = 26 + fs::metadata(folder.join(MANIFEST)).unwrap().len() as usize;
    let comment = comment..comment + signature.iter().position(|&byte| byte == b'\n').unwrap();
    for at in (0..stream.len()).filter(|at| !comment.contains(at)) {
        let mut bytes = stream.clone();
        bytes[at] ^= 0x01;
        let taken = place(&bytes[..], &kitchen.releases(), &kitchen.keys);
        assert!(taken.is_err(), "byte {at}");
        assert_eq!(names(&kitchen.releases()), [""; 0], "{at}");
    }
}

#[test]
fn what_follows_an_upload_is_refused() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", b"a program");
    let stream = [kitchen.sent(&folder), vec![0]].concat();
    let refused = place(&stream[..], &kitchen.releases(), &kitchen.keys).unwrap_err();
    assert!(refused.to_string().contains("follows"), "{refused}");
    assert_eq!(names(&kitchen.releases()), [""; 0]);
}

/// Counts what is taken from a stream.
struct Counting<'a>(&'a [u8], usize);

impl Read for Counting<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1 += read;
        Ok(read)
    }
}

#[test]
fn what_nobody_signed_is_not_read_further_than_its_signature() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", &vec![7; 300_000]);
    let stream = kitchen.sent(&folder);
    let mut counting = Counting(&stream, 0);
    let refused = place(&mut counting, &kitchen.releases(), &Kitchen::new().keys).unwrap_err();
    assert!(matches!(refused, Error::Signature(_)), "{refused}");
    let head =
        [MANIFEST, SIGNATURE].map(|name| fs::metadata(folder.join(name)).unwrap().len()).iter().sum::<u64>();
    assert_eq!(counting.1 as u64, 26 + head);
}

#[test]
fn lengths_that_no_release_has_are_refused_before_anything_is_kept() {
    let kitchen = Kitchen::new();
    for lengths in [[u32::MAX, 100], [100, u32::MAX]] {
        let mut stream = b"rookery release 1\n".to_vec();
        stream.extend(lengths.iter().flat_map(|length| length.to_be_bytes()));
        let mut endless = (&stream[..]).chain(io::repeat(b'x'));
        let refused = place(&mut endless, &kitchen.releases(), &kitchen.keys).unwrap_err();
        assert!(matches!(refused, Error::TooLarge { .. }), "{refused}");
    }
    let refused =
        place(&b"GET / HTTP/1.1\r\nhost: x\r\n"[..], &kitchen.releases(), &kitchen.keys).unwrap_err();
    assert!(matches!(refused, Error::NoUpload(_)), "{refused}");
}

/// A stream of a signed manifest that says something else than what follows.
fn forged(kitchen: &Kitchen, folder: &Path, manifest: &Manifest) -> Vec<u8> {
    let described = manifest.to_bytes().unwrap();
    let signature = kitchen.signing.sign(&described, "x").unwrap();
    let good = kitchen.sent(folder);
    let head = 26
        + [MANIFEST, SIGNATURE]
            .map(|name| fs::metadata(folder.join(name)).unwrap().len() as usize)
            .iter()
            .sum::<usize>();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes();
    let lengths = [length(&described), length(signature.as_bytes())].concat();
    [&b"rookery release 1\n"[..], &lengths, &described, signature.as_bytes(), &good[head..]].concat()
}

#[test]
fn a_program_that_grows_beyond_what_was_signed_is_cut_off() {
    let kitchen = Kitchen::new();
    let (folder, mut manifest) = kitchen.release("one", &vec![0; 5_000_000]);
    manifest.program.bytes = 100;
    let refused =
        place(&forged(&kitchen, &folder, &manifest)[..], &kitchen.releases(), &kitchen.keys).unwrap_err();
    assert!(
        matches!(&refused, Error::Damaged { what: "the program", detail } if detail.starts_with("101 ")),
        "{refused}"
    );
    assert_eq!(names(&kitchen.releases()), [""; 0]);
}

#[test]
fn a_placed_release_that_changed_on_disk_does_not_run() {
    let kitchen = Kitchen::new();
    let (folder, manifest) = kitchen.release("one", b"a program");
    let stream = kitchen.sent(&folder);
    place(&stream[..], &kitchen.releases(), &kitchen.keys).unwrap();
    fs::write(kitchen.releases().join(manifest.id.as_str()).join(PROGRAM_PATH), "other").unwrap();
    assert!(matches!(at(&kitchen.releases(), &manifest.id, &kitchen.keys), Err(Error::Damaged { .. })));
    // Sending it again does not hide that.
    assert!(matches!(place(&stream[..], &kitchen.releases(), &kitchen.keys), Err(Error::Damaged { .. })));
}

#[test]
fn a_release_under_another_s_name_does_not_run() {
    let kitchen = Kitchen::new();
    let [one, other] = [b"one".as_slice(), b"other"].map(|content| {
        let (folder, manifest) = kitchen.release(std::str::from_utf8(content).unwrap(), content);
        place(&kitchen.sent(&folder)[..], &kitchen.releases(), &kitchen.keys).unwrap();
        manifest.id
    });
    fs::remove_dir_all(kitchen.releases().join(other.as_str())).unwrap();
    fs::rename(kitchen.releases().join(one.as_str()), kitchen.releases().join(other.as_str())).unwrap();
    assert!(matches!(at(&kitchen.releases(), &other, &kitchen.keys), Err(Error::OtherId { .. })));
    assert!(matches!(at(&kitchen.releases(), &one, &kitchen.keys), Err(Error::Unknown { .. })));
}

#[test]
fn leftovers_go_and_releases_stay() {
    let kitchen = Kitchen::new();
    let (folder, manifest) = kitchen.release("one", b"a program");
    place(&kitchen.sent(&folder)[..], &kitchen.releases(), &kitchen.keys).unwrap();
    let left = kitchen.releases().join(".partly-20261121T210700Z-b50df30-1a2b3c4d/bin");
    fs::create_dir_all(left).unwrap();
    fs::create_dir(kitchen.releases().join("good")).unwrap();
    assert_eq!(list(&kitchen.releases()).unwrap(), std::slice::from_ref(&manifest.id));
    remove_leftovers(&kitchen.releases()).unwrap();
    assert_eq!(names(&kitchen.releases()), [manifest.id.as_str(), "good"]);
    remove(&kitchen.releases(), &manifest.id).unwrap();
    assert_eq!(names(&kitchen.releases()), ["good"]);
    assert!(matches!(remove(&kitchen.releases(), &manifest.id), Err(Error::Unknown { .. })));
}
