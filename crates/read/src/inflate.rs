//! Compressed inputs. The only place that makes raw decoders: here every byte is counted, and what
//! the limits forbid ends the input.
//!
//! gzip is RFC 1952 with all its members, zstd RFC 8878 with all its frames. Both decoders give
//! every byte they can before they report damage, which the readers of their crates do not.

use std::io::{self, BufRead, BufReader, Read};

use flate2::{Decompress, FlushDecompress, Status};
use newsmill_article::{Limits, Origin, Reject, RejectKind, Stage};
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use crate::peek::Peeked;

const BUFFER: usize = 128 << 10;

/// The widest window a gzip member may use: the largest there is.
const GZIP_WINDOW_LOG2: u8 = 15;

/// Powers of two that zstd knows as windows.
const ZSTD_WINDOWS: std::ops::RangeInclusive<u32> = 10..=31;

/// Opens what may be compressed; which way is told from the first four bytes.
pub(crate) fn inflate(raw: Box<dyn Read + Send>, limits: &Limits) -> Box<dyn BufRead + Send> {
    let raw = Peeked::new(BufReader::with_capacity(BUFFER, raw), 4);
    let codec = match raw.head() {
        [0x1f, 0x8b, ..] => Codec::gzip(),
        // A skippable frame may stand in front, as pzstd writes it.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Codec::zstd(limits),
        _ => return Box::new(raw),
    };
    match codec {
        Ok(codec) => Box::new(Inflate::new(raw, codec, limits)),
        Err(error) => Box::new(Peeked::new(BufReader::new(Failed(Some(error))), 1)),
    }
}

/// What reading failed with, as the reject of the record at `origin`.
///
/// For containers: an error of the source they are given is either damage or a limit, which this
/// tells apart, or it comes from the system.
#[must_use]
pub fn reject(error: &io::Error, origin: Origin) -> Reject {
    match damage(error) {
        Some(damage) => Reject::new(origin, Stage::Read, damage.kind, &damage.detail),
        None => {
            let detail = format!("it cannot be read: {error}");
            Reject::new(origin, Stage::Read, RejectKind::Unreadable, detail)
        }
    }
}

/// Whether all that was read before `error` stood in members that are whole.
pub(crate) fn is_behind_whole_members(error: &io::Error) -> bool {
    damage(error).is_some_and(|damage| damage.behind_whole_members)
}

fn damage(error: &io::Error) -> Option<&Damage> {
    error.get_ref()?.downcast_ref()
}

/// Why a compressed input cannot be read on.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
struct Damage {
    kind: RejectKind,
    detail: String,
    behind_whole_members: bool,
}

/// A reader of the bytes that a compressed input stands for.
struct Inflate<R> {
    source: R,
    codec: Codec,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
    consumed: u64,
    produced: u64,
    free_bytes: u64,
    expansion_ratio: u64,
    /// Whether the source stands at the end of a member, or at its very start.
    at_border: bool,
    whole_members: u64,
    damage: Option<Damage>,
    over: bool,
}

enum Codec {
    Gzip(Decompress),
    Zstd {
        decoder: Decoder<'static>,
        window_log2: u32,
        /// Whether the decoder may hold more output than there was room for.
        holds_more: bool,
    },
}

/// What one step of a decoder did.
#[derive(Default)]
struct Step {
    consumed: usize,
    produced: usize,
    ended_member: bool,
    error: Option<(RejectKind, String)>,
}

impl Codec {
    fn gzip() -> io::Result<Self> {
        Ok(Self::Gzip(Decompress::new_gzip(GZIP_WINDOW_LOG2)))
    }

