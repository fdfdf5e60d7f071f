//! The picture: what plays, how far off, what comes, who is here. Made for any width: what does not fit is left out.

use super::Hand;
use crate::connection::Link;
use crate::desk::Scene;
use crate::follow::{begins_at_ms, plan_at};
use crate::lines::{minutes, plain};
use crate::output::Sounding;
use protocol::http::{Contributor, Entry, NestState, Playback};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row, Table, TableState};

/// Below these widths a column of the queue is left out.
const WIDTH_FOR_WHO: u16 = 64;
const WIDTH_FOR_WHEN: u16 = 40;

/// Styles, which without colour are only weights.
struct Paint {
    colour: bool,
}

impl Paint {
    fn of(&self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    fn faint(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    fn strong(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }
}

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, scene: &Scene, hand: &Hand) {
    let paint = Paint { colour: hand.colour };
    let [head, song, queue, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(5),
        Constraint::Min(0),
        Constraint::Length(2),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(title(scene, &paint)), head);
    frame.render_widget(Paragraph::new(playing(scene, hand, &paint, song.width)), song);
    if let Some(nest) = &scene.nest {
        entries(frame, queue, nest, scene, hand);
    }
    frame.render_widget(Paragraph::new(bottom(scene, hand, &paint)), foot);
}

fn title(scene: &Scene, paint: &Paint) -> Line<'static> {
    let name = scene.nest.as_ref().map_or_else(String::new, |nest| plain(&nest.settings.name));
    let (sign, state, colour) = match &scene.link {
        Link::Connected => ("●", "connected".to_owned(), Color::Green),
        Link::Connecting => ("○", "connecting".to_owned(), Color::Yellow),
        Link::Waiting { wait, why } => {
            ("○", format!("{}; again in {:.0} s", plain(why), wait.as_secs_f64().ceil()), Color::Red)
        }
    };
    Line::from(vec![
        Span::styled(format!(" {name}  "), paint.strong()),
        Span::styled(format!("{sign} "), paint.of(colour)),
        Span::raw(state),
    ])
}

fn song(entry: &Entry) -> String {
    match entry.track.artist.as_str() {
        "" => plain(&entry.track.title),
        artist => format!("{} – {}", plain(artist), plain(&entry.track.title)),
    }
}

fn who(entry: &Entry) -> String {
    match &entry.added_by {
        Contributor::Person { name, .. } => plain(name),
        Contributor::Autofill => "the nest".to_owned(),
    }
}

fn playing(scene: &Scene, hand: &Hand, paint: &Paint, width: u16) -> Vec<Line<'static>> {
    let nothing = || vec![Line::styled(" Nothing plays.", paint.faint())];
    let Some(nest) = &scene.nest else { return Vec::new() };
    let plan = plan_at(nest, scene.server_ms.unwrap_or(0.0));
    let (Some(entry), Some(position_ms)) = (plan.entry(), plan.position_ms()) else { return nothing() };
    let is_paused =
        nest.playing.as_ref().is_some_and(|playing| matches!(playing.playback, Playback::Paused { .. }));
    let position_ms = position_ms.clamp(0.0, entry.track.duration_ms as f64) as i64;
    let sign = if is_paused { "‖" } else { "▶" };
    let from = if entry.track.album.is_empty() {
        String::new()
    } else {
        format!("{} · ", plain(&entry.track.album))
    };
    vec![
        Line::from(vec![
            Span::styled(format!(" {sign} "), paint.of(Color::Green)),
            Span::styled(song(entry), paint.strong()),
        ]),
        Line::styled(format!("   {from}added by {}", who(entry)), paint.faint()),
        progress(position_ms, entry.track.duration_ms, paint, width),
        sound(scene, hand, paint),
    ]
}

fn progress(position_ms: i64, duration_ms: i64, paint: &Paint, width: u16) -> Line<'static> {
    let (now, whole) = (minutes(position_ms), minutes(duration_ms));
    let room = usize::from(width).saturating_sub(now.len() + whole.len() + 6);
    let done = (room as i64 * position_ms / duration_ms.max(1)).clamp(0, room as i64) as usize;
    Line::from(vec![
        Span::raw(format!("   {now} ")),
        Span::styled("━".repeat(done), paint.of(Color::Green)),
        Span::styled("─".repeat(room - done), paint.faint()),
        Span::raw(format!(" {whole}")),
    ])
}

fn sound(scene: &Scene, hand: &Hand, paint: &Paint) -> Line<'static> {
    let name = plain(&scene.status.name);
    let (said, colour) = match &scene.status.sounding {
        Sounding::Off => ("only shown here".to_owned(), Color::Reset),
        Sounding::Silent => (format!("silent on {name}"), Color::Reset),
        Sounding::Preparing => (format!("getting ready on {name}"), Color::Yellow),
        Sounding::Playing { off_ms: Some(off_ms) } => {
            (format!("in step on {name}: {off_ms:+.0} ms"), Color::Green)
        }
        Sounding::Playing { off_ms: None } => (format!("plays on {name}"), Color::Green),
        Sounding::Elsewhere { why } => (plain(why), Color::Yellow),
        Sounding::Trouble { why } => (plain(why), Color::Red),
        Sounding::SteppedBack { why } => (format!("{} (f: follow now)", plain(why)), Color::Yellow),
    };
    let volume = if hand.muted { "muted".to_owned() } else { format!("volume {} %", hand.volume_percent) };
    let volume = if scene.status.sounding == Sounding::Off { String::new() } else { format!(" · {volume}") };
    let clock = scene.clock_error_ms.map(|error| format!(" · clock ±{error:.1} ms")).unwrap_or_default();
    Line::from(vec![
        Span::raw("   "),
        Span::styled(said, paint.of(colour)),
        Span::styled(format!("{volume}{clock}"), paint.faint()),
    ])
}

