use super::*;
use proptest::prelude::*;

const EN: Order = Order::Unknown;
const DAY: Order = Order::DayFirst;

/// Text, order, value.
const DATES: &[(&str, Order, &str)] = &[
    // ISO 8601 and RFC 3339
    ("2025-03-13", EN, "2025-03-13"),
    ("2025-3-3", EN, "2025-03-03"),
    ("2025/03/13", EN, "2025-03-13"),
    ("2025.03.13", EN, "2025-03-13"),
    ("20250313", EN, "2025-03-13"),
    ("20250313T170709Z", EN, "2025-03-13T17:07:09Z"),
    ("20250313170709", EN, "2025-03-13T17:07:09"),
    ("2025-03-13T17:07", EN, "2025-03-13T17:07:00"),
    ("2025-03-13T17:07:09", EN, "2025-03-13T17:07:09"),
    ("2025-03-13T17:07:09Z", EN, "2025-03-13T17:07:09Z"),
    ("2025-03-13t17:07:09z", EN, "2025-03-13T17:07:09Z"),
    ("2025-03-13T17:07:09.25Z", EN, "2025-03-13T17:07:09.25Z"),
    ("2025-03-13T17:07:09,250Z", EN, "2025-03-13T17:07:09.25Z"),
    ("2025-03-13T17:07:09+01:00", EN, "2025-03-13T17:07:09+01:00"),
    ("2025-03-13T17:07:09-0430", EN, "2025-03-13T17:07:09-04:30"),
    ("2025-03-13T17:07:09+05", EN, "2025-03-13T17:07:09+05:00"),
    ("2025-03-13 17:07:09", EN, "2025-03-13T17:07:09"),
    ("2025-03-13 17:07:09 UTC", EN, "2025-03-13T17:07:09Z"),
    ("2025-03-13 17:07 +0000", EN, "2025-03-13T17:07:00Z"),
    ("2025-Mar-13", EN, "2025-03-13"),
    // RFC 2822, RFC 850, Unix
    ("Thu, 13 Mar 2025 17:07:09 -0400", EN, "2025-03-13T17:07:09-04:00"),
    ("Thu, 13 Mar 2025 17:07:09 GMT", EN, "2025-03-13T17:07:09Z"),
    ("Thu, 13 Mar 2025 17:07:09 -0400 (EDT)", EN, "2025-03-13T17:07:09-04:00"),
    ("13 Mar 2025 17:07 +0100", EN, "2025-03-13T17:07:00+01:00"),
    ("Thu, 13 Mar 97 17:07:09 GMT", EN, "1997-03-13T17:07:09Z"),
    ("Thursday, 13-Mar-25 17:07:09 GMT", EN, "2025-03-13T17:07:09Z"),
    ("Thu Mar 13 17:07:09 2025", EN, "2025-03-13T17:07:09"),
    ("Thu Mar 13 17:07:09 EDT 2025", EN, "2025-03-13T17:07:09-04:00"),
    ("Thu Mar 13 17:07:09 +0000 2025", EN, "2025-03-13T17:07:09Z"),
    // English
    ("March 13, 2025", EN, "2025-03-13"),
    ("March 13 2025", EN, "2025-03-13"),
    ("Mar 13, 2025", EN, "2025-03-13"),
    ("Mar. 13, 2025", EN, "2025-03-13"),
    ("MARCH 13, 2025", EN, "2025-03-13"),
    ("March 13th, 2025", EN, "2025-03-13"),
    ("March 1st, 2025", EN, "2025-03-01"),
    ("Sept. 3, 2025", EN, "2025-09-03"),
    ("May 1, 2025", EN, "2025-05-01"),
    ("Thursday, March 13, 2025", EN, "2025-03-13"),
    ("Thursday March 13 2025", EN, "2025-03-13"),
    ("Thu. March 13, 2025", EN, "2025-03-13"),
    ("13 March 2025", EN, "2025-03-13"),
    ("13th March 2025", EN, "2025-03-13"),
    ("13th of March 2025", EN, "2025-03-13"),
    ("13th of March, 2025", EN, "2025-03-13"),
    ("13-Mar-2025", EN, "2025-03-13"),
    ("13/Mar/2025", EN, "2025-03-13"),
    ("13 Mar, 2025", EN, "2025-03-13"),
    ("Thursday 13 March 2025", EN, "2025-03-13"),
    ("Thursday, 13th March 2025", EN, "2025-03-13"),
    ("March 13, 2025.", EN, "2025-03-13"),
    ("March 13, 2025, 5:07 PM", EN, "2025-03-13T17:07:00"),
    ("March 13, 2025, 5:07 PM EDT", EN, "2025-03-13T17:07:00-04:00"),
    ("March 13, 2025 at 5:07 p.m.", EN, "2025-03-13T17:07:00"),
    ("March 13, 2025 at 5:07 p.m. ET", EN, "2025-03-13T17:07:00-04:00"),
    ("January 13, 2025 at 5:07 p.m. ET", EN, "2025-01-13T17:07:00-05:00"),
    ("March 9, 2025 1:30 am ET", EN, "2025-03-09T01:30:00-05:00"),
    ("November 2, 2025 1:30 am PT", EN, "2025-11-02T01:30:00-07:00"),
    ("March 13, 2025 | 5:07pm", EN, "2025-03-13T17:07:00"),
    ("March 13, 2025 - 5:07 PM", EN, "2025-03-13T17:07:00"),
    ("March 13, 2025 5pm", EN, "2025-03-13T17:00:00"),
    ("March 13, 2025 12:00 am", EN, "2025-03-13T00:00:00"),
    ("March 13, 2025 12:30 PM", EN, "2025-03-13T12:30:00"),
    ("March 13, 2025 17:07", EN, "2025-03-13T17:07:00"),
    ("March 13, 2025 17:07 GMT+2", EN, "2025-03-13T17:07:00+02:00"),
    ("March 13, 2025 17:07 UTC-05:00", EN, "2025-03-13T17:07:00-05:00"),
    ("March 13, 2025 5:07 PM (PST)", EN, "2025-03-13T17:07:00-08:00"),
    ("9:41 AM ET, Thu March 13, 2025", EN, "2025-03-13T09:41:00-04:00"),
    ("5:07 PM, March 13, 2025", EN, "2025-03-13T17:07:00"),
    ("17:07 GMT, 13 March 2025", EN, "2025-03-13T17:07:00Z"),
    ("5.07pm 13 March 2025", EN, "2025-03-13T17:07:00"),
    ("13 March 2025 17:07 BST", EN, "2025-03-13T17:07:00+01:00"),
    ("13 March 2025 17:07 AEDT", EN, "2025-03-13T17:07:00+11:00"),
    ("13 March 2025 17:07 IST, Delhi", EN, ""),
    ("17:07 IST, 13 March 2025", EN, "2025-03-13T17:07:00"),
    ("3/13/2025", EN, "2025-03-13"),
    ("13/3/2025", EN, "2025-03-13"),
    ("03/13/2025 5:07 PM", EN, "2025-03-13T17:07:00"),
    ("3-13-2025", EN, "2025-03-13"),
    ("13.3.2025", EN, "2025-03-13"),
    ("3/3/2025", EN, "2025-03-03"),
    ("Thu, 03/13/2025 - 17:07", EN, "2025-03-13T17:07:00"),
    ("Mon, 11/03/2025 - 12:07", EN, "2025-11-03T12:07:00"),
    ("Tue, 11/03/2025", EN, "2025-03-11"),
    ("2025 Mar 13", EN, "2025-03-13"),
    ("13 Mar 97 17:07:09 GMT", EN, "1997-03-13T17:07:09Z"),
    ("March 13, 2025 17.07 CET", EN, "2025-03-13T17:07:00+01:00"),
    ("March 13, 2025, 17:07 IST", EN, "2025-03-13T17:07:00"),
    ("July 4, 1776", EN, "1776-07-04"),
    // Spanish
    ("13 de marzo de 2025", DAY, "2025-03-13"),
    ("13 de Marzo del 2025", DAY, "2025-03-13"),
    ("13 marzo 2025", DAY, "2025-03-13"),
    ("jueves, 13 de marzo de 2025", DAY, "2025-03-13"),
    ("Jueves 13 de marzo de 2025 a las 17:07", DAY, "2025-03-13T17:07:00"),
    ("marzo 13, 2025", DAY, "2025-03-13"),
    ("13 mar 2025 - 17:07 CET", DAY, "2025-03-13T17:07:00+01:00"),
    ("3 de ene. de 2025", DAY, "2025-01-03"),
    // German
    ("13. März 2025", DAY, "2025-03-13"),
    ("13. März 2025, 17:07 Uhr", DAY, "2025-03-13T17:07:00"),
    ("13. März 2025 um 17.07 Uhr", DAY, "2025-03-13T17:07:00"),
    ("Donnerstag, 13. März 2025", DAY, "2025-03-13"),
    ("Donnerstag, den 13. März 2025", DAY, "2025-03-13"),
    ("13.03.2025", DAY, "2025-03-13"),
    ("03.04.2025", DAY, "2025-04-03"),
    ("13.03.2025, 17:07 Uhr", DAY, "2025-03-13T17:07:00"),
    ("13. Dez. 2024", DAY, "2024-12-13"),
    ("3. Jänner 2025", DAY, "2025-01-03"),
    ("13.03.25, 17:07", DAY, "2025-03-13T17:07:00"),
    ("13.03.2025 um 17.07", DAY, "2025-03-13T17:07:00"),
    ("13.03.2025 17:07 MEZ", DAY, "2025-03-13T17:07:00+01:00"),
    // French
    ("13 mars 2025", DAY, "2025-03-13"),
    ("1er mars 2025", DAY, "2025-03-01"),
    ("le 13 mars 2025 à 17h07", DAY, "2025-03-13T17:07:00"),
    ("jeudi 13 mars 2025", DAY, "2025-03-13"),
    ("13 févr. 2025", DAY, "2025-02-13"),
    ("13 août 2025", DAY, "2025-08-13"),
    ("13 décembre 2024 à 8 h 05", DAY, "2024-12-13T08:05:00"),
    ("13/03/2025 à 17:07", DAY, "2025-03-13T17:07:00"),
    // Portuguese
    ("13 de março de 2025", DAY, "2025-03-13"),
    ("13 de março de 2025 às 17h07", DAY, "2025-03-13T17:07:00"),
    ("quinta-feira, 13 de março de 2025", DAY, "2025-03-13"),
    ("13/03/2025 17h07", DAY, "2025-03-13T17:07:00"),
    ("5 out. 2024", DAY, "2024-10-05"),
    // Italian
    ("13 marzo 2025 alle 17:07", DAY, "2025-03-13T17:07:00"),
    ("giovedì 13 marzo 2025", DAY, "2025-03-13"),
    ("13 gennaio 2025 ore 8:05", DAY, "2025-01-13T08:05:00"),
    ("1º maggio 2025", DAY, "2025-05-01"),
    // Dutch
    ("13 maart 2025", DAY, "2025-03-13"),
    ("donderdag 13 maart 2025 om 17:07", DAY, "2025-03-13T17:07:00"),
    ("13 mei 2025 17:07 uur", DAY, "2025-05-13T17:07:00"),
    ("13-03-2025", DAY, "2025-03-13"),
    // East Asia
    ("2025年3月13日", EN, "2025-03-13"),
    ("2025년 3월 13일", EN, "2025-03-13"),
];

