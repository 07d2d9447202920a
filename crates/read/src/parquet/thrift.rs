//! The types of what Parquet's own structures hold, checked before a decoder takes them as given.

/// Levels of structs and lists in one another.
const DEPTH: usize = 16;

/// The fields of a struct that are known, by their numbers.
pub(super) struct Fields(pub(super) &'static [(i16, Kind)]);

/// A type, as far as it tells how many bytes a value has.
pub(super) enum Kind {
    Bool,
    Byte,
    /// Of 16, 32 or 64 bits, or an enumeration.
    Integer,
    Double,
    /// Bytes or text.
    Binary,
    List(&'static Kind),
    Struct(&'static Fields),
}

/// What is met on the way through a struct.
pub(super) enum Seen {
    /// An integer in the field of that number.
    Integer(i16, i64),
    /// The end of the list in the field of that number.
    ListEnd(i16),
    /// The end of the struct.
    End,
}

/// Types on the wire, of the
/// [compact protocol](https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
mod wire {
    pub(super) const BOOLEANS: [u8; 2] = [1, 2];
    pub(super) const BYTE: u8 = 3;
    pub(super) const INTEGERS: [u8; 3] = [4, 5, 6];
    pub(super) const DOUBLE: u8 = 7;
    pub(super) const BINARY: u8 = 8;
    pub(super) const LIST: u8 = 9;
    pub(super) const STRUCT: u8 = 12;
}

/// Reads the struct at the front of `bytes` and says how many of them it takes. `None` where they
/// end before it does, where a known field has another type than it should, and where `see` says so,
/// which is told of every integer, list and struct in the known fields.
///
/// The decoder reads a field as the type that it should have, whatever the bytes say. Only where both
/// are the same does it see what is seen here.
pub(super) fn check(
    bytes: &[u8],
    fields: &'static Fields,
    see: &mut dyn FnMut(&'static Fields, Seen) -> Option<()>,
) -> Option<usize> {
    let mut thrift = Thrift { rest: bytes, see };
    thrift.fields(fields, DEPTH)?;
    Some(bytes.len() - thrift.rest.len())
}

struct Thrift<'b, 's> {
    rest: &'b [u8],
    see: &'s mut dyn FnMut(&'static Fields, Seen) -> Option<()>,
}

impl Thrift<'_, '_> {
    fn fields(&mut self, fields: &'static Fields, depth: usize) -> Option<()> {
        let mut last = 0;
        while let Some((wire, field)) = self.field(last)? {
            last = field;
            match fields.0.iter().find(|(known, _)| *known == field) {
                Some((_, Kind::Integer)) if wire::INTEGERS.contains(&wire) => {
                    let value = self.integer()?;
                    (self.see)(fields, Seen::Integer(field, value))?;
                }
                Some((_, Kind::Bool)) if wire::BOOLEANS.contains(&wire) => {}
                Some((_, kind)) => {
                    self.value(kind, wire, depth)?;
                    if wire == wire::LIST {
                        (self.see)(fields, Seen::ListEnd(field))?;
                    }
                }
                None if wire::BOOLEANS.contains(&wire) => {}
                None => self.skip(wire, depth)?,
            }
        }
        (self.see)(fields, Seen::End)
    }

    /// Reads a value that is known to be of a kind.
    fn value(&mut self, kind: &'static Kind, wire: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            Kind::Struct(fields) if wire == wire::STRUCT => self.fields(fields, depth),
            Kind::List(kind) if wire == wire::LIST => {
                let (wire, length) = self.list()?;
                (0..length).try_for_each(|_| self.value(kind, wire, depth))
            }
            Kind::Byte if wire == wire::BYTE => self.pass(1),
            Kind::Integer if wire::INTEGERS.contains(&wire) => self.varint().map(drop),
            Kind::Double if wire == wire::DOUBLE => self.pass(8),
            Kind::Binary if wire == wire::BINARY => self.binary(),
            _ => None,
        }
    }

    /// Passes over a value of which nothing but its type on the wire is known.
    fn skip(&mut self, wire: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match wire {
            wire::BYTE => self.pass(1),
            wire::DOUBLE => self.pass(8),
            wire::BINARY => self.binary(),
            wire::LIST => {
                let (wire, length) = self.list()?;
                (0..length).try_for_each(|_| self.skip(wire, depth))
            }
            wire::STRUCT => {
                while let Some((wire, _)) = self.field(0)? {
                    if !wire::BOOLEANS.contains(&wire) {
                        self.skip(wire, depth)?;
                    }
                }
                Some(())
            }
            integer if wire::INTEGERS.contains(&integer) => self.varint().map(drop),
            _ => None,
        }
    }

    /// The type and number of the next field; `None` within at the end of the struct.
    fn field(&mut self, last: i16) -> Option<Option<(u8, i16)>> {
        let head = self.byte()?;
        match (head >> 4, head & 0x0f) {
            (_, 0) => Some(None),
            (0, wire) => Some(Some((wire, i16::try_from(self.integer()?).ok()?))),
            (delta, wire) => Some(Some((wire, last.checked_add(i16::from(delta))?))),
        }
    }

    /// The type and number of a list's elements, of which each has a byte at least.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.varint()?,
            short => u64::from(short),
        };
        (length <= self.rest.len() as u64).then_some((head & 0x0f, length))
    }

    fn binary(&mut self) -> Option<()> {
        let length = self.varint()?;
        self.pass(length)
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

    static INNER: Fields = Fields(&[(1, Kind::Integer), (2, Kind::Bool)]);
    static OUTER: Fields = Fields(&[
        (1, Kind::Integer),
        (2, Kind::List(&Kind::Struct(&INNER))),
        (3, Kind::Binary),
        (4, Kind::Struct(&INNER)),
    ]);

    /// Bytes, and the integers met and the length.
    type Case<'a> = (&'a [u8], Option<(&'a [i64], usize)>);

    /// The integers met, and the length.
    fn seen(bytes: &[u8]) -> Option<(Vec<i64>, usize)> {
        let mut integers = Vec::new();
        let length = check(bytes, &OUTER, &mut |_, seen| {
            if let Seen::Integer(_, value) = seen {
                integers.push(value);
            }
            Some(())
        })?;
        Some((integers, length))
    }

    #[test]
    fn known_fields_have_their_types() {
        let cases: [Case<'_>; 14] = [
            (&[0], Some((&[], 1))),
            (&[0x15, 8, 0, 7], Some((&[4], 3))),
            (&[0x16, 8, 0], Some((&[4], 3))),
            (&[0x29, 0x2c, 0x15, 1, 0, 0x21, 0, 0], Some((&[-1], 8))),
            (&[0x38, 2, 0x15, 8, 0], Some((&[], 5))),
            // A field number in full, and one that is not known.
            (&[0x05, 2, 8, 0], Some((&[4], 4))),
            (&[0x95, 8, 0x1b, 0, 0], None),
            (&[0x9c, 0x18, 1, 9, 0, 0], Some((&[], 6))),
            // Text in place of a number, a number in place of a list, a list of numbers.
            (&[0x18, 2, 0x15, 8, 0], None),
            (&[0x25, 8, 0], None),
            (&[0x29, 0x15, 8, 0], None),
            (&[0x05, 0x82, 0x80, 0x80, 0x02, 8, 0], None),
            (&[0x29, 0xfc, 0xff, 0xff, 0x03, 0], None),
            (&[0x15, 8], None),
        ];
        for (bytes, expected) in cases {
            let expected = expected.map(|(integers, length)| (integers.to_vec(), length));
            assert_eq!(seen(bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        for byte in [0x9c, 0x99, 0xff, 0x4c, 0x29] {
            assert_eq!(seen(&[byte; 1 << 20]), None);
        }
    }
}
