//! The map pass for engines that spread articles over machines: from records to articles with their
//! sketches, and from articles and decisions to rows.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use newsmill_pipeline::article::{
    Article, ArticleId, Cluster, Diff, Duplicate, Method, Record, Reject, Related, RelatedKind,
    Role, Tally,
};
use newsmill_pipeline::dedup::keep::DropMethod;
use newsmill_pipeline::output::{DuplicateRow, RemovedRow, RepairedRow};
use newsmill_pipeline::read::{Input, Records, records};
use newsmill_pipeline::{Config, Mode, keep_place};
use pyo3::prelude::*;
use pyo3_arrow::export::{Arro3RecordBatch, Arro3Schema};
use rayon::prelude::*;

use crate::column::{Column, Table, all_texts, configuration};
use crate::decisions::method_name;
use crate::error::Error;
use crate::records::{Columns, Made, work};
use crate::rows::{
    Keeping, LedgerRow, article_fields, articles, counts, ledger_schema, ledgers, rejected,
    rejected_field, structs,
};
use crate::sketch;
use crate::work::{Stop, beside};

/// A batch ends with so many bytes of records, or so many records.
const BATCH_BYTES: u64 = 4 << 20;
const BATCH_RECORDS: usize = 2048;
/// Numbers of records in one input: the input's own number stands above them.
const RECORD_BITS: u32 = 40;

/// The articles of one file, batch by batch.
#[pyclass(module = "newsmill._newsmill")]
pub(crate) struct Articles {
    config: Config,
    threads: usize,
    state: Mutex<State>,
}

struct State {
    records: Records,
    /// Number of the next record.
    next: i64,
}

#[pymethods]
impl Articles {
    /// Opens the file, input number `number` of a run.
    #[new]
    #[pyo3(signature = (path, number, config, threads))]
    fn new(path: &str, number: i64, config: &str, threads: usize) -> PyResult<Self> {
        let config = configuration(config)?;
        let opened = records(&Input::file(path), &config.read, &config.limits);
        let records = opened.map_err(|e| Error::from(newsmill_pipeline::Error::from(e)))?;
        let state = Mutex::new(State { records, next: number << RECORD_BITS });
        Ok(Self { config, threads, state })
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Arro3RecordBatch>> {
        let batch = beside(
            py,
            self.threads,
            |_| Ok(()),
            |stop| {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                let (mut records, mut bytes) = (Vec::new(), 0);
                while bytes < BATCH_BYTES && records.len() < BATCH_RECORDS {
                    let Some(record) = state.records.next() else { break };
                    bytes += record.as_ref().map_or(0, |r| r.content.len() as u64);
                    records.push(record);
                }
                if records.is_empty() {
                    return Ok(None);
                }
                let first = state.next;
                state.next += records.len() as i64;
                let docs = (first..state.next).collect();
                batch(records, docs, &self.config, stop).map(Some)
            },
        )?;
        Ok(batch.map(Into::into))
    }

    /// How many records of kinds that hold no article were passed over so far.
    fn skipped(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).records.skipped().total()
    }
}

/// The articles of a column of documents, numbered by `docs`.
#[pyfunction]
#[pyo3(signature = (texts, ids, docs, metadata, media, path, config, threads))]
#[allow(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn prepare(
    py: Python<'_>,
    mut texts: Column,
    mut ids: Option<Column>,
    docs: Vec<i64>,
    mut metadata: Option<Column>,
    media: &str,
    path: &str,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?;
    let made = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            if docs.len() != texts.len() {
                let detail = format!("there are {} for {} texts", docs.len(), texts.len());
                return Err(Error::argument("docs", detail));
            }
            let columns = Columns {
                texts: &mut texts,
                ids: ids.as_mut(),
                metadata: metadata.as_mut(),
                media,
                path,
            };
            let number = |row: usize| docs.get(row).map_or(0, |doc| doc.cast_unsigned());
            let records = columns.records(number)?;
            batch(records, docs.clone(), &config, stop)
        },
    )?;
    Ok(made.into())
}

/// The types of the columns of [`Articles`] and [`prepare`].
#[pyfunction]
pub(crate) fn articles_schema() -> Arro3Schema {
    schema().into()
}

fn schema() -> SchemaRef {
    let mut fields = vec![
        Field::new("doc", DataType::Int64, false),
        Field::new("place", DataType::Int64, false),
        Field::new("truncated", DataType::Boolean, false),
        Field::new("id", DataType::Utf8, true),
        Field::new("text", DataType::Utf8, true),
        Field::new("article", DataType::Binary, true),
    ];
    let sketches = sketch::schema();
    let wanted = sketches.fields().iter().filter(|field| field.name() != "signature");
    fields.extend(wanted.map(|field| field.as_ref().clone()));
    fields.push(rejected_field());
    Arc::new(Schema::new(fields))
}

