//! The decoders, made alike.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};
use newsmill_article::{Limits, RejectKind};
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::lz4::Lz4;
use super::xz::Xz;

/// The widest window a gzip member may use: the largest there is.
const GZIP_WINDOW_LOG2: u8 = 15;

/// Bytes that tell the start of a gzip member.
pub(super) const GZIP_HEADER: usize = 10;

/// Powers of two that zstd knows as windows.
const ZSTD_WINDOWS: std::ops::RangeInclusive<u32> = 10..=31;

/// A decoder of one member after the other.
pub(super) enum Codec {
    Gzip(Decompress),
    Bzip2 {
        decoder: bzip2::Decompress,
        holds_more: bool,
    },
    Xz(Xz),
    Lz4(Box<Lz4>),
    Zstd {
        decoder: Decoder<'static>,
        window_log2: u32,
        /// Whether the decoder may hold more output than there was room for.
        holds_more: bool,
    },
}

/// What one step of a decoder did.
#[derive(Default)]
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    pub(super) ended_member: bool,
    pub(super) error: Option<(RejectKind, String)>,
}

impl Codec {
    pub(super) fn gzip() -> io::Result<Self> {
        Ok(Self::Gzip(Decompress::new_gzip(GZIP_WINDOW_LOG2)))
    }

    pub(super) fn bzip2() -> Self {
        Self::Bzip2 { decoder: bzip2::Decompress::new(false), holds_more: false }
    }

    pub(super) fn xz(limits: &Limits) -> io::Result<Self> {
        Ok(Self::Xz(Xz::new(1 << limits.zstd_window_log2.min(31))?))
    }

    pub(super) fn lz4() -> Self {
        Self::Lz4(Box::default())
    }

