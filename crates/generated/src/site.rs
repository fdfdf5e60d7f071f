//! One environment while its files are made: what holds there, and what was found to stand in the way.

use operations::{Declaration, Environment, EnvironmentName, Finding, Severity, effective};
use std::collections::BTreeMap;

/// One environment while its files are made.
pub(crate) struct Site<'a> {
    pub(crate) declaration: &'a Declaration,
    pub(crate) name: &'a EnvironmentName,
    pub(crate) environment: &'a Environment,
    /// Variables by the setting they stand for.
    names: &'a BTreeMap<String, String>,
    values: BTreeMap<String, String>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Site<'a> {
    /// Of this environment.
    pub(crate) fn new(
        declaration: &'a Declaration,
        name: &'a EnvironmentName,
        environment: &'a Environment,
        names: &'a BTreeMap<String, String>,
    ) -> Self {
        let values = effective(declaration, name, environment);
        Self { declaration, name, environment, names, values, findings: Vec::new() }
    }

    /// The same environment, in which nothing has been found yet.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.declaration, self.name, self.environment, self.names)
    }

    /// What holds there.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Whether the server ends TLS itself, with no proxy in front.
    pub(crate) fn ends_tls(&self) -> bool {
        self.value("tls").is_some_and(|mode| mode != "off")
    }

    /// The variable of a setting; that there is none is found.
    pub(crate) fn variable(&mut self, setting: &str) -> Option<String> {
        let name = self.names.get(setting).cloned();
        if name.is_none() {
            self.refuse(setting, "no variable stands for this setting", "leave it out here");
        }
        name
    }

    /// The variable of a setting, or nothing.
    pub(crate) fn variable_of(&self, setting: &str) -> String {
        self.names.get(setting).cloned().unwrap_or_default()
    }

    /// Nothing can be made of this environment like that.
    pub(crate) fn refuse(&mut self, key: &str, detail: &str, advice: &str) {
        self.find(Severity::Error, key, detail, advice);
    }

    /// It works, and somebody should know.
    pub(crate) fn warn(&mut self, key: &str, detail: &str, advice: &str) {
        self.find(Severity::Warning, key, detail, advice);
    }

    fn find(&mut self, severity: Severity, key: &str, detail: &str, advice: &str) {
        self.findings.push(Finding {
            severity,
            environments: vec![self.name.clone()],
            key: key.to_owned(),
            detail: detail.to_owned(),
            advice: advice.to_owned(),
        });
    }

    /// The hosts people may come by, the one they use first.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        let own = std::iter::once(&self.environment.url).chain(&self.environment.aliases);
        own.map(operations::Address::host).collect()
    }
}
