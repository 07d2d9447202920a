//! A reader whose next bytes can be looked at before they are taken.

use std::io::{self, BufRead};

use crate::inflate::resumes;

/// Bytes read ahead of what has been taken, as many as whoever looks at them asks for.
pub(crate) struct Window<R> {
    reader: R,
    held: Vec<u8>,
    at: usize,
    offset: u64,
    error: Option<io::Error>,
    over: bool,
}

impl<R: BufRead> Window<R> {
    /// A window at the start of `reader`.
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, held: Vec::new(), at: 0, offset: 0, error: None, over: false }
    }

    /// The bytes held and not yet taken.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.held[self.at..]
    }

    /// Place of the first of them in the input.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads on, and says whether there was more: about as much as is held, so that who looks at
    /// all of it anew each time does so in linear time. Nothing is asked of a reader that failed
    /// before [`error`](Self::error) was.
    pub(crate) fn grow(&mut self) -> bool {
        if self.at > 0 {
            self.held.drain(..self.at);
            self.at = 0;
        }
        let (before, wanted) = (self.held.len(), self.held.len());
        while !self.over && self.held.len() <= before + wanted {
            match self.reader.fill_buf() {
                Ok([]) => self.over = true,
                Ok(buffer) => {
                    self.held.extend_from_slice(buffer);
                    let length = buffer.len();
                    self.reader.consume(length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => (self.error, self.over) = (Some(error), true),
            }
        }
        self.held.len() > before
    }

    /// Takes `length` bytes off the front.
    pub(crate) fn take(&mut self, length: usize) {
        let length = length.min(self.held.len() - self.at);
        self.at += length;
        self.offset += length as u64;
    }

    /// Takes all that is held.
    pub(crate) fn take_all(&mut self) {
        self.take(self.held.len() - self.at);
    }

    /// What ended the reading, once, if it was no end. Where the reader goes on behind it
    /// ([`resumes`]), so does the window.
    pub(crate) fn error(&mut self) -> Option<io::Error> {
        self.over &= !self.error.as_ref().is_some_and(resumes);
        self.error.take()
    }

    /// Whether reading was ended by something else than the end.
    pub(crate) fn has_failed(&self) -> bool {
        self.error.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn bytes_are_held_until_they_are_taken() {
        let mut window = Window::new(BufReader::with_capacity(2, &b"abcdefgh"[..]));
        assert!(window.grow());
        assert_eq!((window.bytes(), window.offset()), (&b"ab"[..], 0));
        assert!(window.grow());
        assert_eq!(window.bytes(), b"abcdef");
        window.take(5);
        assert_eq!((window.bytes(), window.offset()), (&b"f"[..], 5));
        assert!(window.grow());
        assert_eq!(window.bytes(), b"fgh");
        assert!(!window.grow());
        window.take_all();
        assert_eq!((window.offset(), window.error().is_none()), (8, true));
    }
}
