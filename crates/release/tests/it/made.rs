//! A release folder: made, signed, looked at.

use crate::kitchen::{Kitchen, ingredients, program};
use release::{COMPONENTS, Error, IMAGE, MANIFEST, Manifest, PROGRAM, SIGNATURE, make, verify};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    });
    files.collect()
}

#[test]
fn the_same_ingredients_give_the_same_bytes() {
    let kitchen = Kitchen::new();
    let bytes = program(b"a program");
    let [one, other] = ["one", "other"].map(|name| {
        let folder = kitchen.folder.path().join(name);
        make(ingredients(&bytes), &folder).unwrap();
        files(&folder)
    });
    assert_eq!(one, other);
    assert_eq!(one.keys().collect::<Vec<_>>(), [COMPONENTS, IMAGE, MANIFEST, PROGRAM]);
    assert_eq!(zstd::bulk::decompress(&one[PROGRAM], bytes.len()).unwrap(), bytes);
}

#[test]
fn a_release_is_never_made_over_another() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", b"a program");
    let refused = make(ingredients(&program(b"another")), &folder).unwrap_err();
    assert!(matches!(refused, Error::Taken(_)), "{refused}");
    verify(&folder, &kitchen.keys).unwrap();
}

#[test]
fn what_was_signed_is_verified_by_that_key_alone() {
    let kitchen = Kitchen::new();
    let (folder, manifest) = kitchen.release("one", b"a program");
    assert_eq!(verify(&folder, &kitchen.keys).unwrap(), manifest);
    let refused = verify(&folder, &Kitchen::new().keys).unwrap_err();
    assert!(refused.to_string().contains("not trusted here"), "{refused}");
    fs::remove_file(folder.join(SIGNATURE)).unwrap();
    assert!(matches!(verify(&folder, &kitchen.keys), Err(Error::Unsigned)));
}

#[test]
fn a_changed_byte_in_any_part_is_noticed() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", b"a program");
    for name in [COMPONENTS, IMAGE, MANIFEST, PROGRAM] {
        let good = fs::read(folder.join(name)).unwrap();
        for at in (0..good.len()).step_by(1 + good.len() / 97) {
            let mut bytes = good.clone();
            bytes[at] ^= 0x20;
            fs::write(folder.join(name), &bytes).unwrap();
            assert!(verify(&folder, &kitchen.keys).is_err(), "byte {at} of {name}");
        }
        for bytes in [&good[..good.len() - 1], &[&good[..], b"\n"].concat(), b""] {
            fs::write(folder.join(name), bytes).unwrap();
            assert!(verify(&folder, &kitchen.keys).is_err(), "{} bytes of {name}", bytes.len());
        }
        fs::write(folder.join(name), good).unwrap();
    }
    verify(&folder, &kitchen.keys).unwrap();
}

#[test]
fn nothing_else_may_lie_in_a_release() {
    let kitchen = Kitchen::new();
    let (folder, _) = kitchen.release("one", b"a program");
    fs::write(folder.join("notes.txt"), "x").unwrap();
    assert!(matches!(verify(&folder, &kitchen.keys), Err(Error::Stray { name, .. }) if name == "notes.txt"));
    fs::remove_file(folder.join("notes.txt")).unwrap();
    let elsewhere = kitchen.folder.path().join("elsewhere");
    fs::rename(folder.join(PROGRAM), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, folder.join(PROGRAM)).unwrap();
    assert!(matches!(verify(&folder, &kitchen.keys), Err(Error::Stray { .. })));
}

#[test]
fn a_signature_over_another_manifest_proves_nothing() {
    let kitchen = Kitchen::new();
    let (one, _) = kitchen.release("one", b"one");
    let (other, _) = kitchen.release("other", b"other");
    fs::copy(one.join(SIGNATURE), other.join(SIGNATURE)).unwrap();
    assert!(matches!(verify(&other, &kitchen.keys), Err(Error::Signature(_))));
}

#[test]
fn a_signed_manifest_of_another_format_is_refused_by_its_number() {
    let kitchen = Kitchen::new();
    let (folder, manifest) = kitchen.release("one", b"one");
    let later = Manifest { format: 2, ..manifest }.to_bytes().unwrap();
    fs::write(folder.join(MANIFEST), &later).unwrap();
    fs::write(folder.join(SIGNATURE), kitchen.signing.sign(&later, "x").unwrap()).unwrap();
    assert!(matches!(verify(&folder, &kitchen.keys), Err(Error::Format { found: 2, known: 1 })));
}
