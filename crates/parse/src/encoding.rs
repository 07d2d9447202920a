//! Bytes to text, whatever encoding they are in.

mod mend;
mod mojibake;
mod utf7;
mod wide;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use newsmill_article::Metadata;
use serde_json::value::to_raw_value;

pub use mend::mend;
pub(crate) use mend::{invisible, is_nothing, repaired};
use wide::Utf32;

/// Text and what it took to read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// The text, without byte order mark.
    pub text: String,
    /// Name of the encoding, as the WHATWG Encoding standard spells it (`UTF-8`, `windows-1252`), or
    /// `UTF-32LE`, `UTF-32BE` or `UTF-7`.
    pub encoding: &'static str,
    /// How many U+FFFD stand for bytes that are none of that encoding.
    pub replaced: usize,
}

/// Reads `bytes` as text.
///
/// What decides the encoding, in this order: a byte order mark; the declared label `charset`, where
/// the [WHATWG Encoding standard](https://encoding.spec.whatwg.org) knows it, or `utf-32` or `utf-7`; whether
/// the bytes are UTF-32, UTF-16 or, but for a few torn characters, UTF-8; a guess from the bytes as
/// Firefox makes it. Bytes that do not fit become U+FFFD and are counted. The text is not yet
/// [mended](mend).
///
/// ```
/// let decoded = newsmill_parse::decode(b"Sarukh\xe1n".to_vec(), Some("latin1"));
/// assert_eq!(decoded.text, "Sarukhán");
/// assert_eq!((decoded.encoding, decoded.replaced), ("windows-1252", 0));
/// ```
#[must_use]
pub fn decode(bytes: Vec<u8>, charset: Option<&str>) -> Decoded {
    if let Some((order, mark)) = Utf32::of(&bytes, charset) {
        let (text, replaced) = order.decode(&bytes[mark..]);
        return Decoded { text, encoding: order.name(), replaced };
    }
    if charset.is_some_and(utf7::is_label) {
        let (text, replaced) = utf7::decode(&bytes);
        return Decoded { text, encoding: "UTF-7", replaced };
    }
    let (encoding, mark) = match Encoding::for_bom(&bytes) {
        Some(found) => found,
        None => match charset.and_then(|label| declared(label, &bytes)) {
            Some(declared) => (declared, 0),
            None => (wide::utf_16(&bytes).unwrap_or(UTF_8), 0),
        },
    };
    let declared =
        mark > 0 || encoding != UTF_8 || charset.and_then(|c| declared(c, &bytes)).is_some();
    let bytes = match valid_utf8(bytes, encoding, mark) {
        Ok(text) => return Decoded { text, encoding: UTF_8.name(), replaced: 0 },
        Err(bytes) => bytes,
    };
    let encoding = match declared || is_torn_utf8(&bytes) {
        true => encoding,
        false => guess(&bytes),
    };
    let (text, damaged) = encoding.decode_without_bom_handling(&bytes[mark..]);
    let replaced = if damaged { text.matches('\u{fffd}').count() } else { 0 };
    Decoded { text: text.into_owned(), encoding: encoding.name(), replaced }
}

/// Says in the article's metadata how many U+FFFD decoding made, where it made some.
pub(crate) fn note_replaced(replaced: usize, metadata: &mut Metadata) {
    if replaced > 0
        && let Ok(count) = to_raw_value(&replaced)
    {
        metadata.push("replaced_characters", count);
    }
}

/// The bytes as they are, where they are UTF-8.
fn valid_utf8(mut bytes: Vec<u8>, encoding: &Encoding, mark: usize) -> Result<String, Vec<u8>> {
    if encoding != UTF_8 {
        return Err(bytes);
    }
    if mark == 0 {
        return String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes);
    }
    if std::str::from_utf8(&bytes[mark..]).is_err() {
        return Err(bytes);
    }
    bytes.drain(..mark);
    String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
}

/// The guess for bytes that are not UTF-8.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// The encoding a label names, unless the bytes contradict it: ASCII is no UTF-16, and `us-ascii` is
/// said of anything. Labels that stand for no text at all name nothing.
fn declared(label: &str, bytes: &[u8]) -> Option<&'static Encoding> {
    let label = label.trim();
    if label.eq_ignore_ascii_case("us-ascii") || label.eq_ignore_ascii_case("ascii") {
        return None;
    }
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    (!wide || bytes.contains(&0)).then_some(encoding)
}

