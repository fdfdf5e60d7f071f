//! How the server is run, on one page: `GET /api/v1/operations`, for administrators. Nothing here is a secret: addresses are
//! without passwords, settings are not shown.

use super::{HealthPart, PartState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything at once, as one process sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Operations {
    /// When it was looked at.
    pub at_ms: i64,
    /// The process that answers.
    pub process: ProcessState,
    /// Each part of the server, as in `GET /health/deep`.
    pub parts: Vec<HealthPart>,
    /// What the server watches of itself.
    pub alerts: AlertsState,
    /// The database's schema.
    pub schema: SchemaState,
    /// Backups, place by place.
    pub backups: BackupsState,
    /// Releases on this machine.
    pub releases: ReleasesState,
    /// The environments that are declared, side by side; none without a declaration.
    pub environments: Vec<DeclaredEnvironment>,
    /// What takes room on this machine.
    pub used: Vec<RoomTaken>,
    /// The disks that are watched.
    pub disks: Vec<DiskState>,
    /// How close the machine came to its ends lately.
    pub capacity: CapacityState,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProcessState {
    /// The environment it belongs to.
    pub environment: String,
    /// The version of its program.
    pub version: String,
    /// The release it was started from; nothing where it came by another way.
    pub release: Option<String>,
    /// The commit that release was built from.
    pub commit: Option<String>,
    /// `blue` or `green`; nothing without slots.
    pub slot: Option<String>,
    /// `serving`, `waiting`, `leaving` or `ending`.
    pub stance: String,
    /// When it started.
    pub started_at_ms: i64,
    /// `sqlite`, `postgres` or `libsql`.
    pub engine: String,
    /// Its connections and sockets.
    pub visitors: u64,
    /// What of it is in memory; nothing if the system does not say.
    pub memory_bytes: Option<u64>,
    /// How much of one processor it has used on average since it started, 0 to the number of processors.
    pub processor_share: Option<f64>,
    /// How much of the machine's memory, or of what is allotted, is taken, 0 to 1.
    pub machine_memory_share: Option<f64>,
    /// How busy the machine's processors are, 0 to 1.
    pub machine_processor_share: Option<f64>,
}

/// What the server watches of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertsState {
    /// How many rules there are.
    pub rules: u32,
    /// What is bad now.
    pub open: Vec<OpenAlert>,
}

/// Something bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenAlert {
    /// The rule's name.
    pub rule: String,
    /// Of what, where there are several: a disk, a certificate.
    pub about: String,
    /// Whether it has lasted long enough to be told; else it is pending.
    pub firing: bool,
    /// Since when.
    pub since_ms: i64,
    /// What was seen.
    pub value: String,
    /// What is the matter, in a sentence.
    pub summary: String,
    /// `page` or `ticket`.
    pub urgency: String,
    /// The part of the manual that says what to do.
    pub runbook: String,
}

/// Where the database's schema stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SchemaState {
    /// The newest migration that this program knows.
    pub known: u32,
    /// The migration a program must know at least to work with what this one makes of a database.
    pub min_reader: u32,
    /// The migration a program must know at least to work with the database as it is.
    pub database_min_reader: Option<u32>,
    /// Every migration, oldest first.
    pub steps: Vec<SchemaStep>,
    /// Why nothing more is known.
    pub fault: Option<String>,
}

/// A migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SchemaStep {
    /// As in `0001_people`.
    pub name: String,
    /// Whether it is applied.
    pub state: SchemaStepState,
    /// When it was.
    pub applied_at_ms: Option<i64>,
}

/// Whether a migration is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SchemaStepState {
    /// It is.
    Applied,
    /// It is missing.
    Pending,
    /// It is, by a later release than this one.
    Unknown,
}

/// Backups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackupsState {
    /// Every place; none: no backups are set up.
    pub places: Vec<BackupPlace>,
    /// How often a whole copy is made.
    pub every_s: Option<u64>,
    /// When the places were looked at: that is done once a minute at most.
    pub looked_at_ms: Option<i64>,
    /// Whether every place takes the log of the database, so that any instant can be restored; nothing where another
    /// process ships it, or it has none to ship.
    pub shipping: Option<bool>,
    /// For how long the oldest part of the log has been waiting for a place.
    pub shipping_lag_s: Option<f64>,
}

/// A place of backups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackupPlace {
    /// Where, as it is declared.
    pub place: String,
    /// Whether it is somewhere else than on the disk of the data.
    pub off_site: bool,
    /// How many whole copies there are.
    pub copies: u32,
    /// The newest of them.
    pub newest: Option<BackupCopy>,
    /// The newest that was restored and found sound.
    pub newest_sound: Option<BackupCopy>,
    /// How the last drill went, in which some instant was restored.
    pub drill: Option<DrillState>,
    /// Why nothing, or no more, is known of it.
    pub fault: Option<String>,
}

