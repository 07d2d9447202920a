//! Repeats of any text lie in it, on character borders, and leave their witnesses in place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsmill_dedup::within::{WithinConfig, repeats};

fuzz_target!(|text: &str| {
    let found = repeats(text, &WithinConfig::default());
    let mut end = 0;
    for repeat in &found {
        assert!(repeat.copy.start >= end && text.get(repeat.copy.clone()).is_some());
        end = repeat.copy.end;
        for other in &found {
            assert!(other.kept.end <= repeat.copy.start || repeat.copy.end <= other.kept.start);
        }
    }
});
