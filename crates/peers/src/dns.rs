//! A name server: dnsmasq, which answers what it is told to and asks nobody.

use crate::{Server, free_port, until};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

/// A name server, over UDP and TCP.
#[derive(Debug)]
pub struct Dns {
    address: SocketAddr,
    _server: Server,
}

impl Dns {
    /// Starts one with these records: a name and its text, whose pieces have commas between them. Of what else is below
    /// `.test` it says that there is nothing; of the rest it refuses to speak.
    pub fn with(texts: &[(&str, &str)]) -> Self {
        let port = free_port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        // Where Debian puts it, which is not on everybody's path.
        let place = Path::new("/usr/sbin/dnsmasq");
        let mut command = Command::new(if place.exists() { place } else { Path::new("dnsmasq") });
        // Neither a daemon, nor files of this machine, nor other name servers.
        command.args(["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--local=/test/"]);
        command.args(["--listen-address=127.0.0.1", "--bind-interfaces", &format!("--port={port}")]);
        command.args(texts.iter().map(|(name, text)| format!("--txt-record={name},{text}")));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Server(command.spawn().expect("dnsmasq runs: install it (Debian: dnsmasq-base)"));
        until("the name server answers", || TcpStream::connect(address).is_ok());
        Self { address, _server: server }
    }

    /// Where it is.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}
