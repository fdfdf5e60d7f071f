//! An image that containers run, of the same bytes as the program, written without a container engine.
//!
//! One archive that is both an OCI image layout (podman, skopeo, registries) and what `docker load` reads. It holds the
//! program, the certificates it trusts, an empty data folder and nothing else: no shell, no libraries, no other user.
//! All instants in it are 1970, so that the same program gives the same layer. Sources: OCI image-spec 1.1; POSIX ustar.

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::manifest::Facts;
use crate::program;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::{self, Write as _};
use std::path::Path;
use tar::{Builder, EntryType, Header};

/// Whose number the program runs under: nobody's on any host.
const USER: u64 = 65_532;
const PORT: u16 = 4533;
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";

/// What an image is made of.
pub(crate) struct Contents<'a> {
    pub(crate) program: &'a [u8],
    /// Authorities that connections to services outside are checked against, PEM.
    pub(crate) certificates: &'a [u8],
    pub(crate) facts: &'a Facts,
    pub(crate) commit: &'a str,
    /// When the program was built, RFC 3339.
    pub(crate) built_at: &'a str,
}

/// Writes an image.
///
/// # Errors
/// [`Error::NotStatic`] for a program that needs libraries, [`Error::NoProgram`].
pub(crate) fn image(contents: &Contents<'_>) -> Result<Vec<u8>> {
    let told = program::look(contents.program)?;
    if let Some(loader) = told.loader {
        return Err(Error::NotStatic(loader));
    }
    let unwritable = Error::file("write", Path::new("the image"));
    let layer = layer(contents).map_err(unwritable)?;
    let packed = pack(&layer).map_err(Error::file("compress", Path::new("the image")))?;
    let config = serde_json::to_vec(&config(contents, told.processor, Digest::of(&layer)))?;
    let described =
        |kind: &str, bytes: &[u8]| json!({"mediaType": kind, "digest": name(bytes), "size": bytes.len()});
    let manifest = serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": described("application/vnd.oci.image.config.v1+json", &config),
        "layers": [described("application/vnd.oci.image.layer.v1.tar+gzip", &packed)],
        "annotations": labels(contents),
    }))?;
    let mut of_index = described("application/vnd.oci.image.manifest.v1+json", &manifest);
    let reference = contents.facts.version.replace('+', "_");
    of_index["platform"] = json!({"architecture": told.processor, "os": "linux"});
    of_index["annotations"] = json!({"org.opencontainers.image.ref.name": reference});
    let index = serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [of_index],
    }))?;
    let blob = |bytes: &[u8]| format!("blobs/sha256/{}", Digest::of(bytes));
    let docker = serde_json::to_vec(&json!([{
        "Config": blob(&config),
        "RepoTags": [format!("{}:{reference}", contents.facts.name)],
        "Layers": [blob(&packed)],
    }]))?;
    let files: [(String, &[u8]); 6] = [
        ("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#),
        ("index.json".to_owned(), &index),
        ("manifest.json".to_owned(), &docker),
        (blob(&manifest), &manifest),
        (blob(&config), &config),
        (blob(&packed), &packed),
    ];
    archive(&files).map_err(Error::file("write", Path::new("the image")))
}

fn name(bytes: &[u8]) -> String {
    format!("sha256:{}", Digest::of(bytes))
}

fn archive(files: &[(String, &[u8])]) -> io::Result<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    for folder in ["blobs", "blobs/sha256"] {
        entry(&mut archive, folder, EntryType::Directory, 0o755, 0, &[])?;
    }
    for (path, bytes) in files {
        entry(&mut archive, path, EntryType::Regular, 0o644, 0, bytes)?;
    }
    archive.into_inner()
}

/// The one layer.
fn layer(contents: &Contents<'_>) -> io::Result<Vec<u8>> {
    let passwd = format!("root:x:0:0::/:/none\nrookery:x:{USER}:{USER}::/data:/none\n");
    let mut layer = Builder::new(Vec::new());
    for (path, mode, owner) in [
        ("data", 0o700, USER),
        ("etc", 0o755, 0),
        ("etc/ssl", 0o755, 0),
        ("etc/ssl/certs", 0o755, 0),
        ("tmp", 0o1777, 0),
    ] {
        entry(&mut layer, path, EntryType::Directory, mode, owner, &[])?;
    }
    entry(&mut layer, "etc/passwd", EntryType::Regular, 0o644, 0, passwd.as_bytes())?;
    entry(&mut layer, CERTIFICATES, EntryType::Regular, 0o644, 0, contents.certificates)?;
    entry(&mut layer, "rookery", EntryType::Regular, 0o755, 0, contents.program)?;
    layer.into_inner()
}

