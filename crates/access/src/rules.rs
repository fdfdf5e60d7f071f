//! What strangers may reach. Every rule that fits is looked at and the most specific one decides, so the order in which
//! rules stand means nothing: letter for letter goes before what is below a path, a longer path before a shorter one, a
//! rule about some methods before one about all; and of two alike the one that closes.

use crate::path::{Pattern, PatternError};
use std::fmt;
use std::fmt::Write as _;

/// The address of the gate's own page.
pub const PAGE: &str = "/_access";

/// What strangers reach everywhere, and why.
const BUILT_IN: [(&str, &str); 15] = [
    ("/health", "monitors ask whether it lives"),
    ("/ready", "monitors ask whether it can serve"),
    ("/docs", "the contract says nothing of people"),
    ("/docs/problems", "a refusal names this page"),
    ("/manifest.webmanifest", "browsers fetch it without cookies"),
    ("/icons/*", "browsers and phones fetch them without cookies"),
    ("/service-worker.js", "browsers fetch a module that works in the background without cookies"),
    ("/robots.txt", "it says that nothing here is to be searched"),
    ("/.well-known/*", "certificates, AT Protocol identities and security.txt are fetched by strangers"),
    ("/oauth-client-metadata.json", "authorization servers read it before anybody signs in"),
    ("/oauth-jwks.json", "authorization servers read it before anybody signs in"),
    ("/authentication/callback", "services send people back here; the attempt's own cookie decides"),
    ("/authentication/spotify_callback", "services send people back here; the attempt's own cookie decides"),
    ("/authentication/spotify_callback/", "services send people back here; the attempt's own cookie decides"),
    ("/api/v1/sign-in/oidc/callback", "services send people back here; the attempt's own cookie decides"),
];

/// The gate's own addresses.
const OWN: [&str; 7] = [
    PAGE,
    "/_access/pin",
    "/_access/github",
    "/_access/github/callback",
    "/_access/atproto",
    "/_access/atproto/callback",
    "/_access/leave",
];

/// Which requests of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Methods {
    /// All.
    Any,
    /// `GET` and `HEAD`.
    Reading,
    /// A browser's question beforehand (`OPTIONS`) whether one of this environment's own pages may ask: it comes without
    /// cookies, and its answer says nothing.
    OwnPreflight,
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It holds everywhere.
    BuiltIn,
    /// It is declared for this environment.
    Declared,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which paths.
    pub pattern: Pattern,
    /// Which requests of them.
    pub methods: Methods,
    /// Whether a stranger is let through.
    pub is_open: bool,
    /// Where it comes from.
    pub origin: Origin,
    /// Why it is there.
    pub reason: String,
}

/// A request, as far as rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// As in `GET`.
    pub method: &'a str,
    /// As it came, escapes and all, without its query.
    pub path: &'a str,
    /// Whether it is a CORS preflight of one of the environment's own pages.
    pub is_own_preflight: bool,
}

/// The rules of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    rules: Vec<Rule>,
    otherwise: Rule,
}

/// What was decided, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The rule that decides.
    pub by: &'a Rule,
    /// The others that fit, the most specific first.
    pub others: Vec<&'a Rule>,
}

/// The paths that strangers reach everywhere, but for the gate's own pages: for whoever protects from outside.
pub fn open_paths() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().map(|(path, _)| path)
}

