//! What somebody meant who mistyped.

/// Of `known` the one that `written` is a slip of the keyboard for, if there is one.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase().replace('-', "_");
    let distance = |name: &str| strsim::damerau_levenshtein(&folded, &name.to_lowercase().replace('-', "_"));
    let (name, distance) =
        known.into_iter().map(|name| (name, distance(name))).min_by_key(|(_, distance)| *distance)?;
    // A third of the letters wrong is another word.
    (distance * 3 <= name.len().max(3)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let known = ["database", "bus", "buckets", "namespace"];
        assert_eq!(nearest("databse", known), Some("database"));
        assert_eq!(nearest("Buckets", known), Some("buckets"));
        assert_eq!(nearest("name-space", known), Some("namespace"));
        assert_eq!(nearest("wallpaper", known), None);
        assert_eq!(nearest("x", []), None);
    }
}
