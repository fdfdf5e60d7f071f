//! `rookery import play-logs DIR`: what was played before becomes the history of a nest. Files are read line by line and
//! taken in by some hundred plays, so that memory does not grow with them; a line that cannot be read is reported and
//! passed over. It may be done again at any time: what is known is known.

use super::is_file_name;
use super::line::{self, LINE_BYTES_MAX, Line, LineSong, Said};
use crate::error::{Error, Result};
use crate::local_time::Zone;
use crate::nests::ensure_main;
use database::plays::{self, PastPlay, PastSong};
use database::{Database, identities, members, nests, past_members};
use identity::{
    BlindIndex, IdentityAddress, MemberName, PastAddress, PastMember, Sealer, is_address,
    name_from_elsewhere, name_of_address,
};
use library::ExternalTrack;
use model::{
    Clock, CommentId, Entropy, MemberId, NestCode, NestId, PlayId, TrackId, TrackPosition, TrackSource,
    WallTime,
};
use nest::{Comment, CommentText, Jam};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Plays taken in together.
const BATCH_PLAYS: usize = 500;
/// How far two machines' clocks may be apart.
const AHEAD_MAX: Duration = Duration::from_secs(600);
/// Lines that cannot be read, told one by one; more are counted.
const BAD_LINES_TOLD_MAX: usize = 20;
/// Accounts looked at together.
const PAGE: u32 = 500;

/// What an import works with.
pub struct PlayLogImport {
    /// Where the history is.
    pub database: Database,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from: the operating system.
    pub entropy: Box<dyn Entropy>,
    /// Seals addresses.
    pub sealer: Sealer,
    /// What the clocks of the logs showed.
    pub zone: Zone,
    /// The community's name: for the main nest, if it is not there yet.
    pub name: String,
}

/// What became of a folder of play logs.
#[derive(Debug, Default)]
pub struct PlayLogSummary {
    /// Files that were read.
    pub files: usize,
    /// New plays.
    pub added: usize,
    /// Plays that were known.
    pub known: usize,
    /// Plays that were known at another time: an earlier import had another time zone.
    pub moved: usize,
    /// People who were not known yet.
    pub people: usize,
    /// Lines that could not be read: how many.
    pub bad_count: usize,
    /// The first of them: `FILE:LINE`, and why.
    pub bad_lines: Vec<(String, String)>,
    /// Airhorns of new plays: who blew them, not which sound, stood in the logs.
    pub horns_left_out: usize,
    /// Files of other names, which were not read.
    pub other_files: usize,
}

impl PlayLogSummary {
    fn bad(&mut self, place: impl FnOnce() -> String, why: String) {
        self.bad_count += 1;
        if self.bad_lines.len() < BAD_LINES_TOLD_MAX {
            self.bad_lines.push((place(), why));
        }
    }
}

/// An import under way.
struct Import {
    with: PlayLogImport,
    nest: NestId,
    /// Members by the address they sign in with.
    present: BTreeMap<BlindIndex, MemberId>,
    /// People the logs named so far, by what they are called there.
    people: BTreeMap<String, (MemberId, MemberName)>,
    batch: Vec<Line>,
    summary: PlayLogSummary,
}

impl PlayLogImport {
    /// Takes in every play log of a folder, in the order of their days, into the nest with this code or the main one.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, there is no such nest, or the database fails; lines that are wrong are in
    /// the summary.
    pub async fn run(mut self, folder: &Path, nest: NestCode) -> Result<PlayLogSummary> {
        let now = self.clock.wall();
        let (files, other_files) = files(folder)?;
        let id = NestId::generate(now, &mut *self.entropy);
        let nest = match nest {
            NestCode::MAIN => ensure_main(&self.database, &self.name, id, now).await?,
            code => nests::find_by_code(&self.database, code).await?.ok_or(Error::NotFound("nest"))?,
        };
        let present = present(&self.database, &self.sealer).await?;
        let summary = PlayLogSummary { other_files, ..PlayLogSummary::default() };
        let batch = Vec::with_capacity(BATCH_PLAYS);
        let mut import =
            Import { with: self, nest: nest.id, present, people: BTreeMap::new(), batch, summary };
        for file in files {
            import.file(&file).await?;
        }
        import.take_in().await?;
        Ok(import.summary)
    }
}