/// Texts that are no date, or none beyond doubt.
const TRAPS: &[&str] = &[
    "",
    "2025",
    "March",
    "March 2025",
    "March 13",
    "13 March",
    "Thursday",
    "5:07 PM",
    "17:07",
    "03/04/2025",
    "3/4/2025",
    "03-04-2025",
    "03.04.2025",
    "03/13/25",
    "13.3.25",
    "3/13",
    "0001-01-01",
    "2050-01-01",
    "9999-12-31",
    "1066-10-14",
    "2025-02-30",
    "2025-13-01",
    "2025-00-10",
    "31/31/2025",
    "February 29, 2025",
    "April 31, 2025",
    "Friday, March 13, 2025",
    "Mon, 13 Mar 2025 17:07:09 GMT",
    "March 13, 2025 25:00",
    "March 13, 2025 5:61 PM",
    "March 13, 2025 0:30 AM",
    "yesterday",
    "today at 5 PM",
    "5 hours ago",
    "last Thursday",
    "10.1.2025.7",
    "192.168.2025.1",
    "1.2.3",
    "555-123-2025",
    "(202) 224-2025",
    "13 2025",
    "2025 13 March 13",
    "March 13, 2025 and March 14, 2025",
    "March 13-14, 2025",
    "March 13, 20256",
    "March thirteenth, 2025",
    "Q1 2025",
    "2024-25",
    "2025-W11",
    "2025-072",
    "March 13, '25",
    "13e",
    "May",
    "may 2025 be good",
    "\u{0}",
    "2025-03-13 to 2025-03-15",
    "soon",
    "n.d.",
    "99999999",
    "12345678",
    "1 of 2025",
    "-2025-03-13-17-18",
];

