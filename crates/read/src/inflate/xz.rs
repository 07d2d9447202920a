//! xz streams.

use std::io;

use liblzma::stream::{Action, Error, Status, Stream};
use newsmill_article::RejectKind;

use super::codec::Step;

/// Memory the decoder needs beside its dictionary, about.
const OVERHEAD: u64 = 1 << 20;

/// A decoder of one xz stream after the other. A stream may ask for a dictionary of a bounded size.
pub(super) struct Xz {
    stream: Option<Stream>,
    dictionary: u64,
    /// Whether the decoder may hold more output than there was room for.
    holds_more: bool,
}

impl Xz {
    /// A decoder that grants a dictionary of so many bytes.
    pub(super) fn new(dictionary: u64) -> io::Result<Self> {
        let stream = Some(Stream::new_stream_decoder(dictionary + OVERHEAD, 0)?);
        Ok(Self { stream, dictionary, holds_more: false })
    }

    /// Makes the decoder ready for a new stream.
    pub(super) fn reset(&mut self) {
        self.holds_more = false;
        self.stream = Stream::new_stream_decoder(self.dictionary + OVERHEAD, 0).ok();
    }

    /// Whether there may be output to give without more input.
    pub(super) fn holds_more(&self) -> bool {
        self.holds_more
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let Some(stream) = &mut self.stream else {
            let error = Some((RejectKind::Unreadable, "there is no memory".to_owned()));
            return Step { error, ..Step::default() };
        };
        let (consumed, produced) = (stream.total_in(), stream.total_out());
        let result = stream.process(input, output, Action::Run);
        let mut step = Step {
            consumed: usize::try_from(stream.total_in() - consumed).unwrap_or(0),
            produced: usize::try_from(stream.total_out() - produced).unwrap_or(0),
            ..Step::default()
        };
        self.holds_more = step.produced == output.len();
        match result {
            Ok(Status::StreamEnd) => {
                step.ended_member = true;
                self.reset();
            }
            Ok(_) => {}
            Err(Error::MemLimit) => {
                let why = format!(
                    "a stream asks for a dictionary of more than {} bytes, the limit zstd_window_log2 = {}",
                    self.dictionary,
                    self.dictionary.trailing_zeros()
                );
                step.error = Some((RejectKind::TooLong, why));
            }
            Err(error) => step.error = Some((RejectKind::Corrupt, error.to_string())),
        }
        step
    }
}
