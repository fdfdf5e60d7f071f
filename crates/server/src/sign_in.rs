//! Sign-in with other services: which there are, and what came of somebody's way there and back. The browser keeps the
//! attempt (`attempt`), so that nothing is stored for people who never come back; what is decided when they do is in
//! `finish`.
//!
//! Deliberately not here: the protocol itself (`providers::oidc`), who is admitted (`identity::Admission`), and routes.

mod attempt;
mod development;
mod finish;

pub(crate) use attempt::{Pending, Reason};
pub(crate) use development::sign_in as sign_in_developer;
pub(crate) use finish::finish;

use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use identity::{Admission, IdentityAddress, LinkedIdentity, Sealer};
use model::Clock;
use providers::oidc::{Oidc, OidcOptions};
use providers::{BaseUrl, Calls, Http, HttpOptions, Outside, Pictures, Provider};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The id under which the developer bypass is offered.
pub(crate) const DEVELOPMENT: &str = "development";

/// Who may sign in, and with what.
#[derive(Clone, Debug, Default)]
pub struct SignInConfig {
    /// The services, in the order they are offered.
    pub providers: Vec<ProviderConfig>,
    /// Whose addresses make members.
    pub admission: Admission,
    /// The address of the developer bypass: whoever asks from this very machine is signed in. Only for development; the
    /// binary refuses it anywhere else.
    pub development: Option<String>,
    /// Where pictures of people may be fetched from, beside public addresses.
    pub pictures: Outside,
}

/// A service that signs people in.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in addresses: lower-case letters, digits and `-`.
    pub id: String,
    /// Its name for people, as in `Sign in with Google`.
    pub name: String,
    /// The issuer, letter for letter.
    pub issuer: String,
    /// From the issuer's console.
    pub client_id: String,
    /// Its secret; none for a public client.
    pub client_secret: Option<providers::Secret>,
    /// The path the issuer sends people back to, as registered there.
    pub callback_path: String,
}

/// Why signing in, linking or unlinking did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The attempt is not this browser's, or older than it may be.
    #[error("this sign-in was not begun in this browser, or too long ago")]
    Expired,
    /// The person did not want to.
    #[error("the sign-in was cancelled")]
    Cancelled,
    /// What the service sent proves nothing.
    #[error("the sign-in service did not prove who you are")]
    Unproven,
    /// The service does not vouch for the address.
    #[error("the sign-in service has not verified your e-mail address")]
    AddressUnverified,
    /// New here, and neither address nor invitation lets them in.
    #[error("this account is not on the guest list")]
    NotAdmitted,
    /// The account signs somebody else in.
    #[error("this account signs somebody else in here")]
    Taken,
    /// As many accounts are linked as there may be.
    #[error("no more accounts can be linked; unlink one first")]
    TooMany,
    /// Without it nothing would sign the person in any more.
    #[error("this is the last account that signs you in")]
    LastWayIn,
    /// The service cannot be reached or has a fault.
    #[error("the sign-in service does not answer as it should")]
    ProviderAway,
    /// The service does not know us: a matter of the settings.
    #[error("the sign-in service refuses this server")]
    Misconfigured,
}

impl From<&providers::Error> for Fault {
    fn from(error: &providers::Error) -> Self {
        use providers::Error as E;
        match error {
            E::StateMismatch { .. } | E::SignInAgain { .. } => Self::Expired,
            E::SignInRefused { detail, .. } if detail == "access_denied" => Self::Cancelled,
            E::IdToken { .. } => Self::Unproven,
            E::EmailUnverified => Self::AddressUnverified,
            E::Configuration { .. } | E::CredentialsRefused { .. } | E::ScopeMissing { .. } => {
                Self::Misconfigured
            }
            _ => Self::ProviderAway,
        }
    }
}

/// The services as they run, and the key that seals what is kept of them.
pub struct SignIn {
    providers: Vec<Service>,
    admission: Admission,
    development: Option<String>,
    sealer: Sealer,
    pictures: Pictures,
    exchanges: Semaphore,
    fetches: Arc<Semaphore>,
    calls: Calls,
}

/// A service.
pub(crate) struct Service {
    pub(crate) config: ProviderConfig,
    oidc: Oidc,
}

