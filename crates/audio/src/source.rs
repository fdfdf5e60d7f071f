//! A file opened so that neither a symbolic link, a pipe nor a device can fool us, and read at places.

use crate::{AudioError, Limits};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// A regular file of known length.
pub(crate) struct Source {
    file: File,
    len: u64,
}

impl Source {
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, AudioError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = File::from(open(path, flags, Mode::empty()).map_err(|errno| match errno {
            Errno::LOOP | Errno::NXIO => AudioError::NotRegular,
            _ => AudioError::io("open", io::Error::from(errno)),
        })?);
        let stat = file.metadata().map_err(|error| AudioError::io("stat", error))?;
        if !stat.is_file() {
            return Err(AudioError::NotRegular);
        }
        if stat.len() == 0 {
            return Err(AudioError::not_audio("the file is empty"));
        }
        if stat.len() > limits.file_bytes_max {
            return Err(AudioError::too_large("file bytes", stat.len(), limits.file_bytes_max));
        }
        Ok(Self { file, len: stat.len() })
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Reads as much as there is from `offset`, up to the length of `buffer`.
    pub(crate) fn read_at<'b>(&self, offset: u64, buffer: &'b mut [u8]) -> Result<&'b [u8], AudioError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], offset.saturating_add(filled as u64)) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(AudioError::io("read", error)),
            }
        }
        Ok(&buffer[..filled])
    }

    /// `N` bytes at `offset`, if the file has them.
    pub(crate) fn array<const N: usize>(&self, offset: u64) -> Result<Option<[u8; N]>, AudioError> {
        let mut bytes = [0; N];
        Ok((self.read_at(offset, &mut bytes)?.len() == N).then_some(bytes))
    }

    /// The bytes from `start` to `end` as a stream of their own.
    pub(crate) fn window(&self, start: u64, end: u64) -> Result<Window, AudioError> {
        let file = self.file.try_clone().map_err(|error| AudioError::io("duplicate", error))?;
        Ok(Window { file, start, len: end.min(self.len).saturating_sub(start), position: 0 })
    }
}

/// A part of a file that behaves like a file: what lies around it (tags that lie about their length) is not there.
pub(crate) struct Window {
    file: File,
    start: u64,
    len: u64,
    position: u64,
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let count = self.file.read_at(&mut buffer[..wanted], self.start + self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(delta) => self.len.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl symphonia::core::io::MediaSource for Window {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}
