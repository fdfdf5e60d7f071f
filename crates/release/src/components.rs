//! What a program is made of, as CycloneDX 1.5 in JSON, from what cargo and npm have locked.
//!
//! Only what becomes part of the program is listed: no tools that build or test it. Nothing in it is drawn by chance or
//! read from a clock, so that the same sources give the same list.

use crate::error::{Error, Result};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where the list comes from.
pub struct Parts<'a> {
    /// The crate of the program.
    pub package: &'a str,
    /// `cargo metadata --format-version 1 --locked --filter-platform TARGET`
    pub metadata: &'a [u8],
    /// `Cargo.lock`
    pub lock: &'a str,
    /// `package-lock.json` of the web UI inside the program, if there is one.
    pub web_lock: Option<&'a [u8]>,
}

/// Lists what a program is made of.
///
/// # Errors
/// [`Error::Components`] if the sources are not what they should be.
pub fn components(parts: &Parts<'_>) -> Result<Vec<u8>> {
    let unreadable = |what: &str, why: &dyn std::fmt::Display| Error::Components(format!("{what}: {why}"));
    let metadata: Value =
        serde_json::from_slice(parts.metadata).map_err(|error| unreadable("cargo metadata", &error))?;
    let lock: toml::Table = parts.lock.parse().map_err(|error| unreadable("Cargo.lock", &error))?;
    let graph = Graph::read(&metadata);
    let root =
        graph.member(parts.package).ok_or_else(|| unreadable(parts.package, &"it is no crate here"))?;
    let checksums = checksums(&lock);
    let mut listed = Vec::new();
    let mut dependencies = Vec::new();
    for id in graph.reached(root) {
        let Some(package) = graph.packages.get(id) else {
            return Err(unreadable(id, &"cargo metadata does not describe it"));
        };
        let needs = graph.needs.get(id).into_iter().flatten();
        let needs: BTreeSet<String> =
            needs.filter_map(|id| graph.packages.get(id)).map(|it| address(it)).collect();
        dependencies.push(json!({"ref": address(package), "dependsOn": needs}));
        if id != root {
            listed.push(component(package, &checksums));
        }
    }
    let mut web = parts.web_lock.map(web).transpose()?.unwrap_or_default();
    listed.append(&mut web);
    listed.sort_by_key(|component| text(&component["bom-ref"]).to_owned());
    dependencies.sort_by_key(|dependency| text(&dependency["ref"]).to_owned());
    let mut own = component(graph.packages[root], &checksums);
    own["type"] = json!("application");
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": listed,
        "dependencies": dependencies,
    });
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Packages by cargo's ids, and what each needs to run.
struct Graph<'a> {
    packages: BTreeMap<&'a str, &'a Value>,
    needs: BTreeMap<&'a str, Vec<&'a str>>,
    members: Vec<&'a str>,
}

impl<'a> Graph<'a> {
    fn read(metadata: &'a Value) -> Self {
        let list = |value: &'a Value| value.as_array().into_iter().flatten();
        let is_normal = |need: &&Value| list_of(&need["dep_kinds"]).any(|kind| kind["kind"].is_null());
        let needs = |node: &'a Value| {
            let needs = list(&node["deps"]).filter(is_normal).map(|need| text(&need["pkg"])).collect();
            (text(&node["id"]), needs)
        };
        Self {
            packages: list(&metadata["packages"]).map(|package| (text(&package["id"]), package)).collect(),
            needs: list(&metadata["resolve"]["nodes"]).map(needs).collect(),
            members: list(&metadata["workspace_members"]).map(text).collect(),
        }
    }

    fn member(&self, name: &str) -> Option<&'a str> {
        let is_it = |id: &&&str| self.packages.get(*id).is_some_and(|package| package["name"] == name);
        self.members.iter().find(is_it).copied()
    }

    fn reached(&self, root: &'a str) -> BTreeSet<&'a str> {
        let (mut reached, mut waiting) = (BTreeSet::from([root]), vec![root]);
        while let Some(id) = waiting.pop() {
            let needs = self.needs.get(id).into_iter().flatten();
            waiting.extend(needs.filter(|need| reached.insert(**need)));
        }
        reached
    }
}

