//! The developer bypass: whoever sits at this very machine is signed in as the address that was set. Whether it may be
//! set at all is decided when the server starts (see the binary's settings); here, whether this request may use it.

use super::{DEVELOPMENT, finish};
use crate::app::App;
use crate::arrival::Door;
use crate::error::{Error, Result};
use crate::extract::Nearby;
use http::HeaderValue;
use providers::oidc::Identity;

/// The cookies that sign a developer in.
pub(crate) async fn sign_in(app: &App, door: &Door<'_>, nearby: Nearby) -> Result<Vec<HeaderValue>> {
    let Some(address) = &app.sign_in().development else { return Err(Error::NotFound("sign-in service")) };
    if !nearby.0 {
        return Err(Error::NotAllowed("the developer's sign-in works on the server's own machine alone"));
    }
    let came = Identity {
        issuer: DEVELOPMENT.to_owned(),
        subject: address.to_lowercase(),
        email: address.clone(),
        name: "Developer".to_owned(),
        picture: None,
        hosted_domain: None,
    };
    finish::arrive(app, door, &came, None).await
}