/// The play logs of a folder, oldest first, and how many other files there are.
fn files(folder: &Path) -> Result<(Vec<PathBuf>, usize)> {
    let (mut files, mut others) = (Vec::new(), 0);
    let entries = std::fs::read_dir(folder).map_err(|error| Error::invalid("folder", error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Error::invalid("folder", error))?;
        let is_one = entry.file_name().to_str().is_some_and(is_file_name);
        match entry.file_type() {
            Ok(kind) if is_one && kind.is_file() => files.push(entry.path()),
            Ok(kind) if kind.is_file() => others += 1,
            Ok(_) | Err(_) => {}
        }
    }
    files.sort();
    Ok((files, others))
}

/// Members by the address of the accounts that sign them in.
async fn present(database: &Database, sealer: &Sealer) -> Result<BTreeMap<BlindIndex, MemberId>> {
    let mut present = BTreeMap::new();
    let mut after = None;
    loop {
        let page = identities::list_all(database, after, PAGE).await?;
        for identity in &page {
            let owner = identity.id.to_string();
            // What was sealed with a key that is lost is nobody's address any more.
            if let Ok(address) = sealer.open(IdentityAddress::of(&owner), &identity.address) {
                present.entry(PastAddress::index(sealer, &address)).or_insert(identity.member);
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.id),
            _ => return Ok(present),
        }
    }
}

impl Import {
    async fn file(&mut self, path: &Path) -> Result<()> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let unreadable = |error: std::io::Error| Error::invalid("folder", format!("{name}: {error}"));
        let mut reader = BufReader::new(File::open(path).map_err(unreadable)?);
        self.summary.files += 1;
        let mut text = Vec::new();
        for number in 1.. {
            text.clear();
            let limit = LINE_BYTES_MAX as u64 + 1;
            let read = (&mut reader).take(limit).read_until(b'\n', &mut text).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            let place = || format!("{name}:{number}");
            if text.last() != Some(&b'\n') && text.len() > LINE_BYTES_MAX {
                reader.skip_until(b'\n').map_err(unreadable)?;
                self.summary.bad(place, format!("longer than {LINE_BYTES_MAX} bytes"));
                continue;
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            match line::read(&text, &self.with.zone) {
                Ok(line) if line.own.is_none() && line.ended_at > self.with.clock.wall().plus(AHEAD_MAX) => {
                    self.summary
                        .bad(place, "it ends in the future: is this the time zone of the logs?".to_owned());
                }
                Ok(line) => self.batch.push(line),
                Err(why) => self.summary.bad(place, why),
            }
            if self.batch.len() >= BATCH_PLAYS {
                self.take_in().await?;
            }
        }
        Ok(())
    }

    /// Takes the plays in that have gathered.
    async fn take_in(&mut self) -> Result<()> {
        let mut batch = std::mem::take(&mut self.batch);
        // What this server recorded itself is right as it is, whatever the zone and whatever names its line has.
        let own: Vec<PlayId> = batch.iter().filter_map(|line| line.own).collect();
        let own = plays::recorded(&self.with.database, &own).await?;
        let read = batch.len();
        batch.retain(|line| line.own.is_none_or(|id| !own.contains(&id)));
        self.summary.known += read - batch.len();
        self.meet(&batch).await?;
        let now = self.with.clock.wall();
        let plays: Vec<PastPlay> = batch.iter().map(|line| self.play(line, now)).collect();
        let outcome = plays::import(&self.with.database, self.nest, &plays).await?;
        let added: BTreeSet<PlayId> = outcome.added.into_iter().collect();
        let fresh: Vec<_> = batch.iter().zip(&plays).filter(|(_, play)| added.contains(&play.id)).collect();
        self.summary.added += added.len();
        self.summary.known += outcome.known;
        self.summary.moved += outcome.moved;
        self.summary.horns_left_out += fresh.iter().map(|(line, _)| line.airhorns).sum::<usize>();
        Ok(())
    }

