//! A release folder from its ingredients.

use crate::components::{Parts, components};
use crate::digest::Sealed;
use crate::error::{Error, Result};
use crate::folder::{COMPONENTS, IMAGE, MANIFEST, PROGRAM};
use crate::id::{Instant, ReleaseId};
use crate::image::{Contents, image};
use crate::manifest::{FORMAT, Facts, Manifest, bound};
use crate::{COMPONENTS_BYTES_MAX, PROGRAM_BYTES_MAX, UPLOAD_BYTES_MAX, program};
use std::fs;
use std::path::Path;

/// How hard the program is compressed for people: small, and a machine of 512 MB can still open it.
const LEVEL: i32 = 19;
/// The same for whoever works on it, who waits.
const LEVEL_DEBUG: i32 = 3;

/// What a release is made of.
pub struct Ingredients<'a> {
    /// The program's bytes.
    pub program: &'a [u8],
    /// What it says of itself.
    pub facts: Facts,
    /// The commit it was built from.
    pub commit: String,
    /// Whether files differed from that.
    pub is_modified: bool,
    /// When it was built.
    pub built_at: Instant,
    /// What it is made of.
    pub parts: Parts<'a>,
    /// Certificates of authorities for the image, PEM; `None`: no image is made.
    pub certificates: Option<&'a [u8]>,
}

/// Makes a release folder, unsigned. The same ingredients give the same bytes.
///
/// # Errors
/// [`Error::Taken`] if `folder` is there, [`Error::NoProgram`], [`Error::NotStatic`] if an image is asked for,
/// [`Error::Components`], and what files say.
pub fn make(ingredients: Ingredients<'_>, folder: &Path) -> Result<Manifest> {
    let Ingredients { program, facts, commit, is_modified, built_at, parts, certificates } = ingredients;
    bound("the program", program.len() as u64, PROGRAM_BYTES_MAX)?;
    program::look(program)?;
    let listed = components(&parts)?;
    bound("the list of components", listed.len() as u64, COMPONENTS_BYTES_MAX)?;
    let level = if facts.profile == crate::Profile::Debug { LEVEL_DEBUG } else { LEVEL };
    let compressed =
        zstd::bulk::compress(program, level).map_err(Error::file("compress", Path::new("the program")))?;
    let at = built_at.to_string();
    let contents =
        |certificates| Contents { program, certificates, facts: &facts, commit: &commit, built_at: &at };
    let image = certificates.map(|certificates| image(&contents(certificates))).transpose()?;
    let sealed = Sealed::of(program);
    let manifest = Manifest {
        format: FORMAT,
        id: ReleaseId::of(built_at, &commit, sealed.sha256),
        commit,
        is_modified,
        built_at,
        facts,
        program: sealed,
        upload: Sealed::of(&compressed),
        components: Sealed::of(&listed),
        image: image.as_deref().map(Sealed::of),
    };
    bound("the compressed program", manifest.upload.bytes, UPLOAD_BYTES_MAX)?;
    // Whatever is written can be read again.
    let described = manifest.to_bytes()?;
    Manifest::parse(&described)?;
    if folder.exists() {
        return Err(Error::Taken(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(Error::file("make", folder))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(Error::file("write", &path))
    };
    write(PROGRAM, &compressed)?;
    write(COMPONENTS, &listed)?;
    if let Some(image) = image {
        write(IMAGE, &image)?;
    }
    write(MANIFEST, &described)?;
    Ok(manifest)
}