impl SignIn {
    /// Sets the services up. Nothing is asked of them yet: starting needs no network.
    ///
    /// # Errors
    /// [`Error::SignInSettings`] that says which setting cannot be used.
    pub fn new(config: SignInConfig, clock: &Arc<dyn Clock>, sealer: Sealer) -> Result<Self> {
        let wrong = |error: providers::Error| Error::SignInSettings(error.to_string());
        let options = HttpOptions::default();
        let http = Http::new(&options).map_err(wrong)?;
        let service = |config: ProviderConfig| -> Result<Service> {
            let issuer = BaseUrl::parse(Provider::SignIn, &config.issuer).map_err(wrong)?;
            let client_secret = config.client_secret.clone();
            let options = OidcOptions { issuer, client_id: config.client_id.clone(), client_secret };
            Ok(Service { config, oidc: Oidc::new(http.clone(), Arc::clone(clock), options) })
        };
        Ok(Self {
            providers: config.providers.into_iter().map(service).collect::<Result<_>>()?,
            admission: config.admission,
            development: config.development,
            sealer,
            pictures: Pictures::new(&HttpOptions::default(), config.pictures).map_err(wrong)?,
            exchanges: Semaphore::new(limits::SIGN_INS_AT_ONCE_MAX),
            fetches: Arc::new(Semaphore::new(limits::PICTURES_AT_ONCE_MAX)),
            calls: options.calls,
        })
    }

    /// The service with this id.
    pub(crate) fn service(&self, id: &str) -> Result<&Service> {
        let found = self.providers.iter().find(|service| service.config.id == id);
        found.ok_or(Error::NotFound("sign-in service"))
    }

    /// What is offered to people, in order: id and name.
    pub(crate) fn offered(&self) -> impl Iterator<Item = (&str, &str)> {
        let bypass = self.development.as_ref().map(|_| (DEVELOPMENT, "Developer"));
        let services = self.providers.iter().map(|service| &service.config);
        services.map(|config| (config.id.as_str(), config.name.as_str())).chain(bypass)
    }

    /// The name of whoever this issuer is; of an issuer that is not offered any more, the issuer itself.
    pub(crate) fn name_of<'a>(&'a self, issuer: &'a str) -> &'a str {
        let same =
            |service: &&Service| service.config.issuer.trim_end_matches('/') == issuer.trim_end_matches('/');
        self.providers.iter().find(same).map_or(issuer, |service| &service.config.name)
    }

    /// The address of an account, for its owner or an administrator. Empty if it was sealed with another key.
    pub(crate) fn address_of(&self, identity: &LinkedIdentity) -> String {
        let owner = identity.id.to_string();
        self.sealer.open(IdentityAddress::of(&owner), &identity.address).unwrap_or_default()
    }

    pub(crate) const fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    pub(crate) const fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Calls to services that are not written down yet.
    pub(crate) const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Places for fetching pictures.
    pub(crate) const fn fetches(&self) -> &Arc<Semaphore> {
        &self.fetches
    }
}

impl Service {
    /// Where to send the browser.
    pub(crate) async fn page(&self, pending: &Pending, base: &str) -> Result<String> {
        let page = self.oidc.sign_in_page(&pending.oauth, &self.redirect_uri(base), None).await;
        page.map_err(|error| refused(&self.config.id, &error))
    }

    fn redirect_uri(&self, base: &str) -> String {
        format!("{base}{}", self.config.callback_path)
    }
}

/// What a service said, as people are told; the log has the rest.
fn refused(service: &str, error: &providers::Error) -> Error {
    let fault = Fault::from(error);
    if matches!(fault, Fault::Misconfigured | Fault::ProviderAway) {
        tracing::warn!(service, %error, "a sign-in service does not answer as it should");
    } else {
        tracing::debug!(service, %error, "a sign-in was not finished");
    }
    Error::SignIn(fault)
}

/// Fetches a picture that somebody brought, in the background and politely: when it cannot be had, nothing is missing.
fn fetch_picture(app: &App, member: model::MemberId, address: String) {
    let Ok(place) = Arc::clone(app.sign_in().fetches()).try_acquire_owned() else { return };
    let task = app.clone();
    app.lifecycle().spawn(async move {
        if let Err(error) = crate::avatar::fetch(&task, member, &address).await {
            tracing::debug!(%member, %error, "a person's picture could not be fetched");
        }
        drop(place);
    });
}