fn entry(
    archive: &mut Builder<Vec<u8>>,
    path: &str,
    kind: EntryType,
    mode: u32,
    owner: u64,
    bytes: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    let slash = if kind == EntryType::Directory { "/" } else { "" };
    header.set_path(format!("{path}{slash}"))?;
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(owner);
    header.set_gid(owner);
    header.set_mtime(0);
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    archive.append(&header, bytes)
}

fn pack(layer: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(layer)?;
    encoder.finish()
}

fn labels(contents: &Contents<'_>) -> Value {
    json!({
        "org.opencontainers.image.title": contents.facts.name,
        "org.opencontainers.image.version": contents.facts.version,
        "org.opencontainers.image.revision": contents.commit,
        "org.opencontainers.image.created": contents.built_at,
        "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
    })
}

fn config(contents: &Contents<'_>, processor: &str, layer: Digest) -> Value {
    json!({
        "created": contents.built_at,
        "architecture": processor,
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "ExposedPorts": {format!("{PORT}/tcp"): {}},
            "Env": ["ROOKERY_DATA=/data", format!("ROOKERY_LISTEN=0.0.0.0:{PORT}")],
            "Entrypoint": ["/rookery"],
            "Cmd": ["serve"],
            "Volumes": {"/data": {}},
            "WorkingDir": "/data",
            "Labels": labels(contents),
            "StopSignal": "SIGTERM",
        },
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
        "history": [{"created": contents.built_at, "created_by": "rookery release build"}],
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::manifest::tests::facts;
    use crate::program::tests::program;
    use flate2::read::GzDecoder;
    use std::collections::BTreeMap;
    use std::io::Read as _;

    fn made(program: &[u8]) -> Result<Vec<u8>> {
        let facts = facts();
        let commit = "b".repeat(40);
        let built_at = "2026-11-21T21:07:00Z";
        image(&Contents { program, certificates: b"certificates", facts: &facts, commit: &commit, built_at })
    }

    /// Paths of an archive with what is there: mode, owner, kind and bytes.
    pub(crate) fn entries(bytes: &[u8]) -> BTreeMap<String, (u32, u64, EntryType, Vec<u8>)> {
        let mut archive = tar::Archive::new(bytes);
        let read = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            assert_eq!(entry.header().mtime().unwrap(), 0, "an instant of its own");
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let (mode, owner) = (entry.header().mode().unwrap(), entry.header().uid().unwrap());
            let kind = entry.header().entry_type();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (path, (mode, owner, kind, bytes))
        });
        read.collect()
    }

    fn json_of(files: &BTreeMap<String, (u32, u64, EntryType, Vec<u8>)>, path: &str) -> Value {
        serde_json::from_slice(&files[path].3).unwrap()
    }

    fn blob(described: &Value) -> String {
        format!("blobs/{}", described["digest"].as_str().unwrap().replace(':', "/"))
    }

    #[test]
    fn every_reference_leads_to_bytes_of_that_digest_and_the_program_is_the_same() {
        let program = program(1, b"the program");
        let files = entries(&made(&program).unwrap());
        for (path, (_, _, _, bytes)) in files.iter().filter(|(path, _)| path.len() > 40) {
            assert_eq!(*path, format!("blobs/sha256/{}", Digest::of(bytes)));
        }
        let index = json_of(&files, "index.json");
        let manifest = json_of(&files, &blob(&index["manifests"][0]));
        let config = json_of(&files, &blob(&manifest["config"]));
        let packed = &files[&blob(&manifest["layers"][0])].3;
        assert_eq!(manifest["layers"][0]["size"], packed.len());
        let mut layer = Vec::new();
        GzDecoder::new(&packed[..]).read_to_end(&mut layer).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"][0], name(&layer));
        let inside = entries(&layer);
        assert_eq!(inside["rookery"], (0o755, 0, EntryType::Regular, program));
        assert_eq!(inside["data/"].1, USER);
        assert_eq!(inside[CERTIFICATES].3, b"certificates");
        assert_eq!(config["config"]["User"], "65532:65532");
        assert_eq!(config["architecture"], "amd64");
        let docker = json_of(&files, "manifest.json");
        assert_eq!(docker[0]["Layers"][0], blob(&manifest["layers"][0]));
        assert_eq!(docker[0]["Config"], blob(&manifest["config"]));
    }

    #[test]
    fn the_same_program_gives_the_same_bytes_and_another_one_others() {
        let one = made(&program(1, b"one")).unwrap();
        assert_eq!(one, made(&program(1, b"one")).unwrap());
        assert_ne!(one, made(&program(1, b"two")).unwrap());
    }

    #[test]
    fn a_program_that_needs_libraries_has_no_image() {
        let refused = made(&program(3, b"/lib64/ld-linux-x86-64.so.2\0")).unwrap_err();
        assert!(matches!(&refused, Error::NotStatic(loader) if loader.contains("ld-linux")), "{refused}");
        assert!(made(b"#!/bin/sh").is_err());
    }
}
