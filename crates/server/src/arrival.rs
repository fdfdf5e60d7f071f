//! How people come in, whatever door they take: a link is looked at or followed, a guest is let in, a browser is signed in.

use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use crate::extract::Site;
use axum::Json;
use axum::response::{IntoResponse, Response};
use database::invitations::Redeemed;
use http::{HeaderMap, header};
use identity::{AuditAction, Caller, Device, Invitation, Member, MemberName, Proof, Secret, SecretKind};
use model::{DeviceId, MemberId, ServerRole};
use protocol::http::{Person, Session};
use std::net::IpAddr;

/// A browser that was signed in: its session, and the cookies to keep.
pub(crate) struct SignedIn {
    session: Session,
    cookies: Vec<http::HeaderValue>,
}

impl IntoResponse for SignedIn {
    fn into_response(self) -> Response {
        let mut response = Json(self.session).into_response();
        for cookie in self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response.headers_mut().insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
        response
    }
}

/// The open invitation behind a link's secret. Wrong secrets are counted against the address they come from.
pub(crate) async fn look_up(app: &App, token: &str, from: IpAddr) -> Result<Invitation> {
    let found = match Secret::parse(SecretKind::Link, token) {
        Some(secret) => database::invitations::find_by_secret(app.database(), secret.hash()).await?,
        None => None,
    };
    match found.filter(|invitation| invitation.is_open(app.now())) {
        Some(invitation) => Ok(invitation),
        None => {
            app.rates().wrong_proof(from)?;
            let line = app.line(AuditAction::SignInFailed).saying("a link that does not work").from(from);
            database::audit::record(app.database(), &line).await?;
            Err(Error::LinkNotValid)
        }
    }
}

/// Uses a link: a new member (or the person it is for) is signed in on this browser, all at once or not at all.
/// `name` is for a new member.
pub(crate) async fn follow(app: &App, door: &Door<'_>, token: &str, name: MemberName) -> Result<SignedIn> {
    let Some(link) = Secret::parse(SecretKind::Link, token) else { return Err(Error::LinkNotValid) };
    let (member, device, secret) = newcomer(app, door, name, ServerRole::Guest);
    let lines = [AuditAction::InvitationUsed, AuditAction::MemberJoined, AuditAction::SignedIn];
    let redeemed = database::invitations::redeem(
        app.database(),
        link.hash(),
        &member,
        &device,
        secret.hash(),
        app.now(),
        &lines.map(|action| app.line(action).saying("by a link").from(door.from)),
    )
    .await?;
    match redeemed {
        Redeemed::As(member) => {
            tracing::info!(member = %member.id, role = ?member.role, "a link was followed");
            Ok(signed_in(door, member, &device, &secret))
        }
        Redeemed::Closed => Err(Error::LinkNotValid),
    }
}

/// Lets a guest in.
pub(crate) async fn welcome_guest(app: &App, door: &Door<'_>, name: MemberName) -> Result<SignedIn> {
    let (member, device, secret) = newcomer(app, door, name, ServerRole::Guest);
    let line = app.line(AuditAction::MemberJoined).by(member.id).saying("as a guest").from(door.from);
    let (database, hash) = (app.database(), secret.hash());
    database::devices::insert_with_member(database, &member, &device, hash, &[line]).await?;
    Ok(signed_in(door, member, &device, &secret))
}

/// Where somebody comes in: the site they see and the browser they use.
pub(crate) struct Door<'a> {
    pub(crate) site: &'a Site,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) from: IpAddr,
}

/// Somebody new with the browser they use; whether they stay is for the caller to say.
pub(crate) fn newcomer(
    app: &App,
    door: &Door<'_>,
    name: MemberName,
    role: ServerRole,
) -> (Member, Device, Secret) {
    let now = app.now();
    let agent = door.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let member = Member { id: app.generate(MemberId::generate), name, role, created_at: now };
    let device = Device {
        id: app.generate(DeviceId::generate),
        member: member.id,
        label: device_label(agent),
        created_at: now,
        last_seen_at: now,
    };
    (member, device, app.draw(|entropy| Secret::generate(SecretKind::Device, entropy)))
}

fn signed_in(door: &Door<'_>, member: Member, device: &Device, secret: &Secret) -> SignedIn {
    let caller = Caller { member, proof: Proof::Device(device.id) };
    SignedIn { session: session(Some(&caller)), cookies: cookie::sign_in(door.site, secret) }
}

pub(crate) fn session(caller: Option<&Caller>) -> Session {
    let device_id = caller.and_then(|caller| match caller.proof {
        Proof::Device(device) => Some(device.to_string()),
        Proof::Token(..) => None,
    });
    let person = caller.map(|Caller { member, .. }| Person {
        id: member.id.to_string(),
        name: member.name.to_string(),
        role: role(member.role),
    });
    Session { person, device_id, avatar_url: None }
}

pub(crate) const fn role(role: ServerRole) -> protocol::http::ServerRole {
    match role {
        ServerRole::Guest => protocol::http::ServerRole::Guest,
        ServerRole::Member => protocol::http::ServerRole::Member,
        ServerRole::Administrator => protocol::http::ServerRole::Administrator,
    }
}

/// `Firefox on Linux`, from what a browser says of itself. The order matters: most claim to be several.
fn device_label(agent: &str) -> String {
    let named = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    let browser = named(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "A program".to_owned(),
    }
}