impl Rules {
    /// What is open everywhere, and what is declared beside it.
    ///
    /// # Errors
    /// [`PatternError`] for a bypass that is no path, or would open the whole.
    pub fn with_bypasses<'a>(bypasses: impl IntoIterator<Item = &'a str>) -> Result<Self, PatternError> {
        let open = |pattern, methods, origin, reason: &str| Rule {
            pattern,
            methods,
            is_open: true,
            origin,
            reason: reason.to_owned(),
        };
        let mut rules = Vec::new();
        for (path, reason) in BUILT_IN {
            rules.push(open(Pattern::parse(path)?, Methods::Reading, Origin::BuiltIn, reason));
        }
        for path in OWN {
            rules.push(open(
                Pattern::parse(path)?,
                Methods::Any,
                Origin::BuiltIn,
                "it is where people come in",
            ));
        }
        let preflight = "browsers send no cookie with it, and its answer says nothing";
        rules.push(open(Pattern::Everything, Methods::OwnPreflight, Origin::BuiltIn, preflight));
        for bypass in bypasses {
            let pattern = Pattern::bypass(bypass)?;
            rules.push(open(pattern, Methods::Any, Origin::Declared, "it is declared in `bypass`"));
        }
        Ok(Self::of(rules))
    }

    /// These, and everything else closed.
    #[must_use]
    pub fn of(rules: Vec<Rule>) -> Self {
        let otherwise = Rule {
            pattern: Pattern::Everything,
            methods: Methods::Any,
            is_open: false,
            origin: Origin::BuiltIn,
            reason: "whatever is not opened is closed".to_owned(),
        };
        Self { rules, otherwise }
    }

    /// Whether a stranger is let through.
    #[must_use]
    pub fn decide(&self, asked: &Asked<'_>) -> Decision<'_> {
        let fits = |rule: &&Rule| rule.fits(asked);
        let mut fitting: Vec<&Rule> = self.rules.iter().filter(fits).chain([&self.otherwise]).collect();
        fitting.sort_by(|a, b| b.rank().cmp(&a.rank()));
        let by = fitting.remove(0);
        Decision { by, others: fitting }
    }

    /// The rules, in no order that means anything.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Rule {
    fn fits(&self, asked: &Asked<'_>) -> bool {
        let fits = match self.methods {
            Methods::Any => true,
            Methods::Reading => matches!(asked.method, "GET" | "HEAD"),
            Methods::OwnPreflight => asked.method == "OPTIONS" && asked.is_own_preflight,
        };
        fits && self.pattern.matches(asked.path)
    }

    /// Rules that fit one request are never of one rank unless they say the same.
    fn rank(&self) -> ((u8, usize), Methods, bool, Origin, &str) {
        (self.pattern.specificity(), self.methods, !self.is_open, self.origin, &self.reason)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let says = if self.is_open { "open" } else { "closed" };
        let of = match self.methods {
            Methods::Any => "",
            Methods::Reading => " for GET and HEAD",
            Methods::OwnPreflight => " for preflights of its own pages",
        };
        let origin = match self.origin {
            Origin::BuiltIn => "built in",
            Origin::Declared => "declared",
        };
        write!(formatter, "{} {says}{of} ({origin}: {})", self.pattern, self.reason)
    }
}

