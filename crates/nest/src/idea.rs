//! Names for nests whose host has none in mind, each with a kind of music and a song to begin from.

use model::Entropy;

/// A name, and what a nest of that name plays by itself before anybody asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idea {
    /// The name.
    pub name: &'static str,
    /// A genre, as files and services call it.
    pub genre: &'static str,
    /// The artist of a song to begin from, if it is to be had.
    pub artist: &'static str,
    /// Its title.
    pub title: &'static str,
}

const fn idea(name: &'static str, genre: &'static str, artist: &'static str, title: &'static str) -> Idea {
    Idea { name, genre, artist, title }
}

/// All of them; no two of one name.
pub const IDEAS: [Idea; 50] = [
    idea("Amber Perch", "Folk", "Nick Drake", "Pink Moon"),
    idea("Back Porch", "Country", "Dolly Parton", "Jolene"),
    idea("Basement Wing", "Garage Rock", "The Sonics", "Strychnine"),
    idea("Blue Plumage", "Blues", "Muddy Waters", "Mannish Boy"),
    idea("Brass Rookery", "Big Band", "Duke Ellington", "Take the A Train"),
    idea("Cassette Loft", "Lo-Fi", "Nujabes", "Feather"),
    idea("Chimney Swift", "Drum and Bass", "Goldie", "Inner City Life"),
    idea("Cloud Roost", "Ambient", "Brian Eno", "An Ending (Ascent)"),
    idea("Corner Aviary", "Soul", "Otis Redding", "(Sittin' On) The Dock of the Bay"),
    idea("Crow's Parade", "Punk", "Ramones", "Blitzkrieg Bop"),
    idea("Dawn Chorus", "Choral", "Thomas Tallis", "Spem in alium"),
    idea("Desert Wren", "Desert Blues", "Tinariwen", "Amassakoul 'n' Ténéré"),
    idea("Dub Harbour", "Dub", "King Tubby", "King Tubby Meets Rockers Uptown"),
    idea("Eaves & Echoes", "Shoegaze", "Slowdive", "Alison"),
    idea("Electric Magpie", "Electronic", "Kraftwerk", "Computer Love"),
    idea("Fiddle Hedge", "Bluegrass", "Bill Monroe", "Blue Moon of Kentucky"),
    idea("Flamingo Beach", "Bossa Nova", "João Gilberto", "Chega de Saudade"),
    idea("Gallery of Starlings", "Classical", "Johann Sebastian Bach", "Air on the G String"),
    idea("Goldfinch Arcade", "Synthpop", "New Order", "Blue Monday"),
    idea("Gospel Gull", "Gospel", "Mahalia Jackson", "How I Got Over"),
    idea("Granite Eyrie", "Metal", "Black Sabbath", "Iron Man"),
    idea("Heron Lounge", "Downtempo", "Air", "La femme d'argent"),
    idea("Hummingbird Hall", "A Cappella", "The Swingle Singers", "Badinerie"),
    idea("Iron Jackdaw", "Industrial", "Einstürzende Neubauten", "Haus der Lüge"),
    idea("Kestrel Highway", "Classic Rock", "Fleetwood Mac", "The Chain"),
    idea("Kingfisher Club", "Jazz", "Miles Davis", "So What"),
    idea("Lantern Owl", "Trip Hop", "Portishead", "Roads"),
    idea("Lyrebird Studio", "Art Pop", "Kate Bush", "Running Up That Hill"),
    idea("Midnight Nightjar", "R&B", "Erykah Badu", "On & On"),
    idea("Mockingbird Row", "Indie Rock", "The Strokes", "Someday"),
    idea("Mosaic Finch", "Math Rock", "Battles", "Atlas"),
    idea("Neon Peacock", "Disco", "Donna Summer", "I Feel Love"),
    idea("Night Bus Pigeon", "UK Garage", "Burial", "Archangel"),
    idea("Orbit Swallow", "Space Rock", "Hawkwind", "Silver Machine"),
    idea("Paper Crane", "City Pop", "Mariya Takeuchi", "Plastic Love"),
    idea("Parrot Plaza", "Salsa", "Celia Cruz", "Quimbara"),
    idea("Pelican Pier", "Surf", "The Chantays", "Pipeline"),
    idea("Plover Bay", "Reggae", "Toots and the Maytals", "Pressure Drop"),
    idea("Quiet Kiwi", "Minimal", "Steve Reich", "Music for 18 Musicians"),
    idea("Raven's Study", "Post-Punk", "Joy Division", "Transmission"),
    idea("Robin's Radio", "Pop", "ABBA", "Dancing Queen"),
    idea("Rooftop Cypher", "Hip Hop", "A Tribe Called Quest", "Can I Kick It?"),
    idea("Sandpiper Set", "House", "Frankie Knuckles", "Your Love"),
    idea("Skylark Sessions", "Singer-Songwriter", "Joni Mitchell", "A Case of You"),
    idea("Starling Machine", "Techno", "Cybotron", "Clear"),
    idea("Storm Petrel", "Post-Rock", "Mogwai", "Mogwai Fear Satan"),
    idea("Strutting Rooster", "Funk", "The Meters", "Cissy Strut"),
    idea("Toucan Terrace", "Afrobeat", "Fela Kuti", "Zombie"),
    idea("Velvet Wagtail", "Psychedelic Rock", "The Velvet Underground", "Venus in Furs"),
    idea("Waxwing Lane", "Dream Pop", "Cocteau Twins", "Heaven or Las Vegas"),
];

/// A name nobody uses yet, and what goes with it. When all are in use, one with a number.
pub fn draw(is_taken: impl Fn(&str) -> bool, entropy: &mut dyn Entropy) -> (String, Idea) {
    let free: Vec<_> = IDEAS.iter().filter(|idea| !is_taken(idea.name)).collect();
    let of = |ideas: usize, entropy: &mut dyn Entropy| entropy.below(ideas as u64) as usize;
    if let Some(idea) = free.get(of(free.len(), entropy)) {
        return (idea.name.to_owned(), **idea);
    }
    let idea = IDEAS[of(IDEAS.len(), entropy)];
    let numbered = (2_u32..).map(|number| format!("{} {number}", idea.name)).find(|name| !is_taken(name));
    (numbered.unwrap_or_else(|| idea.name.to_owned()), idea)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Genre, NestName};
    use model::SeededEntropy;
    use std::collections::BTreeSet;

    #[test]
    fn every_idea_makes_a_nest_and_no_two_have_one_name() {
        for idea in IDEAS {
            NestName::parse(idea.name).unwrap();
            Genre::parse(idea.genre).unwrap();
            assert!(!idea.artist.is_empty() && !idea.title.is_empty());
        }
        assert!(IDEAS.is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn each_name_is_used_once_before_they_get_numbers() {
        let mut entropy = SeededEntropy::from_seed(1);
        let mut taken = BTreeSet::new();
        for count in 0..120 {
            let (name, idea) = draw(|name| taken.contains(name), &mut entropy);
            assert_eq!(name == idea.name, count < IDEAS.len(), "{name}");
            assert!(taken.insert(name));
        }
    }
}