/// A whole copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupCopy {
    /// Its name.
    pub id: String,
    /// The instant it shows.
    pub taken_at_ms: i64,
    /// Everything it holds, before it is packed; copies share what did not change.
    pub bytes: Option<u64>,
    /// When it was restored and compared; nothing: it was not yet.
    pub checked_at_ms: Option<i64>,
    /// What was wrong with it then.
    pub fault: Option<String>,
}

/// How a drill went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrillState {
    /// When it was.
    pub at_ms: i64,
    /// Which instant was to be restored.
    pub asked_ms: i64,
    /// How long restoring and looking took.
    pub took_ms: u64,
    /// What was wrong; nothing if the copy was sound.
    pub faults: Vec<String>,
}

/// Releases of this environment on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleasesState {
    /// Whether releases are brought to this machine for this environment.
    pub here: bool,
    /// The release that serves.
    pub serving: Option<String>,
    /// The releases that are here, newest first.
    pub kept: Vec<KeptRelease>,
    /// The last changes, newest first.
    pub changes: Vec<ReleaseChange>,
    /// Why nothing, or no more, is known.
    pub fault: Option<String>,
}

/// A release that is on the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptRelease {
    /// Which.
    pub id: String,
    /// Whether it was brought, looked at, watched and confirmed here, and not put back since.
    pub proven: bool,
}

/// A change from one release to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseChange {
    /// Counted from 1.
    pub number: u64,
    /// `deploy` or `rollback`.
    pub kind: String,
    /// The release that came.
    pub release: String,
    /// What served before.
    pub previous: Option<String>,
    /// Each step that was taken; the last says how it ended: `done`, `reverted`, `abandoned` or `held`.
    pub steps: Vec<ReleaseStep>,
}

/// A step of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseStep {
    /// `begun`, `checking`, `switching`…
    pub name: String,
    /// When, RFC 3339.
    pub at: String,
    /// What there is to say about it.
    pub said: String,
}

/// An environment as it is declared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeclaredEnvironment {
    /// Its name.
    pub name: String,
    /// Whether this process is of it.
    pub here: bool,
    /// The address people use.
    pub url: String,
    /// `local`, `ssh`, `compose`, `fly` or `digitalocean`.
    pub target: String,
    /// The machine or app.
    pub machine: String,
    /// `local`, `manual`, `push` or `release`: what brings releases there.
    pub trigger: String,
    /// Of which branch, or of which kind.
    pub trigger_of: Option<String>,
    /// The environment whose releases it takes.
    pub promote_from: Option<String>,
    /// Whether it is not for everybody.
    pub closed: bool,
    /// Percent of people a release is tried on, step by step; none: it is not.
    pub canary: Vec<u8>,
    /// Where its backups go.
    pub backups: Vec<String>,
    /// How many releases stay.
    pub releases_kept: Option<u16>,
    /// How many hourly, daily, weekly and monthly copies stay.
    pub backups_kept: Option<[u16; 4]>,
    /// For how many days logs stay.
    pub logs_days: Option<u16>,
    /// US dollars a month it may cost.
    pub usd_month: Option<f64>,
    /// Memory a process may take, in MiB.
    pub memory_mib: Option<u32>,
}

/// What takes room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomTaken {
    /// `data`, `database`, `play_logs`, `backups` or `releases`. The database may be a part of the data.
    pub what: String,
    /// Bytes; nothing while it is being measured, and if it cannot be.
    pub bytes: Option<u64>,
}

/// A disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DiskState {
    /// What is on it, as alerts name it.
    pub name: String,
    /// Bytes that are free.
    pub free_bytes: u64,
    /// Bytes it has.
    pub total_bytes: u64,
    /// How it is.
    pub state: PartState,
}

/// How close the machine came to its ends, and what grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CapacityState {
    /// So many days are looked at, today too; the server may have counted for fewer.
    pub days: u32,
    /// The most that was taken of each at once; none where nobody counted.
    pub peaks: Vec<Peak>,
}

/// The most that was taken of something at once, on the worst of the days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Peak {
    /// Of what.
    pub what: PeakOf,
    /// Of which disk, as alerts name it; else empty.
    pub name: String,
    /// A share of the whole, 0 to 1; of `visitors` their number.
    pub highest: f64,
    /// On which day, `2026-11-20`.
    pub date: String,
    /// In how many days it is full, if it goes on growing as it did on these days; nothing if it does not grow.
    pub full_in_days: Option<u32>,
    /// Whether it is time for more.
    pub is_tight: bool,
}

/// What somebody can run out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeakOf {
    /// The machine's processors.
    Processor,
    /// The machine's memory, or what is allotted of it.
    Memory,
    /// Room on a disk.
    Disk,
    /// Connections and sockets of people; they have no end of their own, and take of the others.
    Visitors,
}
