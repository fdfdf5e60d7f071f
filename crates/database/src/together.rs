//! Writers that commit together. On SQLite every commit waits for the disk, and there is one writer: so whoever waits
//! for the disk gathers the groups of writes that queue up meanwhile and commits them in one transaction, a savepoint
//! each, so that one that fails spoils nobody else.
//!
//! No task runs for this. The commit under way is one future, shared and driven by all who wait: a caller that goes away
//! takes nothing from the others, even in the middle of the commit. When the last one goes, the commit is dropped and
//! with it the transaction, so that the writer is free again.

use crate::query::{Execute as _, Write};
use crate::{Database, Engine, Error, Result, Transaction, transaction};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Either, Shared, select};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// The most groups in one commit: it bounds how long the first waits for the last.
const GROUPS_MAX: usize = 64;

/// A set of writes that happens as a whole.
#[derive(Debug)]
struct Group {
    writes: Vec<Write>,
    answer: oneshot::Sender<Result<()>>,
}

/// The queue, and the commit under way.
#[derive(Debug, Default)]
pub(crate) struct Together {
    state: Mutex<State>,
    commits: AtomicU64,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Group>,
    /// The commit under way, kept for as long as anybody waits.
    running: Option<Shared<BoxFuture<'static, ()>>>,
    waiters: usize,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("waiting", &self.waiting.len())
            .field("waiters", &self.waiters)
            .finish_non_exhaustive()
    }
}

/// A caller that waits. Dropped when it has its answer or goes away.
struct Waiter<'a>(&'a Together);

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.waiters -= 1;
        if state.waiters == 0 {
            let left = (state.running.take(), std::mem::take(&mut state.waiting));
            // What is dropped may take its time: not under the lock.
            drop(state);
            drop(left);
        }
    }
}

impl Database {
    /// How many commits have served groups of appends: below the number of appends when they came at once.
    pub fn grouped_commits(&self) -> u64 {
        self.together().commits.load(Ordering::Relaxed)
    }

    /// Runs the writes in one transaction, which may be shared with other callers' writes. A caller that holds this
    /// future without polling it may hold up the writer, as with an open transaction.
    pub(crate) async fn write_together(&self, writes: Vec<Write>) -> Result<()> {
        if self.engine() != Engine::Sqlite {
            return self.write_alone(&writes).await;
        }
        let (answer, mut answered) = oneshot::channel();
        let _waiter = self.together().enqueue(Group { writes, answer });
        loop {
            let commit = self.current_commit();
            if let Either::Left((answer, _)) = select(&mut answered, commit).await {
                return answer.unwrap_or_else(|_| Err(Error::engine("the commit panicked")));
            }
        }
    }

    /// The commit under way, or a new one of what is waiting.
    fn current_commit(&self) -> Shared<BoxFuture<'static, ()>> {
        let mut state = self.together().lock();
        if let Some(running) = state.running.as_ref().filter(|running| running.peek().is_none()) {
            return running.clone();
        }
        let count = state.waiting.len().min(GROUPS_MAX);
        let groups: Vec<Group> = state.waiting.drain(..count).collect();
        let database = self.clone();
        let commit = async move { database.commit_groups(groups).await }.boxed().shared();
        state.running = Some(commit.clone());
        commit
    }

    async fn commit_groups(&self, groups: Vec<Group>) {
        // Whoever is gone no longer wants it.
        let groups: Vec<Group> = groups.into_iter().filter(|group| !group.answer.is_closed()).collect();
        if groups.is_empty() {
            return;
        }
        let outcome = transaction!(self, |tx| {
            let mut outcomes = Vec::with_capacity(groups.len());
            for group in &groups {
                outcomes.push(tx.write_group(&group.writes).await?);
            }
            Ok(outcomes)
        });
        self.together().commits.fetch_add(1, Ordering::Relaxed);
        let outcomes = match outcome {
            Ok(outcomes) => outcomes,
            Err(error) => groups.iter().map(|_| Err(error.clone())).collect(),
        };
        for (group, outcome) in groups.into_iter().zip(outcomes) {
            let _gone = group.answer.send(outcome);
        }
    }

    async fn write_alone(&self, writes: &[Write]) -> Result<()> {
        transaction!(self, |tx| {
            for write in writes {
                write.accept((&mut tx).run(write.statement, write.values.clone()).await?)?;
            }
            Ok(())
        })
    }
}

impl Together {
    fn enqueue(&self, group: Group) -> Waiter<'_> {
        let mut state = self.lock();
        state.waiting.push_back(group);
        state.waiters += 1;
        Waiter(self)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transaction {
    /// Runs the writes of a group in a savepoint. The outer error is one that ends the whole transaction.
    async fn write_group(&mut self, writes: &[Write]) -> Result<Result<()>> {
        self.script("savepoint one_group").await?;
        for write in writes {
            // Past `Transaction`, which would take a failed statement for the end of everything.
            let done = self.lease().run(write.statement, write.values.clone()).await;
            match done.and_then(|changed| write.accept(changed)) {
                Ok(()) => {}
                Err(error @ (Error::Unique { .. } | Error::ForeignKey | Error::Constraint { .. })) => {
                    self.script("rollback to one_group; release one_group").await?;
                    return Ok(Err(error));
                }
                Err(error) => return Err(error),
            }
        }
        self.script("release one_group").await?;
        Ok(Ok(()))
    }
}
