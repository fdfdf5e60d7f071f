//! ALSA's library, opened when sound is wanted (decision 0014): eleven functions of an interface that has not changed
//! in twenty years. This and `rookery/process.rs` are the only files with `unsafe` in them.
#![expect(unsafe_code, reason = "calls of a C library; each block says why it is sound")]

use super::card::{Card, CardError};
use crate::connection::local_ms;
use libloading::Library;
use model::Clock;
use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::sync::Arc;
use std::time::Duration;

/// How long what is written takes to be heard, about: enough to ride out a busy moment of a small computer.
const BUFFER_US: c_uint = 120_000;
/// What cards are asked for, in this order. ALSA converts for cards that know none of them.
const RATES: [c_uint; 2] = [48_000, 44_100];
const STREAM_PLAYBACK: c_int = 0;
const FORMAT_S16: c_int = if cfg!(target_endian = "little") { 2 } else { 3 };
const ACCESS_RW_INTERLEAVED: c_uint = 3;
const STATE_PREPARED: c_int = 2;
const EPIPE: c_long = 32;
const EAGAIN: c_long = 11;
const EINTR: c_long = 4;

type Pcm = *mut c_void;

/// The functions, and the library they are in.
struct Functions {
    open: unsafe extern "C" fn(*mut Pcm, *const c_char, c_int, c_int) -> c_int,
    close: unsafe extern "C" fn(Pcm) -> c_int,
    set_params: unsafe extern "C" fn(Pcm, c_int, c_uint, c_uint, c_uint, c_int, c_uint) -> c_int,
    get_params: unsafe extern "C" fn(Pcm, *mut c_ulong, *mut c_ulong) -> c_int,
    writei: unsafe extern "C" fn(Pcm, *const c_void, c_ulong) -> c_long,
    delay: unsafe extern "C" fn(Pcm, *mut c_long) -> c_int,
    state: unsafe extern "C" fn(Pcm) -> c_int,
    prepare: unsafe extern "C" fn(Pcm) -> c_int,
    drop: unsafe extern "C" fn(Pcm) -> c_int,
    start: unsafe extern "C" fn(Pcm) -> c_int,
    strerror: unsafe extern "C" fn(c_int) -> *const c_char,
    /// Kept open as long as its functions may be called.
    _library: Library,
}

impl Functions {
    fn load() -> Result<Self, CardError> {
        let missing = |error: libloading::Error| {
            CardError::Gone(format!("ALSA's library is not there (Debian package libasound2): {error}"))
        };
        // SAFETY: loading libasound runs no code of its own that we could upset, and every symbol has exactly the type
        // that alsa/pcm.h gives it; the pointers are used no longer than the library, which is kept beside them.
        unsafe {
            let library = Library::new("libasound.so.2").map_err(missing)?;
            Ok(Self {
                open: *library.get(b"snd_pcm_open\0").map_err(missing)?,
                close: *library.get(b"snd_pcm_close\0").map_err(missing)?,
                set_params: *library.get(b"snd_pcm_set_params\0").map_err(missing)?,
                get_params: *library.get(b"snd_pcm_get_params\0").map_err(missing)?,
                writei: *library.get(b"snd_pcm_writei\0").map_err(missing)?,
                delay: *library.get(b"snd_pcm_delay\0").map_err(missing)?,
                state: *library.get(b"snd_pcm_state\0").map_err(missing)?,
                prepare: *library.get(b"snd_pcm_prepare\0").map_err(missing)?,
                drop: *library.get(b"snd_pcm_drop\0").map_err(missing)?,
                start: *library.get(b"snd_pcm_start\0").map_err(missing)?,
                strerror: *library.get(b"snd_strerror\0").map_err(missing)?,
                _library: library,
            })
        }
    }

    /// What an error of ALSA means.
    fn error(&self, code: c_long) -> CardError {
        if code == -EPIPE {
            return CardError::Underrun;
        }
        // SAFETY: snd_strerror takes any number and answers a constant text.
        let text = unsafe { CStr::from_ptr((self.strerror)(c_int::try_from(code).unwrap_or(0))) };
        CardError::Gone(text.to_string_lossy().into_owned())
    }

    fn checked(&self, code: c_int) -> Result<(), CardError> {
        if code < 0 { Err(self.error(c_long::from(code))) } else { Ok(()) }
    }
}

/// A device that takes frames as fast as they come (`null`, `file`) has no clock; then ours paces it.
struct Pace {
    epoch_ms: f64,
    written: f64,
}

/// An open device.
pub(super) struct AlsaCard {
    functions: Functions,
    pcm: Pcm,
    rate: u32,
    buffer_frames: usize,
    pace: Option<Pace>,
    clock: Arc<dyn Clock>,
}

