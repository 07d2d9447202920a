//! A generated corpus for the benches: the same on every machine, shaped like news.

/// Syllables the words are made of; the first are the most frequent.
const SYLLABLES: [&str; 24] = [
    "the", "re", "in", "to", "con", "er", "al", "ment", "ly", "pro", "tion", "a", "of", "com",
    "ver", "ing", "dis", "an", "per", "ter", "men", "sta", "lo", "vi",
];

/// A sequence of numbers that is the same everywhere (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, n: u64) -> u64 {
        self.below(n).min(self.below(n)).min(self.below(n))
    }
}

fn word(numbers: &mut Numbers, to: &mut String) {
    for _ in 0..=numbers.skewed(4) {
        to.push_str(SYLLABLES[numbers.skewed(24) as usize]);
    }
}

fn sentence(numbers: &mut Numbers, to: &mut String) {
    let start = to.len();
    let words = 8 + numbers.below(20);
    for i in 0..words {
        if i > 0 {
            to.push_str(if numbers.below(12) == 0 { ", " } else { " " });
        }
        if numbers.below(40) == 0 {
            to.push_str(&numbers.below(2_000).to_string());
        } else {
            word(numbers, to);
        }
    }
    if let Some(first) = to.get_mut(start..=start) {
        first.make_ascii_uppercase();
    }
    to.push_str(". ");
}

/// One article of about `bytes` bytes, one paragraph a line.
fn article(numbers: &mut Numbers, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 400);
    while text.len() < bytes {
        for _ in 0..2 + numbers.below(4) {
            sentence(numbers, &mut text);
        }
        text.pop();
        text.push('\n');
    }
    text
}

/// `n` articles of about 3.3 kB each. One in ten is a copy of an earlier one in which one word in
/// fifty was replaced; one in ten has its body a second time.
#[must_use]
pub fn corpus(n: usize) -> Vec<String> {
    let mut numbers = Numbers(77);
    let mut texts: Vec<String> = Vec::with_capacity(n);
    for i in 0..n {
        let text = match i % 10 {
            3 => {
                let earlier = &texts[numbers.below(i as u64) as usize];
                let mut copy = String::with_capacity(earlier.len());
                for word_of in earlier.split_inclusive(' ') {
                    if numbers.below(50) == 0 {
                        word(&mut numbers, &mut copy);
                        copy.push(' ');
                    } else {
                        copy.push_str(word_of);
                    }
                }
                copy
            }
            7 => article(&mut numbers, 1_650).repeat(2),
            _ => article(&mut numbers, 3_300),
        };
        texts.push(text);
    }
    texts
}

/// The length of all texts in bytes.
#[must_use]
pub fn bytes(texts: &[String]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}
