//! The grammar of dates: parts in any order, each at most once, with little words between them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;

use super::names::{is_zone, month, weekday, zone};
use super::tokens::{self, Kind, Token};
use super::{Order, Stamp};

/// The date at the start of `text` and the byte after it.
pub(super) fn read(text: &str, order: Order) -> Option<(Stamp, usize)> {
    let tokens = tokens::of(text);
    // `Uhr` is said in German only, where the day comes first.
    let german = tokens.iter().any(|t| t.kind == Kind::Word("uhr".to_owned()));
    let order = if german { Order::DayFirst } else { order };
    let mut reader = Reader { tokens, order, ..Reader::default() };
    let end = reader.run()?;
    let date = reader.date?;
    if reader.weekday.is_some_and(|day| day != date.weekday()) {
        return None;
    }
    let zone = match (reader.time, reader.zone) {
        (Some(time), Some(Zone::Named(name))) => {
            zone(&name, date, time).and_then(|m| Offset::from_seconds(m * 60).ok())
        }
        (Some(_), Some(Zone::Minutes(m))) => Offset::from_seconds(m * 60).ok(),
        _ => None,
    };
    Some((Stamp { date, time: reader.time, zone }, end))
}

#[derive(Default)]
struct Reader {
    tokens: Vec<Token>,
    order: Order,
    date: Option<Date>,
    time: Option<Time>,
    zone: Option<Zone>,
    weekday: Option<Weekday>,
}

#[derive(Clone)]
enum Zone {
    Named(String),
    Minutes(i32),
}

/// What was read, and the token behind it.
type Read<T> = Option<(T, usize)>;

impl Reader {
    /// Reads parts until something else comes; the byte after the last part.
    fn run(&mut self) -> Option<usize> {
        let mut at = 0;
        // The token after the last part.
        let mut last = 0;
        while at < self.tokens.len() {
            let next = self.part(at);
            match next {
                Some(next) => {
                    at = next;
                    last = next;
                }
                None if self.is_filler(at) => at += 1,
                None => break,
            }
        }
        let end = self.tokens.get(last.checked_sub(1)?)?.end;
        // `10.1.2025.7` is a version or an address.
        let tail = (self.sign(last), self.number(last + 1));
        let joined = self.tokens.get(last).is_some_and(|t| !t.spaced);
        if let (Some('.' | '-' | '/'), Some(_)) = tail
            && joined
            && self.tokens.get(last + 1).is_some_and(|t| !t.spaced)
        {
            return None;
        }
        Some(end)
    }

    /// Reads one part that was not read yet; the token behind it.
    fn part(&mut self, at: usize) -> Option<usize> {
        if self.date.is_none()
            && let Some(next) = self.date_at(at)
        {
            return Some(next);
        }
        if self.time.is_none()
            && let Some((time, next)) = self.time_at(at)
        {
            self.time = Some(time);
            return Some(next);
        }
        // The name of several zones says nothing, and ends no date.
        if self.time.is_some() && matches!(self.word(at), Some("ist" | "ast" | "gst")) {
            return Some(at + 1);
        }
        if self.time.is_some()
            && let Some((zone, next)) = self.zone_at(at)
        {
            // A second zone is the name of the first: `-0400 (EDT)`.
            self.zone.get_or_insert(zone);
            return Some(next);
        }
        let day = self.word(at).and_then(weekday)?;
        if self.weekday.is_some() {
            return None;
        }
        self.weekday = Some(day);
        let feira = self.sign(at + 1) == Some('-') && self.word(at + 2) == Some("feira");
        Some(if feira { at + 3 } else { at + 1 + usize::from(self.sign(at + 1) == Some('.')) })
    }

    fn is_filler(&self, at: usize) -> bool {
        match &self.tokens[at].kind {
            Kind::Number { .. } => false,
            Kind::Sign(sign) => ",|·•-–—()[]@/".contains(*sign),
            Kind::Word(word) => FILLERS.contains(&word.as_str()),
        }
    }

    fn date_at(&mut self, at: usize) -> Option<usize> {
        let found = match &self.tokens.get(at)?.kind {
            Kind::Number { digits: 4, .. } => self
                .year_first(at)
                .or_else(|| self.east_asian(at))
                .or_else(|| self.year_month_day(at)),
            Kind::Number { digits: 8 | 14, .. } => return self.compact(at),
            Kind::Number { digits: 1 | 2, .. } => {
                self.day_month_year(at).or_else(|| self.numeric(at))
            }
            Kind::Word(_) => return self.month_first(at),
            _ => None,
        };
        let (date, next) = found?;
        self.date = Some(date);
        Some(next)
    }

