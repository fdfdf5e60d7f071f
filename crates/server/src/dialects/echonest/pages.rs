//! Addresses of EchoNest's pages that people have kept: they lead to where the same thing is here.

use super::ask::Onlooker;
use axum::response::Redirect;

/// `/logout/` and `/spotify_connect/`: the settings, where one signs out and links accounts. Following a link changes
/// nothing by itself.
pub(super) async fn settings() -> Redirect {
    Redirect::to("/settings")
}

/// `GET /get_volume/`: a number as text.
pub(super) async fn volume(Onlooker(room): Onlooker) -> String {
    room.state().volume_percent().to_string()
}
