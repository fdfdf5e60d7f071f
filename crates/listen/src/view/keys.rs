//! What a key means.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use protocol::http::VoteDirection;

/// What the person wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Deed {
    Quit,
    /// Be silent, or not any more.
    Mute,
    /// Louder by this many percent.
    Louder(i8),
    /// Vote on the selected entry; the same again takes the vote back.
    Vote(VoteDirection),
    /// Select the entry so many further down.
    Select(i16),
    /// Follow again, after the output stepped back.
    Recall,
}

/// The deed of a key, if it has one.
pub(super) fn deed(key: &KeyEvent) -> Option<Deed> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Char('c') if is_control => Deed::Quit,
        KeyCode::Char('q') | KeyCode::Esc => Deed::Quit,
        KeyCode::Char(' ' | 'm') => Deed::Mute,
        KeyCode::Char('+' | '=') | KeyCode::Right => Deed::Louder(5),
        KeyCode::Char('-' | '_') | KeyCode::Left => Deed::Louder(-5),
        KeyCode::Char('v') => Deed::Vote(VoteDirection::Up),
        KeyCode::Char('V') => Deed::Vote(VoteDirection::Down),
        KeyCode::Char('j') | KeyCode::Down => Deed::Select(1),
        KeyCode::Char('k') | KeyCode::Up => Deed::Select(-1),
        KeyCode::PageDown => Deed::Select(10),
        KeyCode::PageUp => Deed::Select(-10),
        KeyCode::Home => Deed::Select(i16::MIN),
        KeyCode::End => Deed::Select(i16::MAX),
        KeyCode::Char('f') => Deed::Recall,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_v_votes_down_and_control_c_quits() {
        let of = |code, modifiers| deed(&KeyEvent::new(code, modifiers));
        assert_eq!(of(KeyCode::Char('V'), KeyModifiers::SHIFT), Some(Deed::Vote(VoteDirection::Down)));
        assert_eq!(of(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Deed::Quit));
        assert_eq!(of(KeyCode::Char('c'), KeyModifiers::NONE), None);
    }
}