impl AlsaCard {
    /// Opens a device and starts it with silence.
    ///
    /// # Errors
    /// [`CardError::Gone`] with what ALSA says.
    pub(super) fn open(device: &str, clock: Arc<dyn Clock>) -> Result<Self, CardError> {
        let functions = Functions::load()?;
        let name = CString::new(device)
            .map_err(|_| CardError::Gone("a device has no NUL in its name".to_owned()))?;
        let mut pcm: Pcm = std::ptr::null_mut();
        // SAFETY: both pointers are to live values; on success `pcm` is an open handle, which only this value has.
        let opened = unsafe { (functions.open)(&raw mut pcm, name.as_ptr(), STREAM_PLAYBACK, 0) };
        functions.checked(opened)?;
        let mut card = Self { functions, pcm, rate: 0, buffer_frames: 0, pace: None, clock };
        card.configure()?;
        card.restart()?;
        Ok(card)
    }

    fn configure(&mut self) -> Result<(), CardError> {
        let mut outcome = Ok(());
        for rate in RATES {
            // SAFETY: the handle is open and nobody else has it.
            let set = unsafe {
                (self.functions.set_params)(
                    self.pcm,
                    FORMAT_S16,
                    ACCESS_RW_INTERLEAVED,
                    2,
                    rate,
                    1,
                    BUFFER_US,
                )
            };
            outcome = self.functions.checked(set);
            if outcome.is_ok() {
                self.rate = rate;
                break;
            }
        }
        outcome?;
        let (mut buffer, mut period): (c_ulong, c_ulong) = (0, 0);
        // SAFETY: the handle is open and configured; both pointers are to live values.
        let got = unsafe { (self.functions.get_params)(self.pcm, &raw mut buffer, &raw mut period) };
        self.functions.checked(got)?;
        self.buffer_frames = usize::try_from(buffer).unwrap_or(0).clamp(1, 1 << 20);
        Ok(())
    }

    fn now_ms(&self) -> f64 {
        local_ms(&*self.clock)
    }

    fn delay(&mut self) -> Result<f64, CardError> {
        let mut delay: c_long = 0;
        // SAFETY: the handle is open; the pointer is to a live value.
        let asked = unsafe { (self.functions.delay)(self.pcm, &raw mut delay) };
        self.functions.checked(asked)?;
        Ok(delay as f64)
    }

    fn write_all(&mut self, frames: &[[i16; 2]]) -> Result<(), CardError> {
        let mut left = frames;
        while !left.is_empty() {
            // SAFETY: the handle is open and configured for frames of two 16-bit samples; `left` has as many as are
            // said.
            let wrote =
                unsafe { (self.functions.writei)(self.pcm, left.as_ptr().cast(), left.len() as c_ulong) };
            match wrote {
                code if code == -EAGAIN || code == -EINTR => {}
                code if code < 0 => return Err(self.functions.error(code)),
                count => left = left.get(usize::try_from(count).unwrap_or(0)..).unwrap_or_default(),
            }
        }
        Ok(())
    }
}

impl Card for AlsaCard {
    fn rate(&self) -> u32 {
        self.rate
    }

    fn queued(&mut self) -> Result<f64, CardError> {
        match &self.pace {
            Some(pace) => {
                let played = (self.now_ms() - pace.epoch_ms) * f64::from(self.rate) / 1000.0;
                if played > pace.written { Err(CardError::Underrun) } else { Ok(pace.written - played) }
            }
            None => self.delay(),
        }
    }

    fn write(&mut self, frames: &[[i16; 2]]) -> Result<(), CardError> {
        if self.pace.is_some() {
            let room = self.buffer_frames.saturating_sub(frames.len()) as f64;
            let too_much = self.queued()? - room;
            if too_much > 0.0 {
                std::thread::sleep(Duration::from_secs_f64(too_much / f64::from(self.rate)));
            }
        }
        self.write_all(frames)?;
        if let Some(pace) = &mut self.pace {
            pace.written += frames.len() as f64;
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), CardError> {
        // SAFETY: the handle is open and configured.
        let prepared = unsafe {
            (self.functions.drop)(self.pcm);
            (self.functions.prepare)(self.pcm)
        };
        self.functions.checked(prepared)?;
        let epoch_ms = self.now_ms();
        let silence = vec![[0; 2]; self.buffer_frames];
        self.write_all(&silence)?;
        // SAFETY: the handle is open and prepared.
        let started = unsafe {
            if (self.functions.state)(self.pcm) == STATE_PREPARED {
                (self.functions.start)(self.pcm)
            } else {
                0
            }
        };
        self.functions.checked(started)?;
        let swallowed = self.delay()? <= 0.0;
        self.pace = swallowed.then_some(Pace { epoch_ms, written: self.buffer_frames as f64 });
        Ok(())
    }
}

impl Drop for AlsaCard {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and nobody uses it after this.
        unsafe {
            (self.functions.drop)(self.pcm);
            (self.functions.close)(self.pcm);
        }
    }
}
