//! EchoNest's API, as its desktop client and the bots of its communities speak it. `docs/from-echonest.md` has the table
//! of routes, and what is different on purpose.
//!
//! Every route is about the main nest, unless the address says another: `?nest=CODE`, or `/nest/CODE` before the path, for
//! clients that know only a server's address. Deliberately not here: EchoNest's pages; the web UI has its own.

mod ask;
mod changes;
mod commands;
mod events;
mod forms;
mod history;
mod horns;
mod kept;
mod link;
mod nests;
mod pages;
mod public;
mod refused;
mod requests;
mod search;
mod show;
mod socket;
mod soundcloud;
mod spotify;

pub(crate) use kept::Kept;

use crate::app::App;
use axum::Router;
use axum::routing::{MethodRouter, any, get, post};
use std::time::Duration;

/// What can be set about it.
#[derive(Clone, Debug, Default)]
pub struct EchonestConfig {
    /// Codes that buy a desktop client a token to listen and add; letter for letter.
    pub invite_codes: Vec<String>,
}

/// Who a song is by that nobody added.
const NOBODY: &str = "the@echonest.com";
/// How long a stream is silent before it says that it is still there. Clients' proxies close what is silent.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Between two positions of what plays.
const POSITION_EVERY: Duration = Duration::from_secs(1);

/// The routes that are about one nest.
fn of_a_nest() -> Router<App> {
    Routes::default()
        .route("/api/events", get(events::events))
        .route("/api/playing", get(public::playing_with_token))
        .route("/api/queue", get(public::queue_with_token))
        .route("/api/add_song", post(commands::add_song))
        .route("/api/queue/remove", post(commands::remove))
        .route("/api/queue/skip", post(commands::skip))
        .route("/api/queue/vote", post(commands::vote))
        .route("/api/queue/pause", post(commands::pause))
        .route("/api/queue/resume", post(commands::resume))
        .route("/api/queue/clear", post(commands::clear))
        .route("/api/spotify/{what}", any(spotify::absent))
        .route("/api/sync-token", post(link::buy_token))
        .route("/api/sync-link", post(link::link))
        .route("/search/v2", get(search::search))
        .route("/static/audio/{file}", get(horns::sound))
        .route("/add_song", post(forms::add_song))
        .route("/jam", post(forms::jam))
        .route("/blast_airhorn", post(forms::horn))
        .route("/queue/", get(public::queue))
        .route("/queue/{id}", get(public::entry))
        .route("/playing/", get(public::playing))
        .route("/last/", get(history::last))
        .route("/history/{count}", get(history::history))
        .route("/user_history/{name}", get(history::of_person))
        .route("/airhorns/", get(horns::blown))
        .route("/airhorn_list", get(horns::names))
        .0
}

/// All routes of this dialect.
pub(crate) fn router() -> Router<App> {
    Routes(of_a_nest().nest("/nest/{nest}", of_a_nest()))
        .route("/socket/", get(socket::whole))
        .route("/socket/{nest}/", get(socket::whole))
        .route("/volume/", get(socket::volume))
        .route("/volume/{nest}", get(socket::volume))
        .route("/api/nests", get(nests::list).post(nests::open))
        .route("/api/nests/{nest}", get(nests::show).patch(nests::rename).delete(nests::close))
        .route("/sync/link", get(link::page))
        .route("/nest/{nest}/sync/link", get(link::page))
        .route("/logout/", get(pages::settings))
        .route("/spotify_connect/", get(pages::settings))
        .route("/get_volume/", get(pages::volume))
        .0
}

/// Routes that answer with a slash at their end and without, as EchoNest's did: bots write either.
#[derive(Default)]
struct Routes(Router<App>);

impl Routes {
    fn route(self, path: &str, answered: MethodRouter<App>) -> Self {
        let other = path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned);
        Self(self.0.route(path, answered.clone()).route(&other, answered))
    }
}
