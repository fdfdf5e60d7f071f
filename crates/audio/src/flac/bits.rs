//! Bits, most significant first, with the checksums of a frame.

/// The bits of one frame.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, in the low end.
    held: u64,
    held_count: u32,
}

impl BitWriter {
    /// Appends the low `count` bits of `value`; at most 32.
    pub(super) fn put(&mut self, value: u32, count: u32) {
        let mask = (1u64 << count) - 1;
        self.held = self.held << count | u64::from(value) & mask;
        self.held_count += count;
        while self.held_count >= 8 {
            self.held_count -= 8;
            self.bytes.push((self.held >> self.held_count) as u8);
        }
    }

    /// Appends `zeros` zero bits and a one.
    pub(super) fn put_unary(&mut self, mut zeros: u32) {
        while zeros >= 24 {
            self.put(0, 24);
            zeros -= 24;
        }
        self.put(1, zeros + 1);
    }

    /// Appends a number of up to 36 bits as UTF-8 would.
    pub(super) fn put_number(&mut self, number: u64) {
        if number < 0x80 {
            return self.put(number as u32, 8);
        }
        // Each further byte holds six bits; the first holds what is left beside its marker.
        let more = (1..=6).find(|more| number >> (6 * more) < 1 << (6 - more)).unwrap_or(6);
        let marker = !(0xffu32 >> (more + 1)) & 0xff;
        self.put(marker | (number >> (6 * more)) as u32, 8);
        (0..more).rev().for_each(|at| self.put(0x80 | (number >> (6 * at)) as u32 & 0x3f, 8));
    }

    /// Ends the header of the frame, which fills whole bytes, with its checksum.
    pub(super) fn finish_header(&mut self) {
        let crc = self.bytes.iter().fold(0u8, |crc, byte| {
            (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
        });
        self.put(u32::from(crc), 8);
    }

    /// Ends the frame with its checksum and returns its bytes.
    pub(super) fn finish_frame(mut self) -> Vec<u8> {
        if self.held_count > 0 {
            self.put(0, 8 - self.held_count);
        }
        let crc =
            self.bytes.iter().fold(0u16, |crc, byte| crc << 8 ^ CRC16[usize::from((crc >> 8) as u8 ^ byte)]);
        self.bytes.extend(crc.to_be_bytes());
        self.bytes
    }
}

/// The remainders of all bytes for the polynomial 0x8005.
const CRC16: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x8005 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};