impl Decision<'_> {
    /// Whether a stranger is let through.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.by.is_open
    }

    /// For people: what decides and why, what the other rules that fit would say, and what to do.
    #[must_use]
    pub fn explained(&self, asked: &Asked<'_>) -> String {
        let says = if self.is_open() { "open to everybody" } else { "closed to strangers" };
        let mut text = format!("{} {}: {says}\n  decided by {}\n", asked.method, asked.path, self.by);
        for rule in &self.others {
            let _ = writeln!(text, "  less specific: {rule}");
        }
        if !crate::is_plain(asked.path) {
            text.push_str("  the path can be read in two ways, so no rule about paths fits it\n");
        }
        if !self.is_open() {
            let _ = writeln!(
                text,
                "  if it is to be open: add the path, letter for letter, to `access.bypass` of the environment in rookery.toml"
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn get(path: &str) -> Asked<'_> {
        Asked { method: "GET", path, is_own_preflight: false }
    }

    fn rules(bypasses: &[&str]) -> Rules {
        Rules::with_bypasses(bypasses.iter().copied()).unwrap()
    }

    #[test]
    fn strangers_reach_what_is_listed_and_nothing_else() {
        let rules = rules(&["/changelog", "/press/*"]);
        let listed = open_paths().map(|path| path.replace('*', "x")).chain(OWN.map(str::to_owned));
        for path in listed.chain(["/changelog".to_owned(), "/press/kit.zip".to_owned()]) {
            assert!(rules.decide(&get(&path)).is_open(), "{path}");
        }
        for path in [
            "/",
            "/nest/main",
            "/api/v1/session",
            "/api/v1/socket",
            "/connection/websocket",
            "/metrics",
            "/queue/",
            "/_app/immutable/a.js",
            "/health/",
            "/health/x",
            "/Health",
            "//health",
            "/health.",
            "/health%2f..",
            "/health/../api/v1/session",
            "/icons/",
            "/icons/../api/v1/session",
            "/icons/%2e%2e/metrics",
            "/_access/",
            "/_access/other",
            "/changelog/x",
            "/press",
            "/api/v1/sign-in/google/callback",
            "/.well-known",
            "*",
            "",
        ] {
            assert!(!rules.decide(&get(path)).is_open(), "{path}");
        }
    }

    #[test]
    fn what_is_open_is_open_to_readers_alone_unless_it_is_declared_or_the_gate_s_own() {
        let rules = rules(&["/hooks/in"]);
        let post = |path| rules.decide(&Asked { method: "POST", path, is_own_preflight: false }).is_open();
        assert!(!post("/health") && !post("/.well-known/x") && !post("/authentication/callback"));
        assert!(post("/_access/pin") && post("/hooks/in"));
    }

    #[test]
    fn a_preflight_of_an_own_page_passes_anywhere_and_no_other_request_does() {
        let rules = rules(&[]);
        let ask = |method, is_own_preflight| {
            rules.decide(&Asked { method, path: "/api/v1/session", is_own_preflight }).is_open()
        };
        assert!(ask("OPTIONS", true));
        assert!(!ask("OPTIONS", false) && !ask("GET", true) && !ask("POST", true));
    }

    #[test]
    fn a_decision_names_its_rule_and_what_the_others_would_say() {
        let rules = rules(&["/icons/*"]);
        let said = rules.decide(&get("/icons/a.png")).explained(&get("/icons/a.png"));
        assert!(
            said.starts_with("GET /icons/a.png: open to everybody\n  decided by /icons/* open for GET"),
            "{said}"
        );
        assert!(said.contains("less specific: /icons/* open (declared"), "{said}");
        assert!(said.contains("less specific: /* closed"), "{said}");
        let said = rules.decide(&get("//health")).explained(&get("//health"));
        assert!(said.contains("closed to strangers") && said.contains("in two ways"), "{said}");
        assert!(said.contains("access.bypass"), "{said}");
    }

    #[test]
    fn the_more_specific_rule_decides_and_of_two_alike_the_one_that_closes() {
        let rule = |pattern: &str, is_open| Rule {
            pattern: Pattern::parse(pattern).unwrap(),
            methods: Methods::Any,
            is_open,
            origin: Origin::Declared,
            reason: String::new(),
        };
        let rules = Rules::of(vec![
            rule("/docs/*", true),
            rule("/docs/inside/*", false),
            rule("/docs/inside/map", true),
            rule("/both", true),
            rule("/both", false),
        ]);
        let open = |path| rules.decide(&get(path)).is_open();
        assert!(open("/docs/x") && open("/docs/inside/map"));
        assert!(!open("/docs/inside/x") && !open("/both") && !open("/docs"));
    }

    fn some_rule() -> impl Strategy<Value = Rule> {
        let pattern = prop_oneof![
            Just("/*"),
            Just("/a"),
            Just("/a/*"),
            Just("/a/b"),
            Just("/a/b/*"),
            Just("/b/*"),
            Just("/a/b/c")
        ];
        let methods = prop_oneof![Just(Methods::Any), Just(Methods::Reading), Just(Methods::OwnPreflight)];
        let origin = prop_oneof![Just(Origin::BuiltIn), Just(Origin::Declared)];
        (pattern, methods, any::<bool>(), origin, "[xy]").prop_map(
            |(pattern, methods, is_open, origin, reason)| Rule {
                pattern: Pattern::parse(pattern).unwrap_or(Pattern::Everything),
                methods,
                is_open,
                origin,
                reason,
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_of_rules_means_nothing(
            (rules, shuffled) in prop::collection::vec(some_rule(), 0..12)
                .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
            path in prop_oneof![Just("/a"), Just("/a/b"), Just("/a/b/c"), Just("/b/x"), Just("//a"), Just("/c")],
            method in prop_oneof![Just("GET"), Just("POST"), Just("OPTIONS")],
            is_own_preflight in any::<bool>(),
        ) {
            let asked = Asked { method, path, is_own_preflight };
            let (one, other) = (Rules::of(rules), Rules::of(shuffled));
            prop_assert_eq!(one.decide(&asked), other.decide(&asked));
        }

        #[test]
        fn a_path_that_is_not_plain_is_closed_whatever_is_declared(path in "[/a-z.%\\\\]{0,20}") {
            let rules = rules(&["/a/*", "/b"]);
            let decision = rules.decide(&get(&path));
            prop_assert!(!decision.is_open() || crate::is_plain(&path), "{}", path);
        }
    }
}