#[test]
fn dates_as_news_writes_them() {
    for (text, order, want) in DATES {
        let got = parse(text, *order).map(|s| s.to_string()).unwrap_or_default();
        assert_eq!(&got, want, "{text:?}");
    }
}

/// Dates in the wild (text, language, value; no value where it is none beyond doubt).
const WILD: &str = include_str!("../../../../fixtures/facts/dates.tsv");

#[test]
fn dates_in_the_wild() {
    let (mut dates, mut right, mut traps) = (0, 0, 0);
    for row in WILD.lines() {
        let [text, language, want] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let got = match text.starts_with("https://") {
            true => of_slug(text).map(|d| d.to_string()),
            false => parse(text, Order::of_language(Some(language))).map(|s| s.to_string()),
        };
        match got {
            Some(got) if want.is_empty() => panic!("{text:?} is no date, not {got}"),
            Some(got) => {
                assert_eq!(got, want, "{text:?}");
                right += 1;
            }
            None if want.is_empty() => traps += 1,
            None => {}
        }
        dates += usize::from(!want.is_empty());
    }
    assert!(dates >= 300 && traps >= 50, "{dates} dates, {traps} traps");
    assert!(right * 100 >= dates * 95, "{right} of {dates} right");
}

#[test]
fn what_is_not_sure_is_none() {
    for text in TRAPS {
        assert_eq!(parse(text, EN), None, "{text:?}");
    }
}

