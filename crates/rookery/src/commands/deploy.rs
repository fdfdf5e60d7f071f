//! `rookery deploy`, `promote`, `rollback`, `releases`, `status`: from the laptop, or from whatever builds releases.
//!
//! The machine does the work (`target`); here it is asked, looked at from outside, and given the word without which it
//! puts the release before back.

use super::print;
use super::release::{manifest, public_keys};
use crate::failure::Failure;
use crate::release_settings::{AtArgs, DeployArgs, HowArgs, PromoteArgs, Proof, RollbackArgs};
use crate::remote::Remote;
use crate::settings::Settings;
use crate::target::{Account, Line, Step};
use release::Manifest;
use smoke::{Found, Proofs};
use std::process::Stdio;

/// Brings a release folder to an environment.
///
/// # Errors
/// [`Failure::Release`], [`Failure::Deploy`].
pub async fn deploy(settings: &Settings, args: &DeployArgs) -> Result<(), Failure> {
    let to = Remote::of(settings, &args.which)?;
    proven(settings, &to, args)?;
    let keys = public_keys(&args.key)?;
    let mut upload = to.begin("put", Stdio::piped())?;
    let sent = upload.stdin.take().map_or(Ok(0), |input| release::send(&args.folder, &keys, input));
    // What the machine says about it is worth more than that it hung up.
    let placed = to.answer(upload)?;
    sent?;
    bring(&to, &placed, &args.how, args.proven_by.as_ref()).await
}

/// Where releases come from another environment alone, its machine is asked; where that is none, somebody says what shows it.
fn proven(settings: &Settings, to: &Remote, args: &DeployArgs) -> Result<(), Failure> {
    let Some(from) = &to.environment.promote_from else { return Ok(()) };
    let name = &to.name;
    let Ok(upstream) = Remote::of(settings, from) else {
        return match args.proven_by {
            Some(_) => Ok(()),
            None => Err(Failure::Deploy(format!(
                "{name} takes what was proven in {from}, which is no machine that could be asked: say what shows it, \
                 --proven-by ADDRESS"
            ))),
        };
    };
    let id = manifest(&args.folder)?.id;
    if account(&upstream)?.releases.iter().any(|known| known.id == id && known.is_proven) {
        return Ok(());
    }
    Err(Failure::Deploy(format!(
        "{name} takes what was proven in {from}, and {id} was not: bring it there, then `rookery promote {from} {name}`"
    )))
}

/// Brings what serves in one environment to another: the same bytes, with their signature.
///
/// # Errors
/// [`Failure::Deploy`] if it was not proven there.
pub async fn promote(settings: &Settings, args: &PromoteArgs) -> Result<(), Failure> {
    let (from, to) = (Remote::of(settings, &args.from)?, Remote::of(settings, &args.to)?);
    if to.environment.promote_from.as_ref().is_some_and(|declared| *declared != from.name) {
        return Err(Failure::Deploy(format!("{} does not take releases from {}", to.name, from.name)));
    }
    let there = account(&from)?;
    let serving = there.serving.ok_or_else(|| Failure::Deploy(format!("nothing serves in {}", from.name)))?;
    let known = there.releases.iter().find(|known| known.id.as_str() == serving);
    let Some(known) = known.filter(|known| known.is_proven) else {
        return Err(Failure::Deploy(format!(
            "{serving} serves in {} and was not proven there: it was not brought, looked at, watched and confirmed",
            from.name
        )));
    };
    let mut down = from.begin(&format!("fetch {}", known.id), Stdio::null())?;
    let stream = down.stdout.take().map_or_else(Stdio::null, Stdio::from);
    let up = to.begin("put", stream)?;
    let placed = to.answer(up);
    from.answer(down)?;
    let placed = placed?;
    if read::<Manifest>(&placed)?.id != known.id {
        return Err(Failure::Deploy(format!("{} has another release than was asked for", to.name)));
    }
    bring(&to, &placed, &args.how, None).await
}

