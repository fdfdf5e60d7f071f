//! A server that a test's own process serves until it is asked to end: on a clock that is set from outside, ended by
//! signals as the real program is, and begun again on the same folder.
//!
//! Deliberately not here: how the process is started and talked to; that is the test's.

use crate::app::{Place, Served, serve};
use crate::http::Site;
use server::Config;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// How often it looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Serves until SIGTERM comes or whoever holds the other end of `asked` lets go, and ends as the program does. `ready` is
/// told how to reach it and the secret of a first-run link. Whether everything that ran has finished.
pub fn stand(place: Place, config: Config, asked: &Receiver<()>, ready: impl FnOnce(&Site, &str)) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut terminate = signal(SignalKind::terminate()).expect("signals can be heard");
        let Served { app, site, setup_token, lifecycle, database } = serve(place, config).await;
        ready(&site, &setup_token);
        let let_go = async {
            while asked.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            _ = terminate.recv() => {}
            () = let_go => {}
        }
        let finished = lifecycle.shut_down().await;
        drop(app);
        database.close().await;
        finished
    })
}
