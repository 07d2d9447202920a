//! Dates and times as news writes them, in English, Spanish, German, French, Portuguese, Italian
//! and Dutch, and those of ISO 8601, RFC 2822 and RFC 850.
//!
//! A date is read in full or not at all: a missing year, day or time is never filled in, a day of
//! the week must agree with its date, and `03/04/2025` means nothing while the language does not
//! tell the order.

mod grammar;
mod names;
mod tokens;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// The years an article can be of: from the first newspapers to a time no article of today names
/// as its own. A bound by the clock would make results depend on the day of the run.
const YEARS: std::ops::RangeInclusive<i16> = 1600..=2040;

/// A date, as exact as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    pub(crate) date: Date,
    pub(crate) time: Option<Time>,
    pub(crate) zone: Option<Offset>,
}

/// `2025-03-13`, `2025-03-13T17:07:00`, `2025-03-13T17:07:00-04:00` (RFC 3339 where there is a
/// zone).
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(f, "T{time}")?;
        let Some(zone) = self.zone else { return Ok(()) };
        match zone.seconds() / 60 {
            0 => f.write_str("Z"),
            m => {
                let sign = if m < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", m.abs() / 60, m.abs() % 60)
            }
        }
    }
}

/// How `03/04/2025` is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Order {
    /// Day first.
    DayFirst,
    /// Nobody knows.
    #[default]
    Unknown,
}

impl Order {
    /// The order in a language (ISO 639-1). English is written both ways.
    pub(crate) fn of_language(code: Option<&str>) -> Self {
        let day_first = [
            "es", "de", "fr", "pt", "it", "nl", "da", "no", "fi", "pl", "ro", "tr", "cs", "ru",
            "uk", "el", "id", "ca", "gl",
        ];
        match code {
            Some(code) if day_first.contains(&code) => Self::DayFirst,
            _ => Self::Unknown,
        }
    }
}

/// The date that `text` is, and nothing else.
pub(crate) fn parse(text: &str, order: Order) -> Option<Stamp> {
    let text = text.trim();
    let (stamp, end) = grammar::read(text, order)?;
    let rest = text[end..].trim_matches(|c: char| c.is_whitespace() || ".,:;)]|·•".contains(c));
    (rest.is_empty() && is_possible(&stamp)).then_some(stamp)
}

/// The date at the start of `text` and how many bytes it takes.
pub(crate) fn prefix(text: &str, order: Order) -> Option<(Stamp, usize)> {
    let (stamp, end) = grammar::read(text, order)?;
    let next = text[end..].chars().next();
    let whole = !next.is_some_and(char::is_alphanumeric);
    (whole && is_possible(&stamp)).then_some((stamp, end))
}

/// The moment that a count of seconds or milliseconds since 1970 names.
pub(crate) fn of_epoch(text: &str) -> Option<Stamp> {
    let digits = text.split('.').next().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
    let count: i64 = digits.parse().ok()?;
    let moment = match digits.len() {
        9 | 10 => Timestamp::from_second(count).ok()?,
        12 | 13 => Timestamp::from_millisecond(count).ok()?,
        _ => return None,
    };
    let civil = Offset::UTC.to_datetime(moment);
    Some(Stamp { date: civil.date(), time: Some(civil.time()), zone: Some(Offset::UTC) })
        .filter(is_possible)
}

/// The date in the path of a URL: `/2025/03/13/`, `-2025-03-13`, `/20250313/`.
pub(crate) fn of_slug(url: &str) -> Option<Date> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let bytes = path.as_bytes();
    let mut found = None;
    let mut at = 0;
    while let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit).map(|i| at + i) {
        let len = bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        at = from + len;
        let starts = from > 0 && matches!(bytes[from - 1], b'/' | b'-' | b'_' | b'.');
        if starts && len == 4 {
            found = slug_parts(&path[from..]).or(found);
        } else if starts
            && len == 8
            && bytes.get(at).is_none_or(|b| matches!(b, b'/' | b'-' | b'_' | b'.'))
        {
            let part =
                |r: std::ops::Range<usize>| path[from + r.start..from + r.end].parse::<i16>().ok();
            found = calendar_date(part(0..4), part(4..6), part(6..8)).or(found);
        }
    }
    found
}

fn slug_parts(text: &str) -> Option<Date> {
    let separator = text[4..].chars().next().filter(|c| matches!(c, '/' | '-' | '_'))?;
    let mut parts = text.split(separator);
    let year = parts.next()?.parse().ok();
    let month = parts.next().filter(|m| m.len() <= 3)?;
    let month = match month.parse::<i16>() {
        Ok(number) => number,
        Err(_) => i16::from(names::month(&month.to_lowercase())?),
    };
    let day = parts.next()?;
    let digits = day.bytes().take_while(u8::is_ascii_digit).count();
    let ends = !day[digits..].starts_with(|c: char| c.is_alphanumeric());
    let day = day[..digits].parse().ok().filter(|_| digits <= 2 && ends);
    calendar_date(year, Some(month), day)
}

fn calendar_date(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> Option<Date> {
    let (month, day) = (i8::try_from(month?).ok()?, i8::try_from(day?).ok()?);
    Date::new(year?, month, day).ok().filter(|d| (1990..=2040).contains(&d.year()))
}

/// Whether `word` (in lower case) names a month or a day of the week.
pub(crate) fn is_name(word: &str) -> bool {
    names::month(word).is_some() || names::weekday(word).is_some()
}

fn is_possible(stamp: &Stamp) -> bool {
    YEARS.contains(&stamp.date.year())
}

#[cfg(test)]
mod tests;
