//! UTF-7 ([RFC 2152](https://www.rfc-editor.org/rfc/rfc2152)), which old mail programs write. Only a
//! label tells it: its bytes are those of ASCII.

/// Whether `label` names UTF-7.
pub(super) fn is_label(label: &str) -> bool {
    ["utf-7", "utf7", "unicode-1-1-utf-7", "csunicode11utf7"]
        .iter()
        .any(|name| label.trim().eq_ignore_ascii_case(name))
}

/// The text, and how many characters of it stand for what is no UTF-7.
pub(super) fn decode(bytes: &[u8]) -> (String, usize) {
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'+' {
            replaced += usize::from(!byte.is_ascii());
            text.push(if byte.is_ascii() { char::from(byte) } else { char::REPLACEMENT_CHARACTER });
            continue;
        }
        let length = bytes[at..].iter().take_while(|b| value(**b).is_some()).count();
        let shifted = &bytes[at..at + length];
        at += length;
        let closes = bytes.get(at) == Some(&b'-');
        if shifted.is_empty() {
            text.push('+');
        } else {
            for unit in char::decode_utf16(units(shifted)) {
                replaced += usize::from(unit.is_err());
                text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        at += usize::from(closes);
    }
    (text, replaced)
}

/// The UTF-16 in base64; the bits that fill up the last character are left out.
fn units(shifted: &[u8]) -> impl Iterator<Item = u16> {
    let (mut bits, mut count) = (0u32, 0);
    shifted.iter().filter_map(move |byte| {
        bits = (bits << 6 | u32::from(value(*byte)?)) & 0x003f_ffff;
        count += 6;
        if count < 16 {
            return None;
        }
        count -= 16;
        u16::try_from(bits >> count & 0xffff).ok()
    })
}

fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifted_text_is_read() {
        let cases: &[(&[u8], &str, usize)] = &[
            (b"The river", "The river", 0),
            (b"Caf+AOk- au lait", "Caf\u{e9} au lait", 0),
            (b"Caf+AOk au lait", "Caf\u{e9} au lait", 0),
            (b"1 +- 1", "1 + 1", 0),
            (b"1 + 1", "1 + 1", 0),
            (b"+2D3eAA-", "\u{1f600}", 0),
            (b"+2D0-", "\u{fffd}", 1),
            (b"+AOkA6Q-+AOk-", "\u{e9}\u{e9}\u{e9}", 0),
            (b"\xe9", "\u{fffd}", 1),
            (b"+", "+", 0),
        ];
        for (bytes, text, replaced) in cases {
            assert_eq!(decode(bytes), ((*text).to_owned(), *replaced));
        }
    }
}
