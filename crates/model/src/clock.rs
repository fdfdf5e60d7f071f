//! The ports for time and chance. The pure crates take their values as arguments; everything else takes these traits,
//! so that a test can advance time and replay chance.

use crate::{ServerInstant, WallTime};

/// Where time comes from. The wall time of one clock never goes backwards.
pub trait Clock: Send + Sync {
    /// The monotonic time of this process.
    fn instant(&self) -> ServerInstant;

    /// The time to store and to tell clients.
    fn wall(&self) -> WallTime;
}

/// Where chance comes from.
pub trait Entropy: Send {
    /// The next 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// A number below `bound`, or 0 if `bound` is 0. The bias is below 2⁻³² for bounds that fit 32 bits.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

/// Reproducible chance (SplitMix64, Steele, Lea and Flood 2014): for tests, simulations and the demo. Not for secrets.
#[derive(Clone, Debug)]
pub struct SeededEntropy(u64);

impl SeededEntropy {
    /// The same seed gives the same numbers for ever.
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }
}

impl Entropy for SeededEntropy {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
