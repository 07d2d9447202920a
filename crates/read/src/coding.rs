//! Content codings of HTTP, undone in bounded memory.

use std::io::Read;

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
        (Coding::Gzip, [0x1f, 0x8b, ..]) => {
            flate2::bufread::MultiGzDecoder::new(source).take(most).read_to_end(&mut out)
        }
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
        (Coding::Zstd, [0x28, 0xb5, 0x2f, 0xfd, ..]) => zstd::Decoder::with_buffer(source)
            .and_then(|mut decoder| {
                let window = limits.zstd_window_log2;
                decoder.window_log_max(window.clamp(10, 31))?;
                decoder.take(most).read_to_end(&mut out)
            }),
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
        // Garbage behind a whole gzip member, or a crawler's cut.
        Err(_) if truncated && !out.is_empty() => Ok(out),
        // These two have no magic number: what is none of them was decoded before.
        Err(_) if matches!(coding, Coding::Brotli | Coding::Deflate) && out.is_empty() => Ok(bytes),
        Err(error) => {
            Err((RejectKind::Corrupt, format!("its content encoding is damaged: {error}")))
        }
    }
}
