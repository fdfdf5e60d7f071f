//! `rookery release`: made, signed, looked at.

use super::print;
use crate::failure::Failure;
use crate::release_build;
use crate::release_settings::ReleaseCommand;
use release::{Error, KeyPair, MANIFEST, Manifest, PublicKeys, verify};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// # Errors
/// [`Failure::Release`], [`Failure::Unfit`].
pub fn run(command: ReleaseCommand) -> Result<(), Failure> {
    match command {
        ReleaseCommand::Build(args) => {
            let (folder, manifest) = release_build::build(&args)?;
            let signed = if args.key.is_some() { "signed" } else { "not signed" };
            print(&format!("{}\n{}, {signed}\n", folder.display(), line(&manifest)));
        }
        ReleaseCommand::Keygen { to } => keygen(&to)?,
        ReleaseCommand::Verify { folder, key } => {
            print(&format!("{}: whole, and signed\n", line(&verify(&folder, &public_keys(&key)?)?)));
        }
        ReleaseCommand::Show { folder } => {
            print(&String::from_utf8_lossy(&manifest(&folder)?.to_bytes()?));
        }
    }
    Ok(())
}

/// What a folder says it is, before anybody looked whether it is true.
///
/// # Errors
/// [`Failure::Release`].
pub fn manifest(folder: &Path) -> Result<Manifest, Failure> {
    let path = folder.join(MANIFEST);
    Ok(Manifest::parse(&fs::read(&path).map_err(failed("read", &path))?)?)
}

/// The keys in a file.
///
/// # Errors
/// [`Failure::Release`].
pub fn public_keys(file: &Path) -> Result<PublicKeys, Failure> {
    let text = fs::read_to_string(file).map_err(failed("read", file))?;
    Ok(PublicKeys::parse(&file.display().to_string(), &text)?)
}

fn line(manifest: &Manifest) -> String {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let image =
        manifest.image.map_or_else(String::new, |it| format!(", image {:.1} MB", megabytes(it.bytes)));
    format!(
        "{} {}, {:.1} MB, compressed {:.1} MB{image}",
        manifest.facts.version,
        manifest.id,
        megabytes(manifest.program.bytes),
        megabytes(manifest.upload.bytes)
    )
}

fn keygen(to: &Path) -> Result<(), Failure> {
    let pair = KeyPair::generate()?;
    let public = to.with_added_extension("pub");
    for (path, text, mode) in [(to, &pair.signing, 0o600), (&*public, &pair.public, 0o644)] {
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
        let mut file = file.map_err(failed("make", path))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed("write", path))?;
    }
    print(&format!(
        "{} signs: whoever has it decides what runs. {} goes to machines, as /etc/rookery/ENVIRONMENT/release.pub\n",
        to.display(),
        public.display()
    ));
    Ok(())
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { action, path, source }
}