fn batch(
    records: Vec<Result<Record, Reject>>,
    docs: Vec<i64>,
    config: &Config,
    stop: &Stop,
) -> Result<RecordBatch, Error> {
    let made = work(records, config, stop)?;
    let texts: Vec<&str> = made.iter().map(text_of).collect();
    let sketches = sketch::sketches(&texts, &config.across, stop)?;
    let sketches = sketches.iter().flatten();
    let there = sketches.zip(&made).map(|(sketch, made)| made.is_ok().then_some(sketch));
    let sketches = sketch::columns(there, made.len(), &config.across)?;
    let stored: Vec<Option<Vec<u8>>> = made
        .par_iter()
        .map(|made| made.as_ref().ok().map(|(article, _)| serde_json::to_vec(article)).transpose())
        .collect::<Result<_, _>>()
        .map_err(std::io::Error::from)?;
    let place = |made: &Made| match made {
        Ok((article, text)) => keep_place(article, text.len(), &config.keep),
        Err(_) => 0,
    };
    let truncated = |made: &Made| made.as_ref().is_ok_and(|(article, _)| article.truncated);
    let ids = made.iter().map(|made| made.as_ref().ok().map(|(article, _)| article.id.as_str()));
    let texts = made.iter().map(|made| made.as_ref().ok().map(|(_, text)| text.as_str()));
    let rejects: Vec<_> = made.iter().map(|made| made.as_ref().err()).collect();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(docs)),
        Arc::new(made.iter().map(|made| Some(place(made))).collect::<Int64Array>()),
        Arc::new(made.iter().map(|made| Some(truncated(made))).collect::<BooleanArray>()),
        Arc::new(ids.collect::<StringArray>()),
        Arc::new(texts.collect::<StringArray>()),
        Arc::new(stored.iter().map(Option::as_deref).collect::<BinaryArray>()),
    ];
    let wanted = sketches.schema();
    let wanted = wanted.fields().iter().zip(sketches.columns());
    columns.extend(wanted.filter(|(f, _)| f.name() != "signature").map(|(_, c)| Arc::clone(c)));
    columns.push(rejected(&rejects)?);
    Ok(RecordBatch::try_new(schema(), columns)?)
}

fn text_of(made: &Made) -> &str {
    made.as_ref().map_or("", |(_, text)| text)
}

/// The types of the columns of [`rows`].
#[pyfunction]
pub(crate) fn rows_schema() -> Arro3Schema {
    row_schema().into()
}

fn row_schema() -> SchemaRef {
    let article = DataType::Struct(article_fields().into());
    let mut fields =
        vec![Field::new("doc", DataType::Int64, false), Field::new("article", article, true)];
    fields.extend(ledger_schema().fields().iter().map(|field| field.as_ref().clone()));
    Arc::new(Schema::new(fields))
}

/// The rows of articles: columns `doc`, `article` and those of decisions in (null in `kept`: nothing
/// was decided, the article stays), `doc`, `article`, `duplicate`, `removed`, `repaired` and `tally`
/// out.
#[pyfunction]
#[pyo3(signature = (articles, config, threads))]
pub(crate) fn rows(
    py: Python<'_>,
    articles: Table,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?;
    let batch = beside(py, threads, |_| Ok(()), |stop| rows_of(&articles, &config, stop))?;
    Ok(batch.into())
}

fn rows_of(table: &Table, config: &Config, stop: &Stop) -> Result<RecordBatch, Error> {
    let verbatim = config.mode == Mode::Verbatim;
    let mut stored = table.bytes("article")?;
    let stored = stored.bytes("article")?;
    let read: Vec<Article> = stored
        .par_iter()
        .map(|bytes| {
            stop.check()?;
            let article = serde_json::from_slice(bytes.unwrap_or_default());
            article.map_err(|e| Error::argument("article", e))
        })
        .collect::<Result<_, Error>>()?;
    let decided = Decided::new(table)?;
    let mut kept = Vec::with_capacity(read.len());
    let mut duplicates = Vec::with_capacity(read.len());
    for (row, article) in read.iter().enumerate() {
        let duplicate = decided.duplicate(row)?;
        kept.push(match duplicate {
            Some(_) => None,
            None => Some(Keeping {
                article,
                cluster: decided.cluster(row)?,
                related: decided.related(row)?,
                verbatim,
            }),
        });
        duplicates.push(duplicate);
    }
    let pieces: Vec<Vec<LedgerRow<'_>>> = read
        .par_chunks(64)
        .zip(duplicates.par_chunks(64))
        .map(|(articles, duplicates)| {
            let rows = articles.iter().zip(duplicates);
            rows.map(|(article, duplicate)| ledger(article, duplicate.as_ref(), verbatim)).collect()
        })
        .collect();
    let ledger_rows: Vec<LedgerRow<'_>> = pieces.into_iter().flatten().collect();
    let ledgers = ledgers(&ledger_rows)?;
    let is_there = kept.iter().map(Option::is_some).collect();
    let articles = structs(article_fields(), articles(&kept)?, is_there)?;
    let mut columns: Vec<ArrayRef> = vec![Arc::new(table.numbers("doc")?), Arc::new(articles)];
    columns.extend(ledgers.columns().iter().cloned());
    Ok(RecordBatch::try_new(row_schema(), columns)?)
}

