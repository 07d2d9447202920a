//! The footer of a Parquet file, checked before its decoder takes it as given.

use super::thrift::Kind::{Binary, Bool, Byte, Double, Integer, List, Struct};
use super::thrift::{Fields, Seen, check};

/// Levels of columns in one another.
const DEPTH: usize = 100;

// The structures of
// [parquet.thrift](https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift),
// all that its decoder reads.
static FILE: Fields = Fields(&[
    (1, Integer),
    (SCHEMA, List(&Struct(&ELEMENT))),
    (3, Integer),
    (4, List(&Struct(&ROW_GROUP))),
    (5, List(&Struct(&KEY_VALUE))),
    (6, Binary),
    (7, List(&Struct(&ORDER))),
]);
const SCHEMA: i16 = 2;
static ELEMENT: Fields = Fields(&[
    (1, Integer),
    (2, Integer),
    (3, Integer),
    (4, Binary),
    (NUM_CHILDREN, Integer),
    (6, Integer),
    (7, Integer),
    (8, Integer),
    (9, Integer),
    (10, Struct(&LOGICAL_TYPE)),
]);
const NUM_CHILDREN: i16 = 5;
static LOGICAL_TYPE: Fields = Fields(&[
    (1, Struct(&EMPTY)),
    (2, Struct(&EMPTY)),
    (3, Struct(&EMPTY)),
    (4, Struct(&EMPTY)),
    (5, Struct(&DECIMAL)),
    (6, Struct(&EMPTY)),
    (7, Struct(&TIME)),
    (8, Struct(&TIME)),
    (10, Struct(&INT)),
    (11, Struct(&EMPTY)),
    (12, Struct(&EMPTY)),
    (13, Struct(&EMPTY)),
    (14, Struct(&EMPTY)),
    (15, Struct(&EMPTY)),
    (16, Struct(&VARIANT)),
    (17, Struct(&GEOGRAPHY)),
    (18, Struct(&GEOGRAPHY)),
]);
static EMPTY: Fields = Fields(&[]);
static DECIMAL: Fields = Fields(&[(1, Integer), (2, Integer)]);
static TIME: Fields = Fields(&[(1, Bool), (2, Struct(&TIME_UNIT))]);
static TIME_UNIT: Fields = Fields(&[(1, Struct(&EMPTY)), (2, Struct(&EMPTY)), (3, Struct(&EMPTY))]);
static INT: Fields = Fields(&[(1, Byte), (2, Bool)]);
static VARIANT: Fields = Fields(&[(1, Byte)]);
static GEOGRAPHY: Fields = Fields(&[(1, Binary), (2, Integer)]);
static ROW_GROUP: Fields = Fields(&[
    (1, List(&Struct(&COLUMN))),
    (2, Integer),
    (3, Integer),
    (4, List(&Struct(&SORTING))),
    (5, Integer),
    (6, Integer),
    (7, Integer),
]);
static SORTING: Fields = Fields(&[(1, Integer), (2, Bool), (3, Bool)]);
static COLUMN: Fields = Fields(&[
    (1, Binary),
    (2, Integer),
    (3, Struct(&COLUMN_METADATA)),
    (4, Integer),
    (5, Integer),
    (6, Integer),
    (7, Integer),
    (9, Binary),
]);
static COLUMN_METADATA: Fields = Fields(&[
    (1, Integer),
    (2, List(&Integer)),
    (3, List(&Binary)),
    (4, Integer),
    (5, Integer),
    (6, Integer),
    (7, Integer),
    (8, List(&Struct(&KEY_VALUE))),
    (9, Integer),
    (10, Integer),
    (11, Integer),
    (12, Struct(&STATISTICS)),
    (13, List(&Struct(&ENCODING_STATS))),
    (14, Integer),
    (15, Integer),
    (16, Struct(&SIZE_STATISTICS)),
    (17, Struct(&GEOSPATIAL_STATISTICS)),
]);
static KEY_VALUE: Fields = Fields(&[(1, Binary), (2, Binary)]);
static ENCODING_STATS: Fields = Fields(&[(1, Integer), (2, Integer), (3, Integer)]);
static SIZE_STATISTICS: Fields = Fields(&[(1, Integer), (2, List(&Integer)), (3, List(&Integer))]);
static GEOSPATIAL_STATISTICS: Fields = Fields(&[(1, Struct(&BOUNDING_BOX)), (2, List(&Integer))]);
static BOUNDING_BOX: Fields = Fields(&[
    (1, Double),
    (2, Double),
    (3, Double),
    (4, Double),
    (5, Double),
    (6, Double),
    (7, Double),
    (8, Double),
]);
static ORDER: Fields = Fields(&[(1, Struct(&EMPTY)), (2, Struct(&EMPTY))]);

