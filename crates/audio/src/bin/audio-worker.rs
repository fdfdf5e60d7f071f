//! The worker alone, for this crate's tests and for measurements. The product runs the same as a hidden command.

fn main() -> std::io::Result<()> {
    audio::worker::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
