//! The written contract: `docs/openapi.json` and `docs/asyncapi.json` from the code, the TypeScript client from the
//! first.

use crate::requirements::npm;
use crate::step::{Outcome, output, root, run};

/// What prints a document, and where it is kept.
const DOCUMENTS: [(&str, &str); 2] = [("openapi", "docs/openapi.json"), ("asyncapi", "docs/asyncapi.json")];
const CLIENT: &str = "web/src/lib/api/schema.d.ts";

/// Writes all of it.
///
/// # Errors
/// If the binary or the client cannot be built.
pub fn write() -> Outcome {
    run(".", "cargo", &["build", "--package", "rookery"])?;
    for (name, path) in DOCUMENTS {
        std::fs::write(root().join(path), document(name)?).map_err(|error| format!("{path}: {error}"))?;
    }
    npm("web")?;
    run("web", "npm", &["run", "--silent", "generate"])
}

/// Fails if any of it is not what the code says.
///
/// # Errors
/// If something is stale.
pub fn check() -> Outcome {
    let committed = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    run(".", "cargo", &["build", "--package", "rookery"])?;
    for (name, path) in DOCUMENTS {
        if committed(path) != document(name)? {
            return Err(format!("{path} is stale: run `cargo xtask schema`"));
        }
    }
    let before = committed(CLIENT);
    npm("web")?;
    run("web", "npm", &["run", "--silent", "generate"])?;
    if committed(CLIENT) == before {
        Ok(())
    } else {
        Err(format!("{CLIENT} was stale and has been written anew: commit it"))
    }
}

fn document(name: &str) -> Outcome<String> {
    output(".", "target/debug/rookery", &[name])
}