/// Statistics of a column or a page.
pub(super) static STATISTICS: Fields = Fields(&[
    (1, Binary),
    (2, Binary),
    (3, Integer),
    (4, Integer),
    (5, Binary),
    (6, Binary),
    (7, Bool),
    (8, Bool),
]);

/// Whether a file's footer is well-formed and its schema nests no deeper than can be read. The
/// schema is a list, in which an element says how many of the next ones stand in it.
pub(super) fn is_bounded(footer: &[u8]) -> bool {
    // How many elements are still to come in each group that is open.
    let mut open: Vec<i64> = Vec::new();
    let mut children = 0;
    let read = check(footer, &FILE, &mut |fields, seen| {
        match seen {
            Seen::Integer(NUM_CHILDREN, number) if std::ptr::eq(fields, &ELEMENT) => {
                children = number;
            }
            Seen::End if std::ptr::eq(fields, &ELEMENT) => {
                if let Some(left) = open.last_mut() {
                    *left -= 1;
                }
                match std::mem::take(&mut children) {
                    0 => {}
                    number if number > 0 && open.len() < DEPTH => open.push(number),
                    _ => return None,
                }
                while open.last() == Some(&0) {
                    open.pop();
                }
            }
            Seen::ListEnd(SCHEMA) if std::ptr::eq(fields, &FILE) && !open.is_empty() => {
                return None;
            }
            _ => {}
        }
        Some(())
    });
    read.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list of a schema of which each element has as many children as said.
    fn schema(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xfc];
        let mut count = children.len();
        while count > 0x7f {
            bytes.push((count & 0x7f) as u8 | 0x80);
            count >>= 7;
        }
        bytes.push(count as u8);
        for &children in children {
            // A name, children, and a logical type that holds a struct.
            bytes.extend([0x48, 1, b'a', 0x15, children << 1, 0x5c, 0x1c, 0, 0, 0]);
        }
        bytes
    }

    fn footer(children: &[u8]) -> Vec<u8> {
        [&[0x15, 0x04, 0x19], &schema(children)[..], &[0]].concat()
    }

    #[test]
    fn depth_is_counted() {
        assert!(is_bounded(&footer(&[2, 0, 0])));
        assert!(is_bounded(&footer(&[3, 1, 1, 0, 0, 0])));
        let deep = |levels| [vec![1; levels], vec![0]].concat();
        assert!(is_bounded(&footer(&deep(DEPTH))));
        assert!(!is_bounded(&footer(&deep(DEPTH + 1))));
        assert!(!is_bounded(&footer(&deep(100_000))));
        // Many, but side by side.
        assert!(is_bounded(&footer(&[&[60][..], &[1, 0].repeat(60)].concat())));
        // Fewer elements than an element says.
        assert!(!is_bounded(&footer(&[60, 0])));
    }

    #[test]
    fn a_schema_cannot_be_hidden() {
        let deep = schema(&[vec![1; 1000], vec![0]].concat());
        let flat = schema(&[1, 0]);
        let hidden = [
            // Behind a first one.
            [&[0x19][..], &flat, &[0x09, 4], &deep, &[0]].concat(),
            // In what says to be a text, or a number.
            [&[0x28, 1, 0][..], &deep, &[0]].concat(),
            [&[0x25, 2, 0x09, 4][..], &deep, &[0]].concat(),
            // Under a number that becomes 2 in 16 bits.
            [&[0x09, 0x84, 0x80, 0x08][..], &deep, &[0]].concat(),
        ];
        for footer in hidden {
            assert!(!is_bounded(&footer), "{:x?}", &footer[..8]);
        }
        // Children in what says to be a text.
        let mut hidden = footer(&[1, 0]);
        let children = hidden.iter().position(|b| *b == 0x15).unwrap();
        assert_eq!(children, 0);
        let at = hidden.windows(2).position(|w| w == [b'a', 0x15]).unwrap() + 1;
        hidden[at] = 0x18;
        assert!(!is_bounded(&hidden));
    }

    #[test]
    fn damage_is_no_footer() {
        let good = footer(&[2, 0, 0]);
        for cut in 0..good.len() {
            assert!(!is_bounded(&good[..cut]), "{cut}");
        }
        for byte in [0x1c, 0x19, 0xff] {
            assert!(!is_bounded(&[byte; 1 << 20]));
        }
    }
}
