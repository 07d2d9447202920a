//! Mojibake: UTF-8 that was read as windows-1252 or Latin-1, put right.
//!
//! Such text is told by characters that, written as windows-1252 again, are valid UTF-8. Good text
//! has those too (a capital and a closing quote, say), so that each find is weighed by what it
//! consists of, what it would become and the letters beside it; what good text may well have is
//! touched only where the same text has finds that it can't.

/// How often text may have been misread in a row.
const TIMES: usize = 4;

/// How much a find is worth.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Weight {
    /// Good text, as likely as not.
    None,
    /// Mojibake if there is more of it.
    Weak,
    /// Nothing that good text has.
    Strong,
}

/// A misread character.
struct Find {
    /// Where it stands among the characters of its run.
    start: usize,
    length: usize,
    /// What it was.
    was: char,
    weight: Weight,
}

/// The text without its mojibake; `None` if there is none.
pub(super) fn repair(text: &str) -> Option<String> {
    let mut repaired: Option<String> = None;
    for _ in 0..TIMES {
        match repair_once(repaired.as_deref().unwrap_or(text)) {
            Some(better) => repaired = Some(better),
            None => break,
        }
    }
    repaired
}

fn repair_once(text: &str) -> Option<String> {
    let (mut strong, mut weak) = (0_usize, 0_usize);
    let mut run = Run::default();
    for_runs(text, |before, characters, after| {
        run.find(before, characters, after);
        strong += run.finds.iter().filter(|f| f.weight == Weight::Strong).count();
        weak += run.finds.iter().filter(|f| f.weight == Weight::Weak).count();
    });
    if strong == 0 {
        return None;
    }
    let least = if weak <= 4 * strong { Weight::Weak } else { Weight::Strong };
    let mut better = String::with_capacity(text.len());
    let mut copied = 0;
    for_runs(text, |before, characters, after| {
        run.find(before, characters, after);
        let place = |c: &str| c.as_ptr() as usize - text.as_ptr() as usize;
        let start = place(characters);
        better.push_str(&text[copied..start]);
        copied = start + characters.len();
        let mut at = 0;
        let all: Vec<char> = characters.chars().collect();
        for find in run.finds.iter().filter(|f| f.weight >= least) {
            better.extend(&all[at..find.start]);
            better.push(find.was);
            at = find.start + find.length;
        }
        better.extend(&all[at..]);
    });
    better.push_str(&text[copied..]);
    Some(better)
}

/// Calls `each` with every longest run of characters that windows-1252 writes as bytes above 0x7F,
/// and the characters beside it. Runs of one are left out, save that of an à that lost its second
/// byte, a blank.
fn for_runs(text: &str, mut each: impl FnMut(Option<char>, &str, Option<char>)) {
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(ascii) = bytes[at..].iter().position(|b| *b >= 0x80) {
        let start = at + ascii;
        let rest = &text[start..];
        let length = rest
            .char_indices()
            .find(|(_, c)| byte_of(*c).is_none() && *c != '\u{fffd}')
            .map_or(rest.len(), |(at, _)| at);
        at = start + length;
        let after = text[at..].chars().next();
        if length > 3 || rest.starts_with('Ã') && after == Some(' ') {
            each(text[..start].chars().next_back(), &rest[..length], after);
        }
        // What ended the run may be no ASCII either.
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
}

/// The byte above 0x7F that windows-1252 writes for a character, as the WHATWG Encoding standard has
/// it: C1 controls stand for the bytes that it leaves open, and for the others as in Latin-1.
fn byte_of(c: char) -> Option<u8> {
    match c {
        '\u{80}'..='\u{ff}' => u8::try_from(u32::from(c)).ok(),
        _ => WINDOWS_1252.iter().position(|w| *w == c).map(|at| 0x80 + at as u8),
    }
}

/// The characters of windows-1252 for the bytes from 0x80 to 0x9F.
pub(super) const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// A run of characters and what is found in it.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    finds: Vec<Find>,
    characters: Vec<char>,
}

impl Run {
    /// Looks for misread characters in a run.
    fn find(&mut self, before: Option<char>, run: &str, after: Option<char>) {
        self.characters.clear();
        self.characters.extend(run.chars());
        self.bytes.clear();
        // U+FFFD stands for a byte that was lost; zero is none of the others.
        self.bytes.extend(self.characters.iter().map(|c| byte_of(*c).unwrap_or(0)));
        self.finds.clear();
        let mut at = 0;
        while at < self.bytes.len() {
            let rest = &self.bytes[at..];
            let found = match rest {
                [0xc3] if after == Some(' ') => Some(('à', 1)),
                _ => misread(rest),
            };
            match found {
                Some((was, length)) => {
                    self.finds.push(Find { start: at, length, was, weight: Weight::None });
                    at += length;
                }
                None => at += 1,
            }
        }
        for place in 0..self.finds.len() {
            self.finds[place].weight = self.weigh(place, before, after);
        }
    }

