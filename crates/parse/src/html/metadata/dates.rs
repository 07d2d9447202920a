//! Dates as pages write them for machines, and for people where only one reading is possible.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// Names of months in full and short, in lower case: en es de fr pt it nl, da no sv, pl ru uk tr.
const MONTHS: [&str; 12] = [
    "january jan januar jänner jän januari janvier janv janeiro enero ene gennaio gen stycznia \
     styczeń sty января январь янв січня січень січ ocak oca",
    "february feb februar feber februari février fevrier févr fév fevereiro fev febrero febbraio \
     lutego luty lut февраля февраль фев лютого лютий лют şubat şub",
    "march mar märz maerz mär mrz mars março marco marzo maart mrt marts marca marzec марта март \
     мар березня березень бер mart",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi апреля апрель апр квітня квітень \
     кві nisan nis",
    "may mai mei maj mayo maio maggio mag maja мая май травня травень тра mayıs",
    "june jun juni juin junho junio giugno giu czerwca czerwiec cze июня июнь июн червня червень \
     чер haziran haz",
    "july jul juli juillet juil julho julio luglio lug lipca lipiec lip июля июль июл липня \
     липень лип temmuz tem",
    "august aug août aout agosto ago augustus augusti sierpnia sierpień sie августа август авг \
     серпня серпень сер ağustos ağu",
    "september sept sep septembre setembro set settembre septiembre setiembre września wrzesień \
     wrz сентября сентябрь сен сент вересня вересень вер eylül eyl",
    "october oct oktober okt octobre outubro out ottobre ott octubre października październik paź \
     октября октябрь окт жовтня жовтень жов ekim eki",
    "november nov novembre novembro noviembre listopada listopad lis ноября ноябрь ноя листопада \
     листопад лис kasım kas",
    "december dec dezember dez décembre déc dezembro dicembre dic diciembre desember des grudnia \
     grudzień gru декабря декабрь дек грудня грудень гру aralık ara",
];

/// What may stand between the parts of a date, in lower case.
const JOINTS: &[&str] = &["de", "del", "of", "the", "st", "nd", "rd", "th", "er"];

/// Minutes that zones are ahead of UTC. Names that stand for several zones (`IST`, `AST`) are left
/// out; `CST` and the like are those of North America, as in RFC 2822.
const ZONES: &[(&str, i32)] = &[
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("z", 0),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
];

/// A date in RFC 3339, as exact as `text` is (`2025-03-13`, `2025-03-13T17:07:00-04:00`): ISO 8601
/// in its many spellings, RFC 2822, seconds since 1970, dates with the month in letters,
/// `13.03.2025`, and with slashes where one number can be no month.
///
/// The first date in `text` is taken, its parts side by side; a stretch of days is no date.
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
    let start = line.find(|c: char| c.is_ascii_digit()).filter(|start| *start <= 60)?;
    // The month may stand before the first number.
    let from = line[..start].trim_end().rfind(' ').map_or(0, |at| at + 1);
    let line = &line[from..];
    let line = &line[..line.floor_char_boundary(40)];
    let is_recent = |date: &String| date.as_str() >= "1990";
    parse(line).filter(is_recent).or_else(|| of_short_year(line.get(start - from..)?))
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
    date(2000 + year, month, day).filter(|_| ends && year < 40).map(|date| date.to_string())
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
            return Some(date.to_string());
        }
    }
    None
}

/// A date that a page can have been published on, by its year: between the first pages' contents
/// and a time no page of today names as its own. A bound by the clock would make results depend on
/// the day of the run.
fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    let [month, day] = [month, day].map(|n| i8::try_from(n).ok());
    let date = Date::new(i16::try_from(year).ok()?, month?, day?).ok()?;
    (1900..=2040).contains(&date.year()).then_some(date)
}

fn of_epoch(text: &str) -> Option<String> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let moment = match text.len() {
        10 => Timestamp::from_second(text.parse().ok()?),
        13 => Timestamp::from_millisecond(text.parse().ok()?),
        _ => return None,
    };
    let civil = Offset::UTC.to_datetime(moment.ok()?);
    let (day, time) = (civil.date(), civil.time());
    Some(format!("{day}T{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second()))
        .filter(|_| (1990..=2040).contains(&day.year()))
}

fn of_iso(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text };
    let year = reader.digits(4)?;
    let (month, day) = match reader.sign("-/.") {
        Some(sign) => {
            let month = reader.number()?;
            reader.rest = reader.rest.strip_prefix(sign)?;
            (month, reader.number()?)
        }
        None => (reader.digits(2)?, reader.digits(2)?),
    };
    let date = date(year, month, day)?;
    if reader.rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(format!("{date}{}", time(reader.rest)))
}

