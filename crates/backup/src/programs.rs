//! PostgreSQL and libSQL by their own means: `pg_dump` and `pg_restore`, and the dump that a libSQL server writes.

use crate::error::{Error, Result};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;
use url::Url;

/// What of a program's complaint is shown.
const SAID_CHARS_MAX: usize = 600;

/// Has `pg_dump` write the database as it was at an instant that is held.
pub(crate) async fn pg_dump(url: &str, snapshot: &str, to: &Path) -> Result<()> {
    let mut command = Command::new("pg_dump");
    // Not compressed: equal parts of two dumps are then equal.
    command.args([
        "--format=custom",
        "--compress=0",
        "--no-owner",
        "--no-privileges",
        "--snapshot",
        snapshot,
    ]);
    command.arg("--file").arg(to);
    run("pg_dump", command, url).await
}

/// Has `pg_restore` fill an empty database.
pub(crate) async fn pg_restore(url: &str, from: &Path) -> Result<()> {
    let mut command = Command::new("pg_restore");
    command.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname"]);
    command.arg(database_of(url)?).arg(from);
    run("pg_restore", command, url).await
}

/// The same server of PostgreSQL, another database.
///
/// # Errors
/// If the address cannot be read.
pub fn with_database(url: &str, name: &str) -> Result<String> {
    let mut url = parse(url)?;
    url.set_path(name);
    Ok(url.to_string())
}

fn database_of(url: &str) -> Result<String> {
    let url = parse(url)?;
    let name = url.path().trim_matches('/');
    Ok(if name.is_empty() { url.username().to_owned() } else { unescape(name) })
}

fn parse(url: &str) -> Result<Url> {
    let bad = |detail: String| Error::Program { program: "pg_dump".to_owned(), detail };
    Url::parse(url).map_err(|error| bad(format!("the database's address cannot be read: {error}")))
}

async fn run(program: &str, mut command: Command, url: &str) -> Result<()> {
    let failed = |detail: String| Error::Program { program: program.to_owned(), detail };
    let address = parse(url)?;
    // By environment: arguments can be seen by everybody on the machine.
    let given = [
        ("PGHOST", address.host_str().map(str::to_owned)),
        ("PGPORT", address.port().map(|port| port.to_string())),
        ("PGUSER", Some(unescape(address.username())).filter(|name| !name.is_empty())),
        ("PGPASSWORD", address.password().map(unescape)),
        ("PGDATABASE", Some(database_of(url)?).filter(|name| !name.is_empty())),
    ];
    let options = address.query_pairs().filter_map(|(key, value)| {
        let name = match key.as_ref() {
            "sslmode" => "PGSSLMODE",
            "sslrootcert" => "PGSSLROOTCERT",
            "host" => "PGHOST",
            _ => return None,
        };
        Some((name, Some(value.into_owned())))
    });
    for (name, value) in given.into_iter().chain(options) {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = output.output().await.map_err(|error| failed(format!("it cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(said.trim().chars().take(SAID_CHARS_MAX).collect()))
}

fn unescape(text: &str) -> String {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match (byte, code.and_then(|code| u8::from_str_radix(code, 16).ok())) {
            (b'%', Some(escaped)) => {
                plain.push(escaped);
                rest = &after[2..];
            }
            _ => {
                plain.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Has a libSQL server write its database as SQL statements.
pub(crate) async fn libsql_dump(url: &str, token: Option<&str>, to: &Path) -> Result<()> {
    let failed = |detail: String| Error::Program { program: "dump of libSQL".to_owned(), detail };
    let address = match url.split_once(':') {
        Some(("libsql+http", rest)) => format!("http:{rest}"),
        Some((_, rest)) => format!("https:{rest}"),
        None => return Err(failed("the address has no host".to_owned())),
    };
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.map_err(|error| failed(error.to_string()))?;
    let request = client.get(format!("{}/dump", address.trim_end_matches('/')));
    let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
    let response = request.send().await.and_then(reqwest::Response::error_for_status);
    let mut response = response.map_err(|error| failed(error.without_url().to_string()))?;
    let mut file = File::create(to).map_err(|error| Error::io("create", to, error))?;
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(error.without_url().to_string()))? {
        file.write_all(&chunk).map_err(|error| Error::io("write", to, error))?;
    }
    Ok(())
}

/// Doubles quotation marks inside the texts of virtual tables, which a libSQL server writes as they are. A text in which
/// they are doubled already stays.
pub(crate) fn mend_dump(sql: &str) -> String {
    const BEGIN: &str = "\nINSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table',";
    const SPLIT: &str = ",0,'";
    const END: &str = "');\n";
    let mut mended = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        mended.push_str(before);
        mended.push_str(BEGIN);
        let parts = after.split_once(SPLIT).and_then(|(names, after)| Some((names, after.split_once(END)?)));
        let Some((names, (text, after))) = parts else {
            rest = after;
            continue;
        };
        let is_doubled = !text.replace("''", "").contains('\'');
        let text = if is_doubled { text.to_owned() } else { text.replace('\'', "''") };
        mended.push_str(&format!("{names}{SPLIT}{text}{}", END.trim_end()));
        // The line's end may begin the next.
        rest = &sql[sql.len() - after.len() - 1..];
    }
    mended.push_str(rest);
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_tables_of_a_dump_are_quoted() {
        let line = |text: &str| {
            format!(
                "\nINSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table','f','f',0,'{text}');\n"
            )
        };
        let dump = |text: &str| {
            format!("BEGIN;{}{}INSERT INTO f VALUES('it''s');\n", line(text), line("x").trim_start())
        };
        let bare = dump("CREATE VIRTUAL TABLE f using fts5(a, tokenize = 'ascii')");
        let right = dump("CREATE VIRTUAL TABLE f using fts5(a, tokenize = ''ascii'')");
        assert_eq!(mend_dump(&bare), right);
        assert_eq!(mend_dump(&right), right);
        assert_eq!(mend_dump("BEGIN;\nCOMMIT;\n"), "BEGIN;\nCOMMIT;\n");
    }

    #[test]
    fn addresses_are_taken_apart() {
        assert_eq!(database_of("postgres://a:b@h:5432/my%20db?sslmode=require").unwrap(), "my db");
        assert_eq!(database_of("postgres://ana@h").unwrap(), "ana");
        assert_eq!(
            with_database("postgres://a:b@h:5432/x?sslmode=require", "y").unwrap(),
            "postgres://a:b@h:5432/y?sslmode=require"
        );
        assert_eq!(unescape("100%25%zz%4"), "100%%zz%4");
    }
}
