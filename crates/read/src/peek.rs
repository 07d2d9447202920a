//! A reader whose first bytes were looked at.

use std::io::{self, BufRead, Read};

/// A reader whose first bytes were read ahead. Readers of it see everything in its place: the
/// bytes, then the error that reading ahead met, then the rest.
pub(crate) struct Peeked<R> {
    head: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    rest: R,
}

impl<R: Read> Peeked<R> {
    /// Reads up to `bytes` bytes ahead, fewer only when the input ends or fails before.
    pub(crate) fn new(mut rest: R, bytes: u64) -> Self {
        let mut head = Vec::new();
        let error = rest.by_ref().take(bytes).read_to_end(&mut head).err();
        Self { head, at: 0, error, rest }
    }

    /// The bytes read ahead.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }
}

impl<R: BufRead> BufRead for Peeked<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.head.len() {
            return Ok(&self.head[self.at..]);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.rest.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if self.at < self.head.len() {
            self.at = (self.at + amount).min(self.head.len());
        } else {
            self.rest.consume(amount);
        }
    }
}

impl<R: BufRead> Read for Peeked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_seen_in_its_place() {
        struct Failing(u8);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                match self.0 {
                    1 | 3 => "ab".as_bytes().read(buffer),
                    2 => Err(io::Error::other("failed")),
                    _ => Ok(0),
                }
            }
        }
        let mut peeked = Peeked::new(io::BufReader::new(Failing(0)), 100);
        assert_eq!(peeked.head(), b"ab");
        let mut read = Vec::new();
        assert_eq!(peeked.read_to_end(&mut read).unwrap_err().to_string(), "failed");
        assert_eq!(read, b"ab");
        assert_eq!(peeked.read_to_end(&mut read).unwrap(), 2);
        assert_eq!(read, b"abab");
    }
}