    /// `2025-03-13`, `2025/3/13`, `2025.03.13`, `2025-Mar-13`.
    fn year_first(&self, at: usize) -> Read<Date> {
        let sign = self.sign(at + 1).filter(|s| "-/.".contains(*s))?;
        if self.sign(at + 3) != Some(sign) || self.tokens.get(at + 4)?.spaced {
            return None;
        }
        let month = self.small(at + 2).or_else(|| self.month(at + 2))?;
        Some((ymd(self.year(at)?, month, self.small(at + 4)?)?, at + 5))
    }

    /// `2025 Mar 13`.
    fn year_month_day(&self, at: usize) -> Read<Date> {
        let next = self.skip(at + 2, &['.'], &[]);
        Some((ymd(self.year(at)?, self.month(at + 1)?, self.small(next)?)?, next + 1))
    }

    /// `2025年3月13日`.
    fn east_asian(&self, at: usize) -> Read<Date> {
        let signs = [("年", "月", "日"), ("년", "월", "일")];
        let (_, _, day) = signs
            .into_iter()
            .find(|(y, m, _)| self.word(at + 1) == Some(y) && self.word(at + 3) == Some(m))?;
        if !self.word(at + 5)?.starts_with(day) {
            return None;
        }
        Some((ymd(self.year(at)?, self.small(at + 2)?, self.small(at + 4)?)?, at + 6))
    }

    /// `20250313`, `20250313T170700`, `20250313170700`.
    fn compact(&mut self, at: usize) -> Option<usize> {
        let (value, digits) = self.number(at)?;
        let alone = at == 0 && self.tokens.len() == 1;
        let with_time = self.word(at + 1) == Some("t");
        let (day, time) = match (digits, with_time) {
            (14, _) if alone => (value / 1_000_000, Some(value % 1_000_000)),
            (8, true) => (value, self.number(at + 2).filter(|n| n.1 == 6).map(|n| n.0)),
            (8, false) if alone => (value, None),
            _ => return None,
        };
        let part = |n: u64| i8::try_from(n).ok();
        let date =
            ymd(i16::try_from(day / 10_000).ok()?, part(day / 100 % 100)?, part(day % 100)?)?;
        if let Some(time) = time {
            let (h, m, s) = (part(time / 10_000)?, part(time / 100 % 100)?, part(time % 100)?);
            self.time = Some(Time::new(h, m, s, 0).ok()?);
        }
        self.date = Some(date);
        Some(if with_time && time.is_some() { at + 3 } else { at + 1 })
    }

    /// `13 March 2025`, `13. März 2025`, `13 de marzo de 2025`, `1er mars 2025`, `13-Mar-2025`.
    fn day_month_year(&self, at: usize) -> Read<Date> {
        let day = self.small(at)?;
        let mut next = self.skip_ordinal(at + 1);
        next = self.skip(next, &['-', '/', ',', '.'], &["of", "de", "di", "d"]);
        let month = self.month(next)?;
        next = self.skip(next + 1, &['.'], &[]);
        next = self.skip(next, &['-', '/', ',', '’', '\''], &["de", "del", "do"]);
        Some((ymd(self.year(next).or_else(|| self.short_year(next))?, month, day)?, next + 1))
    }

    /// `March 13, 2025`, `Mar. 13th 2025`, and `Mar 13 17:07:00 EDT 2025` of Unix.
    fn month_first(&mut self, at: usize) -> Option<usize> {
        let month = self.month(at)?;
        let next = self.skip(at + 1, &['.', '-', '/'], &["the"]);
        let day = self.small(next)?;
        let after_day = self.skip_ordinal(next + 1);
        let next = self.skip(after_day, &[',', '-', '/', '.'], &["de", "del", "of"]);
        if let Some(year) = self.year(next) {
            self.date = Some(ymd(year, month, day)?);
            return Some(next + 1);
        }
        let (time, next) = self.time_at(after_day).filter(|_| self.time.is_none())?;
        let (zone, next) = match self.zone_at(next) {
            Some((zone, next)) => (Some(zone), next),
            None => (None, next),
        };
        let date = ymd(self.year(next)?, month, day)?;
        self.date = Some(date);
        self.time = Some(time);
        self.zone = zone;
        Some(next + 1)
    }

