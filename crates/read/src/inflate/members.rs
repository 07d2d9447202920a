//! Members read one behind the other, and searched for behind damage.

use std::io::{self, BufRead, Read};

use newsmill_article::{Limits, RejectKind};

use super::BUFFER;
use super::codec::{Codec, GZIP_HEADER};
use super::damage::Damage;

/// How much of a damaged member is searched again for the start of the next one, in bytes: a damaged
/// deflate stream may run over the end of its member before it is found out.
const SEARCHED_AGAIN: usize = 256 << 10;

/// A reader of the bytes that a compressed input stands for.
pub(super) struct Inflate<R> {
    source: R,
    codec: Codec,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
    consumed: u64,
    produced: u64,
    free_bytes: u64,
    expansion_ratio: u64,
    /// Whether the source stands at the end of a member, or at its very start.
    at_border: bool,
    whole_members: u64,
    /// Zeros behind the last member, so far.
    padding: u64,
    /// Bytes produced when the member began.
    member_offset: u64,
    /// The latest bytes taken from the source for this member, to be searched after damage.
    recent: Vec<u8>,
    /// Bytes to be decoded again before the source goes on.
    again: Vec<u8>,
    again_at: usize,
    /// How many bytes were decoded again in all: never more than the source gave.
    repeated: u64,
    damage: Option<Damage>,
    /// Whether damage was met since the last byte was produced.
    is_lost: bool,
    over: bool,
}

impl<R: BufRead> Inflate<R> {
    pub(super) fn new(source: R, codec: Codec, limits: &Limits) -> Self {
        Self {
            source,
            codec,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            at: 0,
            end: 0,
            consumed: 0,
            produced: 0,
            free_bytes: limits.record_bytes as u64,
            expansion_ratio: limits.expansion_ratio,
            at_border: true,
            whole_members: 0,
            padding: 0,
            member_offset: 0,
            recent: Vec::new(),
            again: Vec::new(),
            again_at: 0,
            repeated: 0,
            damage: None,
            is_lost: false,
            over: false,
        }
    }

    /// Decodes a little more into the buffer, which has been read to its end.
    fn refill(&mut self) -> io::Result<()> {
        if self.is_lost && self.at_border && !self.find_member()? {
            self.over = true;
            return Ok(());
        }
        let is_again = self.again_at < self.again.len();
        let input = if is_again { &self.again[self.again_at..] } else { self.source.fill_buf()? };
        if self.at_border && self.whole_members > 0 && self.codec.is_padding(input) {
            let zeros = input.iter().take_while(|b| **b == 0).count();
            self.padding += zeros as u64;
            self.take(zeros, is_again);
            self.recent.clear();
            return Ok(());
        }
        if !self.codec.allows_padding(std::mem::take(&mut self.padding)) {
            self.stop(RejectKind::Corrupt, "its padding is no multiple of four bytes");
            return Ok(());
        }
        if input.is_empty() && !self.codec.holds_more() {
            match self.at_border {
                true => self.over = true,
                false => self.stop(RejectKind::Corrupt, "it ends early"),
            }
            return Ok(());
        }
        // What was held may have fitted exactly: then a step without input gives nothing.
        let fed = !self.codec.holds_more();
        let step = self.codec.step(input, &mut self.buffer);
        if step.consumed > 0 {
            self.recent.extend_from_slice(&input[..step.consumed]);
            if self.recent.len() > 2 * SEARCHED_AGAIN {
                self.recent.drain(..self.recent.len() - SEARCHED_AGAIN);
            }
        }
        self.take(step.consumed, is_again);
        self.produced += step.produced as u64;
        (self.at, self.end) = (0, step.produced);
        self.is_lost &= step.produced == 0;
        self.at_border &= step.produced == 0;
        if let Some((kind, cause)) = step.error {
            self.stop(kind, &cause);
        } else if fed && step.consumed + step.produced == 0 && !step.ended_member {
            self.stop(RejectKind::Corrupt, "its decoder makes no progress");
        } else {
            self.at_border = step.ended_member;
        }
        if step.ended_member {
            self.whole_members += 1;
            self.member_offset = self.produced;
            self.is_lost = false;
            self.recent.clear();
        }
        if self.produced > self.free_bytes
            && self.produced > self.consumed.saturating_mul(self.expansion_ratio)
        {
            let cause = format!(
                "{} bytes became more than the limit expansion_ratio = {} allows",
                self.consumed, self.expansion_ratio
            );
            self.stop(RejectKind::TooLong, &cause);
        }
        Ok(())
    }

    /// Takes bytes from where the last ones came from.
    fn take(&mut self, amount: usize, is_again: bool) {
        if is_again {
            self.again_at += amount;
        } else {
            self.source.consume(amount);
            self.consumed += amount as u64;
        }
    }

    /// Ends the member, or where nothing can follow the input; what the buffer holds is still given.
    /// Damage that follows damage without a byte in between is the same.
    fn stop(&mut self, kind: RejectKind, cause: &str) {
        let (name, member, produced) = (self.codec.name(), self.codec.member(), self.produced);
        let behind_whole_members = self.at_border && self.whole_members > 0;
        let detail = if behind_whole_members && kind == RejectKind::Corrupt {
            format!(
                "what follows the last whole {name} {member}, {produced} bytes in, is none ({cause})"
            )
        } else {
            format!("the {name} stream cannot be read on behind {produced} bytes: {cause}")
        };
        let member_offset = self.member_offset;
        let damage = Damage { kind, detail, behind_whole_members, member_offset };
        if !self.is_lost || kind != RejectKind::Corrupt {
            self.damage = Some(damage);
        }
        self.is_lost = true;
        self.at_border = true;
        self.codec.reset();
    }

    /// Goes to the start of the next member behind damage. The bytes of the damaged one are searched
    /// again, as long as that costs no more than reading did.
    fn find_member(&mut self) -> io::Result<bool> {
        let mut window = std::mem::take(&mut self.recent);
        window.extend_from_slice(&self.again[self.again_at..]);
        (self.again, self.again_at) = (Vec::new(), 0);
        if self.repeated + window.len() as u64 > self.consumed + BUFFER as u64 {
            window.drain(..window.len().saturating_sub(GZIP_HEADER));
        }
        // The damaged member's own start is no new one.
        let mut from = 1;
        loop {
            if let Some(at) = self.codec.find(window.get(from..).unwrap_or_default()) {
                self.again = window.split_off(from + at);
                self.repeated += self.again.len() as u64;
                self.member_offset = self.produced;
                return Ok(true);
            }
            if window.len() > GZIP_HEADER {
                window.drain(..window.len() - GZIP_HEADER);
                from = 0;
            }
            let input = self.source.fill_buf()?;
            if input.is_empty() {
                return Ok(false);
            }
            let length = input.len();
            window.extend_from_slice(input);
            self.source.consume(length);
            self.consumed += length as u64;
        }
    }
}

impl<R: BufRead> BufRead for Inflate<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.end && !self.over {
            if let Some(damage) = self.damage.take() {
                self.over = damage.kind != RejectKind::Corrupt;
                return Err(io::Error::other(damage));
            }
            self.refill()?;
        }
        Ok(&self.buffer[self.at..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.end);
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}
