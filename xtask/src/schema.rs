//! The written contract: `docs/openapi.json` from the code, the TypeScript client from that.

use crate::requirements::npm;
use crate::step::{Outcome, output, root, run};

const DOCUMENT: &str = "docs/openapi.json";
const CLIENT: &str = "web/src/lib/api/schema.d.ts";

/// Writes both.
///
/// # Errors
/// If the binary or the client cannot be built.
pub fn write() -> Outcome {
    let document = document()?;
    std::fs::write(root().join(DOCUMENT), document).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    npm("web")?;
    run("web", "npm", &["run", "--silent", "generate"])
}

/// Fails if either is not what the code says.
///
/// # Errors
/// If something is stale.
pub fn check() -> Outcome {
    let committed = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_default();
    if committed(DOCUMENT) != document()? {
        return Err(format!("{DOCUMENT} is stale: run `cargo xtask schema`"));
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

fn document() -> Outcome<String> {
    run(".", "cargo", &["build", "--package", "rookery"])?;
    output(".", "target/debug/rookery", &["openapi"])
}
