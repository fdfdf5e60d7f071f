//! The socket's written contract: an AsyncAPI 3.0 document, made from the same types as the OpenAPI document. What the
//! Centrifugo client protocol says of frames is not repeated here; this says what channels carry and what can be called.

use crate::command::Verb;
use protocol::socket::{Disconnect, ErrorCode, REFUSAL_CODE};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const SCHEMAS: &str = "#/components/schemas/";

/// The document, as pretty JSON with a line break at its end.
pub fn asyncapi() -> String {
    let openapi: Value = serde_json::from_str(&crate::openapi()).unwrap_or_default();
    let mut document = head();
    document["operations"] = operations();
    document["channels"] = channels(&openapi);
    document["components"] = json!({ "schemas": reached(&document, &openapi) });
    serde_json::to_string_pretty(&document).map(|text| text + "\n").unwrap_or_default()
}

fn head() -> Value {
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rookery's socket",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
            "description": "`GET /api/v1/socket` speaks the Centrifugo client protocol, version 2, in JSON. A \
                publication's offset is the sequence number of its event in the nest's log, its epoch the nest's id. \
                `GET /api/v1/nests/{code}/events` carries the same publications as server-sent events. \
                `docs/realtime.md` says how to fold them.",
        },
        "defaultContentType": "application/json",
        "x-error-codes": ErrorCode::ALL.map(|code| json!({
            "code": code.number(), "message": code.message(), "temporary": code.is_temporary()
        })),
        "x-refusal-code": REFUSAL_CODE,
        "x-close-codes": Disconnect::ALL.map(|why| json!({
            "code": why.code(), "reason": why.reason(), "reconnect": why.asks_to_reconnect()
        })),
    })
}

fn channels(openapi: &Value) -> Value {
    let mut channels = json!({
        "nest": {
            "address": "nest:{code}",
            "description": "The events of a nest. Recoverable, with presence, joins and leaves.",
            "parameters": { "code": { "description": "The nest's code, or `main`" } },
            "messages": {
                "publication": message("NestPublication"),
                "presence": { "payload": reference("ListenerInfo"), "summary": "`conn_info` of a client" },
            }
        },
        "server": {
            "address": "server",
            "description": "What changes about the server. For members; without history.",
            "messages": { "publication": message("ServerPublication") }
        },
        "person": {
            "address": "person:{id}",
            "description": "What concerns one person alone: one's own, by one's id. For members; without history.",
            "parameters": { "id": { "description": "The person's id" } },
            "messages": { "publication": message("PersonPublication") }
        },
        "app": {
            "address": "app:{name}",
            "description": "What another application tells by signed webhooks. For members; recoverable, with history, \
                without presence. It is there from its first webhook on.",
            "parameters": { "name": { "description": "The channel's name" } },
            "messages": { "publication": message("AppPublication") }
        },
        "clock": method("clock", json!({ "type": "object" }), reference("ClockSample")),
    });
    for verb in Verb::ALL {
        let route = &openapi["paths"][format!("/api/v1/nests/{{code}}/{}", verb.name())]["post"];
        let schema = |at: &Value| at["content"]["application/json"]["schema"].clone();
        let nest = json!({
            "type": "object", "required": ["nest"],
            "properties": { "nest": { "type": "string", "description": "The nest's code" } }
        });
        let body = schema(&route["requestBody"]);
        let request = if body.is_null() { nest } else { json!({ "allOf": [nest, body] }) };
        let answer = schema(&route["responses"]["200"]);
        channels[verb.name()] = method(&format!("nest.{}", verb.name()), request, answer);
    }
    channels
}

fn operations() -> Value {
    let publishes = |channel: &str| {
        json!({
            "action": "send", "channel": { "$ref": format!("#/channels/{channel}") },
            "messages": [{ "$ref": format!("#/channels/{channel}/messages/publication") }]
        })
    };
    let mut operations = json!({ "publishNestEvent": publishes("nest"), "publishServerChange": publishes("server"),
            "publishPersonChange": publishes("person"), "publishAppMessage": publishes("app") });
    let methods = Verb::ALL.into_iter().map(Verb::name).chain(["clock"]);
    for name in methods {
        let channel = format!("#/channels/{name}");
        operations[format!("call_{name}")] = json!({
            "action": "receive", "channel": { "$ref": channel },
            "messages": [{ "$ref": format!("{channel}/messages/request") }],
            "reply": {
                "channel": { "$ref": channel },
                "messages": [{ "$ref": format!("{channel}/messages/answer") }]
            }
        });
    }
    operations
}

fn message(schema: &str) -> Value {
    json!({ "payload": reference(schema) })
}

/// A method of `rpc`: what it is given as `data`, and what it answers there.
fn method(name: &str, request: Value, answer: Value) -> Value {
    json!({
        "address": null,
        "description": format!("`rpc` with method `{name}`"),
        "messages": { "request": { "payload": request }, "answer": { "payload": answer } }
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{schema}") })
}

/// The schemas that the document refers to, and those that they refer to.
fn reached(document: &Value, openapi: &Value) -> Map<String, Value> {
    let all = &openapi["components"]["schemas"];
    let mut names = BTreeSet::new();
    let mut open = referred(document);
    while let Some(name) = open.pop() {
        if names.insert(name.clone()) {
            open.extend(referred(&all[&name]));
        }
    }
    names.into_iter().map(|name| (name.clone(), all[&name].clone())).collect()
}

fn referred(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(referred).collect(),
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(SCHEMAS));
            own.map(str::to_owned).into_iter().chain(fields.values().flat_map(referred)).collect()
        }
        _ => Vec::new(),
    }
}