/// Has a placed release take over, looks at it from here, and gives the word.
async fn bring(to: &Remote, placed: &str, how: &HowArgs, proof: Option<&Proof>) -> Result<(), Failure> {
    let id = read::<Manifest>(placed)?.id;
    print(&format!("{id} is on {}.\n", to.environment.target.machine()));
    let mut words = format!("deploy {id}");
    for (is_so, flag) in [
        (how.breaking, " --breaking"),
        (how.without_backup, " --without-backup"),
        (how.without_canary, " --without-canary"),
    ] {
        words.push_str(if is_so { flag } else { "" });
    }
    if let Some(proof) = proof {
        words.push_str(&format!(" --proven-by={proof}"));
    }
    let mut wrong = None;
    let followed = to.follow(&words, |text| {
        let line: Line = read(text)?;
        print(&shown(&line));
        if line.step == Step::Waiting {
            // Nothing else is to be done meanwhile: this is a command line.
            let seen =
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(look(to, how)));
            match seen? {
                None => to.ask(&format!("confirm {}", line.change)).map(drop)?,
                seen => wrong = seen,
            }
        }
        Ok(())
    });
    match (followed, wrong) {
        (Err(failure), Some(wrong)) => Err(Failure::Deploy(format!("seen from here: {wrong}; {failure}"))),
        (followed, _) => followed,
    }
}

/// What is wrong with an environment, seen from here.
async fn look(to: &Remote, how: &HowArgs) -> Result<Option<String>, Failure> {
    let proofs = Proofs {
        token: how.token.as_deref(),
        access_token: how.access_token.as_deref(),
        must_be_protected: to.environment.access.is_some(),
    };
    let checks = smoke::smoke(&to.environment.url.to_string(), proofs, |_| {}).await?;
    let mut wrong = Vec::new();
    for check in checks {
        if let Found::Wrong { seen, advice } = check.found {
            print(&format!("WRONG  {}: {seen}\n       {advice}\n", check.what));
            wrong.push(check.what);
        }
    }
    if wrong.is_empty() {
        return Ok(None);
    }
    print("It is not confirmed: the machine puts the release before back.\n");
    Ok(Some(wrong.join(", ")))
}

/// Goes back.
///
/// # Errors
/// [`Failure::Deploy`].
pub fn rollback(settings: &Settings, args: &RollbackArgs) -> Result<(), Failure> {
    let at = Remote::of(settings, &args.which)?;
    let words = args.release.as_ref().map_or_else(|| "rollback".to_owned(), |id| format!("rollback {id}"));
    at.follow(&words, |text| {
        print(&shown(&read(text)?));
        Ok(())
    })
}

/// What a machine says of itself; nothing where programs have been given it as it is.
fn asked(settings: &Settings, args: &AtArgs) -> Result<Option<Account>, Failure> {
    let said = Remote::of(settings, &args.which)?.ask("account")?;
    if args.json {
        print(&said);
        return Ok(None);
    }
    Ok(Some(read(&said)?))
}

/// Lists the releases of an environment.
///
/// # Errors
/// [`Failure::Deploy`].
pub fn releases(settings: &Settings, args: &AtArgs) -> Result<(), Failure> {
    let Some(account) = asked(settings, args)? else { return Ok(()) };
    for known in &account.releases {
        let serves = account.serving.as_deref() == Some(known.id.as_str());
        let words = [(serves, ", serves"), (known.is_proven, ", proven")];
        let words: String = words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect();
        print(&format!("{}{words}\n", known.id));
    }
    Ok(())
}

/// Says which release serves, and what became of the last change.
///
/// # Errors
/// [`Failure::Deploy`].
pub fn status(settings: &Settings, args: &AtArgs) -> Result<(), Failure> {
    let Some(account) = asked(settings, args)? else { return Ok(()) };
    match (&account.serving, &account.slot) {
        (Some(release), Some(slot)) => {
            print(&format!("{release} serves in {slot}, {} connections\n", account.visitors));
        }
        _ => print("nothing serves\n"),
    }
    if let Some(line) = &account.last {
        print(&format!("last change ({}): {}", line.release, shown(line)));
    }
    Ok(())
}

fn account(at: &Remote) -> Result<Account, Failure> {
    read(&at.ask("account")?)
}

fn read<Value: serde::de::DeserializeOwned>(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let text: String = text.chars().take(200).collect();
        Failure::Deploy(format!("the machine said what is not understood ({error}): {text}"))
    })
}

fn shown(line: &Line) -> String {
    let step = match line.step {
        Step::Begun => "begun; before:",
        Step::Checking => "looking at",
        Step::BackingUp => "backing up;",
        Step::Rehearsing => "trying it on a copy;",
        Step::Trying => "trying it on some people;",
        Step::Switching => "taking over;",
        Step::Smoking => "serves; looking at it as people see it:",
        Step::Soaking => "watching it;",
        Step::Waiting => "waiting to be confirmed;",
        Step::Reverting => "putting the release before back:",
        Step::Done => "done:",
        Step::Reverted => "the release before serves again:",
        Step::Abandoned => "abandoned, nothing changed:",
        Step::Held => "serves and does not do well:",
    };
    format!("{} {step} {}\n", line.at, line.said)
}
