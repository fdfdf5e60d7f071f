//! Who is there: eight people, each in the way that they come. Two are called Bo, one of them in capital letters, and the
//! member's address is in capital letters in the old logs, and not where he signs in.

use super::house::{House, INVITE_CODE};
use serde_json::{Value, json};
use testkit::{
    Actor, Anonymous, Browser, Program, Reply, Request, Site, administrator, guest, member, program,
};

/// A person at a browser, or a program of theirs.
pub enum Way {
    Browser(Browser),
    Program(Program),
    /// EchoNest's desktop client, linked to a member.
    Client(Program),
}

impl Actor for Way {
    fn site(&self) -> &Site {
        match self {
            Self::Browser(browser) => browser.site(),
            Self::Program(program) | Self::Client(program) => program.site(),
        }
    }

    fn signed(&self, request: Request) -> Request {
        match self {
            Self::Browser(browser) => browser.signed(request),
            Self::Program(program) | Self::Client(program) => program.signed(request),
        }
    }
}

pub struct Person {
    pub name: &'static str,
    pub id: String,
    pub way: Way,
}

pub struct Cast {
    pub people: Vec<Person>,
    /// The administrator.
    pub ada: Browser,
    /// Bo's other device.
    pub other_device: Browser,
    /// The desktop client as itself.
    pub client: Program,
}

pub const ADA: usize = 0;
pub const BO: usize = 1;
pub const CAPITAL_BO: usize = 2;
pub const CLEO: usize = 3;
pub const DAN: usize = 4;
pub const EVE: usize = 5;
pub const FAY: usize = 6;
pub const HAL: usize = 7;

/// Names and values of the cookies that an answer sets.
fn cookies_of(reply: &Reply) -> Vec<(String, String)> {
    let set = reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let pairs = set.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    let pairs = pairs.filter(|(_, value)| !value.is_empty());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn ask(site: &Site, request: Request, cookies: &[(String, String)]) -> Reply {
    let cookies: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    site.send(request.header("cookie", cookies.join("; ")))
}

/// Goes through signing in with the service outside, as a browser does: where it ends up, with which cookies.
pub fn come(site: &Site, account: &str) -> (String, Vec<(String, String)>) {
    let begun = ask(site, Request::new("POST", "/api/v1/sign-in/oidc").json(&json!({})), &[]);
    let attempt = cookies_of(&begun);
    let page = begun.ok()["url"].as_str().unwrap().to_owned();
    let back = fakes::follow(&format!("{page}&login_hint={account}"), "http://localhost:");
    let (_, rest) = back.split_once("//").unwrap();
    let path = format!("/{}", rest.split_once('/').unwrap().1);
    let came = ask(site, Request::new("GET", path), &attempt).expect(303);
    (came.header("location").to_owned(), cookies_of(&came))
}

/// Signs somebody in with the service outside.
fn sign_in(site: &Site, account: &str) -> Browser {
    let (place, cookies) = come(site, account);
    assert_eq!(place, "/");
    let session = ask(site, Request::new("GET", "/api/v1/session"), &cookies).ok();
    let (name, value) = cookies.iter().find(|(name, _)| name.starts_with("__Host-")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (person, device) = (text(&session["person"]["id"]), text(&session["device_id"]));
    Browser::known(site, format!("{name}={value}"), person, device)
}

/// EchoNest's desktop client gets in by a code, and is linked to somebody by another.
fn linked_client(site: &Site, somebody: &Browser) -> Program {
    let bought = Anonymous(site.clone()).post("/api/sync-token", json!({"invite_code": INVITE_CODE})).ok();
    let shared = Program::known(site, bought["token"].as_str().unwrap().to_owned());
    let page = somebody.get("/sync/link").expect(200).text();
    let code = page.split_once("class=\"code-display\">").unwrap().1.split_once('<').unwrap().0;
    let linked = shared.post("/api/sync-link", json!({"code": code})).ok();
    Program::known(site, linked["user_token"].as_str().unwrap().to_owned())
}

impl Cast {
    /// Everybody comes in. Bo's address is in the logs that were taken in.
    pub fn arrive(house: &House) -> Self {
        let site = &house.site;
        let ada = administrator(site, &house.setup_token);
        let bo = sign_in(site, "bo");
        let other_device = sign_in(site, "bo");
        assert_eq!(bo.person, other_device.person, "one person, two devices");
        let browser = |name, browser: &Browser| Person {
            name,
            id: browser.person.clone(),
            way: Way::Browser(browser.clone()),
        };
        let (capital_bo, cleo) = (guest(site, "BO"), guest(site, "Cleo"));
        let (dan, eve, fay, hal) =
            (member(&ada, "Dan"), member(&ada, "Eve"), member(&ada, "Fay"), member(&ada, "Hal"));
        let bot = program(&eve, &["control"]);
        let client = linked_client(site, &fay);
        let people = vec![
            browser("Ada", &ada),
            browser("Bo", &bo),
            browser("BO", &capital_bo),
            browser("Cleo", &cleo),
            browser("Dan", &dan),
            Person { name: "Eve", id: eve.person.clone(), way: Way::Program(bot) },
            Person { name: "Fay", id: fay.person.clone(), way: Way::Client(client.clone()) },
            browser("Hal", &hal),
        ];
        Self { people, ada, other_device, client }
    }

    /// Everybody reaches the server anew.
    pub fn turn_to(&mut self, site: &Site) {
        for person in &mut self.people {
            person.way = match &person.way {
                Way::Browser(browser) => Way::Browser(browser.at(site)),
                Way::Program(program) => Way::Program(Program::known(site, program.secret.clone())),
                Way::Client(program) => Way::Client(Program::known(site, program.secret.clone())),
            };
        }
        self.ada = self.ada.at(site);
        self.other_device = self.other_device.at(site);
        self.client = Program::known(site, self.client.secret.clone());
    }

    pub fn browser(&self, who: usize) -> &Browser {
        match &self.people[who].way {
            Way::Browser(browser) => browser,
            _ => panic!("{} is no browser", self.people[who].name),
        }
    }
}
