//! Transfer encodings of bodies and the soft line breaks of flowed text, undone.

/// Undoes the transfer encoding of that name, in lower case; others change nothing.
pub(super) fn decode(encoding: &str, body: &[u8]) -> Vec<u8> {
    match encoding {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    }
}

/// Undoes base64 (RFC 2045, section 6.8). Bytes that are none of it are passed over; text behind the
/// padding that is no base64 (a list's footer) stays as it is.
pub(super) fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    let body = body.trim_ascii_end();
    let last_space = memchr::memrchr(b' ', body);
    for (at, &byte) in body.iter().enumerate() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                let rest = &body[at + 1..];
                let rest = rest.strip_prefix(b"=").unwrap_or(rest).trim_ascii_start();
                if last_space.is_some_and(|space| space >= body.len() - rest.len()) {
                    out.push(b'\n');
                    out.extend_from_slice(rest);
                    return out;
                }
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap_or(0));
        }
    }
    out
}

/// Undoes quoted-printable (RFC 2045, section 6.7). What is no valid escape stays as it is.
pub(super) fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(i) = memchr::memchr(b'=', &body[at..]) {
        out.extend_from_slice(&body[at..at + i]);
        at += i;
        let behind = &body[at + 1..];
        let blanks = behind.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        match behind[blanks..] {
            // A soft break, or the end in its place.
            [b'\r', b'\n', ..] => at += blanks + 3,
            [b'\n' | b'\r', ..] => at += blanks + 2,
            [] => at += blanks + 1,
            _ => {
                match (behind.first().and_then(|b| hex(*b)), behind.get(1).and_then(|b| hex(*b))) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        at += 3;
                    }
                    _ => {
                        out.push(b'=');
                        at += 1;
                    }
                }
            }
        }
    }
    out.extend_from_slice(&body[at..]);
    out
}

/// Joins the lines of flowed text whose soft breaks delete their space (`delsp=yes`, RFC 3676,
/// section 4). Lines quoted to different depths are never joined.
pub(super) fn unflow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let line = line.trim_end_matches(['\r', '\n']);
        let body = line.trim_start_matches('>');
        let depth = line.len() - body.len();
        let unstuffed = body.strip_prefix(' ').unwrap_or(body);
        let is_soft = body.ends_with(' ') && body != "-- ";
        match open {
            Some(above) if above == depth && body != "-- " => out.push_str(unstuffed),
            above => {
                if above.is_some() {
                    out.push('\n');
                }
                out.push_str(&line[..depth]);
                out.push_str(if depth == 0 { unstuffed } else { body });
            }
        }
        if is_soft {
            out.pop();
            open = Some(depth);
        } else {
            out.push('\n');
            open = None;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_encodings_are_undone() {
        let cases: [(&str, &[u8], &[u8]); 11] = [
            ("base64", b"QSByaX\r\nZlciByb3Nl\nLg==", b"A river rose."),
            ("base64", b"QSByaXZlcg==\n\nA list footer", b"A river\nA list footer"),
            ("base64", b"QQ==\nQg==", b"AB"),
            ("base64", b"", b""),
            ("quoted-printable", b"caf=C3=A9 =\r\nau=3Dlait", "café au=lait".as_bytes()),
            ("quoted-printable", b"a= \t\nb=c3=XY=", b"ab\xc3=XY"),
            ("quoted-printable", b"=", b""),
            ("quoted-printable", b"=4", b"=4"),
            ("8bit", b"=41", b"=41"),
            ("", b"a", b"a"),
            ("x-odd", b"a", b"a"),
        ];
        for (encoding, body, expected) in cases {
            assert_eq!(decode(encoding, body), expected, "{encoding} {body:?}");
        }
    }

    #[test]
    fn soft_breaks_are_undone() {
        let text = "The river rose by  \ntwo met \nres.\n> It did \n> not.\n>> No.\n-- \nAnna";
        assert_eq!(
            unflow(text),
            "The river rose by two metres.\n> It didnot.\n>> No.\n-- \nAnna\n"
        );
    }
}
