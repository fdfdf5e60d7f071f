//! What this server says of itself to servers that people sign in at: its client metadata, whose address is its id.
//! <https://atproto.com/specs/oauth#clients>. It is a public client: it wants to know who somebody is, once, and keeps
//! nothing for which a key of its own would vouch.

use reqwest::Url;
use serde_json::{Value, json};

/// The address of the document.
const PATH: &str = "/oauth-client-metadata.json";
/// All that is asked for: who somebody is.
pub(crate) const SCOPE: &str = "atproto";

/// This server as a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    base: String,
    /// Its id.
    pub(crate) id: String,
    /// Where people are sent back to.
    pub(crate) redirect_uri: String,
}

impl Client {
    /// The client at an address such as `https://stg.music.example.org`; `callback` is a path. Over plain http on this very
    /// machine it is the one that every server knows: nobody outside could fetch its document.
    #[must_use]
    pub fn at(base: &str, callback: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        let port = Url::parse(&base).ok().filter(|url| url.scheme() == "http").map(|url| url.port());
        match port {
            None => {
                let (id, redirect_uri) = (format!("{base}{PATH}"), format!("{base}{callback}"));
                Self { base, id, redirect_uri }
            }
            Some(port) => {
                // The address has to stand there, not the name, and any port of it is taken.
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                let redirect_uri = format!("http://127.0.0.1{port}{callback}");
                let mut query = url_of_this_machine();
                query
                    .query_pairs_mut()
                    .append_pair("redirect_uri", &format!("http://127.0.0.1{callback}"))
                    .append_pair("scope", SCOPE);
                let id = format!("http://localhost?{}", query.query().unwrap_or_default());
                Self { base, id, redirect_uri }
            }
        }
    }

    /// The document. `name` is the community's, for the page on which people agree.
    #[must_use]
    pub fn metadata(&self, name: &str) -> Value {
        json!({
            "client_id": self.id,
            "client_name": name,
            "client_uri": self.base,
            "application_type": "web",
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "redirect_uris": [self.redirect_uri],
            "scope": SCOPE,
            "token_endpoint_auth_method": "none",
            "dpop_bound_access_tokens": true,
        })
    }
}

#[expect(clippy::expect_used, reason = "a constant that is an address")]
fn url_of_this_machine() -> Url {
    Url::parse("http://localhost").expect("an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_its_document_s_address_and_on_this_machine_the_known_one() {
        let client = Client::at("https://stg.example.org/", "/back");
        assert_eq!(client.id, "https://stg.example.org/oauth-client-metadata.json");
        let document = client.metadata("Ours");
        assert_eq!(document["client_id"], *client.id);
        assert_eq!(document["redirect_uris"], json!(["https://stg.example.org/back"]));
        assert_eq!(document["dpop_bound_access_tokens"], true);
        for base in ["http://localhost:8080", "http://127.0.0.1:8080"] {
            let client = Client::at(base, "/back");
            assert_eq!(client.redirect_uri, "http://127.0.0.1:8080/back");
            assert_eq!(
                client.id,
                "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%2Fback&scope=atproto"
            );
        }
    }
}