fn list_of(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A package URL: `pkg:cargo/serde@1.0.0`.
fn address(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", text(&package["name"]), text(&package["version"]).replace('+', "%2B"))
}

/// Checksums of the registry, by name and version.
fn checksums(lock: &toml::Table) -> BTreeMap<(&str, &str), &str> {
    let entries = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let entry = |package| {
        let value = |key| toml::Value::get(package, key).and_then(toml::Value::as_str);
        Some(((value("name")?, value("version")?), value("checksum")?))
    };
    entries.filter_map(entry).collect()
}

fn component(package: &Value, checksums: &BTreeMap<(&str, &str), &str>) -> Value {
    let (name, version) = (text(&package["name"]), text(&package["version"]));
    let address = address(package);
    let mut component = json!({
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
    });
    if let Some(licence) = package["license"].as_str() {
        // Before 2018 alternatives were written with a slash.
        let expression = licence.replace(" / ", " OR ").replace('/', " OR ");
        component["licenses"] = json!([{"expression": expression}]);
    }
    if let Some(checksum) = checksums.get(&(name, version)) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    component
}

/// What of npm's is bundled into the web UI; npm's word for that is everything that is not only for development.
fn web(lock: &[u8]) -> Result<Vec<Value>> {
    let lock: Value = serde_json::from_slice(lock)
        .map_err(|error| Error::Components(format!("package-lock.json: {error}")))?;
    let empty = Map::new();
    let packages = lock["packages"].as_object().unwrap_or(&empty);
    let mut listed = BTreeMap::new();
    for (path, package) in packages {
        let Some((_, name)) = path.rsplit_once("node_modules/") else { continue };
        if package["dev"] == true || package["optional"] == true || package["link"] == true {
            continue;
        }
        let version = text(&package["version"]);
        let address = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        let mut component = json!({
            "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
        });
        if let Some(licence) = package["license"].as_str() {
            component["licenses"] = json!([{"expression": licence}]);
        }
        listed.insert(address, component);
    }
    Ok(listed.into_values().collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"rookery\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\n\
                        version = \"1.0.1+x\"\nchecksum = \"abc\"\n";

    fn metadata() -> Value {
        let package = |id: &str, name: &str, version: &str, licence: &str| json!({"id": id, "name": name, "version": version, "license": licence});
        let need = |id: &str, kind: Value| json!({"pkg": id, "dep_kinds": [{"kind": kind}]});
        json!({
            "packages": [package("r", "rookery", "0.1.0", "MIT"), package("s", "serde", "1.0.1+x", "MIT/Apache-2.0"),
                package("t", "tempfile", "3.0.0", "MIT"), package("b", "bindgen", "0.1.0", "MIT")],
            "workspace_members": ["r"],
            "resolve": {"nodes": [
                {"id": "r", "deps": [need("s", Value::Null), need("t", json!("dev")), need("b", json!("build"))]},
                {"id": "s", "deps": []}, {"id": "t", "deps": []}, {"id": "b", "deps": []}]},
        })
    }

    fn list(web_lock: Option<&[u8]>) -> Result<Value> {
        let metadata = metadata().to_string();
        let parts = Parts { package: "rookery", metadata: metadata.as_bytes(), lock: LOCK, web_lock };
        Ok(serde_json::from_slice(&components(&parts)?).unwrap())
    }

    #[test]
    fn what_runs_is_listed_with_its_checksum_and_what_only_builds_or_tests_is_not() {
        let listed = list(None).unwrap();
        assert_eq!(listed["metadata"]["component"]["bom-ref"], "pkg:cargo/rookery@0.1.0");
        let expected = json!([{
            "type": "library", "bom-ref": "pkg:cargo/serde@1.0.1%2Bx", "name": "serde", "version": "1.0.1+x",
            "purl": "pkg:cargo/serde@1.0.1%2Bx", "licenses": [{"expression": "MIT OR Apache-2.0"}],
            "hashes": [{"alg": "SHA-256", "content": "abc"}],
        }]);
        assert_eq!(listed["components"], expected);
        assert_eq!(listed["dependencies"][0]["dependsOn"], json!(["pkg:cargo/serde@1.0.1%2Bx"]));
    }

    #[test]
    fn the_web_ui_s_packages_are_listed_too() {
        let lock = json!({"packages": {
            "": {"name": "web"},
            "node_modules/@scope/a": {"version": "1.0.0", "license": "MIT"},
            "node_modules/b/node_modules/@scope/a": {"version": "1.0.0", "license": "MIT"},
            "node_modules/only-builds": {"version": "1.0.0", "dev": true},
        }});
        let listed = list(Some(lock.to_string().as_bytes())).unwrap();
        let names: Vec<_> = list_of(&listed["components"]).map(|it| text(&it["purl"])).collect();
        assert_eq!(names, ["pkg:cargo/serde@1.0.1%2Bx", "pkg:npm/%40scope/a@1.0.0"]);
    }

    #[test]
    fn sources_that_are_none_are_named() {
        assert!(list(Some(b"[")).unwrap_err().to_string().contains("package-lock.json"));
        let parts = Parts { package: "other", metadata: b"{}", lock: LOCK, web_lock: None };
        assert!(components(&parts).unwrap_err().to_string().contains("other"));
        let parts = Parts { package: "rookery", metadata: b"{}", lock: "[", web_lock: None };
        assert!(components(&parts).unwrap_err().to_string().contains("Cargo.lock"));
    }
}
