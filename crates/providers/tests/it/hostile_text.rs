//! Whatever is pasted: links, durations, ways back. Nothing panics, and what is read is what it says it is.

use proptest::prelude::*;
use providers::youtube::parse_duration;
use providers::{Callback, LINKS_MAX, Link, parse_links};

/// Text that looks like links more often than chance would.
fn link_like() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("https://".to_owned()),
        Just("spotify:".to_owned()),
        Just("open.spotify.com/".to_owned()),
        Just("intl-de/".to_owned()),
        Just("track".to_owned()),
        Just("/4uLU6hMCjMI75M1A2tKUQC".to_owned()),
        Just("youtube.com/watch?v=".to_owned()),
        Just("dQw4w9WgXcQ".to_owned()),
        Just("&t=1h2m".to_owned()),
        Just("soundcloud.com/a/".to_owned()),
        "\\PC{0,12}",
        "[a-zA-Z0-9:/?&=#@% -]{0,12}",
    ];
    prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_pasted_text_breaks_the_reading_of_links(text in link_like()) {
        let read = parse_links(&text);
        prop_assert!(read.len() <= LINKS_MAX + 1);
        for link in read {
            match link {
                Ok(Link::Spotify(link)) => {
                    let again = parse_links(&link.page());
                    prop_assert_eq!(again, vec![Ok(Link::Spotify(link))], "its page leads to itself");
                }
                Ok(Link::Soundcloud(link)) => {
                    prop_assert!(link.page().starts_with("https://soundcloud.com/"));
                    prop_assert_eq!(parse_links(link.page()), vec![Ok(Link::Soundcloud(link.clone()))]);
                }
                Ok(Link::Youtube(_)) => {}
                Err(bad) => prop_assert!(!bad.text.is_empty() && bad.text.chars().count() <= 200),
            }
        }
    }

    #[test]
    fn a_duration_is_never_negative(text in "P[0-9WDTHMS.,]{0,20}|\\PC{0,20}") {
        prop_assert!(parse_duration(&text).is_none_or(|duration| duration.millis() >= 0));
    }

    #[test]
    fn no_way_back_breaks_its_reading(query in "\\PC{0,80}|(code|state|error|iss)=[a-z%&=+]{0,40}") {
        let _read = Callback::from_query(&query);
    }
}
