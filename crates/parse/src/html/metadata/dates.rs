//! Dates as pages write them for machines, and for people where only one reading is possible.

/// Names of months, each the first letters that tell it, in ten languages.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "янв", "січ", "sty", "oca"],
    &["feb", "fév", "fev", "фев", "лют", "şub"],
    &["mar", "mär", "mrz", "maa", "мар", "бер"],
    &["apr", "avr", "abr", "апр", "kwi", "nis"],
    &["may", "mai", "mei", "mag", "maj", "мая", "май"],
    &["jun", "juin", "giu", "июн", "cze", "haz"],
    &["jul", "juil", "lug", "июл", "lip", "tem"],
    &["aug", "aoû", "aou", "ago", "авг", "sie", "ağu"],
    &["sep", "set", "сен", "wrz", "eyl"],
    &["oct", "okt", "ott", "out", "окт", "paź", "eki"],
    &["nov", "ноя", "kas"],
    &["dec", "dez", "déc", "dic", "дек", "gru", "ara"],
];

/// A date in RFC 3339, as exact as `text` is (`2025-03-13`, `2025-03-13T17:07:00-04:00`): ISO 8601
/// in its many spellings, RFC 2822, seconds since 1970, dates with the month in letters,
/// `13.03.2025`, and with slashes where one number can be no month.
pub(super) fn parse(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('"').trim();
    if text.len() > 120 {
        return None;
    }
    of_epoch(text).or_else(|| of_iso(text)).or_else(|| of_words(text))
}

/// The date in a line that is short or starts with it: with the year, the month in letters or in
/// one reading; `23.09.22` too.
pub(super) fn of_line(line: &str) -> Option<String> {
    let start = line.find(|c: char| c.is_ascii_digit())?;
    // The month may stand before the first number.
    let from = line[..start].trim_end().rfind(' ').map_or(0, |at| at + 1);
    let line = &line[from..];
    let line = &line[..line.floor_char_boundary(40)];
    parse(line).or_else(|| of_short_year(line.get(start - from..)?)).filter(|_| start <= 60)
}

/// `23.09.22`.
fn of_short_year(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text };
    let day = reader.number()?;
    reader.sign(".")?;
    let month = reader.number()?;
    reader.sign(".")?;
    let year = reader.digits(2)?;
    let ends = !reader.rest.starts_with(|c: char| c.is_ascii_digit());
    date(2000 + year, month, day).filter(|_| ends && year < 40)
}

/// The date in the path of a URL: `/2025/03/13/`, `/2025-03-13-`, `20250313`.
pub(super) fn of_url(url: &str) -> Option<String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = &path[path.find('/')?..];
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let bytes = path.as_bytes();
    let number = |at: usize, length: usize| -> Option<u32> {
        let part = bytes.get(at..at + length)?;
        part.iter().all(u8::is_ascii_digit).then(|| path[at..at + length].parse().ok())?
    };
    let ends = |at: usize| bytes.get(at).is_none_or(|b| !b.is_ascii_digit());
    for at in 0..bytes.len() {
        let starts = at == 0 || !bytes[at - 1].is_ascii_digit();
        let Some(year) = number(at, 4).filter(|_| starts) else { continue };
        let sign = bytes.get(at + 4).copied();
        let signed = sign.is_some_and(|s| b"/-_.".contains(&s));
        let (month, day, end) = if signed && bytes.get(at + 7) == bytes.get(at + 4) {
            (number(at + 5, 2), number(at + 8, 2), at + 10)
        } else {
            (number(at + 4, 2), number(at + 6, 2), at + 8)
        };
        if let (Some(month), Some(day)) = (month, day)
            && ends(end)
            && let Some(date) = date(year, month, day)
        {
            return Some(date);
        }
    }
    None
}

