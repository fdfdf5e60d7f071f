//! GitHub, as far as knowing who somebody is: its web flow for OAuth apps (PKCE included), `GET /user`, and memberships of
//! teams, as its documentation describes them (API of 2022-11-28). As the real one it answers a refused code with status
//! 200, tells nothing to a request without a `User-Agent`, and hides teams from tokens without `read:org`.

use crate::grant::{ACCESS_LIFETIME, Access, CODE_LIFETIME, Code, Form, Grants};
use crate::server::{Reply, Request, Server, Service, lock};
use model::{Clock, WallTime};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The fake. Whoever the parameter `login` of its page names signs in; nobody: they refuse.
pub struct FakeGithub {
    /// For faults and for what was asked.
    pub server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    callback: String,
    world: Mutex<World>,
}

#[derive(Default)]
struct World {
    grants: Grants,
    /// By name: the number of the account.
    people: BTreeMap<String, u64>,
    /// `org/team/login`, and whether they have agreed.
    teams: BTreeMap<String, bool>,
}

impl FakeGithub {
    /// The app's id.
    pub const CLIENT_ID: &str = "Iv1.8a61f9b3a7aba766";
    /// And its secret.
    pub const CLIENT_SECRET: &str = "secret of the app at GitHub";

    /// Starts it; the app's callback is registered as `callback`.
    pub fn start(clock: Arc<dyn Clock>, callback: &str) -> Self {
        let shared = Arc::new(Shared { clock, callback: callback.to_owned(), world: Mutex::default() });
        let service: Arc<dyn Service> = shared.clone();
        Self { server: Server::start(service), shared }
    }

    /// One more account.
    pub fn add(&self, login: &str, id: u64) {
        lock(&self.shared.world).people.insert(login.to_owned(), id);
    }

    /// Puts an account into a team, or only invites it.
    pub fn add_to_team(&self, organisation: &str, team: &str, login: &str, has_agreed: bool) {
        lock(&self.shared.world).teams.insert(format!("{organisation}/{team}/{login}"), has_agreed);
    }
}

impl Service for Shared {
    fn answer(&self, request: &Request) -> Reply {
        let now = self.clock.wall();
        let mut world = lock(&self.world);
        let parts = request.parts();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["login", "oauth", "authorize"]) => world.authorize(request, &self.callback, now),
            ("POST", ["login", "oauth", "access_token"]) => world.token(request, now),
            ("GET", api) => world.api(request, api, now),
            _ => missing(),
        }
    }
}

impl World {
    fn authorize(&mut self, request: &Request, callback: &str, now: WallTime) -> Reply {
        let of = |name: &str| request.parameter(name).unwrap_or_default().to_owned();
        if of("client_id") != FakeGithub::CLIENT_ID {
            return missing();
        }
        let back = |address: &str, query: &[(&str, &str)]| {
            let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            Reply::empty(302).with("location", format!("{address}?{}", query.join("&")))
        };
        let (redirect_uri, state) = (of("redirect_uri"), of("state"));
        if redirect_uri != callback {
            return back(callback, &[("error", "redirect_uri_mismatch"), ("state", &state)]);
        }
        let Some(login) = request.parameter("login").filter(|login| self.people.contains_key(*login)) else {
            return back(callback, &[("error", "access_denied"), ("state", &state)]);
        };
        let challenge = request.parameter("code_challenge").map(str::to_owned);
        if challenge.is_some() && of("code_challenge_method") != "S256" {
            return back(callback, &[("error", "invalid_request"), ("state", &state)]);
        }
        let code = self.grants.secret("code");
        let granted = Code {
            client_id: of("client_id"),
            account: login.to_owned(),
            redirect_uri: redirect_uri.clone(),
            scopes: of("scope").split_whitespace().map(str::to_owned).collect(),
            challenge,
            expires_at: now.plus(CODE_LIFETIME),
        };
        self.grants.codes.insert(code.clone(), granted);
        back(&redirect_uri, &[("code", &code), ("state", &state)])
    }

    fn token(&mut self, request: &Request, now: WallTime) -> Reply {
        if request.header("accept") != "application/json" {
            // A form comes then, which nobody here reads.
            return Reply { body: b"error=not_asked_for_json".to_vec(), ..Reply::empty(200) };
        }
        let form: Form = request.form().into_iter().collect();
        let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let refused = |error: &str| {
            Reply::json(
                200,
                &json!({"error": error, "error_description": "…", "error_uri": "https://docs.github.com"}),
            )
        };
        if (of("client_id"), of("client_secret")) != (FakeGithub::CLIENT_ID, FakeGithub::CLIENT_SECRET) {
            return refused("incorrect_client_credentials");
        }
        let Some(code) = self.grants.redeem(of("code"), of("client_id"), &form, now) else {
            return refused("bad_verification_code");
        };
        let scopes: BTreeSet<String> = code.scopes;
        let access = Access {
            client_id: code.client_id,
            account: Some(code.account),
            scopes: scopes.clone(),
            expires_at: now.plus(ACCESS_LIFETIME),
        };
        let given = self.grants.give(access, false);
        let scope = scopes.into_iter().collect::<Vec<_>>().join(",");
        Reply::json(200, &json!({"access_token": given.access, "scope": scope, "token_type": "bearer"}))
    }

    fn api(&self, request: &Request, path: &[&str], now: WallTime) -> Reply {
        if request.header("user-agent").is_empty() {
            return failure(403, "Request forbidden by administrative rules.");
        }
        let token = request.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        let Some(access) = self.grants.good(token, now) else { return failure(401, "Bad credentials") };
        let login = access.account.clone().unwrap_or_default();
        match path {
            ["user"] => Reply::json(
                200,
                &json!({
                    "login": login, "id": self.people[&login], "node_id": "MDQ6VXNlcjE=", "type": "User",
                    "site_admin": false, "name": "Somebody", "email": null, "avatar_url": "https://avatars.example/u",
                }),
            ),
            ["orgs", organisation, "teams", team, "memberships", name] => {
                if !access.scopes.contains("read:org") {
                    return missing();
                }
                match self.teams.get(&format!("{organisation}/{team}/{name}")) {
                    Some(has_agreed) => {
                        let state = if *has_agreed { "active" } else { "pending" };
                        Reply::json(200, &json!({"url": "…", "role": "member", "state": state}))
                    }
                    None => missing(),
                }
            }
            _ => missing(),
        }
    }
}

fn missing() -> Reply {
    failure(404, "Not Found")
}

fn failure(status: u16, message: &str) -> Reply {
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string()});
    Reply::json(status, &body)
}
