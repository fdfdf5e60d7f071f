//! What the machine says of a step, a line each.

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was so.
    Same(String),
    /// It is not so, and is only looked at.
    Would(String),
    /// It was done, and is so now.
    Done(String),
    /// It did not work: nothing was tried after it.
    Failed {
        /// Which step.
        name: String,
        /// Why.
        why: String,
    },
    /// Everything was looked at.
    End,
}

impl Told {
    /// Reads a line; other lines say nothing.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        if line == "." {
            return Some(Self::End);
        }
        let (sign, rest) = line.split_once(' ')?;
        let name = rest.to_owned();
        match sign {
            "=" => Some(Self::Same(name)),
            ">" => Some(Self::Would(name)),
            "+" => Some(Self::Done(name)),
            "!" => {
                let (name, why) = rest.split_once(": ").unwrap_or((rest, ""));
                Some(Self::Failed { name: name.to_owned(), why: why.to_owned() })
            }
            _ => None,
        }
    }
}