/// Whether bytes that are not valid UTF-8 are so but for a few places: with ten whole characters
/// above ASCII for each byte that fits none. Another encoding has hardly any by chance.
fn is_torn_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut torn) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        torn += usize::from(!chunk.invalid().is_empty());
    }
    whole >= 10 * torn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_the_encoding() {
        // bytes, declared, text, encoding, replaced
        type Case<'a> = (&'a [u8], Option<&'a str>, &'a str, &'a str, usize);
        let cases: &[Case] = &[
            (b"plain", None, "plain", "UTF-8", 0),
            (b"\xef\xbb\xbfmarked", Some("latin1"), "marked", "UTF-8", 0),
            (b"\xff\xfea\0b\0", None, "ab", "UTF-16LE", 0),
            (b"\xfe\xff\0a", None, "a", "UTF-16BE", 0),
            ("café".as_bytes(), None, "café", "UTF-8", 0),
            (b"caf\xe9", Some(" ISO-8859-1 "), "café", "windows-1252", 0),
            (b"caf\xe9", Some("utf-8"), "caf\u{fffd}", "UTF-8", 1),
            ("a\u{fffd}".as_bytes(), None, "a\u{fffd}", "UTF-8", 0),
            (b"\x83j\x83\x85\x81[\x83X", Some("shift_jis"), "ニュース", "Shift_JIS", 0),
            ("café".as_bytes(), Some("no-such-label"), "café", "UTF-8", 0),
            (b"", None, "", "UTF-8", 0),
            ("café".as_bytes(), Some("us-ascii"), "café", "UTF-8", 0),
            (b"ascii only", Some("utf-16"), "ascii only", "UTF-8", 0),
            (b"ascii only", Some("iso-2022-kr"), "ascii only", "UTF-8", 0),
            (b"T\0h\0e\0 \0", None, "The ", "UTF-16LE", 0),
            (b"\0T\0h\0e\0 ", None, "The ", "UTF-16BE", 0),
            (b"\xff\xfe\0\0a\0\0\0b\0\0\0", None, "ab", "UTF-32LE", 0),
            (b"\0\0\xfe\xff\0\0\0a", None, "a", "UTF-32BE", 0),
            (b"a\0\0\0\xe9\0\0\0", None, "aé", "UTF-32LE", 0),
            (b"\0\0\0a\0\x01\xf6\0\0", None, "a😀\u{fffd}", "UTF-32BE", 1),
            (b"\0\0\0a", Some("UTF-32BE"), "a", "UTF-32BE", 0),
            (b"ascii", Some("utf-32"), "ascii", "UTF-8", 0),
            ("éééééééééé é\u{e9}".as_bytes(), None, "éééééééééé éé", "UTF-8", 0),
            (b"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3", None, "éééééééééé\u{fffd}", "UTF-8", 1),
        ];
        for (bytes, charset, text, encoding, replaced) in cases {
            let got = decode(bytes.to_vec(), *charset);
            let want = Decoded { text: (*text).into(), encoding, replaced: *replaced };
            assert_eq!(got, want, "{bytes:?} {charset:?}");
        }
    }

    #[test]
    fn utf_16_of_any_script_is_told_without_a_mark() {
        let texts = [
            "Вода поднялась на два метра.\nНикто не пострадал.\n",
            "水位は二メートル上がった。\n町によると、けが人はいない。\n",
            "منسوب النهر ارتفع مترين.",
        ];
        for text in texts {
            for (name, order) in [
                ("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]),
                ("UTF-16BE", u16::to_be_bytes),
            ] {
                let got = decode(text.encode_utf16().flat_map(order).collect(), None);
                assert_eq!((&*got.text, got.encoding), (text, name));
            }
        }
        // A stray NUL makes no UTF-16 of a text.
        let latin =
            [&b"caf\xe9 au lait, cr\xe8me br\xfbl\xe9e. ".repeat(4)[..], b"\0 fin"].concat();
        assert_eq!(decode(latin, None).encoding, "windows-1252");
    }

    #[test]
    fn undeclared_western_and_cyrillic_bytes_are_guessed() {
        let french = b"L'\xe9t\xe9 dernier, la rivi\xe8re a d\xe9bord\xe9 pr\xe8s du ch\xe2teau.";
        let got = decode(french.to_vec(), None);
        assert_eq!((got.encoding, got.replaced), ("windows-1252", 0));
        assert!(got.text.contains("rivière a débordé"));
        let (russian, _, _) =
            encoding_rs::WINDOWS_1251.encode("Вчера река вышла из берегов около старого моста");
        assert_eq!(decode(russian.into_owned(), None).encoding, "windows-1251");
    }

    #[test]
    fn all_bytes_are_read() {
        let all: Vec<u8> = (0..=255).collect();
        assert!(!decode(all.clone(), None).text.is_empty());
        for label in [
            "utf-8",
            "utf-16le",
            "gb18030",
            "shift_jis",
            "iso-2022-jp",
            "big5",
            "koi8-r",
            "replacement",
        ] {
            let got = decode(all.clone(), Some(label));
            assert!(!got.text.is_empty(), "{label}");
        }
    }
}
