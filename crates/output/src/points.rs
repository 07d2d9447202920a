//! Bytes of a text told as Unicode code points.

/// Bytes between two known counts: a lookup counts at most this many. Few enough for a sum in a
/// byte, which is what makes counting fast.
const STEP: usize = 128;

/// The way from bytes of one text to its code points, which is how article rows count places.
///
/// Building it is one pass over the text, a lookup takes constant time, and for ASCII text both
/// are free.
///
/// ```
/// use newsmill_output::Points;
/// let points = Points::new("Sarukhán said");
/// assert_eq!(points.before(10), 9);
/// ```
#[derive(Clone, Debug)]
pub struct Points<'t> {
    text: &'t str,
    /// Code points that start before each multiple of `STEP`; empty for ASCII text.
    counts: Vec<usize>,
}

impl<'t> Points<'t> {
    /// The way through `text`.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let mut counts = Vec::new();
        if !text.is_ascii() {
            counts.reserve(text.len() / STEP + 1);
            let mut before = 0;
            for chunk in text.as_bytes().chunks(STEP) {
                counts.push(before);
                before += starts(chunk);
            }
            if text.len().is_multiple_of(STEP) {
                counts.push(before);
            }
        }
        Self { text, counts }
    }

    /// How many code points start before byte `at`; for a place after the text, all of them.
    #[must_use]
    pub fn before(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        match self.counts.get(at / STEP) {
            Some(count) => count + starts(&self.text.as_bytes()[at / STEP * STEP..at]),
            None => at,
        }
    }
}

/// Bytes that start a code point, all but `10xx_xxxx`, of at most `STEP`.
fn starts(bytes: &[u8]) -> usize {
    debug_assert!(bytes.len() <= STEP, "a sum in a byte would overflow");
    bytes.iter().fold(0_u8, |sum, b| sum.wrapping_add(u8::from(b & 0xc0 != 0x80))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str) {
        let points = Points::new(text);
        for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
            assert_eq!(points.before(at), text[..at].chars().count(), "byte {at} of {text:?}");
        }
        assert_eq!(points.before(usize::MAX), text.chars().count());
    }

    #[test]
    fn texts_that_end_at_a_step() {
        for len in [STEP - 1, STEP, STEP + 1, 3 * STEP] {
            check(&"x".repeat(len));
            check(&format!("á{}", "x".repeat(len - 2)));
            check(&format!("{}á", "x".repeat(len - 2)));
            check(&"😀".repeat(len));
        }
    }

    #[test]
    fn lookups_all_over_ten_megabytes() {
        let text = "é".repeat(5 << 20);
        let points = Points::new(&text);
        for i in 0..50_000 {
            assert_eq!(points.before(i * 200), i * 100);
        }
    }

    proptest! {
        #[test]
        fn a_place_is_the_count_of_what_stands_before_it(text in "([ -~]|é|中|😀){0,700}") {
            check(&text);
        }
    }
}
