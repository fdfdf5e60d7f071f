//! The contract as pages for people: no script, no style of its own, readable anywhere.

use std::fmt::Write as _;
use utoipa::openapi::OpenApi;

/// Every operation of the OpenAPI document.
pub(crate) fn page(document: &OpenApi) -> String {
    let mut html = head("Rookery API");
    html.push_str("<p>The machine-readable form: <a href=\"/api/v1/openapi.json\">openapi.json</a>. Errors: \
        <a href=\"/docs/problems\">problems</a>. The socket: Centrifugo client protocol 2 at <code>/api/v1/socket</code>, \
        <a href=\"/api/v1/asyncapi.json\">asyncapi.json</a>.</p>");
    let value = serde_json::to_value(document).unwrap_or_default();
    let paths = value["paths"].as_object().cloned().unwrap_or_default();
    for tag in ["server", "people", "library", "nests"] {
        let _ = write!(html, "<h2>{tag}</h2><dl>");
        for (path, methods) in &paths {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                if operation["tags"][0] == tag {
                    operation_entry(&mut html, method, path, operation);
                }
            }
        }
        html.push_str("</dl>");
    }
    html + "</main></body></html>"
}

fn operation_entry(html: &mut String, method: &str, path: &str, operation: &serde_json::Value) {
    let said = |value: &serde_json::Value| escape(value.as_str().unwrap_or(""));
    let _ = write!(
        html,
        "<dt><code>{} {}</code></dt><dd>{} {}",
        method.to_uppercase(),
        escape(path),
        said(&operation["summary"]),
        said(&operation["description"])
    );
    let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    if let Some(name) = body.as_str().and_then(|name| name.rsplit('/').next()) {
        let _ = write!(html, " <em>Body: {}.</em>", escape(name));
    }
    html.push_str("</dd>");
}

/// Every problem code with its status.
pub(crate) fn problems() -> String {
    let mut html = head("Rookery problems");
    html.push_str("<dl>");
    for problem in crate::problem::catalogue() {
        let _ = write!(
            html,
            "<dt id=\"{code}\"><code>{code}</code> ({status})</dt><dd>{title}. {hint}</dd>",
            code = problem.code,
            status = problem.status,
            title = escape(&problem.title),
            hint = escape(problem.hint.as_deref().unwrap_or("")),
        );
    }
    html + "</dl></main></body></html>"
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
        content=\"width=device-width\"><title>{title}</title></head><body><main><h1>{title}</h1>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
