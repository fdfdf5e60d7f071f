//! Links for administrators: the first one's, printed at the start of a new server, and `rookery admin-link` for one
//! who lost every device.

use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::settings::Settings;
use database::{Database, invitations, members};
use identity::{Invitation, Purpose, SIGN_IN_LIFETIME, Secret, SecretKind};
use model::{Clock, Entropy, InvitationId, MemberId, ServerRole};
use std::time::Duration;

/// How long the link of a new server lasts. Each start makes a new one.
const SETUP_LIFETIME: Duration = Duration::from_secs(24 * 3600);

pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let Stores { clock, database, .. } = compose::stores(settings).await?;
    let mut entropy = compose::entropy()?;
    let base = settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen()));
    let link = match first(&database, &*clock, &mut *entropy, &base).await? {
        Some(link) => link,
        None => again(&database, &*clock, &mut *entropy, &base).await?,
    };
    super::print(&format!("{link}\n"));
    Ok(())
}

/// The link that makes the first administrator; `None`: there is one.
///
/// # Errors
/// Whatever the database says.
pub async fn first(
    database: &Database,
    clock: &dyn Clock,
    entropy: &mut dyn Entropy,
    base: &str,
) -> Result<Option<String>, Failure> {
    if members::count_administrators(database).await? > 0 {
        return Ok(None);
    }
    invitations::remove_setup(database).await?;
    let secret = make(database, clock, entropy, Purpose::Setup, SETUP_LIFETIME).await?;
    Ok(Some(format!("{base}/welcome#{}", secret.reveal())))
}

async fn again(
    database: &Database,
    clock: &dyn Clock,
    entropy: &mut dyn Entropy,
    base: &str,
) -> Result<String, Failure> {
    const PAGE: u32 = 100;
    let mut after: Option<MemberId> = None;
    loop {
        let page = members::list(database, after, PAGE).await?;
        if let Some(member) = page.iter().find(|member| member.role == ServerRole::Administrator) {
            let secret = make(database, clock, entropy, Purpose::SignIn(member.id), SIGN_IN_LIFETIME).await?;
            return Ok(format!("{base}/join#{}", secret.reveal()));
        }
        match page.last() {
            Some(last) => after = Some(last.id),
            None => return Err(Failure::Server(server::Error::NotFound("administrator"))),
        }
    }
}

async fn make(
    database: &Database,
    clock: &dyn Clock,
    entropy: &mut dyn Entropy,
    purpose: Purpose,
    lifetime: Duration,
) -> Result<Secret, Failure> {
    let now = clock.wall();
    let secret = Secret::generate(SecretKind::Link, entropy);
    let invitation = Invitation {
        id: InvitationId::generate(now, entropy),
        purpose,
        created_by: None,
        created_at: now,
        expires_at: now.plus(lifetime),
        uses_left: 1,
    };
    invitations::insert(database, &invitation, secret.hash()).await?;
    Ok(secret)
}
