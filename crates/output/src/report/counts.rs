//! Counting names, dates and numbers in bounded memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::model::{Dates, Named};

/// How often each name came; of more names than there is room for, those that came first.
#[derive(Debug)]
pub(super) struct Names<T> {
    counts: BTreeMap<String, T>,
    room: usize,
}

impl<T: Default + Copy + Ord> Names<T> {
    pub(super) fn with_room(room: usize) -> Self {
        Self { counts: BTreeMap::new(), room }
    }

    /// The count of a name; nothing where there is no room for it.
    pub(super) fn get(&mut self, name: &str) -> Option<&mut T> {
        // Looked up twice, since a name is made only when it is new.
        if !self.counts.contains_key(name) {
            if self.counts.len() >= self.room {
                return None;
            }
            self.counts.insert(name.to_owned(), T::default());
        }
        self.counts.get_mut(name)
    }

    /// How many names there are.
    pub(super) fn all(&self) -> u64 {
        self.counts.len() as u64
    }

    /// The names of the highest counts, the highest first, by `rank`.
    pub(super) fn first<R: Ord>(self, most: usize, rank: impl Fn(&T) -> R) -> Vec<(String, T)> {
        let mut names: Vec<(String, T)> = self.counts.into_iter().collect();
        names.sort_by_key(|(_, count)| Reverse(rank(count)));
        names.truncate(most);
        names
    }
}

impl Names<u64> {
    pub(super) fn add(&mut self, name: &str) {
        if let Some(count) = self.get(name) {
            *count += 1;
        }
    }

    pub(super) fn into_named(self, most: usize) -> Vec<Named> {
        let named = |(name, count)| Named { name, count };
        self.first(most, |count| *count).into_iter().map(named).collect()
    }
}

/// Numbers by the range they lie in.
#[derive(Clone, Debug)]
pub(super) struct Ranges {
    /// Each range starts here and ends in front of the next one.
    starts: &'static [u64],
    counts: Vec<u64>,
}

impl Ranges {
    pub(super) fn new(starts: &'static [u64]) -> Self {
        Self { starts, counts: vec![0; starts.len()] }
    }

    pub(super) fn add(&mut self, number: u64) {
        let range = self.starts.partition_point(|start| *start <= number);
        if let Some(count) = range.checked_sub(1).and_then(|at| self.counts.get_mut(at)) {
            *count += 1;
        }
    }

    /// The ranges named by their bounds: `6–10`, `5`, `100+`.
    pub(super) fn into_named(self) -> Vec<Named> {
        let ends = self.starts.iter().skip(1).map(|next| Some(next - 1)).chain([None]);
        let name = |(start, end): (&u64, Option<u64>)| match end {
            Some(end) if end == *start => start.to_string(),
            Some(end) => format!("{start}–{end}"),
            None => format!("{start}+"),
        };
        let names = self.starts.iter().zip(ends).map(name);
        names.zip(self.counts).map(|(name, count)| Named { name, count }).collect()
    }
}

/// Days, in the room that the days of some thousand years take.
#[derive(Debug, Default)]
pub(super) struct Days {
    counts: BTreeMap<Date, u64>,
    undated: u64,
}

/// Most bars of a chart.
const BARS: usize = 60;

impl Days {
    /// Adds the day of an RFC 3339 date that may end behind its year or month.
    pub(super) fn add(&mut self, date: Option<&str>) {
        match date.and_then(day) {
            Some(day) => *self.counts.entry(day).or_default() += 1,
            None => self.undated += 1,
        }
    }

    /// How many lie behind the day of `date`.
    pub(super) fn after(&self, date: &str) -> u64 {
        let Some(day) = day(date) else { return 0 };
        self.counts.range(day..).filter(|(d, _)| **d > day).map(|(_, count)| count).sum()
    }

