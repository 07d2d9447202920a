//! Dates of articles as file formats want them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// The moment of an RFC 3339 date, as exact as it is: a day is its first moment, what names no
/// zone counts as UTC. None for what is no date.
pub(super) fn moment(date: &str) -> Option<Timestamp> {
    if let Ok(moment) = date.parse::<Timestamp>() {
        return Some(moment);
    }
    let local = match date.parse::<DateTime>() {
        Ok(local) => local,
        Err(_) => date.parse::<Date>().ok()?.into(),
    };
    Offset::UTC.to_timestamp(local).ok()
}

/// A moment in UTC to the second, `2025-03-13T21:07:00Z`, in the years 0 to 9999.
pub(super) fn in_seconds(moment: Timestamp) -> String {
    Offset::UTC.to_datetime(moment).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_any_exactness_in_utc() {
        // date, moment
        let cases = [
            ("2025-03-13", Some("2025-03-13T00:00:00Z")),
            ("2025-03-13T17:07:00-04:00", Some("2025-03-13T21:07:00Z")),
            ("2025-03-13T17:07:00.25Z", Some("2025-03-13T17:07:00Z")),
            ("2025-03-13T17:07:00", Some("2025-03-13T17:07:00Z")),
            ("2025-03-13T17:07", Some("2025-03-13T17:07:00Z")),
            ("2025-02-30", None),
            ("2025", None),
            ("yesterday", None),
            ("", None),
            ("\u{202e}2025-03-13", None),
        ];
        for (date, want) in cases {
            assert_eq!(moment(date).map(in_seconds).as_deref(), want, "{date}");
        }
    }
}