    /// `13/03/2025`, `3/13/2025`, `13.03.2025`: only where one reading is left, by the size of the
    /// numbers, by the language, or by the day of the week before it. With points and the day first
    /// also `13.03.25`.
    fn numeric(&self, at: usize) -> Read<Date> {
        let (first, second) = (self.small(at)?, self.small(at + 2)?);
        let sign = self.sign(at + 1).filter(|s| "-/.".contains(*s))?;
        if self.sign(at + 3) != Some(sign) {
            return None;
        }
        let day_first = self.order == Order::DayFirst;
        let year = self.year(at + 4).or_else(|| {
            let (value, digits) = self.number(at + 4)?;
            let short = digits == 2 && sign == '.' && day_first;
            i16::try_from(value).ok().filter(|y| short && *y < 50).map(|y| 2000 + y)
        })?;
        if let Some(weekday) = self.weekday
            && first <= 12
            && second <= 12
        {
            let fits = |d: &Date| d.weekday() == weekday;
            let us = ymd(year, first, second).filter(fits);
            let world = ymd(year, second, first).filter(fits);
            return match (us, world) {
                (Some(date), None) | (None, Some(date)) => Some((date, at + 5)),
                (Some(us), Some(world)) => Some((if day_first { world } else { us }, at + 5))
                    .filter(|_| us == world || day_first),
                (None, None) => None,
            };
        }
        let (month, day) = match (first > 12, second > 12) {
            (true, false) => (second, first),
            (false, true) if !(day_first && sign == '.') => (first, second),
            (false, false) if first == second || day_first => (second, first),
            _ => return None,
        };
        Some((ymd(year, month, day)?, at + 5))
    }

    /// `17:07`, `17:07:30.5`, `5:07 p.m.`, `5 PM`, `5.07pm`, `17h07`, `17.07 Uhr`.
    fn time_at(&self, at: usize) -> Read<Time> {
        let hour = self.small(at)?;
        let tight = |i: usize| self.tokens.get(i).is_some_and(|t| !t.spaced);
        let (mut minute, mut second, mut nano, mut next) = (0, 0, 0, at + 1);
        let minute_at = |i: usize| self.number(i).filter(|n| n.1 == 2).and_then(|_| self.small(i));
        let mut marked = false;
        match self.sign(at + 1) {
            Some(':') if tight(at + 1) && tight(at + 2) => {
                minute = minute_at(at + 2)?;
                next = at + 3;
                marked = true;
                if self.sign(next) == Some(':') && tight(next) {
                    second = minute_at(next + 1)?;
                    next += 2;
                    let fraction = self.number(next + 1).filter(|n| n.1 <= 9 && tight(next + 1));
                    if let (Some('.' | ','), Some((value, digits))) = (self.sign(next), fraction)
                        && tight(next)
                    {
                        let scale = 10u64.checked_pow(9 - u32::try_from(digits).ok()?)?;
                        nano = i32::try_from(value * scale).ok()?;
                        next += 2;
                    }
                }
            }
            Some('.') if tight(at + 1) && tight(at + 2) && minute_at(at + 2).is_some() => {
                minute = minute_at(at + 2)?;
                next = at + 3;
                // `um 17.07`, `17.07 CET`
                let led = at.checked_sub(1).and_then(|at| self.word(at));
                marked = matches!(led, Some("um" | "kl" | "alle" | "ore" | "om"))
                    || self.zone_at(next).is_some();
            }
            _ => {}
        }
        if !marked && next == at + 1 && self.word(next) == Some("h") {
            marked = true;
            next += 1;
            if let Some(m) = minute_at(next) {
                minute = m;
                next += 1;
            }
        }
        let mut hour = hour;
        if let Some((afternoon, after)) = self.meridiem(next) {
            match hour {
                1..=12 => hour = hour % 12 + if afternoon { 12 } else { 0 },
                // `17:07 PM` says the same twice.
                13..=23 if afternoon => {}
                _ => return None,
            }
            next = after;
            marked = true;
        }
        if matches!(self.word(next), Some("uhr" | "uur" | "h")) {
            next += 1;
            marked = true;
        }
        let time = Time::new(hour, minute, second, nano).ok()?;
        marked.then_some((time, next))
    }

