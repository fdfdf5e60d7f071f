//! What a first visit costs before a sound is played: the page and everything it loads, as a browser asks for it. As
//! `web/scripts/size.js` counts: what the start imports, and every page, which is more than one visit loads.

use super::http::Client;
use crate::step::Outcome;
use std::collections::BTreeSet;

/// What browsers say they can read.
const ENCODINGS: &str = "Accept-Encoding: gzip, deflate, br\r\n";
/// Beyond so many files something is wrong.
const FILES_MAX: usize = 500;

/// How many bytes of bodies come over the wire, and in how many files.
pub async fn first_load(port: u16) -> Outcome<(usize, usize)> {
    let mut client = Client::connect(port).await?;
    let mut known = BTreeSet::from(["/".to_owned()]);
    let mut waiting = vec!["/".to_owned()];
    let mut bytes = 0;
    while let Some(path) = waiting.pop() {
        bytes += get(&mut client, &path, ENCODINGS).await?.len();
        let text = String::from_utf8_lossy(&get(&mut client, &path, "").await?).into_owned();
        for named in named(&path, &text) {
            if known.insert(named.clone()) {
                waiting.push(named);
            }
        }
        if known.len() > FILES_MAX {
            return Err(format!("a page that loads more than {FILES_MAX} files"));
        }
    }
    Ok((bytes, known.len()))
}

async fn get(client: &mut Client, path: &str, headers: &str) -> Outcome<Vec<u8>> {
    let answer = client.get(path, headers).await?;
    if answer.status != 200 || answer.header("content-length").is_none() {
        return Err(format!("{path} was answered {} or without a length", answer.status));
    }
    Ok(answer.body)
}

/// The files that a file has loaded: what a page names, what a script imports, the scripts of pages, and styles.
fn named(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = "";
    for token in text.split(['"', '\'']) {
        let is_script = token.ends_with(".js");
        let imports = ["from", "import"].iter().any(|word| before.trim_end().ends_with(word));
        let is_loaded = path == "/" || imports || token.contains("nodes/");
        if (is_script && is_loaded) || token.ends_with(".css") {
            found.extend(resolve(path, token));
        }
        before = token;
    }
    found
}

/// The address of what `path` names; `None`: it is elsewhere, or no address.
fn resolve(path: &str, name: &str) -> Option<String> {
    if name.contains([' ', ':', '<', '`', '$']) {
        return None;
    }
    // Vite names what comes along from the root of what it built.
    if let Some(rest) = name.strip_prefix("_app/") {
        return Some(format!("/_app/{rest}"));
    }
    if name.starts_with('/') {
        return Some(name.to_owned());
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_and_its_scripts_load_is_found() {
        let page = r#"<link href="/_app/immutable/assets/a.css"><script src="/theme.js"></script> import("/_app/immutable/entry/app.js")"#;
        assert_eq!(
            named("/", page),
            ["/_app/immutable/assets/a.css", "/theme.js", "/_app/immutable/entry/app.js"]
        );
        let script = r#"import"./b.js";import{x}from'../chunks/c.js';import("../nodes/0.js");import("../chunks/late.js")"#;
        assert_eq!(
            named("/_app/immutable/entry/app.js", script),
            ["/_app/immutable/entry/b.js", "/_app/immutable/chunks/c.js", "/_app/immutable/nodes/0.js"]
        );
    }
}
