//! What is written by the code and kept: `docs/openapi.json` and `docs/asyncapi.json`, the TypeScript client from the
//! first, `.env.example`, and under `deploy/` what platforms want of its declaration.

use crate::requirements::npm;
use crate::step::{Outcome, output, root, run};

/// What prints a document, and where it is kept.
const DOCUMENTS: [(&[&str], &str); 3] = [
    (&["openapi"], "docs/openapi.json"),
    (&["asyncapi"], "docs/asyncapi.json"),
    (&["env", "example"], ".env.example"),
];
const CLIENT: &str = "web/src/lib/api/schema.d.ts";
const PROGRAM: &str = "target/debug/rookery";
/// Makes the files of the example.
const FILES: [&str; 6] = ["--config", "deploy/rookery.toml", "env", "files", "--into", "deploy"];

/// Writes all of it.
///
/// # Errors
/// If the binary or the client cannot be built.
pub fn write() -> Outcome {
    run(".", "cargo", &["build", "--package", "rookery"])?;
    for (words, path) in DOCUMENTS {
        std::fs::write(root().join(path), document(words)?).map_err(|error| format!("{path}: {error}"))?;
    }
    run(".", PROGRAM, &FILES)?;
    npm("web")?;
    run("web", "npm", &["run", "--silent", "generate"])
}

/// Fails if any of it is not what the code says, as the binary that is there has it.
///
/// # Errors
/// If something is stale.
pub fn check() -> Outcome {
    let committed = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    for (words, path) in DOCUMENTS {
        if committed(path) != document(words)? {
            return Err(format!("{path} is stale: run `cargo xtask schema`"));
        }
    }
    run(".", PROGRAM, &[&FILES[..], &["--check"]].concat())?;
    let before = committed(CLIENT);
    npm("web")?;
    run("web", "npm", &["run", "--silent", "generate"])?;
    if committed(CLIENT) == before {
        Ok(())
    } else {
        Err(format!("{CLIENT} was stale and has been written anew: commit it"))
    }
}

fn document(words: &[&str]) -> Outcome<String> {
    output(".", PROGRAM, words)
}