#[test]
fn a_date_in_front_of_other_text() {
    let cases = [
        ("March 13, 2025 | By Ana Ruiz", 14),
        ("13 March 2025 said", 13),
        ("2025-03-13T17:07:09Z rest", 20),
        ("March 13, 2025. 5 rivers rose", 14),
        ("March 13, 2025\n5 pm", 14),
    ];
    for (text, len) in cases {
        assert_eq!(prefix(text, EN).map(|p| p.1), Some(len), "{text:?}");
    }
    assert_eq!(prefix("2025-03-13x", EN), None);
}

#[test]
fn dates_in_paths() {
    let cases = [
        ("https://example.org/2025/03/13/river", "2025-03-13"),
        ("https://example.org/2025/3/13/river", "2025-03-13"),
        ("https://example.org/2025/mar/13/river", "2025-03-13"),
        ("https://example.org/river-rises-2025-03-13/", "2025-03-13"),
        ("https://example.org/20250313/river", "2025-03-13"),
        ("https://example.org/river_20250313.html", "2025-03-13"),
        ("https://example.org/2025/03/river", ""),
        ("https://example.org/a?d=2025-03-13", ""),
        ("https://example.org/12345678/river", ""),
        ("https://example.org/2025/13/13/river", ""),
        ("https://example.org/2025-2026-2027", ""),
        ("https://example.org/5f507ab0", ""),
        ("", ""),
    ];
    for (url, want) in cases {
        assert_eq!(of_slug(url).map(|d| d.to_string()).unwrap_or_default(), want, "{url}");
    }
}

#[test]
fn seconds_and_milliseconds() {
    let of = |text| of_epoch(text).map(|s| s.to_string());
    assert_eq!(of("1741885629").as_deref(), Some("2025-03-13T17:07:09Z"));
    assert_eq!(of("1741885629.5").as_deref(), Some("2025-03-13T17:07:09Z"));
    assert_eq!(of("1741885629250").as_deref(), Some("2025-03-13T17:07:09.25Z"));
    for text in ["", "17", "-1741885629", "9999999999999", "x"] {
        assert_eq!(of(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics(text in "([0-9]{1,5}|[-/.:, ]|T|Z|[+-]|March|mar|PM|EDT|Thu|年|é|\\PC){0,14}") {
        for order in [EN, DAY] {
            let _unused = parse(&text, order);
            if let Some((_, len)) = prefix(&text, order) {
                prop_assert!(text.is_char_boundary(len));
            }
        }
        let _unused = (of_epoch(&text), of_slug(&text));
    }

    #[test]
    fn what_is_printed_is_read_again(
        year in 1600i16..=2040, month in 1i8..=12, day in 1i8..=28, hour in 0i8..24, minute in 0i8..60,
        zone in -14 * 60..=14 * 60i32,
    ) {
        let zone = Offset::from_seconds(zone * 60).unwrap();
        let time = Time::new(hour, minute, 0, 0).unwrap();
        let stamp = Stamp { date: Date::new(year, month, day).unwrap(), time: Some(time), zone: Some(zone) };
        prop_assert_eq!(parse(&stamp.to_string(), EN), Some(stamp));
    }
}
