//! What is known about words before a text is read: names of persons and places, and words that
//! are common.

use std::sync::LazyLock;

use fst::Map;
use fst::raw::{Fst, Output};

/// A given name.
pub(crate) const GIVEN: u8 = 1;
/// A surname.
#[cfg(test)] // features read it with the other bits
pub(crate) const SURNAME: u8 = 1 << 1;
/// A city.
pub(crate) const CITY: u8 = 1 << 2;
/// A city of 300,000 people or more, or a capital.
#[cfg(test)] // features read it with the other bits
pub(crate) const LARGE_CITY: u8 = 1 << 3;
/// A country.
pub(crate) const COUNTRY: u8 = 1 << 4;
/// A state, province, continent, sea or district.
pub(crate) const REGION: u8 = 1 << 5;
/// A people, faith or party, as noun or adjective.
#[cfg(test)] // features read it with the other bits
pub(crate) const DEMONYM: u8 = 1 << 6;
/// A word that is also written in small letters.
pub(crate) const COMMON: u8 = 1 << 7;
/// A man's given name; a bit of [`Walk::all`] only.
const MALE: u64 = 1 << 8;
/// A woman's given name; likewise.
const FEMALE: u64 = 1 << 9;

/// Names in small letters, parted by one blank, to the bits above. Made by
/// `examples/build_gazetteer.rs`; sources and licences in `data/entities/README.md`.
static TABLE: LazyLock<Option<Map<&'static [u8]>>> = LazyLock::new(|| {
    let bytes: &'static [u8] = include_bytes!("../../data/entities/gazetteer.fst");
    Map::new(bytes).ok()
});

/// A walk through the table, word by word, so that names that begin alike are read once.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    table: &'static Fst<&'static [u8]>,
    /// The node reached and what was collected on the way; none where no name goes on.
    at: Option<(usize, Output)>,
}

impl Walk {
    /// At the start of every name.
    pub(crate) fn new() -> Option<Self> {
        let table = TABLE.as_ref()?.as_fst();
        Some(Self { table, at: Some((table.root().addr(), Output::zero())) })
    }

    /// Goes on by `word`, whatever its capitals; false when no name goes on so.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        for c in word.chars() {
            match c {
                '’' => self.byte(b'\''),
                c if c.is_ascii() => self.byte(c.to_ascii_lowercase() as u8),
                c => {
                    let mut buffer = [0; 4];
                    for c in c.to_lowercase() {
                        c.encode_utf8(&mut buffer).bytes().for_each(|b| self.byte(b));
                    }
                }
            }
            if self.at.is_none() {
                return false;
            }
        }
        true
    }

    /// Whether a name goes on here.
    pub(crate) fn goes_on(&self) -> bool {
        self.at.is_some()
    }

    /// Goes on by one byte.
    pub(crate) fn byte(&mut self, byte: u8) {
        self.at = self.at.and_then(|(node, output)| {
            let node = self.table.node(node);
            let next = node.transition(node.find_input(byte)?);
            Some((next.addr, output.cat(next.out)))
        });
    }

    /// What is known about the name that ends here, but for the sex.
    pub(crate) fn bits(&self) -> u8 {
        (self.all() & 0xFF) as u8
    }

    fn all(&self) -> u64 {
        let Some((node, output)) = self.at else { return 0 };
        let node = self.table.node(node);
        if node.is_final() { output.cat(node.final_output()).value() } else { 0 }
    }
}

/// Whether `word` is a given name.
pub(crate) fn is_given(word: &str) -> bool {
    Walk::new().is_some_and(|mut walk| walk.word(word) && walk.bits() & GIVEN != 0)
}

/// Whether `given` is a given name of women only (true) or of men only (false).
pub(crate) fn is_female(given: &str) -> Option<bool> {
    let mut walk = Walk::new()?;
    if !walk.word(given) {
        return None;
    }
    match (walk.all() & MALE != 0, walk.all() & FEMALE != 0) {
        (false, true) => Some(true),
        (true, false) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(name: &str) -> u8 {
        let mut walk = Walk::new().unwrap();
        if walk.word(name) { walk.bits() } else { 0 }
    }

    #[test]
    fn the_table_is_there() {
        assert_eq!(bits("Peru") & COUNTRY, COUNTRY);
        assert_eq!(bits("mexico city") & LARGE_CITY, LARGE_CITY);
        assert_eq!(bits("maria") & GIVEN, GIVEN);
        assert_eq!(bits("johnson") & SURNAME, SURNAME);
        assert_eq!(bits("texas") & REGION, REGION);
        assert_eq!(bits("french") & DEMONYM, DEMONYM);
        assert_eq!(bits("government") & COMMON, COMMON);
        assert_eq!(bits("qqqqq") | bits("mexic"), 0);
    }
}
