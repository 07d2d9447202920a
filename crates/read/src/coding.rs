//! Content codings of HTTP, undone in bounded memory.

use std::io::{self, Read};

use newsmill_article::{Limits, RejectKind};

/// A content coding of HTTP (RFC 9110, section 8.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Coding {
    Gzip,
    /// zlib (RFC 1950), or bare deflate (RFC 1951) as some servers send it.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// Undoes a content coding. Bytes that were decoded before, whatever the header still says, stay as
/// they are; `truncated` ones give what they can.
pub(crate) fn unpack(
    coding: Coding,
    bytes: Vec<u8>,
    limits: &Limits,
    truncated: bool,
) -> Result<Vec<u8>, (RejectKind, String)> {
    let source = &bytes[..];
    let most = limits.record_bytes as u64 + 1;
    let mut out = Vec::new();
    let read = match (coding, source) {
        (Coding::Gzip, [0x1f, 0x8b, ..]) => members(source, b"\x1f\x8b", |rest| {
            let most = most - out.len() as u64;
            flate2::bufread::GzDecoder::new(rest).take(most).read_to_end(&mut out)
        }),
        (Coding::Deflate, [head, flags, ..])
            if head & 0x0f == 8 && (u16::from(*head) << 8 | u16::from(*flags)) % 31 == 0 =>
        {
            flate2::bufread::ZlibDecoder::new(source).take(most).read_to_end(&mut out)
        }
        (Coding::Deflate, _) => {
            flate2::bufread::DeflateDecoder::new(source).take(most).read_to_end(&mut out)
        }
        (Coding::Brotli, _) => {
            brotli_decompressor::Decompressor::new(source, 4096).take(most).read_to_end(&mut out)
        }
        (Coding::Zstd, [0x28, 0xb5, 0x2f, 0xfd, ..]) => {
            members(source, b"\x28\xb5\x2f\xfd", |rest| {
                let mut decoder = zstd::Decoder::with_buffer(rest)?.single_frame();
                decoder.window_log_max(limits.zstd_window_log2.clamp(10, 31))?;
                decoder.take(most - out.len() as u64).read_to_end(&mut out)
            })
        }
        _ => return Ok(bytes),
    };
    if out.len() > limits.record_bytes {
        let detail = format!(
            "its content becomes more than the limit record_bytes = {} when it is decoded",
            limits.record_bytes
        );
        return Err((RejectKind::TooLong, detail));
    }
    match read {
        Ok(_) => Ok(out),
        // A crawler's cut.
        Err(_) if truncated && !out.is_empty() => Ok(out),
        // These two have no magic number: what is none of them was decoded before.
        Err(_) if matches!(coding, Coding::Brotli | Coding::Deflate) && out.is_empty() => Ok(bytes),
        Err(error) => {
            Err((RejectKind::Corrupt, format!("its content encoding is damaged: {error}")))
        }
    }
}

/// Decodes the members that `bytes` start with, one by one. What follows the last is none: line ends
/// that servers add, which clients pass over.
fn members(
    bytes: &[u8],
    magic: &[u8],
    mut decode: impl FnMut(&mut &[u8]) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut rest = bytes;
    let mut read = 0;
    while rest.starts_with(magic) {
        read += decode(&mut rest)?;
    }
    Ok(read)
}
