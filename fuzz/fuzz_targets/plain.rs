//! Any bytes read as a plain text are a reject or an article whose books balance.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsmill_article::Media;

fuzz_target!(|bytes: &[u8]| newsmill_fuzz::parse_as(Media::Plain, bytes));
