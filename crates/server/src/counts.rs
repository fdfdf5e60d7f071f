//! What is counted day by day: calls to services, and sign-ins. Counted in memory where they happen, and added up in the
//! database now and then, so that no request writes for it. What was counted in the last minute before the power fails is
//! lost; a call in the last minute of a day may stand in the next.

use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use crate::sign_in::Fault;
use database::daily_counts::{self, DailyCount, Subject};
use model::WallTime;
use protocol::http as wire;
use providers::{CallOutcome, Provider};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Sign-ins since they were last written down, by service and outcome. There are as many as services are set up.
#[derive(Debug, Default)]
pub(crate) struct SignIns(Mutex<BTreeMap<(String, &'static str), u64>>);

impl SignIns {
    fn count(&self, service: &str, outcome: &'static str, sign_ins: u64) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.entry((service.to_owned(), outcome)).or_default() += sign_ins;
    }

    fn take(&self) -> BTreeMap<(String, &'static str), u64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

const SUCCEEDED: &str = "succeeded";
const REFUSED: &str = "refused";
const FAILED: &str = "failed";

/// Somebody came back from a service that is set up here.
pub(crate) fn came_back<T>(app: &App, service: &str, done: &Result<T>) {
    let outcome = match done {
        Ok(_) => SUCCEEDED,
        Err(Error::SignIn(Fault::ProviderAway | Fault::Misconfigured)) => FAILED,
        Err(Error::SignIn(_) | Error::RateLimited { .. }) => REFUSED,
        Err(_) => FAILED,
    };
    app.sign_ins().count(service, outcome, 1);
}

/// Writes down now and then what was counted, and once more at the end.
pub(crate) fn start(app: &App) {
    let task = app.clone();
    app.lifecycle().spawn(async move {
        loop {
            let goes_on = tokio::select! {
                () = task.lifecycle().stopping() => false,
                () = tokio::time::sleep(limits::COUNTS_WRITTEN_EVERY) => true,
            };
            if let Err(error) = write_down(&task).await {
                tracing::warn!(%error, "what was counted could not be written down");
            }
            if !goes_on {
                break;
            }
        }
    });
}

/// Writes down what this process has counted so far.
///
/// # Errors
/// Whatever the database says; nothing of what was counted is lost then.
async fn write_down(app: &App) -> Result<()> {
    let day = app.config().zone.day_number(app.now());
    let counted = |name: &str, outcome: &str, amount| DailyCount {
        day,
        name: name.to_owned(),
        outcome: outcome.to_owned(),
        amount,
    };
    for calls in [app.sources().calls(), app.sign_in().calls()] {
        let taken = calls.take();
        let rows: Vec<_> = taken
            .iter()
            .filter_map(|&(provider, outcome, amount)| {
                Some(counted(provider_name(provider)?, outcome_name(outcome), amount))
            })
            .collect();
        if let Err(error) = daily_counts::add(app.database(), Subject::ProviderCalls, &rows).await {
            taken.into_iter().for_each(|(provider, outcome, amount)| calls.count(provider, outcome, amount));
            return Err(error.into());
        }
    }
    let taken = app.sign_ins().take();
    let rows: Vec<_> =
        taken.iter().map(|((service, outcome), amount)| counted(service, outcome, *amount)).collect();
    if let Err(error) = daily_counts::add(app.database(), Subject::SignIns, &rows).await {
        for ((service, outcome), amount) in taken {
            app.sign_ins().count(&service, outcome, amount);
        }
        return Err(error.into());
    }
    Ok(())
}

/// What was counted on the days of a time, up to this moment.
async fn read(app: &App, subject: Subject, time: &Range<WallTime>) -> Result<Vec<DailyCount>> {
    write_down(app).await?;
    let zone = &app.config().zone;
    // The day in which the time ends is part of it.
    let days = zone.day_number(time.start)..zone.day_number(time.end) + 1;
    Ok(daily_counts::list(app.database(), subject, days).await?)
}

/// Calls to services.
pub(crate) async fn provider_calls(app: &App, time: &Range<WallTime>) -> Result<Vec<wire::ProviderCalls>> {
    let shown = |count: DailyCount| {
        let outcome = CallOutcome::ALL.into_iter().find(|outcome| outcome_name(*outcome) == count.outcome)?;
        let outcome = match outcome {
            CallOutcome::Answered => wire::CallOutcome::Answered,
            CallOutcome::Refused => wire::CallOutcome::Refused,
            CallOutcome::Limited => wire::CallOutcome::Limited,
            CallOutcome::Failed => wire::CallOutcome::Failed,
        };
        let date = app.config().zone.date_of(count.day);
        Some(wire::ProviderCalls { date, provider: count.name, outcome, calls: count.amount })
    };
    Ok(read(app, Subject::ProviderCalls, time).await?.into_iter().filter_map(shown).collect())
}

/// Sign-ins.
pub(crate) async fn sign_ins(app: &App, time: &Range<WallTime>) -> Result<Vec<wire::SignIns>> {
    let shown = |count: DailyCount| {
        let outcome = match count.outcome.as_str() {
            SUCCEEDED => wire::SignInOutcome::Succeeded,
            REFUSED => wire::SignInOutcome::Refused,
            FAILED => wire::SignInOutcome::Failed,
            _ => return None,
        };
        let date = app.config().zone.date_of(count.day);
        Some(wire::SignIns { date, service: count.name, outcome, sign_ins: count.amount })
    };
    Ok(read(app, Subject::SignIns, time).await?.into_iter().filter_map(shown).collect())
}

const fn provider_name(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Spotify => Some("spotify"),
        Provider::Youtube => Some("youtube"),
        Provider::Soundcloud => Some("soundcloud"),
        Provider::SignIn => Some("sign_in"),
        // Where notices go is no service of ours.
        Provider::Webhook | Provider::Atproto => None,
    }
}

const fn outcome_name(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::Answered => "answered",
        CallOutcome::Refused => "refused",
        CallOutcome::Limited => "limited",
        CallOutcome::Failed => "failed",
    }
}
