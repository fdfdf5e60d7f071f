//! A published description (OpenAPI 3.0): which request it promises to answer, and with what shape.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A description.
pub struct Description {
    document: Value,
}

/// An operation of a description.
#[derive(Debug)]
pub struct Operation {
    /// Its template, as in `/tracks/{id}`.
    pub path: String,
    /// What stands at the template's names.
    pub arguments: Vec<String>,
    /// The scopes that a person must have granted.
    pub scopes: BTreeSet<String>,
    /// Whether it was taken away.
    pub is_deprecated: bool,
    operation: Value,
}

impl Description {
    /// The one of Spotify, as published.
    pub fn spotify() -> Self {
        let document =
            serde_json::from_str(include_str!("../contract/spotify.json")).expect("the description");
        Self { document }
    }

    /// Every scope there is.
    pub fn scopes(&self) -> BTreeSet<String> {
        let scopes = &self.document["components"]["securitySchemes"]["oauth_2_0"]["flows"]["authorizationCode"]
            ["scopes"];
        scopes.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    /// The operation that a request is for.
    pub fn operation(&self, method: &str, parts: &[String]) -> Option<Operation> {
        let paths = self.document["paths"].as_object()?;
        let fitting = paths.iter().filter_map(|(template, methods)| {
            let arguments = fits(template, parts)?;
            Some((arguments.len(), template, methods, arguments))
        });
        // `/tracks/{id}` gives way to a path without names.
        let (_, path, methods, arguments) = fitting.min_by_key(|(names, ..)| *names)?;
        let operation = methods.get(method.to_lowercase())?.clone();
        let scopes = operation["security"][0]["oauth_2_0"].as_array().cloned().unwrap_or_default();
        Some(Operation {
            path: path.clone(),
            arguments,
            scopes: scopes.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
            is_deprecated: operation["deprecated"] == true,
            operation,
        })
    }

    /// What is wrong with the parameters and the body of a request; `None` if nothing is.
    pub fn fault(&self, operation: &Operation, query: &[(String, String)], body: &[u8]) -> Option<String> {
        let parameters = operation.operation["parameters"].as_array().cloned().unwrap_or_default();
        let parameters: Vec<_> = parameters.iter().map(|parameter| self.resolve(parameter)).collect();
        let in_query = || parameters.iter().filter(|parameter| parameter["in"] == "query");
        for parameter in in_query().filter(|parameter| parameter["required"] == true) {
            if !query.iter().any(|(name, value)| parameter["name"] == name.as_str() && !value.is_empty()) {
                return Some(format!("Missing parameter {}", parameter["name"]));
            }
        }
        for (name, value) in query {
            // The service itself would overlook it; a test should not.
            let Some(parameter) = in_query().find(|parameter| parameter["name"] == name.as_str()) else {
                return Some(format!("Unknown parameter {name}"));
            };
            if let Some(fault) = value_fault(&self.resolve(&parameter["schema"]), value) {
                return Some(format!("Invalid {name}: {fault}"));
            }
        }
        let schema = &operation.operation["requestBody"]["content"]["application/json"]["schema"];
        if body.is_empty() || schema.is_null() {
            return None;
        }
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            return Some("Malformed json".to_owned());
        };
        body_fault(&self.resolve(schema), &body)
    }

    /// The schema of a successful answer, with everything it refers to written out; every object is closed, so that
    /// it also says what must not be there.
    pub fn answer_schema(&self, operation: &Operation, status: u16) -> Option<Value> {
        let response = self.resolve(operation.operation["responses"].get(status.to_string())?);
        let schema = response["content"]["application/json"]["schema"].clone();
        (!schema.is_null()).then(|| self.closed(&schema, 0))
    }