/// Whether a date is one that a page could have been published on, its year at least.
fn date(year: u32, month: u32, day: u32) -> Option<String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let fits = (1990..=2100).contains(&year) && (1..=days).contains(&day);
    fits.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn of_epoch(text: &str) -> Option<String> {
    let seconds: i64 = match text.len() {
        10 => text.parse().ok()?,
        13 => text.parse::<i64>().ok()? / 1000,
        _ => return None,
    };
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to a civil date: Howard Hinnant, chrono-compatible low-level date algorithms.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let slot = (5 * of_year + 2) / 153;
    let day = of_year - (153 * slot + 2) / 5 + 1;
    let month = if slot < 10 { slot + 3 } else { slot - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date =
        date(u32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    Some(format!("{date}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60))
}

fn of_iso(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text };
    let year = reader.digits(4)?;
    let sign = reader.sign("-/.");
    let month = if sign.is_some() { reader.number()? } else { reader.digits(2)? };
    if sign.is_some() {
        reader.sign("-/.")?;
    }
    let day = if sign.is_some() { reader.number()? } else { reader.digits(2)? };
    let date = date(year, month, day)?;
    if reader.rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(format!("{date}{}", time(reader.rest)))
}

/// The time of day in `text`, as `T17:07:00-04:00`, or nothing.
fn time(text: &str) -> String {
    let Some(start) = text.find(|c: char| c.is_ascii_digit()) else { return String::new() };
    if start > 6 {
        return String::new();
    }
    let mut reader = Reader { rest: &text[start..] };
    let Some(mut hour) = reader.number() else { return String::new() };
    let Some(minute) = reader.sign(":.h").and_then(|_| reader.digits(2)) else {
        return String::new();
    };
    let second = reader.sign(":").and_then(|_| reader.digits(2)).unwrap_or(0);
    if reader.sign(".,").is_some() {
        let digits = reader.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(reader.rest.len());
        reader.rest = &reader.rest[digits..];
    }
    let rest = reader.rest.trim_start();
    let starts = |word: &str| rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word));
    let afternoon = starts("pm") || starts("p.m");
    if afternoon && hour < 12 {
        hour += 12;
    } else if (starts("am") || starts("a.m")) && hour == 12 {
        hour = 0;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return String::new();
    }
    format!("T{hour:02}:{minute:02}:{:02}{}", second.min(59), zone(rest).unwrap_or_default())
}

/// The zone that `text` starts with, as an offset from UTC.
fn zone(text: &str) -> Option<String> {
    let named = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC"));
    let offset = named.unwrap_or(text).trim_start();
    if let Some(sign @ ('+' | '-')) = offset.chars().next() {
        let mut reader = Reader { rest: &offset[1..] };
        let hours = reader.digits(2)?;
        reader.sign(":");
        let minutes = reader.digits(2).unwrap_or(0);
        let fits = hours <= 14 && minutes <= 59;
        return fits.then(|| format!("{sign}{hours:02}:{minutes:02}"));
    }
    (named.is_some() || offset.starts_with(['Z', 'z'])).then(|| "Z".to_owned())
}

/// A date with its month in letters, or with numbers that can be read one way.
fn of_words(text: &str) -> Option<String> {
    let mut numbers: Vec<(u32, usize, usize)> = Vec::new();
    let mut month = None;
    let mut end = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            if bytes.get(at + digits) == Some(&b':') && numbers.len() >= 2 {
                break;
            }
            numbers.push((rest[..digits].parse().ok()?, digits, at));
            at += digits;
            end = at;
        } else {
            let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            if letters > 0 && month.is_none() && numbers.len() < 2 {
                month = month_of(&rest[..letters]).map(|m| (m, at));
            }
            at += letters.max(rest.chars().next().map_or(1, char::len_utf8));
        }
        if numbers.len() == 3 || (month.is_some() && numbers.len() == 2) {
            break;
        }
    }
    let date = match (month, numbers.as_slice()) {
        (Some((month, _)), [(year, 4, _), (day, 1..=2, _)] | [(day, 1..=2, _), (year, 4, _)]) => {
            date(*year, month, *day)?
        }
        (None, [(a, 1..=2, from), (b, 1..=2, _), (year, 4, to)]) => {
            // Three numbers that belong together.
            if to - from > 7 {
                return None;
            }
            let dotted = text[*from..*to].contains('.');
            match (dotted, *a > 12, *b > 12) {
                (true, ..) | (false, true, false) => date(*year, *b, *a)?,
                (false, false, true) => date(*year, *a, *b)?,
                (false, false, false) if a == b => date(*year, *a, *b)?,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(format!("{date}{}", time(&text[end..])))
}

fn month_of(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    // `Monday` is no month, nor is `Mars Rover`'s `Marketing`.
    if word.chars().count() < 3 || word.chars().count() > 10 || word.starts_with("mon") {
        return None;
    }
    let found = (1..).zip(MONTHS).find(|(_, names)| names.iter().any(|n| word.starts_with(n)))?;
    Some(found.0)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// A number of exactly `count` digits, more of them may follow.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let part = self.rest.get(..count)?;
        let value = part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())??;
        self.rest = &self.rest[count..];
        Some(value)
    }

    /// A number of one or two digits.
    fn number(&mut self) -> Option<u32> {
        let count = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if count == 0 { None } else { self.digits(count) }
    }

    fn sign(&mut self, signs: &str) -> Option<char> {
        let sign = self.rest.chars().next().filter(|c| signs.contains(*c))?;
        self.rest = &self.rest[sign.len_utf8()..];
        Some(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_many_shapes() {
        let cases = [
            ("2025-03-13", "2025-03-13"),
            ("2025-03-13T17:07:00-04:00", "2025-03-13T17:07:00-04:00"),
            ("2025-03-13T17:07:00.123Z", "2025-03-13T17:07:00Z"),
            ("2025-03-13 17:07", "2025-03-13T17:07:00"),
            ("2025-03-13T17:07+0100", "2025-03-13T17:07:00+01:00"),
            ("20250313", "2025-03-13"),
            ("2025/3/13", "2025-03-13"),
            ("Thu, 13 Mar 2025 17:07:00 GMT", "2025-03-13T17:07:00Z"),
            ("Thu Mar 13 2025 17:07:00 GMT+0100 (CET)", "2025-03-13T17:07:00+01:00"),
            ("March 13, 2025 at 5:07 PM", "2025-03-13T17:07:00"),
            ("13. März 2025, 17.07 Uhr", "2025-03-13T17:07:00"),
            ("13 de marzo de 2025", "2025-03-13"),
            ("13.03.2025", "2025-03-13"),
            ("03/13/2025", "2025-03-13"),
            ("13/03/2025", "2025-03-13"),
            ("03/04/2025", ""),
            ("1741900020", "2025-03-13T21:07:00Z"),
            ("1741900020000", "2025-03-13T21:07:00Z"),
            ("2025-02-30", ""),
            ("Monday", ""),
            ("", ""),
            ("9999999999999999999", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn dates_in_lines() {
        let cases = [
            ("Posted on March 13, 2025 by Ana", Some("2025-03-13")),
            ("13.03.25 | News", Some("2025-03-13")),
            ("13.03.2025 The river rose", Some("2025-03-13")),
            ("Press release of 13 March 2025 | Skell", Some("2025-03-13")),
            ("The 3 rivers rose", None),
            ("Since 1998 the river", None),
            ("a-word-that-is-much-longer-than-what-is-looked-at-7", None),
        ];
        for (line, expected) in cases {
            assert_eq!(of_line(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn dates_in_urls() {
        let cases = [
            ("https://example.org/2025/03/13/river", Some("2025-03-13")),
            ("https://example.org/news/river-2025-03-13", Some("2025-03-13")),
            ("https://example.org/a20250313.html", Some("2025-03-13")),
            ("https://example.org/2025/03/river", None),
            ("https://example.org/id/120250313", None),
            ("https://example.org", None),
        ];
        for (url, expected) in cases {
            assert_eq!(of_url(url).as_deref(), expected, "{url}");
        }
    }
}
