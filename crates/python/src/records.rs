//! Records of columns, and the articles the stages make of them.

use newsmill_pipeline::article::{
    Article, Content, Media, Origin, Record, Reject, RejectKind, Stage,
};
use newsmill_pipeline::{Config, Stages};
use rayon::prelude::*;

use crate::column::Column;
use crate::error::Error;
use crate::work::Stop;

/// Records a thread takes at a time.
const RECORDS_AT_ONCE: usize = 16;

/// What a record has become: the article and its text as the search for duplicates sees it.
pub(crate) type Made = Result<(Article, String), Reject>;

/// Columns that records are made of.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    pub(crate) texts: &'a mut Column,
    pub(crate) ids: Option<&'a mut Column>,
    /// Objects of JSON: the rows' other fields.
    pub(crate) metadata: Option<&'a mut Column>,
    pub(crate) media: &'a str,
    /// What the table is called in the articles' sources.
    pub(crate) path: &'a str,
}

impl Columns<'_> {
    /// The records, numbered from `first`; a text that is missing is a reject.
    pub(crate) fn records(
        self,
        number: impl Fn(usize) -> u64,
    ) -> Result<Vec<Result<Record, Reject>>, Error> {
        let Self { texts, ids, metadata, media, path } = self;
        let media = match media {
            "plain" => Media::Plain,
            "html" => Media::Html,
            "mail" => Media::Mail,
            other => {
                let detail = format!("`{other}` is none; use plain, html or mail");
                return Err(Error::argument("media", detail));
            }
        };
        let rows = texts.len();
        let matching = |argument, found: usize| match found {
            found if found == rows => Ok(()),
            found => Err(Error::argument(argument, format!("there are {found} for {rows} texts"))),
        };
        let ids = ids.map(|ids| ids.texts("ids")).transpose()?;
        let metadata = metadata.map(|metadata| metadata.texts("metadata")).transpose()?;
        ids.as_ref().map_or(Ok(()), |ids| matching("ids", ids.len()))?;
        metadata.as_ref().map_or(Ok(()), |metadata| matching("metadata", metadata.len()))?;
        let is_binary = texts.is_binary();
        let bytes = texts.bytes("texts")?;
        let path: std::sync::Arc<str> = path.into();
        let record = |(row, bytes): (usize, Option<&[u8]>)| {
            let mut origin = Origin::new(path.clone(), number(row));
            let wrong =
                |kind, detail: String, origin| Err(Reject::new(origin, Stage::Read, kind, detail));
            let Some(bytes) = bytes else {
                return wrong(RejectKind::NoText, "the row has no text".to_owned(), origin);
            };
            origin.length = bytes.len() as u64;
            let text = if is_binary { None } else { std::str::from_utf8(bytes).ok() };
            let mut record = Record::text(origin, text.unwrap_or_default());
            record.media = media;
            if text.is_none() {
                record.content = Content::Bytes { bytes: bytes.to_owned(), charset: None };
            }
            let id = ids.as_ref().and_then(|ids| ids.get(row).copied().flatten());
            record.id = id.map(str::to_owned);
            let fields = metadata.as_ref().and_then(|all| all.get(row).copied().flatten());
            if let Some(fields) = fields {
                match serde_json::from_str(fields) {
                    Ok(fields) => record.metadata = fields,
                    Err(error) => {
                        let detail = format!("its metadata is no object of JSON: {error}");
                        return wrong(RejectKind::Malformed, detail, record.origin);
                    }
                }
            }
            Ok(record)
        };
        Ok(bytes.into_iter().enumerate().map(record).collect())
    }
}

/// Works records through the stages.
pub(crate) fn work(
    records: Vec<Result<Record, Reject>>,
    config: &Config,
    stop: &Stop,
) -> Result<Vec<Made>, Error> {
    let made = records.into_par_iter().with_min_len(RECORDS_AT_ONCE);
    let made = made.map_init(
        || Stages::new(config),
        |stages, record| {
            stop.check()?;
            Ok(record.and_then(|record| stages.article(record)))
        },
    );
    made.collect()
}