    /// Days, months or years, as coarse as fits [`BARS`]. One in two hundred at either end is only
    /// counted: single dates far off would leave no room for the others.
    pub(super) fn into_dates(self) -> Dates {
        let dated: u64 = self.counts.values().sum();
        let edge = dated / 200;
        let first = reached(self.counts.iter(), edge);
        let last = reached(self.counts.iter().rev(), edge);
        let (Some(mut first), Some(last)) = (first, last) else {
            return Dates { undated: self.undated, ..Dates::default() };
        };
        let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        let span = months(last) - months(first);
        let (unit, letters) = match span {
            0..=1 => ("day", 10),
            2..60 => ("month", 7),
            _ => ("year", 4),
        };
        let mut counts: Vec<Named> = Vec::new();
        let mut day = match unit {
            "day" => first,
            "month" => first.first_of_month(),
            _ => first.first_of_year(),
        };
        while day <= last {
            counts.push(Named { name: day.to_string()[..letters].to_owned(), count: 0 });
            let next = match unit {
                "day" => day.tomorrow(),
                "month" => day.last_of_month().tomorrow(),
                _ => day.last_of_year().tomorrow(),
            };
            let Ok(next) = next else { break };
            day = next;
        }
        if counts.len() > BARS && unit == "year" {
            counts.drain(..counts.len() - BARS);
            let start = counts.first().and_then(|year| self::day(&year.name));
            first = start.unwrap_or(first);
        }
        let (mut before, mut after) = (0, 0);
        for (day, count) in self.counts {
            let name = &day.to_string()[..letters];
            match counts.binary_search_by(|bar| bar.name.as_str().cmp(name)) {
                Ok(bar) => counts[bar].count += count,
                Err(_) if day < first => before += count,
                Err(_) => after += count,
            }
        }
        Dates { unit, counts, before, after, undated: self.undated }
    }
}

/// The day with which more than `edge` articles have gone by.
fn reached<'a>(mut days: impl Iterator<Item = (&'a Date, &'a u64)>, edge: u64) -> Option<Date> {
    let mut seen = 0;
    let mut goes_beyond = |count: &u64| {
        seen += count;
        seen > edge
    };
    days.find(|(_, count)| goes_beyond(count)).map(|(day, _)| *day)
}

fn day(date: &str) -> Option<Date> {
    let mut parts = date.split(['-', 'T', ' ']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let mut part = || parts.next().map_or(Some(1), |part| part.get(..2)?.parse().ok());
    let (month, day) = (part()?, part()?);
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_while_there_is_room() {
        let mut names = Names::with_room(2);
        for name in ["b", "a", "a", "c", "b", "a"] {
            names.add(name);
        }
        assert_eq!(names.all(), 2);
        let named = names.into_named(9);
        let pairs: Vec<_> = named.iter().map(|n| (n.name.as_str(), n.count)).collect();
        assert_eq!(pairs, [("a", 3), ("b", 2)]);
    }

    #[test]
    fn ranges_are_named_by_their_bounds() {
        let mut ranges = Ranges::new(&[2, 3, 5, 10]);
        for number in [0, 1, 2, 3, 4, 9, 10, u64::MAX] {
            ranges.add(number);
        }
        let named = ranges.into_named();
        let pairs: Vec<_> = named.iter().map(|n| (n.name.as_str(), n.count)).collect();
        assert_eq!(pairs, [("2", 1), ("3–4", 2), ("5–9", 1), ("10+", 2)]);
    }

    #[test]
    fn dates_become_days_months_or_years() {
        let of = |dates: &[&str]| {
            let mut days = Days::default();
            for date in dates {
                days.add(Some(date));
            }
            days.into_dates()
        };
        let days = of(&["2025-03-30", "2025-04-02T10:00:00Z", "no date", "2025-13-01"]);
        assert_eq!((days.unit, days.counts.len(), days.undated), ("day", 4, 2));
        let months = of(&["2024-11-30", "2025-02-01", "2025-02"]);
        let named: Vec<_> = months.counts.iter().map(|n| (n.name.as_str(), n.count)).collect();
        assert_eq!(named, [("2024-11", 1), ("2024-12", 0), ("2025-01", 0), ("2025-02", 2)]);
        let years = of(&["1500-01-01", "2025", "9999-12-31"]);
        assert_eq!((years.unit, years.counts.len()), ("year", BARS));
        assert_eq!((years.before, years.after), (2, 0));
        assert_eq!(of(&[]), Dates::default());
        assert_eq!(of(&["-001-01-01", "é", "2025-é1-01", "20255-01-01"]).undated, 4);
    }

    #[test]
    fn what_lies_far_off_is_only_counted() {
        let mut days = Days::default();
        for n in 0..1_000 {
            days.add(Some(&format!("2025-03-{:02}", n % 28 + 1)));
        }
        days.add(Some("1970-01-01"));
        days.add(Some("2099-01-01"));
        assert_eq!(days.after("2026-11-23T05:00:00Z"), 1);
        let dates = days.into_dates();
        assert_eq!((dates.unit, dates.before, dates.after), ("day", 1, 1));
        assert_eq!(dates.counts.iter().map(|n| n.count).sum::<u64>(), 1_000);
    }
}