fn ledger<'a>(
    article: &'a Article,
    duplicate: Option<&'a Duplicate>,
    verbatim: bool,
) -> LedgerRow<'a> {
    if duplicate.is_some() {
        let duplicate = duplicate.map(|d| DuplicateRow::new(article, d));
        return LedgerRow { duplicate, removed: vec![], repaired: vec![], tally: vec![] };
    }
    let mut tally = Tally::default();
    if verbatim && article.removals().is_empty() {
        tally.keep_verbatim(article);
    } else {
        tally.keep(article, &article.kept());
    }
    LedgerRow {
        duplicate: None,
        removed: article.removals().iter().map(|r| RemovedRow::new(article, r)).collect(),
        repaired: RepairedRow::all(article).collect(),
        tally: counts(&tally),
    }
}

/// Decisions beside the articles they are about.
struct Decided<'a> {
    table: &'a Table,
    kept: BooleanArray,
}

impl<'a> Decided<'a> {
    fn new(table: &'a Table) -> Result<Self, Error> {
        Ok(Self { table, kept: table.flags("kept")? })
    }

    fn text(&self, name: &'static str, row: usize) -> Result<String, Error> {
        let column = self.table.any(name)?.slice(row, 1);
        let column = arrow_cast::cast(&column, &DataType::Utf8)?;
        let column = column.as_any().downcast_ref::<StringArray>();
        Ok(column.filter(|c| c.is_valid(0)).map_or_else(String::new, |c| c.value(0).to_owned()))
    }

    fn duplicate(&self, row: usize) -> Result<Option<Duplicate>, Error> {
        if self.kept.is_null(row) || self.kept.value(row) {
            return Ok(None);
        }
        let number = |name| Ok::<_, Error>(self.table.numbers(name)?.value(row).cast_unsigned());
        let method = self.text("method", row)?;
        let known =
            [DropMethod::Exact, DropMethod::Near, DropMethod::Contained, DropMethod::Identity];
        let method = known.into_iter().find(|known| method_name(*known) == method);
        Ok(Some(Duplicate {
            kept: self.text("duplicate_of", row)?.into(),
            cluster: self.text("cluster", row)?.into(),
            method: match method {
                Some(DropMethod::Exact) => Method::Exact,
                Some(DropMethod::Contained) => Method::Contained,
                Some(DropMethod::Identity) => Method::Url,
                _ => Method::Near,
            },
            similarity: self.table.floats("similarity")?.value(row),
            diff: Diff { added: number("added")?, dropped: number("dropped")? },
        }))
    }

    fn cluster(&self, row: usize) -> Result<Option<Cluster>, Error> {
        let size = self.table.numbers("cluster_size")?;
        if size.is_null(row) {
            return Ok(None);
        }
        let others = Table(list_row(self.table, "others", row)?);
        let mut others = others.texts("element")?;
        let others = all_texts(&mut others, "others")?;
        Ok(Some(Cluster {
            id: self.text("cluster", row)?.into(),
            size: size.value(row).cast_unsigned(),
            role: Role::Kept,
            others: others.into_iter().map(ArticleId::from).collect(),
            // Members lie on other machines, and what they credit with them.
            origin: None,
        }))
    }

    fn related(&self, row: usize) -> Result<Vec<Related>, Error> {
        if self.kept.is_null(row) {
            return Ok(Vec::new());
        }
        let all = list_row(self.table, "related", row)?;
        if all.num_rows() == 0 {
            return Ok(Vec::new());
        }
        let structs = all.column(0).as_any().downcast_ref::<arrow_array::StructArray>();
        let structs = structs.ok_or_else(|| Error::argument("related", "no list of structs"))?;
        let all = Table(RecordBatch::from(structs));
        let (mut ids, mut kinds) = (all.texts("id")?, all.texts("kind")?);
        let (ids, kinds) = (all_texts(&mut ids, "id")?, all_texts(&mut kinds, "kind")?);
        let similarities = all.floats("similarity")?;
        let related = ids.into_iter().zip(kinds).enumerate().map(|(at, (id, kind))| Related {
            id: id.into(),
            kind: match kind {
                "contained" => RelatedKind::Contained,
                "contains" => RelatedKind::Contains,
                "template" => RelatedKind::Template,
                _ => RelatedKind::Near,
            },
            similarity: similarities.value(at),
        });
        Ok(related.collect())
    }
}

/// What the list in a row holds, as a table of one column `element`.
fn list_row(table: &Table, name: &'static str, row: usize) -> Result<RecordBatch, Error> {
    let lists = table.any(name)?;
    let lists = lists.as_any().downcast_ref::<arrow_array::ListArray>();
    let lists = lists.ok_or_else(|| Error::argument(name, "a column of lists is wanted"))?;
    let values = match lists.is_valid(row) {
        true => lists.value(row),
        false => lists.values().slice(0, 0),
    };
    let field = Field::new("element", values.data_type().clone(), true);
    Ok(RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![values])?)
}