    pub(super) fn zstd(limits: &Limits, dictionary: &[u8]) -> io::Result<Self> {
        let mut decoder = Decoder::with_dictionary(dictionary)?;
        let window_log2 = limits.zstd_window_log2.clamp(*ZSTD_WINDOWS.start(), *ZSTD_WINDOWS.end());
        decoder.set_parameter(DParameter::WindowLogMax(window_log2))?;
        Ok(Self::Zstd { decoder, window_log2, holds_more: false })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "gzip",
            Self::Bzip2 { .. } => "bzip2",
            Self::Xz(_) => "xz",
            Self::Lz4(_) => "lz4",
            Self::Zstd { .. } => "zstd",
        }
    }

    pub(super) fn member(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "member",
            Self::Bzip2 { .. } | Self::Xz(_) => "stream",
            Self::Zstd { .. } | Self::Lz4(_) => "frame",
        }
    }

    /// Makes the decoder ready for a new member.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Gzip(decoder) => *decoder = Decompress::new_gzip(GZIP_WINDOW_LOG2),
            Self::Bzip2 { decoder, holds_more } => {
                (*decoder, *holds_more) = (bzip2::Decompress::new(false), false);
            }
            Self::Xz(decoder) => decoder.reset(),
            Self::Lz4(decoder) => decoder.reset(),
            Self::Zstd { decoder, holds_more, .. } => {
                *holds_more = false;
                // A decoder that could not be reset fails at its next step.
                drop(decoder.reinit());
            }
        }
    }

    /// Whether `input` starts with the zeros that fill up a tape's last block, or in xz a stream to
    /// a multiple of four bytes.
    pub(super) fn is_padding(&self, input: &[u8]) -> bool {
        matches!(self, Self::Gzip(_) | Self::Xz(_)) && input.first() == Some(&0)
    }

    /// Whether so many zeros may stand between members or behind the last.
    pub(super) fn allows_padding(&self, zeros: u64) -> bool {
        !matches!(self, Self::Xz(_)) || zeros.is_multiple_of(4)
    }

    /// Where in `bytes` a member starts, as far as its header tells: in gzip by its magic number,
    /// the method, flags that are not reserved, and a level and system that exist.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Gzip(_) => memchr::memmem::find_iter(bytes, b"\x1f\x8b\x08").find(|at| {
                let header = bytes[*at..].first_chunk::<GZIP_HEADER>();
                header.is_some_and(|&[_, _, _, flags, _, _, _, _, level, system]| {
                    flags & 0xe0 == 0
                        && matches!(level, 0 | 2 | 4)
                        && matches!(system, 0..=13 | 255)
                })
            }),
            Self::Bzip2 { .. } => {
                memchr::memmem::find_iter(bytes, b"BZh").find(|at| super::is_bzip2(&bytes[*at..]))
            }
            Self::Xz(_) => memchr::memmem::find(bytes, super::XZ),
            Self::Lz4(_) => memchr::memmem::find(bytes, super::LZ4),
            Self::Zstd { .. } => memchr::memmem::find_iter(bytes, b"\x28\xb5\x2f\xfd")
                .find(|at| bytes.get(at + 4).is_some_and(|descriptor| descriptor & 0x08 == 0)),
        }
    }

    /// Whether the decoder has output to give without more input.
    pub(super) fn holds_more(&self) -> bool {
        match self {
            Self::Bzip2 { holds_more, .. } | Self::Zstd { holds_more, .. } => *holds_more,
            Self::Xz(decoder) => decoder.holds_more(),
            Self::Lz4(decoder) => decoder.holds_more(),
            Self::Gzip(_) => false,
        }
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        match self {
            Self::Gzip(decoder) => {
                let (consumed, produced) = (decoder.total_in(), decoder.total_out());
                let result = decoder.decompress(input, output, FlushDecompress::None);
                let mut step = Step {
                    consumed: usize::try_from(decoder.total_in() - consumed).unwrap_or(0),
                    produced: usize::try_from(decoder.total_out() - produced).unwrap_or(0),
                    ..Step::default()
                };
                match result {
                    Ok(Status::StreamEnd) => {
                        step.ended_member = true;
                        *decoder = Decompress::new_gzip(GZIP_WINDOW_LOG2);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let cause = error.message().unwrap_or("its deflate stream is damaged");
                        step.error = Some((RejectKind::Corrupt, cause.to_owned()));
                    }
                }
                step
            }
            Self::Bzip2 { decoder, holds_more } => {
                let (consumed, produced) = (decoder.total_in(), decoder.total_out());
                let result = decoder.decompress(input, output);
                let mut step = Step {
                    consumed: usize::try_from(decoder.total_in() - consumed).unwrap_or(0),
                    produced: usize::try_from(decoder.total_out() - produced).unwrap_or(0),
                    ..Step::default()
                };
                *holds_more = step.produced == output.len();
                match result {
                    Ok(bzip2::Status::StreamEnd) => {
                        step.ended_member = true;
                        (*decoder, *holds_more) = (bzip2::Decompress::new(false), false);
                    }
                    Ok(bzip2::Status::MemNeeded) => {
                        step.error = Some((RejectKind::Unreadable, "there is no memory".into()));
                    }
                    Ok(_) => {}
                    Err(error) => step.error = Some((RejectKind::Corrupt, error.to_string())),
                }
                step
            }
            Self::Xz(decoder) => decoder.step(input, output),
            Self::Lz4(decoder) => decoder.step(input, output),
            Self::Zstd { decoder, window_log2, holds_more } => {
                let mut step = Step::default();
                // A failing call takes the output of the same call with it. Fed without room and
                // drained without input, the decoder never has output in a call that can fail.
                if !*holds_more {
                    let mut input = InBuffer::around(input);
                    match decoder.run(&mut input, &mut OutBuffer::around(&mut [0; 0][..])) {
                        Ok(hint) => step.ended_member = hint == 0,
                        Err(error) => step.error = Some(zstd_cause(&error, *window_log2)),
                    }
                    step.consumed = input.pos();
                }
                if step.error.is_none() && !step.ended_member {
                    let room = output.len();
                    let mut output = OutBuffer::around(output);
                    if let Err(error) = decoder.run(&mut InBuffer::around(&[]), &mut output) {
                        step.error = Some(zstd_cause(&error, *window_log2));
                    }
                    step.produced = output.pos();
                    *holds_more = step.produced == room;
                }
                step
            }
        }
    }
}

fn zstd_cause(error: &io::Error, window_log2: u32) -> (RejectKind, String) {
    let cause = error.to_string();
    if cause.contains("too much memory") {
        let detail =
            format!("a frame asks for a window above the limit zstd_window_log2 = {window_log2}");
        return (RejectKind::TooLong, detail);
    }
    (RejectKind::Corrupt, cause)
}
