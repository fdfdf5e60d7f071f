//! `rookery access`: who gets through the gate of a protected environment, and what strangers reach.
//!
//! Numbers and tokens are made on the machine of the environment, beside its database; what a path is for strangers is
//! answered anywhere, from the declaration.

use super::print;
use crate::compose::{self, Stores};
use crate::failure::Failure;
use crate::secret_key;
use crate::settings::Settings;
use ::access::{Asked, HashOf, Key, PIN_LIFETIME, Pin};
use clap::Subcommand;
use database::access;
use identity::{Secret, SecretKind};
use server::Gate;

/// Letters of a token's name.
const NAME_CHARS_MAX: usize = 60;

#[derive(Debug, Subcommand)]
pub enum AccessCommand {
    /// Says whether strangers reach a path, by which rule, and what the others would say; exit code 1 if they do not.
    Test {
        /// The path: /docs
        path: String,
        /// How it is asked for.
        #[arg(long, default_value = "GET")]
        method: String,
        /// As a browser's question beforehand from one of the environment's own pages.
        #[arg(long)]
        preflight: bool,
    },
    /// Prints a number that lets one person in, once, within ten minutes.
    Pin,
    /// Makes, lists and revokes tokens that let programs in: for checks after a release, for monitors.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes one and prints it, once. It is sent as `Rookery-Access-Token`.
    Create {
        /// What it is called: `checks`
        #[arg(value_name = "WHAT_FOR")]
        token: String,
    },
    /// Lists them.
    List,
    /// Makes one open nothing any more.
    Revoke {
        /// Which.
        #[arg(value_name = "WHAT_FOR")]
        token: String,
    },
}

/// # Errors
/// [`Failure::Access`], and whatever the settings or the database say.
pub async fn run(settings: Settings, command: &AccessCommand) -> Result<(), Failure> {
    match command {
        AccessCommand::Test { path, method, preflight } => {
            test(&settings.without_sealed()?, path, method, *preflight)
        }
        AccessCommand::Pin => pin(&settings.with_file()?).await,
        AccessCommand::Token { command } => token(&settings.with_file()?, command).await,
    }
}

fn test(settings: &Settings, path: &str, method: &str, preflight: bool) -> Result<(), Failure> {
    let environment = settings.environment();
    if !settings.access.is_on() {
        print(&format!("{path}: open to everybody\n  {environment} has no gate: it declares no `access`\n"));
        return Ok(());
    }
    let rules = settings.access.rules()?;
    // What people paste has a query, which no rule looks at.
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let method = if preflight { "OPTIONS".to_owned() } else { method.to_uppercase() };
    let asked = Asked { method: &method, path, is_own_preflight: preflight };
    let decision = rules.decide(&asked);
    print(&decision.explained(&asked));
    if decision.is_open() {
        Ok(())
    } else {
        Err(Failure::Access(format!("{path} is closed to strangers in {environment}")))
    }
}

async fn pin(settings: &Settings) -> Result<(), Failure> {
    let environment = settings.environment();
    if !settings.access.is_on() || !settings.access.has_pins() {
        return Err(Failure::Access(format!(
            "no number opens {environment}: say `access = {{ pin = true }}` for it in rookery.toml and start the server anew"
        )));
    }
    let (stores, key) = open(settings).await?;
    let pin = Pin::generate(&mut *compose::entropy()?);
    let now = stores.clock.wall();
    let hash = key.hash(HashOf::Pin, pin.digits());
    access::add_pin(&stores.database, &hash, now, now.plus(PIN_LIFETIME)).await?;
    stores.database.close().await;
    let base = settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen()));
    let minutes = PIN_LIFETIME.as_secs() / 60;
    print(&format!("{}\n  opens {base} for one person, once, within {minutes} minutes\n", pin.shown()));
    Ok(())
}

async fn token(settings: &Settings, command: &TokenCommand) -> Result<(), Failure> {
    let (stores, key) = open(settings).await?;
    let database = &stores.database;
    match command {
        TokenCommand::Create { token } => {
            let name = named(token)?;
            let secret = Secret::generate(SecretKind::Access, &mut *compose::entropy()?);
            let hash = key.hash(HashOf::Token, secret.reveal());
            if !access::add_token(database, name, &hash, stores.clock.wall()).await? {
                let told = format!("there is a token `{name}`: revoke it first, or choose another name");
                return Err(Failure::Access(told));
            }
            print(&format!("{}\n", secret.reveal()));
        }
        TokenCommand::List => {
            for token in access::tokens(database).await? {
                let at = ::backup::utc(token.created_at);
                print(&format!("{}  since {at}\n", token.name));
            }
        }
        TokenCommand::Revoke { token } => {
            if !access::remove_token(database, token).await? {
                return Err(Failure::Access(format!(
                    "there is no token `{token}`: `rookery access token list`"
                )));
            }
            print(&format!("`{token}` opens nothing any more, after some seconds.\n"));
        }
    }
    stores.database.close().await;
    Ok(())
}

fn named(name: &str) -> Result<&str, Failure> {
    let name = name.trim();
    let is_plain = !name.is_empty() && name.chars().all(|c| !c.is_control());
    if is_plain && name.chars().count() <= NAME_CHARS_MAX {
        return Ok(name);
    }
    Err(Failure::Access(format!("a token's name has 1 to {NAME_CHARS_MAX} letters on one line")))
}

async fn open(settings: &Settings) -> Result<(Stores, Key), Failure> {
    let stores = compose::stores(settings).await?;
    let secret = secret_key::open(settings, &stores.database).await?;
    let key = Gate::key(&secret, settings.environment().as_str());
    Ok((stores, key))
}
