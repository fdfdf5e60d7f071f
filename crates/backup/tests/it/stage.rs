//! What every scenario needs: a database with people and logs in it, files beside it, places for backups, keys, a clock.

use backup::{Destination, Keys, NameKey, Root, S3Options, Source, Store, Vault, create, verify};
use database::{Database, Options, migrate};
use fakes::FakeBucket;
use model::{Clock, Entropy, SeededEntropy, ServerInstant, WallTime};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

pub const KEY_ID: &str = "AKIDROOKERY";
pub const KEY: &str = "a-secret-access-key-for-tests";

/// The system's clock: signatures and shipped instants are of real time.
#[derive(Debug)]
pub struct RealClock(std::time::Instant, WallTime);

impl RealClock {
    #[expect(clippy::disallowed_methods, reason = "tests of shipping are about real time")]
    pub fn start() -> Arc<dyn Clock> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let wall = WallTime::from_micros(i64::try_from(now.as_micros()).unwrap());
        Arc::new(Self(std::time::Instant::now(), wall))
    }
}

impl Clock for RealClock {
    fn instant(&self) -> ServerInstant {
        ServerInstant::from_micros(u64::try_from(self.0.elapsed().as_micros()).unwrap())
    }

    fn wall(&self) -> WallTime {
        self.1.plus(self.0.elapsed())
    }
}

/// A database to back up, and where to.
pub struct Stage {
    pub home: TempDir,
    pub clock: Arc<dyn Clock>,
    pub database: Database,
    pub url: String,
    pub token: Option<String>,
    pub vaults: Vec<Vault>,
    pub names: NameKey,
    pub key_file: String,
    pub entropy: SeededEntropy,
}

pub fn keys() -> (Keys, String) {
    let (file, _) = Keys::generate();
    (Keys::read(&[], &[("a test".into(), file.clone())]).unwrap(), file)
}

pub fn bucket(clock: &Arc<dyn Clock>) -> (FakeBucket, S3Options) {
    let bucket = FakeBucket::start("nest-egg", KEY_ID, KEY, Arc::clone(clock));
    let options = S3Options {
        endpoint: bucket.server.origin(),
        region: "eu-central-1".into(),
        access_key_id: KEY_ID.into(),
        secret_access_key: KEY.into(),
    };
    (bucket, options)
}

impl Stage {
    /// An SQLite file with one place, a folder.
    pub async fn sqlite() -> Self {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", home.path().join("data/rookery.db").display());
        Self::on(home, url, Options::default()).await
    }

    pub async fn on(home: TempDir, url: String, options: Options) -> Self {
        let data = home.path().join("data");
        std::fs::create_dir_all(data.join("blobs/original/ab")).unwrap();
        std::fs::write(data.join("secret.key"), "0".repeat(64)).unwrap();
        std::fs::write(data.join("blobs/original/ab/abcd"), vec![7; 3_000_000]).unwrap();
        let clock = RealClock::start();
        let token = options.token.clone();
        let database = Database::open(&url, options).await.unwrap();
        migrate::up(&database, clock.wall()).await.unwrap();
        let (keys, key_file) = keys();
        let names = NameKey::derive(&[3; 32], keys.recipients());
        let place = Destination::Folder(home.path().join("backups"));
        let store = Store::open(&place, None, &clock).await.unwrap();
        let vaults = vec![Vault::new(store, keys)];
        let entropy = SeededEntropy::from_seed(7);
        Self { home, clock, database, url, token, vaults, names, key_file, entropy }
    }

    /// One more place.
    pub async fn add(&mut self, place: &Destination, s3: Option<&S3Options>) {
        let store = Store::open(place, s3, &self.clock).await.unwrap();
        let keys = Keys::read(&[], &[("a test".into(), self.key_file.clone())]).unwrap();
        self.vaults.push(Vault::new(store, keys));
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub fn backups(&self) -> PathBuf {
        self.home.path().join("backups")
    }

    pub fn roots(&self) -> Vec<Root> {
        let data = self.data();
        let leave_out = vec![data.join("rookery.db"), data.join(".backup-"), data.join("backup.lock")];
        vec![Root { name: String::new(), path: data, leave_out }]
    }

    pub fn source<'a>(&'a self, roots: &'a [Root]) -> Source<'a> {
        Source {
            database: &self.database,
            url: &self.url,
            token: self.token.as_deref(),
            roots,
            scratch: self.home.path(),
            environment: "test",
            release: "0",
            names: &self.names,
            clock: &*self.clock,
        }
    }

    /// Takes a snapshot that must work everywhere.
    pub async fn snapshot(&mut self) -> backup::Created {
        let roots = self.roots();
        let mut entropy = SeededEntropy::from_seed(self.entropy.next_u64());
        let source = self.source(&roots);
        let created = create(&source, &self.vaults, None, &mut entropy, &|_| {}).await.unwrap();
        assert!(created.failures.iter().all(Option::is_none), "{:?}", created.failures);
        created
    }

    /// What is found when it is checked.
    pub async fn check(&self, id: &backup::SnapshotId) -> Option<String> {
        let roots = self.roots();
        verify(&self.vaults[0], id, &self.source(&roots), true, &|_| {}).await.unwrap().mark.fault
    }

    /// Writes a value, acknowledged when this returns.
    pub async fn write(&self, name: &str, value: &[u8]) {
        write(&self.database, name, value).await;
    }
}

pub async fn write(database: &Database, name: &str, value: &[u8]) {
    database::settings::set(database, name, value).await.unwrap();
}

/// What stands in a restored folder under a name.
pub async fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let url = format!("sqlite:{}", folder.join("rookery.db").display());
    let database = Database::open(&url, Options::default()).await.unwrap();
    let value = database::settings::get(&database, name).await.unwrap();
    database.close().await;
    value
}

/// Every file of a folder, with its bytes.
pub fn tree(folder: &Path) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
