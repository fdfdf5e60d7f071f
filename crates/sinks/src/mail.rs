//! E-mail by SMTP: over TLS, or after STARTTLS, which is insisted on; in the open only where that is said.

use crate::{Error, id_of};
use alerts::Bulletin;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use model::WallTime;
use providers::Secret;
use std::time::{Duration, UNIX_EPOCH};
use url::Url;

/// How long the server may take for one step.
const STEP_TIME_MAX: Duration = Duration::from_secs(10);
/// Addresses that mail may go to.
const ADDRESSES_MAX: usize = 10;

/// How e-mail leaves.
#[derive(Clone, Debug)]
pub struct MailOptions {
    /// The server: `smtps://mail.example.org` (TLS), `smtp://…` (STARTTLS), `smtp+plain://…` (in the open), with a user and
    /// a port or without.
    pub server: String,
    /// The user's password.
    pub password: Option<Secret>,
    /// A certificate to trust beside the system's, PEM.
    pub root: Option<Vec<u8>>,
    /// From whom; `None`: from the first it goes to.
    pub from: Option<String>,
    /// To whom.
    pub to: Vec<String>,
}

/// How a connection is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything else is said.
    StartTls,
    /// Not at all.
    None,
}

pub(crate) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Mail").field("to", &self.to).finish_non_exhaustive()
    }
}

/// A server as it was named.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    security: Security,
    host: String,
    port: u16,
    user: Option<String>,
}

fn wrong(what: &'static str, detail: impl ToString) -> Error {
    Error::Setting { what, detail: detail.to_string() }
}

fn named(text: &str) -> Result<Named, Error> {
    const WHAT: &str = "the mail server of alerts";
    let url = Url::parse(text).map_err(|error| wrong(WHAT, error))?;
    let (security, port) = match url.scheme() {
        "smtps" => (Security::Tls, 465),
        "smtp" => (Security::StartTls, 587),
        "smtp+plain" => (Security::None, 25),
        _ => return Err(wrong(WHAT, "write smtps://HOST, smtp://HOST (STARTTLS) or smtp+plain://HOST")),
    };
    if url.password().is_some() {
        return Err(wrong(WHAT, "the password does not stand in the address: set it by itself"));
    }
    let host =
        url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong(WHAT, "no host is named"))?;
    // A user is often an address, whose `@` is written `%40` here.
    let user = url.username().replace("%40", "@");
    let user = Some(user).filter(|user| !user.is_empty());
    Ok(Named { security, host: host.to_owned(), port: url.port().unwrap_or(port), user })
}

fn mailbox(text: &str) -> Result<Mailbox, Error> {
    text.trim().parse().map_err(|error| wrong("an address of alerts", format!("`{text}`: {error}")))
}

impl Mail {
    pub(crate) fn new(options: &MailOptions) -> Result<Self, Error> {
        let named = named(&options.server)?;
        let to: Vec<Mailbox> = options.to.iter().map(|to| mailbox(to)).collect::<Result<_, _>>()?;
        let first = to.first().cloned().filter(|_| to.len() <= ADDRESSES_MAX);
        let first =
            first.ok_or_else(|| wrong("addresses of alerts", format!("name 1 to {ADDRESSES_MAX}")))?;
        let from = options.from.as_deref().map(mailbox).transpose()?.unwrap_or(first);
        let tls = || {
            let mut parameters = TlsParameters::builder(named.host.clone());
            if let Some(root) = &options.root {
                let root = Certificate::from_pem(root);
                let root = root.map_err(|error| wrong("the certificate of the mail server", error))?;
                parameters = parameters.add_root_certificate(root);
            }
            parameters.build().map_err(|error| wrong("TLS to the mail server", error))
        };
        let tls = match named.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::None => Tls::None,
        };
        let domain = from.email.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&named.host)
            .port(named.port)
            .tls(tls)
            .hello_name(ClientId::Domain(domain))
            .timeout(Some(STEP_TIME_MAX));
        match (named.user, &options.password) {
            (Some(_), Some(_)) if named.security == Security::None => {
                return Err(wrong("the mail server of alerts", "a password is not sent in the open"));
            }
            (Some(user), Some(password)) => {
                builder = builder.credentials(Credentials::new(user, password.reveal().to_owned()));
            }
            (None, None) => {}
            _ => return Err(wrong("the mail server of alerts", "a user and a password belong together")),
        }
        Ok(Self { transport: builder.build(), from, to })
    }

    pub(crate) async fn send(&self, bulletin: &Bulletin, now: WallTime) -> Result<(), Error> {
        let message = self.message(bulletin, now)?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| Error::Mail(chain(&error)))
    }

    fn message(&self, bulletin: &Bulletin, now: WallTime) -> Result<Message, Error> {
        let since_epoch = Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0));
        let id = format!("<{}.{}@{}>", id_of(bulletin), now.micros(), self.from.email.domain());
        let mut builder: MessageBuilder = Message::builder()
            .from(self.from.clone())
            .date(UNIX_EPOCH + since_epoch)
            .message_id(Some(id))
            .subject(one_line(&bulletin.subject()))
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        builder.body(bulletin.text() + "\n").map_err(|error| Error::Mail(chain(&error)))
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// An error with its causes, in one bounded line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        cause = inner.source();
    }
    one_line(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(server: &str, password: Option<&str>) -> MailOptions {
        MailOptions {
            server: server.to_owned(),
            password: password.map(Secret::new),
            root: None,
            from: Some("Rookery <rookery@example.org>".to_owned()),
            to: vec!["ops@example.org".to_owned(), "ada@example.org".to_owned()],
        }
    }

    #[test]
    fn a_server_is_named_with_how_it_is_spoken_to() {
        let of = |security, port, user: Option<&str>| Named {
            security,
            host: "mail.example.org".to_owned(),
            port,
            user: user.map(str::to_owned),
        };
        assert_eq!(named("smtps://mail.example.org").unwrap(), of(Security::Tls, 465, None));
        assert_eq!(
            named("smtp://ops%40example.org@mail.example.org:2525").unwrap(),
            of(Security::StartTls, 2525, Some("ops@example.org"))
        );
        for bad in
            ["mail.example.org", "https://mail.example.org", "smtps://a:secret@mail.example.org", "smtps://"]
        {
            let error = named(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_password_goes_with_a_user_and_never_in_the_open() {
        let refused = |server, password| Mail::new(&options(server, password)).unwrap_err().to_string();
        assert!(refused("smtp+plain://ada@mail.example.org", Some("x")).contains("in the open"));
        assert!(refused("smtps://mail.example.org", Some("x")).contains("belong together"));
        assert!(refused("smtps://ada@mail.example.org", None).contains("belong together"));
    }

    #[tokio::test]
    async fn a_message_has_one_line_of_subject_whatever_a_server_is_called() {
        let mail = Mail::new(&options("smtp+plain://mail.example.org", None)).unwrap();
        let at = WallTime::from_micros(1_795_000_000_000_000);
        let bulletin = Bulletin::test("here\r\nBcc: mallory@example.com\r\n\r\nx", at);
        let message = String::from_utf8(mail.message(&bulletin, at).unwrap().formatted()).unwrap();
        let head = message.split("\r\n\r\n").next().unwrap();
        assert!(head.lines().all(|line| !line.starts_with("Bcc")), "{head}");
        assert!(head.contains("To: ops@example.org, ada@example.org"), "{head}");
        assert!(head.contains("Date: Wed, 18 Nov 2026 11:06:40"), "{head}");
    }
}
