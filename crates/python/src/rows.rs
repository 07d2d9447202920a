//! Article rows and ledgers, as columns.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StructArray, UInt32Array, new_null_array};
use arrow_json::ReaderBuilder;
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use arrow_select::take::take;
use newsmill_pipeline::article::{Article, Cluster, Reject, Related, Tally};
use newsmill_pipeline::output::{
    ArticleRow, Columns, DuplicateRow, RejectedRow, RemovedRow, RepairedRow,
};
use serde::Serialize;

use crate::error::Error;

/// What the row of an article is made with, beside the article.
#[derive(Debug)]
pub(crate) struct Keeping<'a> {
    pub(crate) article: &'a Article,
    pub(crate) cluster: Option<Cluster>,
    pub(crate) related: Vec<Related>,
    /// Whether the text stays as it came.
    pub(crate) verbatim: bool,
}

/// Article rows in the places of their records; a place without an article is null in every column.
pub(crate) fn articles(rows: &[Option<Keeping<'_>>]) -> Result<Vec<ArrayRef>, Error> {
    let mut columns = Columns::new()?;
    let mut places = Vec::with_capacity(rows.len());
    let mut count = 0;
    for row in rows {
        let Some(Keeping { article, cluster, related, verbatim }) = row else {
            places.push(None);
            continue;
        };
        let kept = article.kept();
        let row = match *verbatim && article.removals().is_empty() {
            true => ArticleRow::verbatim(article, cluster.as_ref(), related),
            false => ArticleRow::new(article, &kept, cluster.as_ref(), related),
        };
        columns.push(&row)?;
        places.push(Some(count));
        count += 1;
    }
    let schema = Columns::schema();
    let (batch, _) = columns.finish()?;
    let Some(batch) = batch else {
        let none = |field: &Arc<Field>| new_null_array(field.data_type(), rows.len());
        return Ok(schema.fields().iter().map(none).collect());
    };
    if count as usize == rows.len() {
        return Ok(batch.columns().to_vec());
    }
    let places = UInt32Array::from(places);
    let columns = batch.columns().iter().map(|column| take(column, &places, None));
    Ok(columns.collect::<Result<_, _>>()?)
}

/// The fields of article rows, each of which may be missing where there is no article.
pub(crate) fn article_fields() -> Vec<Field> {
    let schema = Columns::schema();
    schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect()
}

/// The ledgers' rows of one article.
#[derive(Debug, Serialize)]
pub(crate) struct LedgerRow<'a> {
    pub(crate) duplicate: Option<DuplicateRow<'a>>,
    pub(crate) removed: Vec<RemovedRow<'a>>,
    pub(crate) repaired: Vec<RepairedRow<'a>>,
    pub(crate) tally: Vec<Count>,
}

/// An entry of the books: an article's part of it.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    name: String,
    value: u64,
}

/// The entries of a tally that are not counts of articles.
pub(crate) fn counts(tally: &Tally) -> Vec<Count> {
    let Tally { text_bytes, kept_bytes, layout_bytes, replacement_characters, .. } = tally;
    let plain = [
        ("text_bytes", text_bytes),
        ("kept_bytes", kept_bytes),
        ("layout_bytes", layout_bytes),
        ("replacement_characters", replacement_characters),
    ];
    let plain = plain.into_iter().map(|(name, value)| (name.to_owned(), *value));
    let removed: BTreeMap<_, _> = tally.removed_bytes.iter().collect();
    let removed = removed.into_iter().map(|(reason, value)| (format!("removed_{reason}"), *value));
    plain
        .chain(removed)
        .filter(|(_, value)| *value > 0)
        .map(|(name, value)| Count { name, value })
        .collect()
}

/// The ledgers' rows as columns `duplicate`, `removed`, `repaired` and `tally`.
pub(crate) fn ledgers(rows: &[LedgerRow<'_>]) -> Result<RecordBatch, Error> {
    decoded(&ledger_schema(), rows)
}

/// The rows of rejects as a column of structs, null where there is none.
pub(crate) fn rejected(rejects: &[Option<&Reject>]) -> Result<ArrayRef, Error> {
    #[derive(Serialize)]
    struct Row<'a> {
        rejected: Option<RejectedRow<'a>>,
    }
    let rows: Vec<Row<'_>> = rejects
        .iter()
        .map(|reject| Row { rejected: reject.map(|reject| RejectedRow::new(reject, None)) })
        .collect();
    let schema = Arc::new(Schema::new(vec![rejected_field()]));
    let batch = decoded(&schema, &rows)?;
    Ok(Arc::clone(batch.column(0)))
}

pub(crate) fn rejected_field() -> Field {
    let fields = [
        text("path"),
        text("record"),
        number("offset"),
        text("stage"),
        text("error"),
        text("hint"),
        text("payload").with_nullable(true),
        text("kind"),
    ];
    structure("rejected", fields).with_nullable(true)
}

pub(crate) fn ledger_schema() -> SchemaRef {
    let of = structure("of", [number("start"), number("end"), text("id")].map(nullable));
    let duplicate = structure(
        "duplicate",
        [
            text("id"),
            source(),
            text("kept"),
            text("cluster"),
            text("method"),
            Field::new("similarity", DataType::Float64, false),
            structure("diff", [number("added"), number("dropped")]),
            text("title").with_nullable(true),
            text("published").with_nullable(true),
            text("site").with_nullable(true),
            text("url").with_nullable(true),
        ],
    );
    let removed = structure(
        "element",
        [
            text("id"),
            source(),
            number("start"),
            number("end"),
            text("reason"),
            nullable(of),
            Field::new("score", DataType::Float32, true),
            text("stage"),
        ],
    );
    let repaired =
        structure("element", [text("id"), source(), number("start"), number("end"), text("text")]);
    let count = structure("element", [text("name"), number("value")]);
    let list = |name: &str, element| Field::new(name, DataType::List(Arc::new(element)), false);
    Arc::new(Schema::new(vec![
        nullable(duplicate),
        list("removed", removed),
        list("repaired", repaired),
        list("tally", count),
    ]))
}

/// Rows as columns of a schema: a number where a text is wanted becomes one.
fn decoded<T: Serialize>(schema: &SchemaRef, rows: &[T]) -> Result<RecordBatch, Error> {
    let builder = ReaderBuilder::new(Arc::clone(schema)).with_coerce_primitive(true);
    let mut decoder = builder.with_batch_size(rows.len().max(1)).build_decoder()?;
    decoder.serialize(rows)?;
    Ok(decoder.flush()?.unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(schema))))
}

/// Columns as one column of structs, null where `is_there` says so.
pub(crate) fn structs(
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
    is_there: Vec<bool>,
) -> Result<StructArray, Error> {
    let fields = Fields::from(fields);
    Ok(StructArray::try_new(fields, columns, Some(is_there.into()))?)
}

fn source() -> Field {
    structure("source", [text("path"), text("record"), number("offset"), number("length")])
}

fn structure<const N: usize>(name: &str, fields: [Field; N]) -> Field {
    Field::new(name, DataType::Struct(fields.into_iter().collect()), false)
}

fn nullable(field: Field) -> Field {
    field.with_nullable(true)
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn number(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}