/// The time of day that `text` starts with, as `T17:07:00-04:00`, or nothing.
fn time(text: &str) -> String {
    read_time(text).unwrap_or_default()
}

fn read_time(text: &str) -> Option<String> {
    let start = text.find(|c: char| c.is_ascii_digit()).filter(|start| *start <= 6)?;
    let mut reader = Reader { rest: &text[start..] };
    let mut hour = reader.number()?;
    let sign = reader.sign(":.h")?;
    let minute = reader.digits(2)?;
    let second = reader.sign(":").and_then(|_| reader.digits(2)).unwrap_or(0);
    // A fraction of a second; behind hours and minutes it is no time.
    if reader.rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if reader.sign(".,").is_some() {
        let digits = reader.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(reader.rest.len());
        if digits > 0 && sign == '.' {
            return None;
        }
        reader.rest = &reader.rest[digits..];
    }
    reader.rest = reader.rest.trim_start();
    if reader.word(&["pm", "p.m.", "p.m"]) && hour < 12 {
        hour += 12;
    } else if reader.word(&["am", "a.m.", "a.m"]) && hour == 12 {
        hour = 0;
    }
    reader.word(&["uhr", "h"]);
    let [hour, minute, second] = [hour, minute, second.min(59)].map(|n| i8::try_from(n).ok());
    let time = Time::new(hour?, minute?, second?, 0).ok()?;
    let zone = zone(reader.rest.trim_start_matches([' ', ',', '(', '\u{a0}'])).unwrap_or_default();
    Some(format!("T{:02}:{:02}:{:02}{zone}", time.hour(), time.minute(), time.second()))
}

/// The zone that `text` starts with, as an offset from UTC.
fn zone(text: &str) -> Option<String> {
    let letters = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (name, behind) = text.split_at(letters);
    let name = name.to_ascii_lowercase();
    let named = ZONES.iter().find(|(zone, _)| *zone == name).map(|(_, minutes)| *minutes);
    let is_utc = named == Some(0);
    let offset = behind.trim_start();
    let sign = offset.chars().next().filter(|c| matches!(c, '+' | '-' | '−'));
    let Some(sign) = sign.filter(|_| name.is_empty() || is_utc) else {
        return named.map(|minutes| offset_of(minutes < 0, minutes.unsigned_abs()));
    };
    let mut reader = Reader { rest: &offset[sign.len_utf8()..] };
    let hours = reader.number()?;
    reader.sign(":");
    let minutes = reader.digits(2).unwrap_or(0);
    (hours <= 14 && minutes <= 59).then(|| offset_of(sign != '+', hours * 60 + minutes))
}

fn offset_of(is_behind: bool, minutes: u32) -> String {
    match (minutes, is_behind) {
        (0, _) => "Z".to_owned(),
        (_, true) => format!("-{:02}:{:02}", minutes / 60, minutes % 60),
        (_, false) => format!("+{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

use Part::{Month, Number, Sign};

/// A part of a text that may hold a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    /// A number, and how many digits it has.
    Number(u32, usize),
    Month(u32),
    Sign(char),
    /// Any other word.
    Word,
}

/// The first date in `text` with its month in letters, or with numbers that can be read one way.
fn of_words(text: &str) -> Option<String> {
    let parts = parts(text);
    let (found, from, to) = (0..parts.len()).find_map(|from| {
        let (date, count) = date_of_parts(&parts[from..])?;
        Some((date, from, from + count))
    })?;
    // `13 to 15 March 2025`
    let is_sign_of_range =
        |part: Option<&(Part, usize)>| matches!(part, Some((Sign('-' | '–' | '—' | '/' | '&'), _)));
    let is_number = |part: Option<&(Part, usize)>| matches!(part, Some((Number(_, 1..=2), _)));
    let before = |n: usize| from.checked_sub(n).and_then(|at| parts.get(at));
    if is_sign_of_range(before(1)) && is_number(before(2)) {
        return None;
    }
    // `13 March 2025 to 2 April 2025`
    let rest = parts.get(to..).unwrap_or_default();
    if is_sign_of_range(rest.first()) && date_of_parts(&rest[1..]).is_some() {
        return None;
    }
    let end = to.checked_sub(1).and_then(|last| parts.get(last)).map_or(text.len(), |p| p.1);
    Some(format!("{found}{}", time(&text[end..])))
}

/// The parts of a text, each with where it ends; white space and joints of dates left out.
fn parts(text: &str) -> Vec<(Part, usize)> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_ascii_digit() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            at += digits;
            parts.push((Number(rest[..digits].parse().unwrap_or(u32::MAX), digits), at));
        } else if c.is_alphabetic() && !is_cjk(c) {
            let end = rest.find(|c: char| !c.is_alphabetic() || is_cjk(c)).unwrap_or(rest.len());
            let word = rest[..end].to_lowercase();
            at += end;
            match month_of(&word) {
                Some(month) => parts.push((Month(month), at)),
                None if JOINTS.contains(&word.as_str()) => {}
                None => parts.push((Part::Word, at)),
            }
        } else {
            at += c.len_utf8();
            if !c.is_whitespace() && !matches!(c, 'º' | 'ª' | '°') {
                parts.push((Sign(c), at));
            }
        }
    }
    parts
}