    /// `am`, `PM`, `p.m.`; whether it is the afternoon.
    fn meridiem(&self, at: usize) -> Read<bool> {
        match self.word(at)? {
            "am" => Some((false, at + 1)),
            "pm" => Some((true, at + 1)),
            letter @ ("a" | "p")
                if self.sign(at + 1) == Some('.') && self.word(at + 2) == Some("m") =>
            {
                let dot = usize::from(self.sign(at + 3) == Some('.'));
                Some((letter == "p", at + 3 + dot))
            }
            _ => None,
        }
    }

    /// `EDT`, `Z`, `-04:00`, `+0100`, `GMT+2`.
    fn zone_at(&self, at: usize) -> Read<Zone> {
        if let Some(word) = self.word(at) {
            if matches!(word, "gmt" | "utc")
                && let Some(offset) = self.offset(at + 1)
            {
                return Some(offset);
            }
            return is_zone(word).then(|| (Zone::Named(word.to_owned()), at + 1));
        }
        let wide = self.number(at + 1).is_some_and(|n| n.1 >= 2);
        self.offset(at).filter(|_| wide)
    }

    fn offset(&self, at: usize) -> Read<Zone> {
        let sign = match self.sign(at)? {
            '+' => 1,
            '-' | '−' => -1,
            _ => return None,
        };
        let (value, digits) = self.number(at + 1).filter(|_| !self.tokens[at + 1].spaced)?;
        let value = i32::try_from(value).ok()?;
        let colon = self.sign(at + 2) == Some(':');
        let (minutes, next) = match digits {
            1 | 2 if colon => {
                (value * 60 + i32::from(self.small(at + 3).filter(|m| *m < 60)?), at + 4)
            }
            1 | 2 => (value * 60, at + 2),
            4 => (value / 100 * 60 + value % 100, at + 2),
            _ => return None,
        };
        (minutes <= 14 * 60).then_some((Zone::Minutes(sign * minutes), next))
    }

    fn number(&self, at: usize) -> Option<(u64, usize)> {
        match self.tokens.get(at)?.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    /// A number of one or two digits.
    fn small(&self, at: usize) -> Option<i8> {
        let (value, digits) = self.number(at)?;
        if digits <= 2 { i8::try_from(value).ok() } else { None }
    }

    /// A number of four digits.
    fn year(&self, at: usize) -> Option<i16> {
        let (value, digits) = self.number(at)?;
        if digits == 4 { i16::try_from(value).ok() } else { None }
    }

    /// A year of two digits, as old mail has it (RFC 2822, section 4.3): only between a day of the
    /// week and a time, or before a time with seconds.
    fn short_year(&self, at: usize) -> Option<i16> {
        let (value, digits) = self.number(at)?;
        let seconds = self.sign(at + 4) == Some(':');
        let framed = (self.weekday.is_some() || seconds)
            && self.number(at + 1).is_some()
            && self.sign(at + 2) == Some(':');
        let value = i16::try_from(value).ok().filter(|_| digits == 2 && framed)?;
        Some(if value < 50 { 2000 + value } else { 1900 + value })
    }

    fn month(&self, at: usize) -> Option<i8> {
        month(self.word(at)?)
    }

    fn word(&self, at: usize) -> Option<&str> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Behind `st`, `nd`, `.`, `º`, `er` of a day.
    fn skip_ordinal(&self, at: usize) -> usize {
        let tight = self.tokens.get(at).is_some_and(|t| !t.spaced);
        let word =
            matches!(self.word(at), Some("st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "o"));
        let sign = matches!(self.sign(at), Some('.' | '°'));
        at + usize::from(tight && (word || sign))
    }

    /// Behind one of `signs` or `words`, where one stands.
    fn skip(&self, at: usize, signs: &[char], words: &[&str]) -> usize {
        let sign = self.sign(at).is_some_and(|s| signs.contains(&s));
        let word = self.word(at).is_some_and(|w| words.contains(&w));
        at + usize::from(sign || word)
    }
}

fn ymd(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// Little words between the parts of a date, and zones whose name stands for several.
const FILLERS: &[&str] = &[
    "at", "on", "of", "the", "t", "um", "am", "den", "der", "le", "à", "a", "las", "el", "il",
    "alle", "ore", "às", "as", "em", "op", "om", "de", "del", "du", "local", "time",
];
