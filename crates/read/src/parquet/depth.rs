//! How deep a Parquet file nests its columns, told before anything that recurses reads it.

/// Levels of nesting that are read.
const DEPTH: usize = 100;

/// Levels of nesting within one element of the schema, where unknown annotations may stand.
const STRUCTS: usize = 16;

/// Types of the [Thrift compact protocol](https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
const BOOLEANS: [u8; 2] = [1, 2];
const I8: u8 = 3;
const INTEGERS: [u8; 3] = [4, 5, 6];
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// Fields of `FileMetaData` and `SchemaElement` in
/// [parquet.thrift](https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
const SCHEMA: i64 = 2;
const NUM_CHILDREN: i64 = 5;

/// Whether the schema in a file's footer is well-formed and nests no deeper than can be read. The
/// footer holds the schema as a list, in which an element says how many of the next ones stand in it.
pub(super) fn is_bounded(footer: &[u8]) -> bool {
    let mut thrift = Thrift { rest: footer };
    thrift.schema_is_bounded().unwrap_or(false)
}

struct Thrift<'f> {
    rest: &'f [u8],
}

impl Thrift<'_> {
    fn schema_is_bounded(&mut self) -> Option<bool> {
        let mut last = 0;
        loop {
            let (kind, field) = self.field(last)?;
            if kind == 0 {
                return None;
            }
            last = field;
            if field == SCHEMA && kind == LIST {
                break;
            }
            self.skip(kind)?;
        }
        let (kind, elements) = self.list()?;
        if kind != STRUCT {
            return None;
        }
        // How many elements are still to come in each group that is open.
        let mut open: Vec<u64> = Vec::new();
        for _ in 0..elements {
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            match self.children()? {
                0 => {}
                _ if open.len() == DEPTH => return Some(false),
                children => open.push(children),
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        Some(true)
    }

    /// Reads one element of the schema, and tells how many stand in it.
    fn children(&mut self) -> Option<u64> {
        let (mut last, mut children) = (0, 0);
        loop {
            let (kind, field) = self.field(last)?;
            last = field;
            match (kind, field) {
                (0, _) => return Some(children),
                (kind, NUM_CHILDREN) if INTEGERS.contains(&kind) => {
                    children = u64::try_from(self.integer()?).ok()?;
                }
                (kind, _) => self.skip(kind)?,
            }
        }
    }

    /// The type and number of the next field; type 0 is the end of a struct.
    fn field(&mut self, last: i64) -> Option<(u8, i64)> {
        let head = self.byte()?;
        let kind = head & 0x0f;
        match head >> 4 {
            _ if kind == 0 => Some((0, last)),
            0 => Some((kind, self.integer()?)),
            delta => Some((kind, last.checked_add(i64::from(delta))?)),
        }
    }

    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.varint()?,
            short => u64::from(short),
        };
        Some((head & 0x0f, length))
    }

    /// Passes a value over. Lists of anything but numbers and texts stand nowhere in a schema.
    fn skip(&mut self, kind: u8) -> Option<()> {
        let mut lasts: Vec<i64> = Vec::new();
        let mut kind = kind;
        loop {
            match kind {
                STRUCT if lasts.len() == STRUCTS => return None,
                STRUCT => lasts.push(0),
                kind => self.skip_plain(kind)?,
            }
            loop {
                let Some(last) = lasts.last_mut() else { return Some(()) };
                let before = *last;
                let (next, field) = self.field(before)?;
                if next == 0 {
                    lasts.pop();
                    continue;
                }
                if let Some(last) = lasts.last_mut() {
                    *last = field;
                }
                kind = next;
                break;
            }
        }
    }

    fn skip_plain(&mut self, kind: u8) -> Option<()> {
        match kind {
            kind if BOOLEANS.contains(&kind) => {}
            I8 => self.pass(1)?,
            DOUBLE => self.pass(8)?,
            BINARY => {
                let length = self.varint()?;
                self.pass(length)?;
            }
            kind if INTEGERS.contains(&kind) => {
                self.varint()?;
            }
            LIST => {
                let (kind, length) = self.list()?;
                if kind == LIST || kind == STRUCT || length > self.rest.len() as u64 {
                    return None;
                }
                for _ in 0..length {
                    self.skip_plain(if BOOLEANS.contains(&kind) { I8 } else { kind })?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn pass(&mut self, length: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(length).ok()?..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A varint in zigzag order.
    fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A footer of which each element of the schema has as many children as said.
    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x15, 0x04, 0x19, 0xfc];
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
    }

    #[test]
    fn damage_is_no_schema() {
        let good = footer(&[2, 0, 0]);
        for cut in 0..good.len() {
            assert!(!is_bounded(&good[..cut]), "{cut}");
        }
        assert!(!is_bounded(&[0x1c; 1 << 20]));
        assert!(!is_bounded(&[0x19; 1 << 20]));
        assert!(!is_bounded(&[0xff; 100]));
    }
}
