//! A program as its file tells it: for which processor, and whether it needs libraries beside it.
//!
//! Source: the ELF-64 object file format. Only what is asked is read; a file that says otherwise than it is long is refused.

use crate::error::{Error, Result};

const HEADER_BYTES: usize = 64;
/// A program header that names the loader of shared libraries.
const INTERPRETER: u32 = 3;
/// Program headers that are looked at.
const SEGMENTS_MAX: u16 = 256;

/// What a program's file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The processor, as container images call it.
    pub(crate) processor: &'static str,
    /// What loads its libraries; `None`: it needs none.
    pub(crate) loader: Option<String>,
}

/// Looks at a program.
///
/// # Errors
/// [`Error::NoProgram`].
pub(crate) fn look(bytes: &[u8]) -> Result<Told> {
    let head = bytes.get(..HEADER_BYTES).ok_or(Error::NoProgram("it is too short"))?;
    if head[..4] != *b"\x7fELF" || head[4] != 2 || head[5] != 1 {
        return Err(Error::NoProgram("it does not begin like one"));
    }
    let processor = match short(head, 18) {
        Some(62) => "amd64",
        Some(183) => "arm64",
        _ => return Err(Error::NoProgram("its processor is not known")),
    };
    let cut = Error::NoProgram("it is cut off");
    let (Some(table), Some(size), Some(count)) = (long(head, 32), short(head, 54), short(head, 56)) else {
        return Err(cut);
    };
    if count > SEGMENTS_MAX {
        return Err(Error::NoProgram("it has more segments than any program"));
    }
    let mut loader = None;
    for number in 0..usize::from(count) {
        let at = usize::try_from(table).ok().and_then(|at| at.checked_add(number * usize::from(size)));
        let segment = at.and_then(|at| bytes.get(at..at.checked_add(56)?));
        let Some(segment) = segment else { return Err(cut) };
        if word(segment, 0) == Some(INTERPRETER) {
            let (start, length) = (long(segment, 8), long(segment, 32));
            let named = start.zip(length).and_then(|(start, length)| {
                let start = usize::try_from(start).ok()?;
                bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
            });
            let named = named.ok_or(cut)?;
            loader = Some(String::from_utf8_lossy(named).trim_end_matches('\0').chars().take(128).collect());
            break;
        }
    }
    Ok(Told { processor, loader })
}

/// What loads the libraries that a program needs; `None`: it needs none.
///
/// # Errors
/// [`Error::NoProgram`].
pub fn loader(program: &[u8]) -> Result<Option<String>> {
    Ok(look(program)?.loader)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The head of a program with one segment, and something to tell it from others.
    pub(crate) fn program(kind: u32, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18] = 62;
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        let mut segment = vec![0; 56];
        segment[..4].copy_from_slice(&kind.to_le_bytes());
        segment[8] = 120;
        segment[32..40].copy_from_slice(&(content.len() as u64).to_le_bytes());
        bytes.extend(segment);
        bytes.extend(content);
        bytes
    }

    #[test]
    fn this_very_test_is_a_program_that_needs_a_loader() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let told = look(&own).unwrap();
        assert!(told.loader.unwrap().contains("ld-linux"));
    }

    #[test]
    fn a_program_that_names_no_loader_needs_nothing() {
        assert_eq!(look(&program(1, b"code")).unwrap(), Told { processor: "amd64", loader: None });
        let dynamic = look(&program(INTERPRETER, b"/lib/ld.so\0")).unwrap();
        assert_eq!(dynamic.loader.as_deref(), Some("/lib/ld.so"));
    }

    #[test]
    fn what_is_no_program_or_cut_off_is_refused_and_never_crashes() {
        let whole = program(INTERPRETER, b"/lib/ld.so\0");
        for length in 0..whole.len() {
            assert!(look(&whole[..length]).is_err(), "{length}");
        }
        assert!(look(&[b'#'; 200]).is_err());
        for at in 0..120 {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = look(&bytes);
            }
        }
    }
}