    fn weigh(&self, place: usize, before: Option<char>, after: Option<char>) -> Weight {
        let find = &self.finds[place];
        let end = find.start + find.length;
        let beside = Beside {
            before: find.start.checked_sub(1).map_or(before, |at| Some(self.characters[at])),
            after: self.characters.get(end).copied().or(after),
            // Letters of one script come in words.
            in_word: [place.checked_sub(1), Some(place + 1)].into_iter().flatten().any(|other| {
                self.finds.get(other).is_some_and(|other| {
                    (other.start + other.length == find.start || other.start == end)
                        && script(other.was) == script(find.was)
                })
            }),
        };
        match self.bytes[find.start..end] {
            [_] => {
                if beside.is_behind_small() {
                    Weight::Strong
                } else {
                    Weight::Weak
                }
            }
            [0xe2, 0x80, 0] => Weight::Strong,
            [.., 0] => Weight::Weak,
            [lead, second] => weigh_two(lead, Kind::of(second), &beside),
            [lead, second, _] => weigh_three(lead, second, find.was, &beside),
            _ => Weight::Strong,
        }
    }
}

/// What stands beside a find.
struct Beside {
    before: Option<char>,
    after: Option<char>,
    /// Whether a find of the same script stands directly beside it.
    in_word: bool,
}

impl Beside {
    fn is_behind_capital(&self) -> bool {
        self.before.is_some_and(char::is_uppercase)
    }

    fn is_behind_small(&self) -> bool {
        self.before.is_some_and(char::is_lowercase)
    }

    fn is_behind_letter(&self) -> bool {
        self.before.is_some_and(char::is_alphabetic)
    }

    fn is_before_letter(&self) -> bool {
        self.after.is_some_and(char::is_alphabetic)
    }

    fn is_before_small(&self) -> bool {
        self.after.is_some_and(char::is_lowercase)
    }
}

/// What a byte behind the first looks like when it is misread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Dashes, quotes, an ellipsis: they stand behind letters in good text.
    Mark,
    /// A blank.
    Blank,
    /// A right single quote, which is an apostrophe too.
    Apostrophe,
    /// Signs of currencies, which writers put in the place of letters.
    Currency,
    /// A byte without a character.
    Nothing,
    /// All else.
    Sign,
}

impl Kind {
    fn of(byte: u8) -> Self {
        match byte {
            0x81 | 0x8d | 0x8f | 0x90 | 0x9d => Self::Nothing,
            0x92 => Self::Apostrophe,
            0x82 | 0x84 | 0x85 | 0x8b | 0x91..=0x97 | 0x9b | 0xab | 0xbb => Self::Mark,
            0xa0 => Self::Blank,
            0x80 | 0xa2..=0xa5 => Self::Currency,
            _ => Self::Sign,
        }
    }
}

/// Latin, Greek, Cyrillic and the like, of two bytes.
fn weigh_two(lead: u8, second: Kind, beside: &Beside) -> Weight {
    let weak_if = |is_weak| if is_weak { Weight::Weak } else { Weight::Strong };
    match (lead, second) {
        // Signs: nothing of them stands behind a capital Â in a word.
        (0xc2, Kind::Nothing) => Weight::Weak,
        (0xc2, _) => weak_if(beside.is_behind_capital()),
        // Accented letters of the west.
        (0xc3, Kind::Nothing | Kind::Sign) => Weight::Strong,
        (0xc3, Kind::Currency) => Weight::Weak,
        (0xc3, Kind::Apostrophe) => {
            weak_if(!(beside.is_behind_letter() && beside.is_before_letter()))
        }
        (0xc3, Kind::Blank) => weak_if(beside.is_behind_capital()),
        (0xc3, Kind::Mark) => weak_if(
            !(beside.is_before_letter() || beside.is_behind_small())
                || beside.is_behind_capital() && !beside.is_before_letter(),
        ),
        // Those of the east.
        (0xc4 | 0xc5, Kind::Nothing) => Weight::Strong,
        (0xc4 | 0xc5, Kind::Currency | Kind::Apostrophe | Kind::Blank) => Weight::Weak,
        (0xc4 | 0xc5, Kind::Sign) => {
            weak_if(!(beside.is_behind_small() || beside.is_before_small()))
        }
        (0xc4 | 0xc5, Kind::Mark) => weak_if(
            !(beside.is_behind_small() || beside.is_behind_letter() && beside.is_before_small()),
        ),
        (0xce | 0xcf, Kind::Sign) => Weight::Strong,
        // A ƒ that was misread twice; signs above letters.
        (0xc6, Kind::Apostrophe) | (0xcb..=0xcd, _) => Weight::Weak,
        (0xce..=0xdb, _) if beside.in_word => Weight::Strong,
        (0xce..=0xd1 | 0xd7..=0xdb, _) => Weight::Weak,
        _ => Weight::None,
    }
}