/// Signs for year, month and day in Chinese, Japanese and Korean.
fn is_cjk(c: char) -> bool {
    matches!(c, '年' | '月' | '日' | '년' | '월' | '일')
}

/// The date that `parts` start with, and of how many it is.
fn date_of_parts(parts: &[(Part, usize)]) -> Option<(Date, usize)> {
    let mut rest = parts;
    let mut next = |optional: &[char]| {
        while let [(Sign(sign), _), more @ ..] = rest
            && optional.contains(sign)
        {
            rest = more;
        }
        let (part, _) = rest.first()?;
        rest = &rest[1..];
        Some(*part)
    };
    // Only the first may not have a sign before it.
    let first = next(&[])?;
    let second = next(&['.', ',', '-', '/', '年', '년'])?;
    let third = next(&['.', ',', '-', '/', '月', '월'])?;
    let count = parts.len() - rest.len();
    let sign = |part: &(Part, usize)| if let Sign(sign) = part.0 { Some(sign) } else { None };
    let signs: Vec<char> = parts[..count].iter().filter_map(sign).collect();
    let date = match (first, second, third) {
        (Number(day, 1..=2), Month(month), Number(year, 4))
        | (Month(month), Number(day, 1..=2), Number(year, 4))
        | (Number(year, 4), Month(month), Number(day, 1..=2)) => date(year, month, day)?,
        (Number(year, 4), Number(month, 1..=2), Number(day, 1..=2)) => match signs.as_slice() {
            [a, b] if a == b => date(year, month, day)?,
            ['年', '月'] | ['년', '월'] => date(year, month, day)?,
            _ => return None,
        },
        (Number(a, 1..=2), Number(b, 1..=2), Number(year, 4)) => match signs.as_slice() {
            ['.', '.'] => date(year, b, a)?,
            [first, second] if first == second && a > 12 => date(year, b, a)?,
            [first, second] if first == second && (b > 12 || a == b) => date(year, a, b)?,
            _ => return None,
        },
        _ => return None,
    };
    Some((date, count))
}

fn month_of(word: &str) -> Option<u32> {
    let of = |names: &&str| names.split_ascii_whitespace().any(|name| name == word);
    (1..).zip(&MONTHS).find(|(_, names)| of(names)).map(|(month, _)| month)
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

    /// One of these words, in either case, with no letter behind it.
    fn word(&mut self, words: &[&str]) -> bool {
        let behind = words.iter().find_map(|word| {
            let (start, behind) = self.rest.split_at_checked(word.len())?;
            let ends = !behind.starts_with(char::is_alphabetic);
            (ends && start.eq_ignore_ascii_case(word)).then_some(behind)
        });
        if let Some(behind) = behind {
            self.rest = behind.trim_start();
        }
        behind.is_some()
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
            ("March 13, 2025 5:07 PM EDT", "2025-03-13T17:07:00-04:00"),
            ("13.03.2025, 17:07 Uhr (MEZ)", "2025-03-13T17:07:00+01:00"),
            ("2025-03-13T17:07:00 +5:30", "2025-03-13T17:07:00+05:30"),
            ("2025-03-13T17:07:00 Zulu", "2025-03-13T17:07:00"),
            ("13 March 2025 17:07 UTC−3", "2025-03-13T17:07:00-03:00"),
            ("2025年3月13日 17:07", "2025-03-13T17:07:00"),
            ("13th of March, 2025", "2025-03-13"),
            ("Mars Rover 13, 2025", ""),
            ("Marketing 13, 2025", ""),
            ("12 photos, March 2025", ""),
            ("13-15 March 2025", ""),
            ("March 13-15, 2025", ""),
            ("13.03.2025 - 15.03.2025", ""),
            ("13.03.2025 12.50.3", "2025-03-13"),
            ("13.03-2025", ""),
            ("13 March 1875", ""),
            ("13 March 2050", ""),
            ("2025-03/13", ""),
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
