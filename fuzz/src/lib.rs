//! What the fuzz targets of containers and syntaxes promise.

use newsmill_article::{Content, Limits, Media, Origin, Record, Tally};
use newsmill_read::{ReadOptions, records_of};

/// Reads `bytes` in the container of that name. Ordinals count records and rejects, and there are no
/// more of them than bytes.
///
/// # Panics
/// When that is not so, or when there is no such container.
pub fn read_as(container: &str, bytes: &[u8]) {
    let limits = Limits { record_bytes: 1 << 16, ..Limits::default() };
    let options = ReadOptions { from: Some(container.into()), ..ReadOptions::default() };
    let input = std::io::Cursor::new(bytes.to_vec());
    let records = records_of(input, "fuzz", &options, &limits).expect("a container's name");
    for (ordinal, record) in (0..).zip(records) {
        let origin = record.map_or_else(|reject| reject.origin, |record| record.origin);
        assert_eq!(origin.ordinal, ordinal);
        assert!(ordinal <= bytes.len() as u64 + 1);
    }
}

/// Parses `bytes` as what the container says they are. Every byte of the text is kept, removed for a
/// reason, or white space.
///
/// # Panics
/// When that is not so.
pub fn parse_as(media: Media, bytes: &[u8]) {
    let content = Content::Bytes { bytes: bytes.to_vec(), charset: None };
    let record = Record { content, media, ..Record::text(Origin::new("fuzz", 0), "") };
    let Ok(article) = newsmill_parse::parse(record, &Limits::default()) else { return };
    let mut tally = Tally { read: 1, ..Tally::default() };
    tally.keep(&article, &article.kept());
    assert!(tally.check().is_ok());
}
