//! Any bytes are records and rejects, in order, and come to an end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsmill_article::Limits;
use newsmill_read::{ReadOptions, records_of};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { record_bytes: 1 << 16, ..Limits::default() };
    let input = std::io::Cursor::new(bytes.to_vec());
    let Ok(records) = records_of(input, "fuzz", &ReadOptions::default(), &limits) else { return };
    for (ordinal, record) in (0..).zip(records) {
        let origin = record.map_or_else(|reject| reject.origin, |record| record.origin);
        assert_eq!(origin.ordinal, ordinal);
        assert!(ordinal <= bytes.len() as u64 + 1);
    }
});
