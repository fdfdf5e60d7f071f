//! The one rule about characters that people may put into names: nothing that disturbs the text around.

/// A text as one line of what is visible: white space is folded into single spaces, and control characters, direction
/// overrides and isolates, invisible joiners and the byte order mark are dropped. Empty if nothing is left.
pub fn visible_line(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|&c| !disturbs(c)).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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
}
