//! The rules about characters that people may put into names and into what they say: nothing that disturbs the text
//! around.

/// A text as one line of what is visible: white space is folded into single spaces, and control characters, direction
/// overrides and isolates, invisible joiners and the byte order mark are dropped. Empty if nothing is left.
pub fn visible_line(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|&c| !disturbs(c)).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text as one line that somebody says: as it was typed, but for line breaks and tabs, which become spaces, and for
/// what disturbs the text around, which is dropped. Joiners stay where they join: inside a cluster of emoji, and inside
/// words of scripts that need them. Empty if nothing is left.
pub fn spoken_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut rest = text.trim().chars().peekable();
    while let Some(c) = rest.next() {
        let spoken = match c {
            '\r' if rest.peek() == Some(&'\n') => continue,
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            '\u{200c}' | '\u{200d}' if joins(line.chars().next_back(), rest.peek().copied()) => c,
            '\u{61c}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' => continue,
            c if disturbs(c) => continue,
            c => c,
        };
        line.push(spoken);
    }
    line.trim().to_owned()
}

fn joins(before: Option<char>, after: Option<char>) -> bool {
    let joinable = |c: char| !c.is_ascii() && !c.is_whitespace() && !disturbs(c);
    before.is_some_and(joinable) && after.is_some_and(joinable)
}

fn disturbs(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded_and_what_disturbs_is_dropped() {
        assert_eq!(visible_line("  Ana \t\u{a0} Lu\r\n"), "Ana Lu");
        assert_eq!(visible_line("\u{202e}evil\u{2069}\u{200d}\u{0}\u{85}\u{feff}"), "evil");
        assert_eq!(visible_line("\u{200b}\u{202e} \n"), "");
        assert_eq!(visible_line("Zoë 🦜 日本"), "Zoë 🦜 日本");
    }

    #[test]
    fn what_is_said_is_kept_as_it_was_typed() {
        for said in
            ["one || two  ||", "<b>bold</b> & \"quoted\"", "שלום עולם", "Zoë 🦜", "👩‍👩‍👧 می‌خواهم", "x = [1, 2];"]
        {
            assert_eq!(spoken_line(said), said);
        }
    }

    #[test]
    fn what_is_said_is_one_line_and_disturbs_nothing() {
        assert_eq!(spoken_line("  one\r\ntwo\n\nthree\tfour\u{2028}five \n"), "one two  three four five");
        assert_eq!(spoken_line("\u{202e}evil\u{2069}\u{0}\u{7}\u{feff}\u{61c}"), "evil");
        assert_eq!(spoken_line("a\u{200d}b\u{200b}c\u{200d}"), "abc");
        assert_eq!(spoken_line("🦜\u{200d}"), "🦜");
        assert_eq!(spoken_line("\u{200b}\u{202e} \n"), "");
    }
}