fn entries(frame: &mut Frame<'_>, area: Rect, nest: &NestState, scene: &Scene, hand: &Hand) {
    let begins = begins_at_ms(nest).unwrap_or_default();
    let now = scene.server_ms.unwrap_or(0.0);
    let (has_when, has_who) = (area.width >= WIDTH_FOR_WHEN, area.width >= WIDTH_FOR_WHO);
    let rows = nest.queue.iter().enumerate().map(|(at, entry)| {
        let own = match hand.voted(entry.id) {
            Some(true) => "▲",
            Some(false) => "▼",
            None => " ",
        };
        let mut cells = vec![
            Cell::new(format!("{:>2}", at + 1)),
            Cell::new(song(entry)),
            Cell::new(format!("{:+}{own}", entry.tally)),
        ];
        if has_when {
            let when = begins.get(at).map(|begins| format!("in {}", minutes((begins - now) as i64)));
            cells.push(Cell::new(when.unwrap_or_default()));
        }
        if has_who {
            cells.push(Cell::new(who(entry)));
        }
        Row::new(cells)
    });
    let mut widths = vec![Constraint::Length(2), Constraint::Min(8), Constraint::Length(5)];
    if has_when {
        widths.push(Constraint::Length(10));
    }
    if has_who {
        widths.push(Constraint::Length(14));
    }
    let table = Table::new(rows, widths)
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .highlight_symbol(">");
    let selected = hand.selected(nest);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
}

fn bottom(scene: &Scene, hand: &Hand, paint: &Paint) -> Vec<Line<'static>> {
    let names: Vec<_> = scene.listeners.iter().map(|listener| plain(&listener.name)).collect();
    let here = format!(" {} here: {}", names.len(), names.join(", "));
    let keys = " q quit  space mute  +/- volume  ↑↓ select  v/V vote up/down";
    let last = match &hand.message {
        Some(message) => Line::styled(format!(" {}", plain(message)), paint.of(Color::Red)),
        None => Line::styled(keys, paint.faint()),
    };
    vec![Line::raw(here), last]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Listener;
    use crate::follow::tests::{entry, nest};
    use crate::output::Status;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::Color;
    use std::sync::Arc;

    fn scene() -> Scene {
        let playing = (entry(1, 240_000), Playback::Running { started_at_ms: 1_000 });
        let mut second = entry(2, 180_000);
        second.tally = 2;
        second.track.title = "A\u{1b}[31mtrap".to_owned();
        Scene {
            link: Link::Connected,
            nest: Some(Arc::new(nest(Some(playing), vec![second, entry(3, 60_000)]))),
            listeners: vec![Listener { id: "1".to_owned(), name: "Ana".to_owned() }],
            status: Status {
                sounding: Sounding::Playing { off_ms: Some(-3.4) },
                name: "default".to_owned(),
                latency_ms: Some(80.0),
            },
            server_ms: Some(61_000.0),
            clock_error_ms: Some(0.4),
        }
    }

    fn drawn(width: u16, height: u16, colour: bool) -> (String, bool) {
        let mut hand = Hand::new(80, colour);
        hand.select(1, 2);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, &scene(), &hand)).unwrap();
        let buffer = terminal.backend().buffer();
        let lines: Vec<String> = (0..height)
            .map(|y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>())
            .collect();
        let has_colour = buffer.content().iter().any(|cell| cell.fg != Color::Reset);
        (lines.join("\n"), has_colour)
    }

    #[test]
    fn it_shows_what_plays_how_far_off_what_comes_and_who_is_here() {
        let (text, has_colour) = drawn(80, 14, true);
        for part in
            ["Main", "connected", "A – Song 1", "1:00", "4:00", "in step on default: -3 ms", "volume 80 %"]
        {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        for part in ["+2", "in 3:00", "in 6:00", ">", "the nest", "1 here: Ana", "q quit"] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        assert!(has_colour);
        assert!(!text.contains('\u{1b}'), "a title steers the terminal");
        let bar = text.lines().find(|line| line.contains('━')).unwrap();
        let (done, left) = (bar.matches('━').count(), bar.matches('─').count());
        assert!((done * 3).abs_diff(left) <= 3, "a quarter: {bar}");
    }

    #[test]
    fn a_narrow_terminal_and_one_without_colour_show_what_matters() {
        for (width, height) in [(30, 12), (12, 6), (3, 3), (1, 1)] {
            let (text, has_colour) = drawn(width, height, false);
            assert!(!has_colour);
            assert!(width < 30 || text.contains("Song 1"), "{text}");
        }
    }
}
