//! Sizes and shapes of files: budgets, module docs, tests at the end.

use super::Source;

/// Lines of a Rust file that are not tests.
const RUST_LINES_MAX: usize = 600;
/// Lines of a TypeScript file.
const TYPESCRIPT_LINES_MAX: usize = 300;
/// Lines of a Svelte component.
const SVELTE_LINES_MAX: usize = 400;
/// Names that say nothing.
const EMPTY_NAMES: [&str; 10] =
    ["utils", "common", "shared", "helpers", "helper", "types", "errors", "manager", "services", "misc"];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let Source { path, text } = source;
        if source.is_rust() {
            let lines = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text).lines().count();
            if !source.is_test() && lines > RUST_LINES_MAX {
                wrong
                    .push(format!("{path} has {lines} lines without its tests; {RUST_LINES_MAX} are enough"));
            }
            if !text.starts_with("//!") {
                wrong.push(format!("{path} does not begin with `//!`: what is it for?"));
            }
        }
        let lines = text.lines().count();
        let generated = path.ends_with(".d.ts") || path.contains("/i18n/");
        if path.ends_with(".ts") && !generated && lines > TYPESCRIPT_LINES_MAX && !path.ends_with(".test.ts")
        {
            wrong.push(format!("{path} has {lines} lines; {TYPESCRIPT_LINES_MAX} are enough"));
        }
        if path.ends_with(".svelte") && lines > SVELTE_LINES_MAX {
            wrong.push(format!("{path} has {lines} lines; {SVELTE_LINES_MAX} are enough"));
        }
        let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or("");
        if EMPTY_NAMES.contains(&stem)
            && (source.is_rust() || path.ends_with(".ts"))
            && !path.ends_with("api/types.ts")
        {
            wrong.push(format!("{path} has a name that says nothing"));
        }
    }
    wrong
}