    fn zstd(limits: &Limits) -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        let window_log2 = limits.zstd_window_log2.clamp(*ZSTD_WINDOWS.start(), *ZSTD_WINDOWS.end());
        decoder.set_parameter(DParameter::WindowLogMax(window_log2))?;
        Ok(Self::Zstd { decoder, window_log2, holds_more: false })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "gzip",
            Self::Zstd { .. } => "zstd",
        }
    }

    fn member(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "member",
            Self::Zstd { .. } => "frame",
        }
    }

    /// Whether the decoder has output to give without more input.
    fn holds_more(&self) -> bool {
        matches!(self, Self::Zstd { holds_more: true, .. })
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
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

impl<R: BufRead> Inflate<R> {
    fn new(source: R, codec: Codec, limits: &Limits) -> Self {
        Self {
            source,
            codec,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            at: 0,
            end: 0,
            consumed: 0,
            produced: 0,
            free_bytes: limits.record_bytes as u64,
            expansion_ratio: limits.expansion_ratio,
            at_border: true,
            whole_members: 0,
            damage: None,
            over: false,
        }
    }

    /// Decodes a little more into the buffer, which has been read to its end.
    fn refill(&mut self) -> io::Result<()> {
        let input = self.source.fill_buf()?;
        if input.is_empty() && !self.codec.holds_more() {
            match self.at_border {
                true => self.over = true,
                false => self.stop(RejectKind::Corrupt, "it ends early"),
            }
            return Ok(());
        }
        // What was held may have fitted exactly: then a step without input gives nothing.
        let fed = !self.codec.holds_more();
        let step = self.codec.step(input, &mut self.buffer);
        self.source.consume(step.consumed);
        self.consumed += step.consumed as u64;
        self.produced += step.produced as u64;
        (self.at, self.end) = (0, step.produced);
        if let Some((kind, cause)) = step.error {
            self.stop(kind, &cause);
        } else if fed && step.consumed + step.produced == 0 && !step.ended_member {
            self.stop(RejectKind::Corrupt, "its decoder makes no progress");
        }
        self.at_border = step.ended_member;
        self.whole_members += u64::from(step.ended_member);
        if self.produced > self.free_bytes
            && self.produced > self.consumed.saturating_mul(self.expansion_ratio)
        {
            let cause = format!(
                "{} bytes became more than the limit expansion_ratio = {} allows",
                self.consumed, self.expansion_ratio
            );
            self.stop(RejectKind::TooLong, &cause);
        }
        Ok(())
    }

    /// Ends the input; what the buffer holds is still given.
    fn stop(&mut self, kind: RejectKind, cause: &str) {
        let (name, member, produced) = (self.codec.name(), self.codec.member(), self.produced);
        let behind_whole_members = self.at_border && self.whole_members > 0;
        let detail = if behind_whole_members && kind == RejectKind::Corrupt {
            format!(
                "what follows the last whole {name} {member}, {produced} bytes in, is none ({cause})"
            )
        } else {
            format!("the {name} stream cannot be read on behind {produced} bytes: {cause}")
        };
        self.damage = Some(Damage { kind, detail, behind_whole_members });
    }
}

impl<R: BufRead> BufRead for Inflate<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.end && !self.over {
            if let Some(damage) = self.damage.take() {
                self.over = true;
                return Err(io::Error::other(damage));
            }
            self.refill()?;
        }
        Ok(&self.buffer[self.at..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.end);
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}

/// A reader that fails with the error that kept a decoder from being made.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8], checksum: bool) -> Vec<u8> {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(checksum).unwrap();
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// What a compressed input gives, and the error it ends with.
    fn read(bytes: &[u8], limits: &Limits) -> (Vec<u8>, Option<io::Error>) {
        let mut reader = inflate(Box::new(io::Cursor::new(bytes.to_vec())), limits);
        let mut text = Vec::new();
        let error = reader.read_to_end(&mut text).err();
        (text, error)
    }

    fn kind(error: Option<&io::Error>) -> Option<RejectKind> {
        error.map(|e| reject(e, Origin::new("t", 0)).kind)
    }

    /// Words that do not compress to nothing.
    fn words(count: u64) -> Vec<u8> {
        let mut state = 1u64;
        let mut text = Vec::new();
        for _ in 0..count {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            write!(text, "{:x} ", state >> 44).unwrap();
        }
        text
    }

    #[test]
    fn all_members_and_frames_are_read() {
        let long = words(100_000);
        let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let cases: [(&str, Vec<u8>, Vec<u8>); 7] = [
            ("plain", b"one".to_vec(), b"one".to_vec()),
            ("empty", vec![], vec![]),
            (
                "three members",
                [gzip(b"one "), gzip(b""), gzip(b"two")].concat(),
                b"one two".to_vec(),
            ),
            ("a long member", gzip(&long), long.clone()),
            (
                "two frames",
                [zstd(b"one ", true), zstd(b"two", false)].concat(),
                b"one two".to_vec(),
            ),
            (
                "long frames",
                [zstd(&long, true), zstd(&long, true)].concat(),
                [&long[..], &long].concat(),
            ),
            (
                "a skippable frame",
                [skippable, zstd(b"one", true), zstd(b"", true)].concat(),
                b"one".to_vec(),
            ),
        ];
        for (name, bytes, expected) in cases {
            let (text, error) = read(&bytes, &Limits::default());
            assert!(error.is_none(), "{name}: {error:?}");
            assert!(text == expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_member_behind_members_is_damage_behind_all_good_data() {
        for bytes in [gzip(b"one"), zstd(b"one", true)] {
            let (text, error) = read(&[&bytes[..], b"garbage here"].concat(), &Limits::default());
            assert_eq!(text, b"one");
            let error = error.unwrap();
            assert!(is_behind_whole_members(&error), "{error}");
            assert_eq!(kind(Some(&error)), Some(RejectKind::Corrupt));
        }
    }

    #[test]
    fn a_cut_gives_what_stands_before_it_and_then_damage() {
        let text = words(300);
        for bytes in [gzip(&text), zstd(&text, true)] {
            let mut longest = 0;
            for cut in 4..bytes.len() {
                let (part, error) = read(&bytes[..cut], &Limits::default());
                assert!(text.starts_with(&part) && part.len() >= longest);
                longest = part.len();
                assert_eq!(kind(error.as_ref()), Some(RejectKind::Corrupt), "cut at {cut}");
            }
            assert!(longest == text.len());
        }
    }

    #[test]
    fn damage_far_in_costs_nothing_before_it() {
        let text = words(400_000);
        let good = gzip(&text);
        let mut bytes = [&good[..], &good].concat();
        bytes[good.len() + 10..][..50].fill(0xff);
        let (part, error) = read(&bytes, &Limits::default());
        assert!(part.len() >= text.len() && part.starts_with(&text));
        assert_eq!(kind(error.as_ref()), Some(RejectKind::Corrupt));

        let good = zstd(&text, true);
        let bytes = [&good[..], &good[..20], &[0xff; 50]].concat();
        let (part, error) = read(&bytes, &Limits::default());
        assert!(part == text);
        assert_eq!(kind(error.as_ref()), Some(RejectKind::Corrupt));
    }

    #[test]
    fn flipped_bits_are_seen() {
        let text = words(200);
        for bytes in [gzip(&text), zstd(&text, true)] {
            let mut unseen = 0;
            for bit in 32..bytes.len() * 8 {
                let mut bytes = bytes.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let (part, error) = read(&bytes, &Limits::default());
                assert!(error.is_some() || part == text, "bit {bit}");
                unseen += usize::from(error.is_none());
            }
            // Header fields without a checksum: time, system and the like.
            assert!(unseen < 80, "{unseen}");
        }
    }

    #[test]
    fn bombs_end_at_the_ratio_and_small_regular_files_open() {
        let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
        for bytes in [gzip(&vec![b'x'; 8 << 20]), zstd(&vec![b'x'; 8 << 20], true)] {
            let (text, error) = read(&bytes, &limits);
            assert!(text.len() < 2 << 20, "{}", text.len());
            let error = error.unwrap();
            assert_eq!(kind(Some(&error)), Some(RejectKind::TooLong));
            assert!(error.to_string().contains("expansion_ratio = 200"), "{error}");
        }
        for bytes in [gzip(&vec![b'x'; 1 << 20]), zstd(&vec![b'x'; 1 << 20], true)] {
            assert!(read(&bytes, &limits).1.is_none());
        }
    }

    #[test]
    fn a_frame_that_asks_for_a_large_window_is_refused() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(22).unwrap();
        encoder.write_all(&words(100)).unwrap();
        let bytes = encoder.finish().unwrap();
        assert!(read(&bytes, &Limits::default()).1.is_none());
        let limits = Limits { zstd_window_log2: 20, ..Limits::default() };
        let error = read(&bytes, &limits).1.unwrap();
        assert_eq!(kind(Some(&error)), Some(RejectKind::TooLong));
        assert!(error.to_string().contains("zstd_window_log2 = 20"), "{error}");
    }
}
