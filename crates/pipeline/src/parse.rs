//! One document in, its article rows out: no work across articles.

use newsmill_article::{Reject, RejectKind, Stage};
use newsmill_output::{ArticleRow, write_line};
use newsmill_read::Input;

use crate::Error;
use crate::chain::{Chain, caught};
use crate::config::Config;

/// The article rows (JSON, each with its line end) of the document at `file`, or of standard input
/// for `-`. A file of many records gives a row for each.
///
/// # Errors
/// When the file is not there, or the format asked for is not known. Records that cannot be read
/// are rejects among the rows.
pub fn parse(
    file: &str,
    config: &Config,
) -> Result<impl Iterator<Item = Result<Vec<u8>, Reject>>, Error> {
    let input = if file == "-" { Input::stdin() } else { Input::file(file) };
    let records = newsmill_read::records(&input, &config.read, &config.limits)?;
    let mut chain = Chain::new(config, None);
    Ok(records.map(move |record| {
        let record = record?;
        let origin = record.origin.clone();
        let (article, kept) = caught(&origin, |stage| chain.article(record, stage))?;
        let mut row = Vec::new();
        write_line(&ArticleRow::new(&article, &kept, None, &[]), &mut row)
            .map_err(|e| Reject::new(origin, Stage::Output, RejectKind::Malformed, e))?;
        Ok(row)
    }))
}
