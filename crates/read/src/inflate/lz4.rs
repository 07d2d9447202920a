//! lz4 frames.

use lz4_flex::block::decompress_into_with_dict;
use newsmill_article::RejectKind;
use xxhash_rust::xxh32::{Xxh32, xxh32};

use super::codec::Step;

/// How far back a block may refer to the blocks before it.
const HISTORY: usize = 64 << 10;

/// Marks a block that is stored as it is.
const STORED: u32 = 1 << 31;

/// A decoder of one lz4 frame after the other, by the
/// [frame format 1.6](https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). A block is at
/// most 4 MiB; frames that need a dictionary, and the legacy format, are not read.
#[derive(Default)]
pub(super) struct Lz4 {
    part: Part,
    /// Bytes of the part at hand, as far as they have come.
    gathered: Vec<u8>,
    flags: Flags,
    /// The end of what was decoded before, and behind it what is still to be given.
    decoded: Vec<u8>,
    given: usize,
    digest: Digest,
    /// Bytes left of a frame to be skipped.
    skipping: u64,
}

/// What is read next.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Magic,
    /// Flags, of a frame that has so many bytes in its descriptor as far as is known.
    Descriptor(usize),
    SkippedLength,
    Skipped,
    BlockLength,
    Block {
        length: usize,
        is_stored: bool,
    },
    ContentChecksum,
}

/// What the frame's descriptor says.
#[derive(Clone, Copy, Default)]
struct Flags {
    is_linked: bool,
    has_block_checksums: bool,
    has_content_checksum: bool,
    block_bytes: usize,
}

/// The checksum of the content so far.
struct Digest(Xxh32);

impl Default for Digest {
    fn default() -> Self {
        Self(Xxh32::new(0))
    }
}

impl Lz4 {
    /// Makes the decoder ready for a new frame.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether there is output to give without more input.
    pub(super) fn holds_more(&self) -> bool {
        self.given < self.decoded.len()
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut step = Step::default();
        loop {
            let left = &self.decoded[self.given..];
            if !left.is_empty() {
                let length = left.len().min(output.len() - step.produced);
                output[step.produced..][..length].copy_from_slice(&left[..length]);
                step.produced += length;
                self.given += length;
                return step;
            }
            if self.part == Part::Skipped {
                let passed = self.skipping.min((input.len() - step.consumed) as u64);
                step.consumed += passed as usize;
                self.skipping -= passed;
                step.ended_member = self.skipping == 0;
                if step.ended_member {
                    self.part = Part::Magic;
                }
                return step;
            }
            let wanted = self.wanted();
            let fresh = &input[step.consumed..];
            let taken = fresh.len().min(wanted - self.gathered.len());
            self.gathered.extend_from_slice(&fresh[..taken]);
            step.consumed += taken;
            if self.gathered.len() < wanted {
                return step;
            }
            let gathered = std::mem::take(&mut self.gathered);
            match self.read(&gathered) {
                Ok(ended) if ended => {
                    step.ended_member = true;
                    self.reset();
                    return step;
                }
                Ok(_) => {}
                Err(why) => {
                    step.error = Some((RejectKind::Corrupt, why.to_owned()));
                    return step;
                }
            }
            if let Part::Descriptor(_) = self.part
                && self.gathered.is_empty()
                && gathered.len() == 2
            {
                // The flags told how long the descriptor is; they are part of it.
                self.gathered = gathered;
            }
        }
    }

    /// How many bytes the part at hand has.
    fn wanted(&self) -> usize {
        match self.part {
            Part::Descriptor(length) => length,
            Part::Block { length, .. } => length + 4 * usize::from(self.flags.has_block_checksums),
            _ => 4,
        }
    }

    /// Reads the part at hand, which is all there; true at the end of the frame.
    fn read(&mut self, bytes: &[u8]) -> Result<bool, &'static str> {
        let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
        match self.part {
            Part::Magic => {
                self.part = match word(bytes) {
                    0x184d_2204 => Part::Descriptor(2),
                    0x184d_2a50..=0x184d_2a5f => Part::SkippedLength,
                    _ => return Err("no frame starts here"),
                };
            }
            Part::SkippedLength => {
                self.skipping = u64::from(word(bytes));
                self.part = Part::Skipped;
            }
            Part::Skipped => {}
            Part::Descriptor(2) => {
                let flags = bytes[0];
                if flags >> 6 != 1 || flags & 0x02 != 0 || bytes[1] & 0x8f != 0 {
                    return Err("its descriptor is of no version that is known");
                }
                if flags & 0x01 != 0 {
                    return Err("its frame needs a dictionary");
                }
                let block_bytes = match bytes[1] >> 4 {
                    size @ 4..=7 => 1 << (8 + 2 * size),
                    _ => return Err("its descriptor names no block size"),
                };
                self.flags = Flags {
                    is_linked: flags & 0x20 == 0,
                    has_block_checksums: flags & 0x10 != 0,
                    has_content_checksum: flags & 0x04 != 0,
                    block_bytes,
                };
                self.part = Part::Descriptor(3 + if flags & 0x08 != 0 { 8 } else { 0 });
            }
            Part::Descriptor(length) => {
                let (descriptor, checksum) = bytes.split_at(length - 1);
                if checksum != [(xxh32(descriptor, 0) >> 8) as u8] {
                    return Err("the checksum of its descriptor is wrong");
                }
                self.part = Part::BlockLength;
            }
            Part::BlockLength => {
                let word = word(bytes);
                let length = (word & !STORED) as usize;
                self.part = match word {
                    0 if self.flags.has_content_checksum => Part::ContentChecksum,
                    0 => return Ok(true),
                    _ if length > self.flags.block_bytes => {
                        return Err("a block is longer than its frame allows");
                    }
                    _ => Part::Block { length, is_stored: word & STORED != 0 },
                };
            }
            Part::Block { length, is_stored } => {
                let (block, checksum) = bytes.split_at(length);
                if self.flags.has_block_checksums && word(checksum) != xxh32(block, 0) {
                    return Err("the checksum of a block is wrong");
                }
                self.decode(block, is_stored)?;
                self.part = Part::BlockLength;
            }
            Part::ContentChecksum => {
                return match word(bytes) == self.digest.0.digest() {
                    true => Ok(true),
                    false => Err("the checksum of its content is wrong"),
                };
            }
        }
        Ok(false)
    }

    /// Decodes a block behind what was decoded before, of which as much is kept as may be referred
    /// to.
    fn decode(&mut self, block: &[u8], is_stored: bool) -> Result<(), &'static str> {
        let kept = if self.flags.is_linked { HISTORY.min(self.decoded.len()) } else { 0 };
        self.decoded.drain(..self.decoded.len() - kept);
        self.given = kept;
        if is_stored {
            self.decoded.extend_from_slice(block);
        } else {
            // A byte becomes 255 at most, so that small blocks need no large room.
            let room = self.flags.block_bytes.min(255 * block.len() + 64);
            self.decoded.resize(kept + room, 0);
            let (history, room) = self.decoded.split_at_mut(kept);
            let length = decompress_into_with_dict(block, room, history);
            let length = length.unwrap_or(usize::MAX);
            if length == usize::MAX {
                self.decoded.truncate(kept);
                return Err("a block is damaged");
            }
            self.decoded.truncate(kept + length);
        }
        if self.flags.has_content_checksum {
            self.digest.0.update(&self.decoded[kept..]);
        }
        Ok(())
    }
}
