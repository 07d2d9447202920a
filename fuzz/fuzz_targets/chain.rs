//! Any text is an article whose books balance, with facts that lie in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsmill_article::{Content, Limits, Media, Origin, Record, Tally};
use newsmill_parse::furniture::{FurnitureConfig, furniture};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let (media, bytes) = match bytes.split_first() {
        Some((0..=127, rest)) => (Media::Plain, rest),
        Some((_, rest)) => (Media::Mail, rest),
        None => return,
    };
    let content = Content::Bytes { bytes: bytes.to_vec(), charset: None };
    let record = Record { content, media, ..Record::text(Origin::new("fuzz", 0), "") };
    let Ok(mut article) = newsmill_parse::parse(record, &limits) else { return };
    furniture(&mut article, &FurnitureConfig::default());
    let kept = article.kept();
    let facts = newsmill_extract::extract(&article, &kept, &limits);
    for quote in &facts.quotes {
        assert!(article.text().get(quote.span.range()).is_some());
    }
    let mut tally = Tally { read: 1, ..Tally::default() };
    tally.keep(&article, &kept);
    assert!(tally.check().is_ok());
});
