//! One connection to Redis: reached, encrypted where the address says so, greeted and subscribed, all within a bound.

use crate::address::Address;
use crate::wire::{Frame, Part, WireError, command, read};
use crate::{CONNECT_TIME_MAX, HANDSHAKE_TIME_MAX};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::io::ErrorKind;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// What Redis shows of this connection to whoever administers it.
const NAME: &str = "rookery";

/// Why the bus is away. Nothing of it holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection could not be made, or broke.
    #[error("{address} cannot be reached: {source}")]
    Unreachable {
        /// Where.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate is not to be trusted, or TLS is not spoken there.
    #[error("TLS with {address} fails: {detail}")]
    Tls {
        /// Where.
        address: String,
        /// Why.
        detail: String,
    },
    /// Somebody else is let in.
    #[error("{address} refuses the user or the password ({code})")]
    Login {
        /// Where.
        address: String,
        /// What Redis calls it.
        code: String,
    },
    /// The user may not publish or subscribe here.
    #[error("{address} lets this user not publish and subscribe on the channels `rookery:*` ({code})")]
    Forbidden {
        /// Where.
        address: String,
        /// What Redis calls it.
        code: String,
    },
    /// It does not know RESP3.
    #[error("{address} does not speak RESP3 ({code}): Redis 6 or newer does, and Valkey")]
    Old {
        /// Where.
        address: String,
        /// What Redis calls it.
        code: String,
    },
    /// Something else is wrong there.
    #[error("{address} answers {code}")]
    Refused {
        /// Where.
        address: String,
        /// What Redis calls it.
        code: String,
    },
    /// It is no Redis.
    #[error("{address}: {detail}")]
    Garbled {
        /// Where.
        address: String,
        /// What came.
        detail: String,
    },
    /// Nothing comes.
    #[error("{address} does not answer")]
    Silent {
        /// Where.
        address: String,
    },
    /// This machine's roots of trust cannot be read.
    #[error("what this machine trusts cannot be read: {0}")]
    Roots(String),
}

impl Error {
    pub(crate) fn wire(address: &Address, error: WireError) -> Self {
        let address = address.to_string();
        match error {
            WireError::Io(source) => Self::Unreachable { address, source },
            error => Self::Garbled { address, detail: error.to_string() },
        }
    }

    pub(crate) fn refused(address: &Address, code: String) -> Self {
        let address = address.to_string();
        match code.as_str() {
            "WRONGPASS" | "NOAUTH" => Self::Login { address, code },
            "NOPERM" => Self::Forbidden { address, code },
            "NOPROTO" => Self::Old { address, code },
            _ => Self::Refused { address, code },
        }
    }
}

/// A way both ways, plain or encrypted.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<Way: AsyncRead + AsyncWrite + Send + Unpin> Stream for Way {}

/// A connection that is greeted and subscribed.
pub(crate) struct Connection {
    pub(crate) from: BufReader<ReadHalf<Box<dyn Stream>>>,
    pub(crate) to: WriteHalf<Box<dyn Stream>>,
}

/// What is trusted: what this machine trusts.
pub(crate) fn trust() -> Result<Arc<ClientConfig>, Error> {
    let failed = |error: rustls::Error| Error::Roots(error.to_string());
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_platform_verifier()
        .map_err(failed)?;
    Ok(Arc::new(config.with_no_client_auth()))
}

impl Connection {
    /// Connects, greets and subscribes.
    pub(crate) async fn open(
        address: &Address,
        trusted: Option<&Arc<ClientConfig>>,
        channel: &str,
    ) -> Result<Self, Error> {
        match timeout(CONNECT_TIME_MAX, Self::begin(address, trusted, channel)).await {
            Ok(opened) => opened,
            Err(_) => Err(Error::Silent { address: address.to_string() }),
        }
    }

    async fn begin(
        address: &Address,
        trusted: Option<&Arc<ClientConfig>>,
        channel: &str,
    ) -> Result<Self, Error> {
        let (from, to) = split(reach(address, trusted).await?);
        let mut connection = Self { from: BufReader::new(from), to };
        let mut greeting = vec!["HELLO", "3"];
        if let Some((user, password)) = &address.login {
            greeting.extend(["AUTH", user, password]);
        }
        greeting.extend(["SETNAME", NAME]);
        match connection.ask(address, &greeting).await? {
            // What does not know the command says so in many ways.
            Frame::Refused(code) if code == "ERR" => {
                return Err(Error::Old { address: address.to_string(), code });
            }
            Frame::Refused(code) => return Err(Error::refused(address, code)),
            Frame::Answer | Frame::Pushed(_) => {}
        }
        match connection.ask(address, &["SUBSCRIBE", channel]).await? {
            Frame::Pushed(parts) if is_text(parts.first(), "subscribe") => Ok(connection),
            Frame::Refused(code) => Err(Error::refused(address, code)),
            Frame::Answer | Frame::Pushed(_) => {
                let detail = "a channel was asked for, and something else answered".to_owned();
                Err(Error::Garbled { address: address.to_string(), detail })
            }
        }
    }

    async fn ask(&mut self, address: &Address, words: &[&str]) -> Result<Frame, Error> {
        self.to
            .write_all(&command(words))
            .await
            .map_err(|source| Error::Unreachable { address: address.to_string(), source })?;
        read(&mut self.from).await.map_err(|error| Error::wire(address, error))
    }
}

/// Whether a part is this text.
pub(crate) fn is_text(part: Option<&Part>, text: &str) -> bool {
    matches!(part, Some(Part::Text(found)) if found == text.as_bytes())
}

async fn reach(address: &Address, trusted: Option<&Arc<ClientConfig>>) -> Result<Box<dyn Stream>, Error> {
    let unreachable = |source| Error::Unreachable { address: address.to_string(), source };
    let stream = TcpStream::connect((address.host.as_str(), address.port)).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    let Some(config) = trusted.filter(|_| address.is_tls) else {
        return Ok(Box::new(stream));
    };
    let failed = |detail: String| Error::Tls { address: address.to_string(), detail };
    let name = ServerName::try_from(address.host.clone()).map_err(|error| failed(error.to_string()))?;
    match timeout(HANDSHAKE_TIME_MAX, TlsConnector::from(Arc::clone(config)).connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) if error.kind() == ErrorKind::InvalidData => Err(failed(error.to_string())),
        Ok(Err(error)) => Err(failed(format!("is it spoken there? {error}"))),
        Err(_) => Err(failed("is it spoken there? nothing is answered".to_owned())),
    }
}