    fn resolve(&self, value: &Value) -> Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let found = self.document.pointer(reference.trim_start_matches('#'));
                self.resolve(found.unwrap_or_else(|| panic!("{reference} is missing")))
            }
            None => value.clone(),
        }
    }

    /// JSON Schema of today for a schema of OpenAPI 3.0: references and `allOf` written out, `nullable` as a type.
    fn closed(&self, schema: &Value, depth: u32) -> Value {
        assert!(depth < 20, "a schema that holds itself");
        let schema = self.resolve(schema);
        let mut merged = schema.as_object().cloned().unwrap_or_default();
        for part in merged.remove("allOf").and_then(|parts| parts.as_array().cloned()).unwrap_or_default() {
            let part = self.resolve(&part);
            let part = if part["allOf"].is_array() { self.flat(&part) } else { part };
            merge(&mut merged, part.as_object().cloned().unwrap_or_default());
        }
        if let Some(Value::Object(properties)) = merged.get("properties").cloned() {
            let closed = properties.into_iter().map(|(name, schema)| (name, self.closed(&schema, depth + 1)));
            merged.insert("properties".to_owned(), Value::Object(closed.collect()));
            merged.insert("additionalProperties".to_owned(), json!(false));
        }
        if let Some(items) = merged.get("items").cloned() {
            merged.insert("items".to_owned(), self.closed(&items, depth + 1));
        }
        if let Some(Value::Array(choices)) = merged.remove("oneOf") {
            let closed: Vec<_> = choices.iter().map(|choice| self.closed(choice, depth + 1)).collect();
            merged.insert("anyOf".to_owned(), Value::Array(closed));
        }
        merged.remove("discriminator");
        if merged.remove("nullable") == Some(Value::Bool(true))
            && let Some(kind) = merged.get("type").cloned()
        {
            merged.insert("type".to_owned(), json!([kind, "null"]));
        }
        Value::Object(merged)
    }

    /// `allOf` inside `allOf`, as far down as it goes.
    fn flat(&self, schema: &Value) -> Value {
        let mut merged = schema.as_object().cloned().unwrap_or_default();
        for part in merged.remove("allOf").and_then(|parts| parts.as_array().cloned()).unwrap_or_default() {
            let part = self.flat(&self.resolve(&part));
            merge(&mut merged, part.as_object().cloned().unwrap_or_default());
        }
        Value::Object(merged)
    }
}

/// What stands at the names of a template, if it fits.
fn fits(template: &str, parts: &[String]) -> Option<Vec<String>> {
    let template: Vec<_> = template.split('/').filter(|part| !part.is_empty()).collect();
    if template.len() != parts.len() {
        return None;
    }
    let mut arguments = Vec::new();
    for (expected, part) in template.iter().zip(parts) {
        if expected.starts_with('{') {
            arguments.push(part.clone());
        } else if expected != part {
            return None;
        }
    }
    Some(arguments)
}

fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(there)), Value::Object(more)) => {
                for (name, value) in more {
                    there.entry(name).or_insert(value);
                }
            }
            (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
            (Some(_), _) => {}
            (None, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn value_fault(schema: &Value, value: &str) -> Option<String> {
    match schema["type"].as_str() {
        Some("integer") => {
            let Ok(number) = value.parse::<i64>() else { return Some(format!("{value} is no number")) };
            let below = schema["minimum"].as_i64().is_some_and(|minimum| number < minimum);
            let above = schema["maximum"].as_i64().is_some_and(|maximum| number > maximum);
            (below || above).then(|| format!("{number} is out of range"))
        }
        Some("array") => {
            let allowed = schema["items"]["enum"].as_array()?;
            let strange = value.split(',').find(|part| !allowed.iter().any(|known| known == part))?;
            Some(format!("{strange} is not one of them"))
        }
        _ => {
            let allowed = schema["enum"].as_array()?;
            (!allowed.iter().any(|known| known == value)).then(|| format!("{value} is not one of them"))
        }
    }
}

fn body_fault(schema: &Value, body: &Map<String, Value>) -> Option<String> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let missing = required.iter().find(|name| name.as_str().is_some_and(|name| !body.contains_key(name)));
    if let Some(missing) = missing {
        return Some(format!("Missing {missing}"));
    }
    body.iter().find_map(|(name, value)| {
        let expected = schema["properties"].get(name).map(|property| property["type"].as_str().unwrap_or(""));
        let fits = match expected {
            None => return Some(format!("Unknown field {name}")),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("array") => value.is_array(),
            Some("boolean") => value.is_boolean(),
            Some("string") => value.is_string(),
            Some(_) => true,
        };
        (!fits).then(|| format!("Invalid {name}"))
    })
}
