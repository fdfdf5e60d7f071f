//! Whose addresses may sign in. Pure.

/// A list of mail domains; an empty one admits everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedDomains(Vec<String>);

impl AllowedDomains {
    /// Reads `example.org, @example.com`: separated by commas or spaces, in any case.
    pub fn parse(text: &str) -> Self {
        let parts = text.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
        let domains = parts.map(|part| part.trim_start_matches('@').to_lowercase());
        Self(domains.filter(|domain| !domain.is_empty()).collect())
    }

    /// Whether an address may sign in: its domain is in the list, letter for letter. A subdomain is another domain.
    pub fn admits(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        self.0.is_empty() || domain.is_some_and(|domain| self.0.contains(&domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_admits_everybody_and_any_other_only_its_domains() {
        assert!(AllowedDomains::parse(" , ").admits("ana@anywhere.example"));
        let list = AllowedDomains::parse("Example.org, @team.example.com");
        assert!(list.admits("Ana@EXAMPLE.ORG"));
        assert!(list.admits("ben@team.example.com"));
        for other in
            ["ana@sub.example.org", "ana@notexample.org", "ana@example.org.evil.test", "example.org", ""]
        {
            assert!(!list.admits(other), "{other}");
        }
        assert!(!AllowedDomains::parse("*").admits("ana@example.org"));
    }
}
