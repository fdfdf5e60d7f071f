//! PgBouncer before a PostgreSQL server, as Debian packages it. It hands the server's sessions around, one transaction to this
//! connection and the next to another; there are few of them, so that it does.

use crate::postgres::{PASSWORD, Postgres, USER, owner_of};
use crate::{Server, free_port, until};
use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpStream;
use std::path::Path;
use tempfile::TempDir;

/// A pooler.
#[derive(Debug)]
pub struct Pgbouncer {
    url: String,
    // Dropped in this order: the pooler stops before its folder goes.
    server: Server,
    _folder: TempDir,
}

impl Pgbouncer {
    /// Starts one with so many sessions for each database of this server.
    pub fn start(postgres: &Postgres, sessions: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let owner = owner_of(folder.path());
        let users = folder.path().join("users");
        std::fs::write(&users, format!("\"{USER}\" \"{PASSWORD}\"\n")).unwrap();
        let settings = folder.path().join("settings");
        let port = free_port();
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}\npool_mode = transaction\n\
             default_pool_size = {sessions}\nmax_client_conn = 500\n",
            postgres.port(),
            users.display()
        );
        std::fs::write(&settings, text).unwrap();
        [&users, &settings].into_iter().for_each(|file| owner.gets(file));
        let mut command = owner.command(Path::new("pgbouncer"), folder.path());
        let server =
            Server(command.arg(&settings).spawn().expect("pgbouncer runs: cargo xtask test installs it"));
        until("PgBouncer answers", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        let url = format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres");
        Self { url, server, _folder: folder }
    }

    /// How to reach the server through it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Pgbouncer {
    fn drop(&mut self) {
        // At once: the signal that ends the others would have it wait for those who are connected.
        let _already_gone = kill_process(Pid::from_child(&self.server.0), Signal::TERM);
    }
}
