//! Lines of a reader, in bounded memory.

use std::io::{self, BufRead};

use memchr::memchr;

use crate::inflate::resumes;

/// Cuts a reader into lines. A line above the limit is skipped in constant memory.
pub(crate) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    offset: u64,
    limit: usize,
    error: Option<io::Error>,
    over: bool,
}

/// One line.
#[derive(Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// Its first byte in the input.
    pub(crate) offset: u64,
    /// Its length in bytes, without the line feed and a carriage return before it.
    pub(crate) length: u64,
    /// Its bytes, unless it is above the limit.
    pub(crate) bytes: Option<&'a [u8]>,
    /// Whether reading failed before its end was seen; the error comes next.
    pub(crate) torn: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `reader`, of at most `limit` bytes each.
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        Self { reader, line: Vec::new(), offset: 0, limit, error: None, over: false }
    }

    /// First byte of the input that has not been given in a line.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line, or the error behind the last one. What follows an error is what stands behind
    /// the damage, where the reader goes on there ([`resumes`]), and else nothing.
    pub(crate) fn next(&mut self) -> Option<io::Result<Line<'_>>> {
        if self.error.is_some() {
            return self.next_error();
        }
        if self.over {
            return None;
        }
        self.line.clear();
        let offset = self.offset;
        let mut fits = true;
        let mut ended = false;
        while !ended {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.error = Some(error);
                    break;
                }
            };
            if buffer.is_empty() {
                self.over = true;
                break;
            }
            let end = memchr(b'\n', buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            fits &= part.len() <= self.limit - self.line.len();
            match fits {
                true => self.line.extend_from_slice(part),
                false => self.line.clear(),
            }
            ended = end.is_some();
            let taken = part.len() + usize::from(ended);
            self.offset += taken as u64;
            self.reader.consume(taken);
        }
        let length = self.offset - offset - u64::from(ended);
        let torn = self.error.is_some();
        if (length == 0 && !ended) || (torn && !fits) {
            return self.next_error();
        }
        let bytes = self.line.strip_suffix(b"\r").filter(|_| ended).unwrap_or(&self.line);
        let length = if fits { bytes.len() as u64 } else { length };
        Some(Ok(Line { offset, length, bytes: fits.then_some(bytes), torn }))
    }

    fn next_error(&mut self) -> Option<io::Result<Line<'_>>> {
        let error = self.error.take();
        self.over = !error.as_ref().is_some_and(resumes);
        error.map(Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    fn lines(text: &[u8], limit: usize) -> Vec<(u64, u64, Option<String>)> {
        let mut lines = Lines::new(BufReader::with_capacity(3, text), limit);
        let mut all = Vec::new();
        while let Some(line) = lines.next() {
            let Line { offset, length, bytes, torn } = line.unwrap();
            assert!(!torn);
            all.push((offset, length, bytes.map(|b| String::from_utf8_lossy(b).into_owned())));
        }
        assert_eq!(lines.offset(), text.len() as u64);
        assert!(lines.next().is_none());
        all
    }

    #[test]
    fn lines_end_at_line_feeds() {
        let some = |offset, text: &str| (offset, text.len() as u64, Some(text.to_owned()));
        assert_eq!(lines(b"", 9), []);
        assert_eq!(lines(b"\n", 9), [some(0, "")]);
        assert_eq!(
            lines(b"one\r\n\ntwo three", 9),
            [some(0, "one"), some(5, ""), some(6, "two three")]
        );
        assert_eq!(lines(b"a\rb\n\r\n\r", 9), [some(0, "a\rb"), some(4, ""), some(6, "\r")]);
    }

    #[test]
    fn a_line_above_the_limit_is_measured_and_skipped() {
        let expected = [(0, 4, None), (5, 3, Some("two".to_owned())), (9, 5, None)];
        assert_eq!(lines(b"once\ntwo\nthree", 3), expected);
    }

    #[test]
    fn an_error_follows_the_torn_line_and_ends_the_lines() {
        struct Failing<'a>(&'a [u8]);
        impl Read for Failing<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.0.read(buffer)? {
                    0 => Err(io::Error::other("failed")),
                    n => Ok(n),
                }
            }
        }
        for (text, limit, whole, torn) in
            [(&b"one\ntw"[..], 9, 1, 1), (b"one\n", 9, 1, 0), (b"", 9, 0, 0), (b"a\ntwo", 2, 1, 0)]
        {
            let mut lines = Lines::new(BufReader::new(Failing(text)), limit);
            for place in 0..whole + torn {
                assert_eq!(lines.next().unwrap().unwrap().torn, place == whole, "{text:?}");
            }
            assert!(lines.next().unwrap().is_err(), "{text:?}");
            assert!(lines.next().is_none(), "{text:?}");
        }
    }
}
