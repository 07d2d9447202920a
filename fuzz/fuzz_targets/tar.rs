//! Any bytes read as a tar archive are records and rejects, in order, and come to an end.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| newsmill_fuzz::read_as(Some("tar"), bytes));
