//! The operating system's randomness, fetched a little ahead.

use crate::failure::Failure;
use model::Entropy;

const WORDS: usize = 64;

pub struct SystemEntropy {
    words: [u64; WORDS],
    used: usize,
}

impl SystemEntropy {
    /// Makes sure that there is randomness.
    ///
    /// # Errors
    /// [`Failure::Randomness`].
    pub fn open() -> Result<Self, Failure> {
        let words = draw().map_err(Failure::Randomness)?;
        Ok(Self { words, used: 0 })
    }
}

impl Entropy for SystemEntropy {
    fn next_u64(&mut self) -> u64 {
        if self.used == WORDS {
            #[expect(
                clippy::expect_used,
                reason = "it worked at the start; ids and secrets without chance are worse than a stop"
            )]
            let words = draw().expect("the system's randomness");
            (self.words, self.used) = (words, 0);
        }
        // A word is used once and forgotten.
        let word = std::mem::take(&mut self.words[self.used]);
        self.used += 1;
        word
    }
}

fn draw() -> Result<[u64; WORDS], getrandom::Error> {
    let mut bytes = [0; WORDS * 8];
    getrandom::fill(&mut bytes)?;
    let mut words = [0; WORDS];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    }
    Ok(words)
}