/// Punctuation, symbols and the scripts of three bytes.
fn weigh_three(lead: u8, second: u8, was: char, beside: &Beside) -> Weight {
    match (lead, was) {
        // No word ends in â or ï.
        (0xe2, _) | (0xef, '\u{fb00}'..) => Weight::Strong,
        // Vietnamese.
        (0xe1, _) if matches!(second, 0xba | 0xbb) && beside.is_before_letter() => Weight::Strong,
        _ if beside.in_word => Weight::Strong,
        _ => Weight::Weak,
    }
}

/// The character that the bytes start with in UTF-8, and its length; also one that stands in two
/// surrogates of three bytes each (CESU-8), and what is left of a mark whose last byte was lost.
fn misread(bytes: &[u8]) -> Option<(char, usize)> {
    let length = match bytes.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    if let [0xed, 0xa0..=0xaf, _, 0xed, 0xb0..=0xbf, _, ..] = bytes {
        let unit = |at: usize| {
            u16::from(bytes[at] & 0x0f) << 12
                | u16::from(bytes[at + 1] & 0x3f) << 6
                | u16::from(bytes[at + 2] & 0x3f)
        };
        let was = char::decode_utf16([unit(0), unit(3)]).next()?.ok()?;
        return Some((was, 6));
    }
    // The rest of a character of which a byte was lost.
    let lost = bytes.iter().take(length).skip(1).position(|b| !(0x80..0xc0).contains(b));
    if let Some(lost) = lost {
        return (bytes[lost + 1] == 0).then_some(('\u{fffd}', lost + 2));
    }
    let was = std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
    Some((was, length))
}

/// A number for each group of scripts that words do not mix.
fn script(c: char) -> u32 {
    match c {
        '\u{370}'..='\u{3ff}' => 1,
        '\u{400}'..='\u{52f}' => 2,
        '\u{590}'..='\u{5ff}' => 3,
        '\u{600}'..='\u{6ff}' => 4,
        '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}' => 5,
        '\u{900}'..='\u{109f}' => 6 + (u32::from(c) - 0x900) / 0x80,
        // Each of the others is one of its own, which nothing is like.
        _ => 1000 + u32::from(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What reading UTF-8 as windows-1252 makes of a text.
    fn misread_text(text: &str) -> String {
        let as_read = |b: u8| match b {
            0x80..=0x9f => WINDOWS_1252[usize::from(b - 0x80)],
            _ => char::from(b),
        };
        text.bytes().map(as_read).collect()
    }

    const GOOD: [&str; 12] = [
        "Élan, naïveté – et « déjà vu » à l’été…",
        "Der Fluß „Weiß“ überschwemmte Köln – schön?",
        "AÇÃO NA ESTAÇÃO: “MAÇÃ” E ‘IRMÃ’…",
        "LE CAFÉ® DE L’ÉTÉ — FERMÉ…",
        "Ça coûte 5×£35 à Zoë’s “café”…”",
        "SMÖRGÅSBORD PÅ ÖSTERSJÖN” och ”Å”",
        "Jalapeño, ¿qué? ¡Olé! Señor Núñez: «Sí»",
        "Tiếng Việt rất đẹp",
        "Вода поднялась на два метра",
        "水位は二メートル上がった。",
        "ναι, ο ποταμός",
        "100 °C, ±5 µm, ½ l, § 12, © 2019",
    ];

    #[test]
    fn good_text_stays() {
        for text in GOOD {
            assert_eq!(repair(text), None, "{text}");
        }
    }

    #[test]
    fn misread_text_is_put_right_however_often_it_was_misread() {
        let texts = [
            "The river’s level – “two metres” – rose…",
            "L’été dernier, la rivière a débordé près du château.",
            "Żółta łódź płynęła przez Łódź",
            "Вода поднялась на два метра",
            "Η στάθμη ανέβηκε",
            "水位は二メートル上がった。",
            "Es schneit 😀 in München",
        ];
        for text in texts {
            let mut misread = text.to_owned();
            for times in 1..=2 {
                misread = misread_text(&misread);
                assert_eq!(repair(&misread).as_deref(), Some(text), "{times} times: {misread}");
            }
        }
    }

    #[test]
    fn finds_are_weighed_by_what_stands_beside_them() {
        let cases = [
            ("cafÃ©", "café"),
            ("voilÃ le pont", "voilà le pont"),
            ("itâ\u{80}\u{99}s", "it’s"),
            ("HÃ”TEL", "HÔTEL"),
            ("Ä°zmir", "İzmir"),
            ("Â© 2019", "© 2019"),
            ("the “endâ€\u{fffd} of it", "the “end\u{fffd} of it"),
            ("í\u{a0}½í¸\u{80}", "😀"),
            // Alone these may be good text; beside others they are not.
            ("MAÇÃ”", "MAÇÃ”"),
            ("Ã” and Ã©", "Ô and é"),
            ("Ä£", "Ä£"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text).as_deref().unwrap_or(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_repaired_stays_so(text in "[a-zÀ-ÿ’“”…–€â€™œÃ©Â Ä°ðŸ˜€ \u{80}-\u{9f}\u{fffd}]{0,40}") {
            if let Some(repaired) = repair(&text) {
                prop_assert!(repaired.len() <= text.len());
            }
        }
    }
}
