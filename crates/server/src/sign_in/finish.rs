//! The way back: who came, and what that makes of them here.

use super::{Fault, Pending, Reason, fetch_picture, refused};
use crate::app::App;
use crate::arrival::{Door, newcomer};
use crate::cookie;
use crate::error::{Error, Result};
use database::identities::{self, Arrival, Arrived, Linking};
use database::past_members;
use http::HeaderValue;
use identity::{
    AuditAction, BlindIndex, Caller, IdentityAddress, LinkedIdentity, Member, PastAddress, Sealed, Secret,
    SecretKind, name_from_elsewhere,
};
use model::{IdentityId, MemberId, ServerRole};
use providers::Callback;
use providers::oidc::Identity;

/// Finishes an attempt: the cookies that sign the browser in; none if an account was linked.
pub(crate) async fn finish(
    app: &App,
    door: &Door<'_>,
    pending: &Pending,
    callback: &Callback,
    signed: Option<&Caller>,
) -> Result<Vec<HeaderValue>> {
    let service = app.sign_in().service(&pending.service).map_err(|_| Fault::Expired)?;
    let place = app.sign_in().exchanges.try_acquire().map_err(|_| Error::Busy)?;
    let redirect_uri = service.redirect_uri(&door.site.base);
    let came = service.oidc.finish(&pending.oauth, callback, &redirect_uri).await;
    drop(place);
    let came = came.map_err(|error| refused(&pending.service, &error))?;
    match &pending.reason {
        Reason::SignIn => arrive(app, door, &came, None).await,
        Reason::Join(secret) => arrive(app, door, &came, Some(secret)).await,
        Reason::Link(member) => {
            // Whoever signed out meanwhile, or is somebody else by now, has not asked for this.
            if signed.map(|caller| caller.member.id) != Some(*member) {
                return Err(Fault::Expired.into());
            }
            link(app, door, *member, &came).await.map(|()| Vec::new())
        }
        // That is another way back.
        Reason::Connect(_) => Err(Fault::Expired.into()),
    }
}

fn seal(app: &App, id: IdentityId, address: &str) -> Result<Sealed> {
    let owner = id.to_string();
    let sealed = app.draw(|entropy| app.sign_in().sealer.seal(IdentityAddress::of(&owner), address, entropy));
    sealed.map_err(|_| Error::Fault("an address could not be sealed"))
}

fn linked(app: &App, member: MemberId, came: &Identity) -> Result<LinkedIdentity> {
    let (id, now) = (app.generate(IdentityId::generate), app.now());
    Ok(LinkedIdentity {
        id,
        member,
        issuer: came.issuer.clone(),
        subject: came.subject.clone(),
        address: seal(app, id, &came.email)?,
        created_at: now,
        last_used_at: now,
    })
}

/// Lets somebody in whom a service vouches for.
pub(super) async fn arrive(
    app: &App,
    door: &Door<'_>,
    came: &Identity,
    invitation: Option<&providers::Secret>,
) -> Result<Vec<HeaderValue>> {
    let name = name_from_elsewhere(&came.name);
    let (someone, device, secret): (Member, _, Secret) = newcomer(app, door, name, ServerRole::Member);
    let known = identities::find(app.database(), &came.issuer, &came.subject).await?;
    let readdressed = match known {
        Some(known) => Some((known.id, seal(app, known.id, &came.email)?)),
        None => None,
    };
    let by = app.sign_in().name_of(&came.issuer);
    let lines = [
        AuditAction::InvitationUsed,
        AuditAction::MemberJoined,
        AuditAction::IdentityLinked,
        AuditAction::SignedIn,
    ];
    let link = invitation.and_then(|secret| Secret::parse(SecretKind::Link, secret.reveal()));
    let arrival = Arrival {
        identity: &linked(app, someone.id, came)?,
        readdressed,
        past: Some(past_index(app, &came.email).await?),
        newcomer: &someone,
        device: &device,
        device_secret: secret.hash(),
        invitation: link.map(|secret| secret.hash()),
        is_admitted: app.sign_in().admission.admits(&came.email) || came.issuer == super::DEVELOPMENT,
        audit: &lines.map(|action| app.line(action).saying(by).from(door.from)),
    };
    match identities::arrive(app.database(), &arrival).await? {
        Arrived::NotAdmitted => Err(Fault::NotAdmitted.into()),
        Arrived::As(member) => {
            tracing::info!(member = %member.id, service = by, "somebody signed in with another service");
            if let Some(picture) = &came.picture {
                fetch_picture(app, member.id, picture.clone());
            }
            Ok(cookie::sign_in(door.site, &secret))
        }
    }
}

/// What an imported history knows this address by: of two keys, while one takes over, the one by which it does.
async fn past_index(app: &App, address: &str) -> Result<BlindIndex> {
    let sealer = app.sign_in().sealer();
    let indexes = PastAddress::indexes(sealer, address);
    if let [_, _, ..] = indexes.as_slice() {
        let known = past_members::find(app.database(), &indexes).await?;
        let known = known.iter().zip(&indexes).find(|(known, _)| known.is_some());
        if let Some((_, index)) = known {
            return Ok(*index);
        }
    }
    Ok(PastAddress::index(sealer, address))
}

async fn link(app: &App, door: &Door<'_>, member: MemberId, came: &Identity) -> Result<()> {
    let identity = linked(app, member, came)?;
    let past = past_index(app, &came.email).await?;
    let name = app.sign_in().name_of(&came.issuer);
    let line =
        app.line(AuditAction::IdentityLinked).by(member).about(identity.id).saying(name).from(door.from);
    match identities::link(app.database(), &identity, Some(past), &line).await? {
        Linking::Taken => Err(Fault::Taken.into()),
        Linking::TooMany => Err(Fault::TooMany.into()),
        Linking::Linked => {
            if let Some(picture) = &came.picture {
                fetch_picture(app, member, picture.clone());
            }
            Ok(())
        }
    }
}
