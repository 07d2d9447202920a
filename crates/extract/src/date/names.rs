//! Names of months, days and zones.

use jiff::civil::{Date, Time, Weekday};

/// The month of a name or abbreviation in lower case, 1 to 12.
pub(super) fn month(word: &str) -> Option<i8> {
    MONTHS.iter().position(|names| names.contains(&word)).and_then(|i| i8::try_from(i + 1).ok())
}

/// en es de fr pt it nl, each full and short.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "jan", "enero", "ene", "januar", "jänner", "janvier", "janv", "janeiro",
        "gennaio", "gen", "januari",
    ],
    &[
        "february",
        "feb",
        "febrero",
        "februar",
        "feber",
        "février",
        "fevrier",
        "févr",
        "fév",
        "fevereiro",
        "fev",
        "febbraio",
        "februari",
    ],
    &[
        "march", "mar", "marzo", "märz", "maerz", "mär", "mrz", "mars", "março", "marco", "maart",
        "mrt",
    ],
    &["april", "apr", "abril", "abr", "avril", "avr", "aprile"],
    &["may", "mayo", "mai", "maio", "maggio", "mag", "mei"],
    &["june", "jun", "junio", "juni", "juin", "junho", "giugno", "giu"],
    &["july", "jul", "julio", "juli", "juillet", "juil", "julho", "luglio", "lug"],
    &["august", "aug", "agosto", "ago", "août", "aout", "augustus"],
    &[
        "september",
        "sept",
        "sep",
        "septiembre",
        "setiembre",
        "septembre",
        "setembro",
        "set",
        "settembre",
    ],
    &["october", "oct", "octubre", "oktober", "okt", "octobre", "outubro", "out", "ottobre", "ott"],
    &["november", "nov", "noviembre", "novembre", "novembro"],
    &[
        "december",
        "dec",
        "diciembre",
        "dic",
        "dezember",
        "dez",
        "décembre",
        "decembre",
        "déc",
        "dezembro",
        "dicembre",
    ],
];

/// The day of a name or abbreviation in lower case.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|names| names.contains(&word))?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

const WEEKDAYS: [&[&str]; 7] = [
    &[
        "monday", "mon", "lunes", "lun", "montag", "lundi", "segunda", "seg", "lunedì", "lunedi",
        "maandag", "ma",
    ],
    &[
        "tuesday", "tue", "tues", "martes", "dienstag", "mardi", "terça", "ter", "martedì",
        "martedi", "dinsdag",
    ],
    &[
        "wednesday",
        "wed",
        "miércoles",
        "miercoles",
        "mié",
        "mittwoch",
        "mercredi",
        "mer",
        "quarta",
        "qua",
        "mercoledì",
        "mercoledi",
        "woensdag",
        "wo",
    ],
    &[
        "thursday",
        "thu",
        "thur",
        "thurs",
        "jueves",
        "jue",
        "donnerstag",
        "jeudi",
        "jeu",
        "quinta",
        "qui",
        "giovedì",
        "giovedi",
        "gio",
        "donderdag",
    ],
    &[
        "friday", "fri", "viernes", "vie", "freitag", "fr", "vendredi", "ven", "sexta", "sex",
        "venerdì", "venerdi", "vrijdag", "vr",
    ],
    &[
        "saturday",
        "sat",
        "sábado",
        "sabado",
        "sáb",
        "sab",
        "samstag",
        "sonnabend",
        "samedi",
        "sam",
        "sabato",
        "zaterdag",
        "za",
    ],
    &["sunday", "sun", "domingo", "dom", "sonntag", "dimanche", "dim", "domenica", "zondag", "zo"],
];

/// Minutes that a zone's name is ahead of UTC at that local time. Names that stand for several
/// zones (IST, AST) are left out; `ET` and its like follow the rule of the United States since 2007.
pub(super) fn zone(word: &str, date: Date, time: Time) -> Option<i32> {
    let fixed = match word {
        "z" | "utc" | "gmt" | "ut" | "wet" => 0,
        "bst" | "cet" | "mez" | "west" => 60,
        "cest" | "mesz" | "eet" | "sast" => 120,
        "eest" | "msk" => 180,
        "pkt" => 300,
        "sgt" | "hkt" | "awst" => 480,
        "jst" | "kst" => 540,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "hst" => -600,
        "akst" => -540,
        "akdt" | "pst" => -480,
        "pdt" | "mst" => -420,
        "mdt" | "cst" => -360,
        "cdt" | "est" => -300,
        "edt" => -240,
        _ => return american(word, date, time),
    };
    Some(fixed)
}

/// Whether a word names a zone at all.
pub(super) fn is_zone(word: &str) -> bool {
    let any = Date::constant(2020, 1, 1);
    zone(word, any, Time::midnight()).is_some()
}

fn american(word: &str, date: Date, time: Time) -> Option<i32> {
    let standard = match word {
        "et" => -300,
        "ct" => -360,
        "mt" => -420,
        "pt" => -480,
        _ => return None,
    };
    if date.year() < 2007 {
        return None;
    }
    let sunday = |month, nth| {
        Date::new(date.year(), month, 1).ok()?.nth_weekday_of_month(nth, Weekday::Sunday).ok()
    };
    let two = Time::constant(2, 0, 0, 0);
    let now = date.to_datetime(time);
    let summer = sunday(3, 2)?.to_datetime(two) <= now && now < sunday(11, 1)?.to_datetime(two);
    Some(standard + if summer { 60 } else { 0 })
}
