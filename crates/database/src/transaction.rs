//! Transactions: serializable on every engine, run again when they lose a race, never half reused.

use crate::engine::{Connection, Engine, Lease};
use crate::query::{Execute, Statement};
use crate::row::Row;
use crate::value::Value;
use crate::{Database, Error, Result};
use std::time::Duration;

/// How often a transaction that loses races is run before the conflict is reported.
pub const TRANSACTION_ATTEMPTS_MAX: u32 = 16;
const PAUSE_FIRST: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(100);

/// An open transaction. Dropped unfinished, it is rolled back and its connection closed. After the first statement that
/// fails it can only be rolled back, whatever the engine.
#[derive(Debug)]
pub struct Transaction {
    lease: Lease,
    engine: Engine,
    failed: bool,
}

impl Transaction {
    pub(crate) async fn begin(mut lease: Lease, engine: Engine) -> Result<Self> {
        lease.unsettle();
        let words = match lease.connection()? {
            Connection::Postgres(connection) => connection.begin(" isolation level serializable"),
            // The write lock at once: a reader that turns writer can only fail.
            Connection::Sqlite(_) | Connection::Libsql(_) => "begin immediate".to_owned(),
        };
        if let Err(error) = lease.script(&words).await {
            if error.is_conflict() {
                // Nothing was begun, so the connection is as good as before.
                lease.settle();
            }
            return Err(error);
        }
        lease.connection()?.set_in_transaction(true);
        Ok(Self { lease, engine, failed: false })
    }

    /// Makes it last.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it lost a race and nothing happened; [`Error::Unreachable`] if the outcome is unknown.
    pub async fn commit(mut self) -> Result<()> {
        if self.failed {
            self.rollback().await;
            return Err(Error::TransactionOver);
        }
        self.lease.script("commit").await?;
        self.settle();
        Ok(())
    }

    /// Undoes it.
    pub async fn rollback(mut self) {
        if self.lease.script("rollback").await.is_ok() {
            self.settle();
        }
    }

    /// Which engine it runs on.
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    fn settle(&mut self) {
        if let Ok(connection) = self.lease.connection() {
            connection.set_in_transaction(false);
        }
        self.lease.settle();
    }

    fn ready(&mut self) -> Result<&mut Lease> {
        if self.failed { Err(Error::TransactionOver) } else { Ok(&mut self.lease) }
    }

    fn note<T>(&mut self, answer: Result<T>) -> Result<T> {
        self.failed |= answer.is_err();
        answer
    }

    /// Runs SQL without parameters, possibly several statements, inside the transaction. See
    /// [`Database::run_script`].
    ///
    /// # Errors
    /// Whatever the engine says.
    pub async fn run_script(&mut self, sql: &str) -> Result<()> {
        self.script(sql).await
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<()> {
        let answer = self.ready()?.script(sql).await;
        self.note(answer)
    }

    /// The rows of a statement that is made at run time.
    pub(crate) async fn ask(&mut self, sql: &str) -> Result<Vec<Row>> {
        let answer = self.ready()?.ask(sql).await;
        self.note(answer)
    }

    /// The connection itself, for the statement check and for savepoints.
    pub(crate) const fn lease(&mut self) -> &mut Lease {
        &mut self.lease
    }
}

impl Execute for &mut Transaction {
    async fn rows(self, statement: &'static Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        let answer = self.ready()?.rows(statement, values).await;
        self.note(answer)
    }

    async fn run(self, statement: &'static Statement, values: Vec<Value>) -> Result<u64> {
        let answer = self.ready()?.run(statement, values).await;
        self.note(answer)
    }
}

/// The bookkeeping of [`transaction!`](crate::transaction!).
#[derive(Debug)]
pub struct Attempts {
    database: Database,
    left: u32,
    pause: Duration,
}

impl Attempts {
    /// None made yet.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone(), left: TRANSACTION_ATTEMPTS_MAX, pause: PAUSE_FIRST }
    }

    /// The next transaction.
    ///
    /// # Errors
    /// Whatever the engine says, [`Error::Conflict`] only after the last attempt.
    pub async fn begin(&mut self) -> Result<Transaction> {
        loop {
            match self.database.begin().await {
                Err(error) if error.is_conflict() && self.again().await => {}
                begun => return begun,
            }
        }
    }

    /// Commits or rolls back. `None` means that a race was lost and the block is to be run again.
    pub async fn finish<T>(&mut self, transaction: Transaction, outcome: Result<T>) -> Option<Result<T>> {
        let outcome = match outcome {
            Ok(value) => transaction.commit().await.map(|()| value),
            Err(error) => {
                transaction.rollback().await;
                Err(error)
            }
        };
        match outcome {
            Err(error) if error.is_conflict() && self.again().await => None,
            outcome => Some(outcome),
        }
    }

    async fn again(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        true
    }
}

/// `transaction!(&database, |tx| { … Ok(value) })`: the block in a serializable transaction, again when it lost a race, so
/// it must have no effect outside. `tx` is a [`Transaction`]: pass `&mut tx`.
///
/// A macro and not a closure: a closure that borrows its surroundings keeps axum's handlers from being `Send`.
#[macro_export]
macro_rules! transaction {
    ($database:expr, |$tx:ident| $body:block) => {{
        let mut attempts = $crate::Attempts::new($database);
        loop {
            let mut $tx = match attempts.begin().await {
                Ok(transaction) => transaction,
                Err(error) => break Err(error),
            };
            let outcome: $crate::Result<_> = async { $body }.await;
            if let Some(outcome) = attempts.finish($tx, outcome).await {
                break outcome;
            }
        }
    }};
}
