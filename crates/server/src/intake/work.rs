//! Background work on tracks: measuring (waveform, loudness) and converting what browsers cannot play.
//!
//! A job is a row; whoever takes it holds it until its lease ends. Each may run twice and comes to the same.

use super::Intake;
use super::add::{CONVERT, MEASURE};
use crate::app::App;
use crate::error::{Error, Result};
use crate::lifecycle::Stance;
use crate::server_channel;
use audio::AudioError;
use blobs::BlobKey;
use bytes::Bytes;
use database::jobs::{self, Job};
use library::{AudioFormat, Blob, Loudness, Playable, Track};
use model::TrackId;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

const KINDS: [&str; 2] = [CONVERT, MEASURE];
/// Longer than a job may take: decoding is stopped after five minutes.
const LEASE: Duration = Duration::from_secs(10 * 60);
/// Between two looks when nothing was announced: another process may have added jobs.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const ATTEMPTS_MAX: u32 = 4;
/// Jobs at once. One core stays for listeners.
const AT_ONCE_MAX: u32 = 1;

/// Why a job did not succeed.
enum Failure {
    /// Trying again may help.
    Again(String),
    /// It will never work, and why, for the person who added the track.
    Never(String),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Again(error.into().to_string())
    }
}

pub(super) async fn run(app: App) {
    loop {
        // A process that waits to take over must not keep the machine busy, nor one that leaves.
        tokio::select! {
            () = app.lifecycle().stopping() => return,
            () = app.lifecycle().until(|stance| stance == Stance::Serving) => {}
        }
        let worked = match claim(&app).await {
            Ok(jobs) => {
                for job in &jobs {
                    if app.lifecycle().is_stopping() {
                        let _ = jobs::release(app.database(), job).await;
                        continue;
                    }
                    carry_out(&app, job).await;
                }
                !jobs.is_empty()
            }
            Err(error) => {
                tracing::warn!(%error, "jobs could not be read");
                false
            }
        };
        if worked {
            continue;
        }
        tokio::select! {
            () = app.lifecycle().stopping() => return,
            () = app.intake().added.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn claim(app: &App) -> Result<Vec<Job>> {
    let now = app.now();
    Ok(jobs::claim(app.database(), &KINDS, now, now.plus(LEASE), AT_ONCE_MAX).await?)
}

async fn carry_out(app: &App, job: &Job) {
    let outcome = tokio::select! {
        () = app.lifecycle().stopping() => {
            let _ = jobs::release(app.database(), job).await;
            return;
        }
        outcome = do_job(app, job) => outcome,
    };
    let now = app.now();
    let stored = match outcome {
        Ok(()) => jobs::complete(app.database(), job, now).await,
        Err(Failure::Again(why)) if job.attempts < ATTEMPTS_MAX => {
            tracing::warn!(job = %job.id, kind = job.kind, why, "a job will be tried again");
            jobs::retry(app.database(), job, now.plus(Duration::from_secs(1 << (2 * job.attempts))), &why)
                .await
        }
        Err(Failure::Again(why) | Failure::Never(why)) => {
            tracing::info!(job = %job.id, kind = job.kind, why, "a job was given up");
            give_up(app, job, &why).await;
            jobs::fail(app.database(), job, now, &why).await
        }
    };
    if let Err(error) = stored {
        tracing::warn!(job = %job.id, %error, "what became of a job could not be stored; its lease will end");
    }
}

async fn do_job(app: &App, job: &Job) -> Result<(), Failure> {
    let Some(track) = track_of(app, job).await? else { return Ok(()) };
    let intake = app.intake();
    match job.kind.as_str() {
        CONVERT => intake.convert(&track).await?,
        _ => intake.measure(&track).await?,
    }
    if let Some(track) = database::tracks::get(app.database(), track.id).await? {
        server_channel::track_changed(app, &track);
    }
    Ok(())
}

async fn track_of(app: &App, job: &Job) -> Result<Option<Track>> {
    let Ok(id) = job.payload.parse::<TrackId>() else { return Ok(None) };
    Ok(database::tracks::get(app.database(), id).await?)
}

/// A track that cannot be converted says so; one that cannot be measured plays all the same.
async fn give_up(app: &App, job: &Job, why: &str) {
    if job.kind != CONVERT {
        return;
    }
    if let Ok(Some(track)) = track_of(app, job).await {
        let failed = Playable::Failed { reason: why.to_owned() };
        let stored = database::tracks::set_playable(app.database(), track.id, &failed, app.now()).await;
        if stored.is_ok() {
            server_channel::track_changed(app, &Track { playable: failed, ..track });
        }
    }
}

fn failure(error: &AudioError) -> Failure {
    match error {
        AudioError::Io { .. } | AudioError::NoWorker { .. } => Failure::Again(error.to_string()),
        error => Failure::Never(error.to_string()),
    }
}

impl Intake {
    async fn measure(&self, track: &Track) -> Result<(), Failure> {
        let path = self.blobs.path(BlobKey::Original(track.original.hash));
        let analysis = self.workers.analyse(&path).await.map_err(|error| failure(&error))?;
        database::tracks::set_waveform(&self.database, track.id, &analysis.waveform).await?;
        if let (Some(integrated_lufs), Some(peak_dbtp)) = (analysis.loudness_lufs, analysis.true_peak_dbtp) {
            let loudness = Loudness { integrated_lufs, true_peak: 10f32.powf(peak_dbtp / 20.0) };
            database::tracks::set_loudness(&self.database, track.id, loudness).await?;
        }
        Ok(())
    }

    async fn convert(&self, track: &Track) -> Result<(), Failure> {
        let hash = track.original.hash;
        let key = BlobKey::Playable(hash);
        let made = if self.blobs.contains(key) {
            self.blobs.reader(key)?.len()
        } else {
            let target = Scratch::beside(self.blobs.folder(), &hash.to_string());
            let source = self.blobs.path(BlobKey::Original(hash));
            self.workers.transcode(&source, &target.0).await.map_err(|error| failure(&error))?;
            self.store(&target.0, key).await?
        };
        let blob = Blob { hash, size_bytes: made };
        let playable = Playable::Transcoded { blob, format: AudioFormat::Flac };
        database::tracks::set_playable(&self.database, track.id, &playable, self.now()).await?;
        Ok(())
    }

    /// Takes a finished file over into the store.
    async fn store(&self, path: &Path, key: BlobKey) -> Result<u64, Failure> {
        const CHUNK_BYTES: usize = 256 * 1024;
        let unread =
            |error: std::io::Error| Failure::Again(format!("a converted file could not be read: {error}"));
        let mut file = tokio::fs::File::open(path).await.map_err(unread)?;
        let mut writer = self.blobs.writer(u64::MAX).await?;
        loop {
            let mut chunk = Vec::with_capacity(CHUNK_BYTES);
            if (&mut file).take(CHUNK_BYTES as u64).read_to_end(&mut chunk).await.map_err(unread)? == 0 {
                break;
            }
            writer.write(Bytes::from(chunk)).await?;
        }
        Ok(writer.commit(|_| key).await?.bytes)
    }
}

/// A file for a worker to write to; removed when done, whatever became of it.
struct Scratch(PathBuf);

impl Scratch {
    fn beside(folder: &Path, name: &str) -> Self {
        let path = folder.join(format!("converting-{name}"));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