    /// Gets to know the people of some lines: those who are members, and those who are not yet.
    async fn meet(&mut self, batch: &[Line]) -> Result<()> {
        let now = self.with.clock.wall();
        let mut strangers: BTreeMap<String, PastMember> = BTreeMap::new();
        let said = |line: &'_ Line| -> Vec<String> {
            let said = line.jams.iter().chain(&line.comments).map(|said| said.user.clone());
            line.user.iter().cloned().chain(said).collect()
        };
        for user in batch.iter().flat_map(said) {
            let user = user.as_str();
            let key = user.to_lowercase();
            if self.people.contains_key(&key) || strangers.contains_key(&key) {
                continue;
            }
            let index = PastAddress::index(&self.with.sealer, user);
            if let Some(&member) = self.present.get(&index)
                && let Some(member) = members::get(&self.with.database, member).await?
            {
                self.people.insert(key, (member.id, member.name));
                continue;
            }
            let id = MemberId::generate(now, &mut *self.with.entropy);
            let owner = id.to_string();
            let sealed = self.with.sealer.seal(PastAddress::of(&owner), user, &mut *self.with.entropy);
            let address = sealed.map_err(|_| Error::Fault("an address could not be sealed"))?;
            let name = if is_address(user) { name_of_address(user) } else { name_from_elsewhere(user) };
            strangers.insert(key, PastMember { id, name, index, address, created_at: now });
        }
        let (keys, strangers): (Vec<_>, Vec<_>) = strangers.into_iter().unzip();
        let met = past_members::ensure(&self.with.database, &strangers).await?;
        self.summary.people += met.iter().zip(&strangers).filter(|((id, _), new)| *id == new.id).count();
        self.people.extend(keys.into_iter().zip(met));
        Ok(())
    }

    fn play(&mut self, line: &Line, now: WallTime) -> PastPlay {
        let added_by = line.user.as_ref().and_then(|user| self.people.get(&user.to_lowercase()));
        let mut said = ExternalTrack {
            id: TrackId::generate(now, &mut *self.with.entropy),
            source: TrackSource::Library,
            title: line.title.clone(),
            artist: line.artist.clone(),
            album: String::new(),
            duration: TrackPosition::from_millis(
                i64::try_from(line.duration.as_millis()).unwrap_or(i64::MAX),
            ),
            isrc: None,
            artwork_url: None,
            is_explicit: false,
            // A log says what a song was called, and not what its service says: that is asked when it is wanted.
            fetched_at: WallTime::from_micros(0),
        }
        .cleaned();
        let song = match line.song {
            LineSong::External(source) => {
                said.source = source;
                PastSong::External(said)
            }
            LineSong::Library(id) => PastSong::Library { id, said },
        };
        PastPlay {
            id: line.own.unwrap_or_else(|| play_id(line)),
            song,
            added_by: added_by.map(|(id, name)| (*id, name.to_string())),
            started_at: line.started.at,
            or_started_at: line.started.or,
            ended_at: line.ended_at,
            outcome: line.outcome,
            tally: line.tally,
            jams: line.jams.iter().filter_map(|jam| self.jam(jam)).collect(),
            comments: (1..).zip(&line.comments).filter_map(|(id, said)| self.comment(id, said)).collect(),
        }
    }

    fn jam(&self, jam: &Said) -> Option<Jam> {
        let (by, name) = self.people.get(&jam.user.to_lowercase())?;
        Some(Jam { by: *by, name: name.to_string(), at: jam.at })
    }

    fn comment(&self, number: u64, said: &Said) -> Option<Comment> {
        let (by, name) = self.people.get(&said.user.to_lowercase())?;
        let (by, name, text) = (*by, name.to_string(), CommentText::from_log(said.text.clone()));
        Some(Comment { id: CommentId::from_sequence(number), by, name, at: said.at, text })
    }
}

/// An id made of the line, which sorts by time like others.
fn play_id(line: &Line) -> PlayId {
    let millis = u128::from(line.started.shown.millis().unsigned_abs()) & ((1 << 48) - 1);
    let chance = line.digest[..10].iter().fold(0u128, |value, &byte| value << 8 | u128::from(byte));
    PlayId::from_u128(millis << 80 | chance)
}
