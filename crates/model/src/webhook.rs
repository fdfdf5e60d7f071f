//! Telling others what happens: the words for a webhook's form and events, which the network and storage share.

macro_rules! words {
    ($(#[$about:meta])* $type:ident: $($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($(#[$doc])* $name),+ }

        impl $type {
            /// Every one, in the order a form shows them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name in storage and on the network; it never changes.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// The one with this name.
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.name() == name)
            }
        }
    };
}

words! {
    /// How a webhook's messages are written.
    WebhookForm:
    /// As Slack's incoming webhooks take them: a text. Mattermost, Discord and others take it too.
    Slack = "slack";
    /// Signed JSON for programs, after Standard Webhooks 1.0.
    Signed = "signed";
}

words! {
    /// What a webhook can be told.
    WebhookEvent:
    /// A song began.
    NowPlaying = "now_playing";
    /// Somebody blew a horn.
    Horn = "horn";
    /// The music was paused.
    Paused = "paused";
    /// It goes on.
    Resumed = "resumed";
    /// Somebody skipped a song.
    Skipped = "skipped";
    /// A nest was opened; told by webhooks of the main nest alone.
    NestOpened = "nest_opened";
    /// The server started, after a deploy for example; told by webhooks of the main nest alone.
    ServerStarted = "server_started";
}

impl WebhookEvent {
    /// Whether it is about the whole server, so that only the main nest's webhooks tell it.
    pub const fn is_of_server(self) -> bool {
        matches!(self, Self::NestOpened | Self::ServerStarted)
    }
}
