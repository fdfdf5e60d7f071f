//! The accounts service: granting in the browser, and the token endpoint.

use super::world::World;
use crate::description::Description;
use crate::grant::{ACCESS_LIFETIME, Access, CODE_LIFETIME, Code, Form, Given, basic};
use crate::server::{Reply, Request};
use model::WallTime;
use serde_json::json;
use std::collections::BTreeSet;

/// `GET /authorize`: whoever sits at the browser grants, or refuses.
pub fn authorize(world: &mut World, description: &Description, request: &Request, now: WallTime) -> Reply {
    let wrong = |what: &str| Reply::json(400, &json!({"error": what}));
    let Some(client_id) = request.parameter("client_id") else { return wrong("no client_id") };
    let Some(app) = world.apps.get(client_id) else { return wrong("INVALID_CLIENT: Invalid client") };
    let redirect_uri = request.parameter("redirect_uri").unwrap_or("");
    if !app.redirect_uris.iter().any(|known| known == redirect_uri) {
        return wrong("INVALID_CLIENT: Invalid redirect URI");
    }
    if request.parameter("response_type") != Some("code") {
        return wrong("response_type must be code");
    }
    let challenge = request.parameter("code_challenge").map(str::to_owned);
    if challenge.as_ref().is_some_and(|text| text.len() != 43)
        || challenge.is_some() != (request.parameter("code_challenge_method") == Some("S256"))
    {
        return wrong("invalid code_challenge");
    }
    let asked: BTreeSet<String> =
        request.parameter("scope").unwrap_or("").split_whitespace().map(str::to_owned).collect();
    let known = description.scopes();
    if !asked.is_subset(&known) {
        return wrong("INVALID_SCOPE: Invalid scope");
    }
    let state = request.parameter("state").map(|state| format!("&state={state}")).unwrap_or_default();
    let back = |query: String| Reply::empty(302).with("location", format!("{redirect_uri}?{query}{state}"));
    let Some(account) = world.at_browser.clone() else { return back("error=access_denied".to_owned()) };
    let scopes = world.granted_only.clone().unwrap_or(asked);
    let code = Code {
        client_id: client_id.to_owned(),
        account,
        redirect_uri: redirect_uri.to_owned(),
        scopes,
        challenge,
        expires_at: now.plus(CODE_LIFETIME),
    };
    let text = world.grants.secret("code");
    world.grants.codes.insert(text.clone(), code);
    back(format!("code={text}"))
}

/// `POST /api/token`.
pub fn token(world: &mut World, request: &Request, now: WallTime) -> Reply {
    let wrong =
        |error: &str, what: &str| Reply::json(400, &json!({"error": error, "error_description": what}));
    if request.method != "POST"
        || !request.header("content-type").starts_with("application/x-www-form-urlencoded")
    {
        return wrong("invalid_request", "a form is expected");
    }
    let form: Form = request.form().into_iter().collect();
    let authenticated = basic(request.header("authorization"));
    let client_id = match &authenticated {
        Some((id, secret)) if world.apps.get(id).is_some_and(|app| app.secret == *secret) => id.clone(),
        Some(_) => return wrong("invalid_client", "Invalid client secret"),
        None => form.get("client_id").cloned().unwrap_or_default(),
    };
    if !world.apps.contains_key(&client_id) {
        return wrong("invalid_client", "Invalid client");
    }
    let expires_at = now.plus(ACCESS_LIFETIME);
    match form.get("grant_type").map(String::as_str) {
        Some("client_credentials") if authenticated.is_some() => {
            let access = Access { client_id, account: None, scopes: BTreeSet::new(), expires_at };
            given(&world.grants.give(access, false))
        }
        Some("client_credentials") => wrong("invalid_client", "Invalid client"),
        Some("authorization_code") => {
            // Without a secret only the verifier proves who began.
            if authenticated.is_none() && !form.contains_key("code_verifier") {
                return wrong("invalid_request", "code_verifier required");
            }
            let code = form.get("code").cloned().unwrap_or_default();
            let Some(code) = world.grants.redeem(&code, &client_id, &form, now) else {
                return wrong("invalid_grant", "Invalid authorization code");
            };
            let access = Access { client_id, account: Some(code.account), scopes: code.scopes, expires_at };
            given(&world.grants.give(access, true))
        }
        Some("refresh_token") => {
            let text = form.get("refresh_token").cloned().unwrap_or_default();
            let known = world.grants.refresh.get(&text).filter(|access| access.client_id == client_id);
            let Some(access) = known.cloned() else { return wrong("invalid_grant", "Refresh token revoked") };
            // As Spotify does with a secret: the old refresh token stays, no new one comes.
            given(&world.grants.give(Access { expires_at, ..access }, false))
        }
        _ => wrong("unsupported_grant_type", "grant_type parameter is missing"),
    }
}

fn given(given: &Given) -> Reply {
    let scope: Vec<_> = given.scopes.iter().map(String::as_str).collect();
    let mut body = json!({"access_token": given.access, "token_type": "Bearer", "expires_in": ACCESS_LIFETIME.as_secs()});
    if let Some(refresh) = &given.refresh {
        body["refresh_token"] = json!(refresh);
    }
    if !scope.is_empty() {
        body["scope"] = json!(scope.join(" "));
    }
    Reply::json(200, &body)
}
