//! Who somebody is at GitHub, against the fake.

use crate::scene::http;
use fakes::{FakeGithub, Fault, HandClock, follow};
use model::SeededEntropy;
use providers::github::{Github, GithubOptions, GithubPerson, GithubVisit};
use providers::{BaseUrl, Callback, Error, Provider, Result, Secret, SignInAttempt};
use std::sync::Arc;

const REDIRECT: &str = "http://127.0.0.1:21800/_access/github/callback";

struct Scene {
    fake: FakeGithub,
    client: Github,
}

fn scene() -> Scene {
    scene_with(FakeGithub::CLIENT_SECRET)
}

fn scene_with(secret: &str) -> Scene {
    let fake = FakeGithub::start(Arc::new(HandClock::default()), REDIRECT);
    fake.add("octocat", 583_231);
    fake.add_to_team("our", "team", "octocat", true);
    fake.add_to_team("our", "asked", "octocat", false);
    let base = BaseUrl::parse(Provider::SignIn, &fake.server.origin()).unwrap();
    let options = GithubOptions {
        client_id: FakeGithub::CLIENT_ID.to_owned(),
        client_secret: Secret::new(secret),
        sign_in: base.clone(),
        api: base,
    };
    Scene { fake, client: Github::new(http(), options) }
}

impl Scene {
    fn visit(&self, attempt: &SignInAttempt, login: &str, asks_teams: bool) -> Callback {
        let page = self.client.sign_in_page(attempt, REDIRECT, asks_teams);
        let back = follow(&format!("{page}&login={login}"), REDIRECT);
        Callback::from_query(back.split_once('?').unwrap().1)
    }

    async fn sign_in(&self, login: &str, asks_teams: bool) -> Result<GithubVisit> {
        let attempt = SignInAttempt::begin(&mut SeededEntropy::from_seed(1));
        let callback = self.visit(&attempt, login, asks_teams);
        self.client.finish(&attempt, &callback, REDIRECT).await
    }
}

#[tokio::test]
async fn somebody_is_known_by_number_and_name() {
    let scene = scene();
    let visit = scene.sign_in("octocat", false).await.unwrap();
    assert_eq!(visit.person, GithubPerson { id: 583_231, login: "octocat".to_owned() });
}

#[tokio::test]
async fn a_team_s_people_are_those_who_agreed_and_only_if_it_was_asked_for() {
    let scene = scene();
    let visit = scene.sign_in("octocat", true).await.unwrap();
    for (team, is_in) in [("team", true), ("asked", false), ("other", false)] {
        assert_eq!(scene.client.is_in_team(&visit, "our", team).await, Ok(is_in), "{team}");
    }
    let visit = scene.sign_in("octocat", false).await.unwrap();
    assert_eq!(scene.client.is_in_team(&visit, "our", "team").await, Ok(false));
}

#[tokio::test]
async fn who_refuses_and_a_code_that_was_used_are_told_apart_from_faults() {
    let scene = scene();
    let provider = Provider::SignIn;
    assert!(matches!(scene.sign_in("nobody", false).await.err(), Some(Error::SignInRefused { .. })));
    let attempt = SignInAttempt::begin(&mut SeededEntropy::from_seed(2));
    let callback = scene.visit(&attempt, "octocat", false);
    assert!(scene.client.finish(&attempt, &callback, REDIRECT).await.is_ok());
    let again = scene.client.finish(&attempt, &callback, REDIRECT).await;
    assert_eq!(again.err(), Some(Error::SignInAgain { provider }));
    let other = SignInAttempt::begin(&mut SeededEntropy::from_seed(3));
    let callback = scene.visit(&attempt, "octocat", false);
    assert_eq!(
        scene.client.finish(&other, &callback, REDIRECT).await.err(),
        Some(Error::StateMismatch { provider })
    );
    scene.fake.server.fail("/user", Fault::Status(502));
    assert!(matches!(scene.sign_in("octocat", false).await.err(), Some(Error::Unreachable { .. })));
}

#[tokio::test]
async fn a_wrong_secret_at_github_is_a_matter_of_the_settings() {
    let scene = scene_with("other");
    assert!(matches!(scene.sign_in("octocat", false).await.err(), Some(Error::CredentialsRefused { .. })));
}
