//! Compressed inputs. The only place that makes raw decoders: here every byte is counted, and what
//! the limits forbid ends the input.
//!
//! gzip is RFC 1952 with all its members; bzip2 and [xz] with all their streams; [lz4] frames one
//! behind the other; zstd RFC 8878 with all its frames, with or without a
//! dictionary in front (the [Zstandard WARC format][dictionary]). The decoders give every byte they
//! can before they report damage, which the readers of their crates do not. Damage costs the member
//! it lies in: behind the error the bytes of the next member follow, where there is one
//! ([`resumes`]).
//!
//! [xz]: https://tukaani.org/xz/xz-file-format.txt
//! [lz4]: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
//! [dictionary]: https://iipc.github.io/warc-specifications/specifications/warc-zstd/

mod codec;
mod damage;
mod lz4;
mod members;
mod xz;

use std::io::{self, BufRead, BufReader, Read};

use newsmill_article::Limits;

use crate::peek::Peeked;
use codec::Codec;
pub use damage::reject;
pub(crate) use damage::{damaged_member, is_behind_whole_members, resumes, torn};
use members::Inflate;

const BUFFER: usize = 128 << 10;

/// Bytes a compressed dictionary may have.
const DICTIONARY_BYTES: usize = 16 << 20;

/// Bytes by which the way of compression is told.
const MAGIC: u64 = 10;

/// What xz streams start with.
const XZ: &[u8] = b"\xfd7zXZ\0";

/// What lz4 frames start with.
const LZ4: &[u8] = b"\x04\x22\x4d\x18";

/// Whether bytes start a bzip2 stream: with its name and the mark of a block or of the end.
fn is_bzip2(head: &[u8]) -> bool {
    let [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] = head else { return false };
    rest.starts_with(b"\x31\x41\x59\x26\x53\x59") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90")
}

/// Opens what may be compressed; which way is told from the first bytes.
pub(crate) fn inflate(raw: Box<dyn Read + Send>, limits: &Limits) -> Box<dyn BufRead + Send> {
    let mut raw = Peeked::new(BufReader::with_capacity(BUFFER, raw), MAGIC);
    let codec = match raw.head() {
        [0x1f, 0x8b, ..] => Codec::gzip(),
        [0x5d, 0x2a, 0x4d, 0x18, ..] => match dictionary(&mut raw, limits) {
            Ok(dictionary) => Codec::zstd(limits, &dictionary),
            Err(error) => Err(error),
        },
        // A skippable frame may stand in front, as pzstd writes it.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Codec::zstd(limits, &[])
        }
        head if is_bzip2(head) => Ok(Codec::bzip2()),
        head if head.starts_with(XZ) => Codec::xz(limits),
        head if head.starts_with(LZ4) => Ok(Codec::lz4()),
        _ => return Box::new(raw),
    };
    match codec {
        Ok(codec) => Box::new(Inflate::new(raw, codec, limits)),
        Err(error) => Box::new(Peeked::new(BufReader::new(Failed(Some(error))), 1)),
    }
}

/// Reads the skippable frame in front of the frames of a Zstandard WARC: the dictionary that all of
/// them use, as it is or compressed. Empty where the frame holds something else.
fn dictionary(raw: &mut impl Read, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut head = [0; 8];
    raw.read_exact(&mut head)?;
    let [_, _, _, _, length @ ..] = head;
    let length = u64::from(u32::from_le_bytes(length));
    let mut frame = Vec::new();
    raw.by_ref().take(length.min(limits.record_bytes as u64)).read_to_end(&mut frame)?;
    if length > limits.record_bytes as u64 {
        io::copy(&mut raw.take(length - limits.record_bytes as u64), &mut io::sink())?;
        return Ok(Vec::new());
    }
    let dictionary = match &frame[..] {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => zstd::bulk::decompress(&frame, DICTIONARY_BYTES)?,
        _ => frame,
    };
    Ok(if dictionary.starts_with(b"\x37\xa4\x30\xec") { dictionary } else { Vec::new() })
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
    use newsmill_article::{Origin, RejectKind};
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

    fn bzip2(text: &[u8]) -> Vec<u8> {
        let level = bzip2::Compression::best();
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn xz(text: &[u8]) -> Vec<u8> {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// A frame of stored and compressed blocks with every checksum there is.
    fn lz4(text: &[u8]) -> Vec<u8> {
        let mut frame = [LZ4, &[0x74, 0x40]].concat();
        frame.push((xxhash_rust::xxh32::xxh32(&frame[4..], 0) >> 8) as u8);
        for (place, part) in text.chunks(50_000).enumerate() {
            let (block, stored) = match place % 2 {
                0 => (lz4_flex::block::compress(part), 0),
                _ => (part.to_vec(), 1 << 31),
            };
            frame.extend((block.len() as u32 | stored).to_le_bytes());
            frame.extend(&block);
            frame.extend(xxhash_rust::xxh32::xxh32(&block, 0).to_le_bytes());
        }
        frame.extend([0; 4]);
        frame.extend(xxhash_rust::xxh32::xxh32(text, 0).to_le_bytes());
        frame
    }

    /// What a compressed input gives, and the error it ends with.
    fn read(bytes: &[u8], limits: &Limits) -> (Vec<u8>, Option<io::Error>) {
        let mut reader = inflate(Box::new(io::Cursor::new(bytes.to_vec())), limits);
        let mut text = Vec::new();
        let error = reader.read_to_end(&mut text).err();
        (text, error)
    }

    fn all(text: &[u8]) -> [Vec<u8>; 5] {
        [gzip(text), zstd(text, true), bzip2(text), xz(text), lz4(text)]
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
        let cases: [(&str, Vec<u8>, Vec<u8>); 13] = [
            ("two bzip2 streams", [bzip2(b"one "), bzip2(b"two")].concat(), b"one two".to_vec()),
            ("a long bzip2 stream", bzip2(&long), long.clone()),
            (
                "padded xz streams",
                [&xz(b"one ")[..], &[0; 8], &xz(b""), &xz(b"two"), &[0; 4]].concat(),
                b"one two".to_vec(),
            ),
            ("a long xz stream", xz(&long), long.clone()),
            (
                "two lz4 frames",
                [&lz4(b"one ")[..], b"\x5e\x2a\x4d\x18\x03\0\0\0abc", &lz4(b"two")].concat(),
                b"one two".to_vec(),
            ),
            ("a long lz4 frame", lz4(&long), long.clone()),
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
        for bytes in all(b"one") {
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
        for bytes in all(&text) {
            let mut longest = 0;
            for cut in MAGIC as usize..bytes.len() {
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
        for bytes in all(&text) {
            let mut unseen = 0;
            for bit in MAGIC as usize * 8..bytes.len() * 8 {
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
        // What lz4 can do is about the ratio that is allowed.
        for bytes in &all(&vec![b'x'; 8 << 20])[..4] {
            let (text, error) = read(bytes, &limits);
            assert!(text.len() < 2 << 20, "{}", text.len());
            let error = error.unwrap();
            assert_eq!(kind(Some(&error)), Some(RejectKind::TooLong));
            assert!(error.to_string().contains("expansion_ratio = 200"), "{error}");
        }
        for bytes in all(&vec![b'x'; 1 << 20]) {
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
