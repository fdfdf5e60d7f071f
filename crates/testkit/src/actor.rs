//! The people and programs that use a server. They know nothing but its address and what they were given by it.

use crate::http::{Reply, Request, Site};
use serde_json::{Value, json};

/// Somebody who asks.
pub trait Actor {
    /// Which server they ask.
    fn site(&self) -> &Site;

    /// What proves who they are, added to a request.
    fn signed(&self, request: Request) -> Request;

    /// Sends a request as this actor.
    fn send(&self, request: Request) -> Reply {
        self.site().send(self.signed(request))
    }

    /// GET.
    fn get(&self, path: &str) -> Reply {
        self.send(Request::new("GET", path))
    }

    /// POST with a JSON body.
    fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Request::new("POST", path).json(&body))
    }

    /// PATCH with a JSON body.
    fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Request::new("PATCH", path).json(&body))
    }

    /// DELETE.
    fn delete(&self, path: &str) -> Reply {
        self.send(Request::new("DELETE", path))
    }

    /// Uploads a file.
    fn upload(&self, name: &str, file: &[u8]) -> Reply {
        let request = Request::new("POST", format!("/api/v1/uploads?name={name}")).bytes(file);
        self.send(request.header("content-type", "application/octet-stream"))
    }

    /// Uploads a file and answers the id of its track.
    fn add_track(&self, name: &str, file: &[u8]) -> String {
        self.upload(name, file).ok()["track"]["id"].as_str().unwrap().to_owned()
    }

    /// A command of the main nest.
    fn command(&self, verb: &str, body: Value) -> Reply {
        self.post(&format!("/api/v1/nests/main/{verb}"), body)
    }

    /// Adds a track to the main nest and answers the entry.
    fn add(&self, track: &str) -> u64 {
        self.command("add", json!({"track_id": track})).ok()["entry"].as_u64().unwrap()
    }

    /// The main nest.
    fn main_nest(&self) -> Value {
        self.get("/api/v1/nests/main").ok()
    }
}

/// Nobody in particular.
#[derive(Clone, Debug)]
pub struct Anonymous(pub Site);

impl Actor for Anonymous {
    fn site(&self) -> &Site {
        &self.0
    }

    fn signed(&self, request: Request) -> Request {
        request
    }
}

/// A signed-in browser.
#[derive(Clone, Debug)]
pub struct Browser {
    site: Site,
    /// Its cookie: `name=value`.
    pub cookie: String,
    /// Who it is signed in as.
    pub person: String,
    /// Which device it is.
    pub device: String,
}

impl Actor for Browser {
    fn site(&self) -> &Site {
        &self.site
    }

    fn signed(&self, request: Request) -> Request {
        request.header("cookie", &*self.cookie)
    }
}

impl Browser {
    /// The browser that was signed in by this answer.
    #[track_caller]
    pub fn signed_in(site: &Site, reply: Reply) -> Self {
        let reply = reply.expect(200);
        let session = reply.json();
        let cookies = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let cookie = cookies.filter_map(|cookie| cookie.split(';').next()).next_back().unwrap().to_owned();
        let person = session["person"]["id"].as_str().unwrap().to_owned();
        let device = session["device_id"].as_str().unwrap().to_owned();
        Self { site: site.clone(), cookie, person, device }
    }

    /// A browser that came in by another way, with its cookie (`name=value`).
    pub fn known(site: &Site, cookie: String, person: String, device: String) -> Self {
        Self { site: site.clone(), cookie, person, device }
    }

    /// The same browser at another address of the server.
    #[must_use]
    pub fn at(&self, site: &Site) -> Self {
        Self { site: site.clone(), ..self.clone() }
    }
}

/// A program with an API token.
#[derive(Clone, Debug)]
pub struct Program {
    site: Site,
    /// The token's id.
    pub id: String,
    /// The token's secret.
    pub secret: String,
}

impl Actor for Program {
    fn site(&self) -> &Site {
        &self.site
    }

    fn signed(&self, request: Request) -> Request {
        request.header("authorization", format!("Bearer {}", self.secret))
    }
}

/// Sets a server up with the token of its first-run link.
#[track_caller]
pub fn administrator(site: &Site, setup_token: &str) -> Browser {
    let body = json!({"token": setup_token, "name": "Ada"});
    Browser::signed_in(site, Anonymous(site.clone()).post("/api/v1/setup", body))
}

/// Invites somebody, who comes.
#[track_caller]
pub fn member(host: &Browser, name: &str) -> Browser {
    let body = json!({"role": "member", "uses_max": 1, "expires_in_s": 3600});
    let created = host.post("/api/v1/invitations", body).expect(201).json();
    let token = created["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let body = json!({"token": token, "name": name});
    let site = host.site().clone();
    let reply = Anonymous(site.clone()).post("/api/v1/invitations/redeem", body);
    Browser::signed_in(&site, reply)
}

/// A guest comes to the main nest.
#[track_caller]
pub fn guest(site: &Site, name: &str) -> Browser {
    let reply = Anonymous(site.clone()).post("/api/v1/guests", json!({"name": name, "nest": "main"}));
    Browser::signed_in(site, reply)
}

impl Program {
    /// A program that came to a token by another way.
    pub fn known(site: &Site, secret: String) -> Self {
        Self { site: site.clone(), id: String::new(), secret }
    }
}

/// A program that a member made a token for.
#[track_caller]
pub fn program(maker: &impl Actor, scopes: &[&str]) -> Program {
    let made =
        maker.post("/api/v1/tokens", json!({"label": "a program", "scopes": scopes})).expect(201).json();
    Program {
        site: maker.site().clone(),
        id: made["token"]["id"].as_str().unwrap().to_owned(),
        secret: made["secret"].as_str().unwrap().to_owned(),
    }
}
