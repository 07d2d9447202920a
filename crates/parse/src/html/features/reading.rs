//! How a text reads, in numbers that add up.

use crate::html::drafts::Draft;

/// How a text reads.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Reading {
    pub(super) bytes: f32,
    pub(super) words: f32,
    pub(super) linked: f32,
    pub(super) links: f32,
    /// Commas and the like.
    pub(super) pauses: f32,
    /// Ends of sentences.
    pub(super) stops: f32,
    pub(super) digits: f32,
    pub(super) capitals: f32,
    pub(super) blocks: f32,
    /// Bytes in blocks that read like running text.
    pub(super) running: f32,
    pub(super) bold: f32,
}

impl Reading {
    pub(super) fn of(draft: &Draft, text: &str) -> Self {
        let mut reading = Self {
            bytes: text.len() as f32,
            linked: draft.linked.min(text.len()) as f32,
            links: draft.links as f32,
            bold: draft.bold.min(text.len()) as f32,
            blocks: 1.0,
            ..Self::default()
        };
        let mut chars = text.chars().peekable();
        let mut before = ' ';
        while let Some(c) = chars.next() {
            match c {
                ',' | ';' | '，' | '、' | '،' => reading.pauses += 1.0,
                '.' | '!' | '?' | '…'
                    if chars.peek().is_none_or(|n| n.is_whitespace() || "\"”’»)'".contains(*n)) =>
                {
                    reading.stops += 1.0;
                }
                '。' | '！' | '？' | '।' | '۔' | '؟' => reading.stops += 1.0,
                '0'..='9' => reading.digits += 1.0,
                _ if c.is_whitespace() => {}
                _ => {
                    if !before.is_alphanumeric() && before.is_whitespace() && c.is_uppercase() {
                        reading.capitals += 1.0;
                    }
                }
            }
            if before.is_whitespace() && !c.is_whitespace() {
                reading.words += 1.0;
            }
            before = c;
        }
        if reading.stops > 0.0 && reading.bytes >= 60.0 && reading.linked < 0.5 * reading.bytes {
            reading.running = reading.bytes;
        }
        reading
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.words += other.words;
        self.linked += other.linked;
        self.links += other.links;
        self.pauses += other.pauses;
        self.stops += other.stops;
        self.digits += other.digits;
        self.capitals += other.capitals;
        self.blocks += other.blocks;
        self.running += other.running;
        self.bold += other.bold;
    }

    /// What lies between two sums.
    pub(super) fn since(&self, start: &Self) -> Self {
        Self {
            bytes: self.bytes - start.bytes,
            words: self.words - start.words,
            linked: self.linked - start.linked,
            links: self.links - start.links,
            pauses: self.pauses - start.pauses,
            stops: self.stops - start.stops,
            digits: self.digits - start.digits,
            capitals: self.capitals - start.capitals,
            blocks: self.blocks - start.blocks,
            running: self.running - start.running,
            bold: self.bold - start.bold,
        }
    }
}
