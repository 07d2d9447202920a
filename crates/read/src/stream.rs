//! The bytes of an input for formats whose records say how long they are.

use std::io::{self, BufRead};

use memchr::{memchr, memmem};

/// A reader that knows its place, lets the next bytes be looked at, and takes bytes back.
pub(crate) struct Stream {
    reader: Box<dyn BufRead + Send>,
    /// Bytes that come before those of the reader.
    held: Vec<u8>,
    at: usize,
    offset: u64,
    /// What reading ahead failed with, behind the bytes that are held.
    error: Option<io::Error>,
    /// How many bytes were put back in all.
    put_back: u64,
}

/// How many bytes may be put back beyond those that were read: what keeps hostile inputs linear.
const PUT_BACK: u64 = 64 << 20;

/// What reading a line gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LineEnd {
    /// A whole line, its line feed included.
    Whole,
    /// The input ended first.
    Input,
    /// The limit was reached first.
    Limit,
}

impl Stream {
    pub(crate) fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, held: Vec::new(), at: 0, offset: 0, error: None, put_back: 0 }
    }

    /// Place of the next byte in the input.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Some of the next bytes; none at the end.
    pub(crate) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at < self.held.len() {
            return Ok(&self.held[self.at..]);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        while let Err(error) = self.reader.fill_buf() {
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        self.reader.fill_buf()
    }

    pub(crate) fn consume(&mut self, amount: usize) {
        if self.at < self.held.len() {
            self.at += amount;
        } else {
            self.reader.consume(amount);
        }
        self.offset += amount as u64;
    }

    /// The next `amount` bytes without taking them; fewer only at the end and in front of an error.
    pub(crate) fn peek(&mut self, amount: usize) -> io::Result<&[u8]> {
        if self.fill()?.len() >= amount {
            let all = self.fill()?;
            return Ok(&all[..amount]);
        }
        // Only what is mostly read is moved, so that looking ahead again and again stays linear.
        if self.at * 2 >= self.held.len() {
            self.held.drain(..self.at);
            self.at = 0;
        }
        while self.held.len() - self.at < amount && self.error.is_none() {
            let next = match self.reader.fill_buf() {
                Ok([]) => break,
                Ok(next) => next,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if self.at == self.held.len() => return Err(error),
                Err(error) => {
                    self.error = Some(error);
                    break;
                }
            };
            let length = next.len();
            self.held.extend_from_slice(next);
            self.reader.consume(length);
        }
        let end = self.held.len().min(self.at + amount);
        Ok(&self.held[self.at..end])
    }

    /// Puts `bytes` back, which were read last but for line ends behind them, and says whether it
    /// did: an input that has it done over and over is read on instead.
    pub(crate) fn put_back(&mut self, bytes: &[u8], line_ends: u64) -> bool {
        self.put_back += bytes.len() as u64;
        if self.put_back > self.offset + PUT_BACK {
            return false;
        }
        let line_ends = usize::try_from(line_ends).unwrap_or(0);
        let length = bytes.len() + line_ends;
        // Where they were read from what is held, there is room for them: nothing else is moved.
        if length > self.at {
            let room = length - self.at;
            self.held.splice(..0, std::iter::repeat_n(b'\n', room));
            self.at = length;
        }
        let start = self.at - length;
        self.held[start..start + bytes.len()].copy_from_slice(bytes);
        self.held[start + bytes.len()..self.at].fill(b'\n');
        self.at = start;
        self.offset -= length as u64;
        true
    }

    /// Appends one line to `out`, which never becomes longer than `limit`.
    pub(crate) fn line(&mut self, out: &mut Vec<u8>, limit: usize) -> io::Result<LineEnd> {
        loop {
            let buffer = self.fill()?;
            if buffer.is_empty() {
                return Ok(LineEnd::Input);
            }
            let end = memchr(b'\n', buffer).map(|at| at + 1);
            let length = end.unwrap_or(buffer.len()).min(limit.saturating_sub(out.len()));
            out.extend_from_slice(&buffer[..length]);
            self.consume(length);
            if end == Some(length) {
                return Ok(LineEnd::Whole);
            }
            if out.len() >= limit {
                return Ok(LineEnd::Limit);
            }
        }
    }

    /// Appends `length` bytes to `out`, fewer only at the end.
    pub(crate) fn read(&mut self, length: usize, out: &mut Vec<u8>) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let buffer = self.fill()?;
            if buffer.is_empty() {
                break;
            }
            let amount = buffer.len().min(left);
            out.extend_from_slice(&buffer[..amount]);
            self.consume(amount);
            left -= amount;
        }
        Ok(())
    }

    /// Passes over `length` bytes, and says how many of them were missing.
    pub(crate) fn skip(&mut self, length: u64) -> io::Result<u64> {
        let mut left = length;
        while left > 0 {
            let available = self.fill()?.len();
            if available == 0 {
                break;
            }
            let amount = usize::try_from(left).unwrap_or(usize::MAX).min(available);
            self.consume(amount);
            left -= amount as u64;
        }
        Ok(left)
    }

    /// Passes over line ends and says how many line feeds there were.
    pub(crate) fn skip_line_ends(&mut self) -> io::Result<usize> {
        let mut feeds = 0;
        loop {
            let buffer = self.fill()?;
            let length = buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            feeds += buffer[..length].iter().filter(|b| **b == b'\n').count();
            if length == 0 {
                return Ok(feeds);
            }
            self.consume(length);
        }
    }

    /// Passes over everything in front of the next line that starts with `mark`; to the end where
    /// there is none. The byte at hand starts no such line.
    pub(crate) fn skip_to_line(&mut self, mark: &[u8]) -> io::Result<()> {
        let pattern = [b"\n", mark].concat();
        loop {
            let longer = self.peek(pattern.len())?.len() >= pattern.len();
            let buffer = self.fill()?;
            match memmem::find(buffer, &pattern) {
                Some(at) => {
                    self.consume(at + 1);
                    return Ok(());
                }
                None if longer => {
                    let length = buffer.len() + 1 - pattern.len();
                    self.consume(length);
                }
                None => {
                    let length = buffer.len();
                    self.consume(length);
                    return Ok(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn stream(text: &'static [u8], capacity: usize) -> Stream {
        Stream::new(Box::new(BufReader::with_capacity(capacity, text)))
    }

    #[test]
    fn bytes_are_looked_at_read_and_put_back() {
        for capacity in 1..20 {
            let mut stream = stream(b"one\ntwo\r\n\r\nWARWARC/x", capacity);
            assert_eq!(stream.peek(5).unwrap(), b"one\nt");
            let mut line = Vec::new();
            assert_eq!(stream.line(&mut line, 99).unwrap(), LineEnd::Whole);
            assert_eq!((&line[..], stream.offset()), (&b"one\n"[..], 4));
            assert!(stream.put_back(&line, 0));
            assert_eq!(stream.offset(), 0);
            assert_eq!(stream.peek(4).unwrap(), b"one\n");
            assert_eq!(stream.skip(7).unwrap(), 0);
            assert_eq!(stream.skip_line_ends().unwrap(), 2);
            assert_eq!(stream.offset(), 11);
            let mut rest = Vec::new();
            stream.read(3, &mut rest).unwrap();
            assert_eq!(stream.line(&mut rest, 5).unwrap(), LineEnd::Limit);
            assert_eq!(rest, b"WARWA");
            assert_eq!(stream.skip(9).unwrap(), 5);
            assert_eq!(stream.line(&mut rest, 9).unwrap(), LineEnd::Input);
        }
    }

    #[test]
    fn marks_are_found_at_line_starts_only() {
        for capacity in 1..30 {
            let mut stream = stream(b"x WARC/1 y\nWARC\n WARC/1\nWARC/1.0\r\n", capacity);
            stream.skip_to_line(b"WARC/").unwrap();
            assert_eq!(stream.offset(), 24, "{capacity}");
            stream.skip(1).unwrap();
            stream.skip_to_line(b"WARC/").unwrap();
            assert_eq!(stream.offset(), 34);
            assert!(stream.peek(1).unwrap().is_empty());
        }
    }
}
