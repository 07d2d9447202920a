//! What the fuzz targets of containers and syntaxes promise.

use std::sync::Once;

use newsmill_article::{Content, Limits, Media, Origin, Record, Tally};
use newsmill_read::{ReadOptions, records_of};

/// Bytes of a record. Few, so that small inputs reach the limit.
const RECORD_BYTES: usize = 1 << 16;

/// Records that are asked for: a few bytes of Parquet or of gzip may stand for any number of rows.
const RECORDS: usize = 100_000;

/// Reads `bytes` in the container of that name, or in the one that they look like. Records and rejects
/// count up from 0, none is larger than the limit, and behind the last one there is nothing.
///
/// # Panics
/// When that is not so, or when there is no such container.
pub fn read_as(container: Option<&str>, bytes: &[u8]) {
    // The hook of libFuzzer's runner aborts on panics that are caught too, as those of the Parquet
    // decoder are; what is not caught it sees without a hook.
    static CAUGHT: Once = Once::new();
    CAUGHT.call_once(|| drop(std::panic::take_hook()));
    let limits = Limits { record_bytes: RECORD_BYTES, ..Limits::default() };
    let options = ReadOptions { from: container.map(Into::into), ..ReadOptions::default() };
    let input = std::io::Cursor::new(bytes.to_vec());
    let mut records = records_of(input, "fuzz", &options, &limits).expect("a container's name");
    for (ordinal, record) in (0..).zip(records.by_ref().take(RECORDS)) {
        let origin = match record {
            Ok(record) => {
                // UTF-8 from an encoding of one byte, or a response that was encoded.
                assert!(record.content.len() <= 3 * RECORD_BYTES);
                record.origin
            }
            Err(reject) => reject.origin,
        };
        assert_eq!(origin.ordinal, ordinal);
    }
    if records.by_ref().take(RECORDS).count() == 0 {
        assert!(records.next().is_none());
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
