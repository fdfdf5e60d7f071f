//! What was found when somebody last looked: however many look at once, it is looked at once.

use crate::limits;
use model::ServerInstant;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The last look.
#[derive(Debug)]
pub(super) struct Glance<Found>(Mutex<Option<(ServerInstant, Arc<Found>)>>);

impl<Found> Default for Glance<Found> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Found> Glance<Found> {
    /// Looks, unless somebody did a moment ago.
    pub(super) async fn or(&self, now: ServerInstant, look: impl Future<Output = Found>) -> Arc<Found> {
        let mut last = self.0.lock().await;
        if let Some((at, found)) = &*last
            && now.since(*at) < limits::DEEP_KEPT
        {
            return Arc::clone(found);
        }
        let found = Arc::new(look.await);
        *last = Some((now, Arc::clone(&found)));
        found
    }
}
