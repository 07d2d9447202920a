//! One document in, one article row out, for columns of documents.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float32Builder, Int64Builder, ListBuilder, StructBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema};
use newsmill_pipeline::Config;
use newsmill_pipeline::article::{Article, Block, BlockKind, Origin, Span};
use newsmill_pipeline::dedup::within::{Finder, Repeat};
use newsmill_pipeline::output::Points;
use pyo3::prelude::*;
use pyo3_arrow::export::{Arro3Array, Arro3RecordBatch};
use rayon::prelude::*;

use crate::column::{Column, all_texts, configuration};
use crate::error::Error;
use crate::records::{Columns, work};
use crate::rows::{Keeping, article_fields, articles, rejected, rejected_field};
use crate::work::{Stop, beside};

/// Article rows of documents, each cleaned by itself.
#[pyfunction]
#[pyo3(signature = (texts, ids, metadata, media, path, config, threads))]
#[allow(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn parse(
    py: Python<'_>,
    mut texts: Column,
    mut ids: Option<Column>,
    mut metadata: Option<Column>,
    media: &str,
    path: &str,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?;
    let batch = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            let columns = Columns {
                texts: &mut texts,
                ids: ids.as_mut(),
                metadata: metadata.as_mut(),
                media,
                path,
            };
            let made = work(columns.records(|row| row as u64)?, &config, stop)?;
            let verbatim = config.mode == newsmill_pipeline::Mode::Verbatim;
            let rows: Vec<Option<Keeping<'_>>> = made
                .iter()
                .map(|made| {
                    let article = &made.as_ref().ok()?.0;
                    Some(Keeping { article, cluster: None, related: Vec::new(), verbatim })
                })
                .collect();
            let mut columns = articles(&rows)?;
            let rejects: Vec<_> = made.iter().map(|made| made.as_ref().err()).collect();
            columns.push(rejected(&rejects)?);
            let mut fields = article_fields();
            fields.push(rejected_field());
            Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
        },
    )?;
    Ok(batch.into())
}

/// Facts of texts that are clean: article rows whose text is as it came.
#[pyfunction]
#[pyo3(signature = (texts, ids, config, threads))]
pub(crate) fn extract(
    py: Python<'_>,
    mut texts: Column,
    mut ids: Option<Column>,
    config: &str,
    threads: usize,
) -> PyResult<Arro3RecordBatch> {
    let config = configuration(config)?;
    let batch = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            let texts = all_texts(&mut texts, "texts")?;
            let names = crate::dedup::Names::new(ids.as_mut(), texts.len())?;
            let articles: Vec<Article> = texts
                .par_iter()
                .enumerate()
                .map(|(row, text)| facts_of(row, names.get(row), text, &config, stop))
                .collect::<Result<_, Error>>()?;
            let keep = |article| {
                Some(Keeping { article, cluster: None, related: Vec::new(), verbatim: true })
            };
            let rows: Vec<_> = articles.iter().map(keep).collect();
            let columns = crate::rows::articles(&rows)?;
            Ok(RecordBatch::try_new(Arc::new(Schema::new(article_fields())), columns)?)
        },
    )?;
    Ok(batch.into())
}

/// An article of one block for each paragraph, with the facts of its text.
fn facts_of(
    row: usize,
    id: &str,
    text: &str,
    config: &Config,
    stop: &Stop,
) -> Result<Article, Error> {
    stop.check()?;
    let mut blocks = Vec::new();
    let mut at = 0;
    for part in text.split("\n\n") {
        if let Ok(span) = Span::new(text, at..at + part.len()) {
            let span = span.trim(text);
            if !span.is_empty() {
                blocks.push(Block::new(BlockKind::Paragraph, span));
            }
        }
        at += part.len() + 2;
    }
    let origin = Origin::new("table", row as u64).at(0, text.len() as u64);
    let made = Article::new(id.into(), origin, text.to_owned(), blocks, Vec::new());
    let mut article = made.map_err(|e| Error::argument("texts", e))?;
    let without = &config.extract.without;
    let facts: Vec<_> = newsmill_pipeline::extract::ALL
        .iter()
        .filter(|fact| without.iter().all(|name| name != fact.name()))
        .copied()
        .collect();
    let kept = article.kept();
    article.facts =
        newsmill_pipeline::extract::extract_some(&facts, &article, &kept, &config.limits);
    Ok(article)
}

/// Repeats within each text: a list of passages that stand there again.
#[pyfunction]
#[pyo3(signature = (texts, config, threads))]
pub(crate) fn repeats(
    py: Python<'_>,
    mut texts: Column,
    config: &str,
    threads: usize,
) -> PyResult<Arro3Array> {
    let config = configuration(config)?.within;
    let array = beside(
        py,
        threads,
        |_| Ok(()),
        |stop| {
            let texts = all_texts(&mut texts, "texts")?;
            let found =
                texts.par_iter().with_min_len(16).map_init(Finder::default, |finder, text| {
                    stop.check()?;
                    Ok(in_points(text, &finder.repeats(text, &config)))
                });
            Ok(lists(&found.collect::<Result<Vec<_>, Error>>()?))
        },
    )?;
    Ok(array.into())
}

/// A repeat in code points.
#[derive(Debug, Clone, Copy)]
struct Found {
    places: [usize; 4],
    exact: bool,
    similarity: f32,
}

fn in_points(text: &str, repeats: &[Repeat]) -> Vec<Found> {
    if repeats.is_empty() {
        return Vec::new();
    }
    let points = Points::new(text);
    let found = |repeat: &Repeat| Found {
        places: [repeat.copy.start, repeat.copy.end, repeat.kept.start, repeat.kept.end]
            .map(|place| points.before(place)),
        exact: repeat.exact,
        similarity: repeat.similarity,
    };
    repeats.iter().map(found).collect()
}

fn lists(all: &[Vec<Found>]) -> ArrayRef {
    let number = |name: &str| Field::new(name, DataType::Int64, false);
    let fields = Fields::from(vec![
        number("start"),
        number("end"),
        number("of_start"),
        number("of_end"),
        Field::new("exact", DataType::Boolean, false),
        Field::new("similarity", DataType::Float32, false),
    ]);
    let element = Field::new("element", DataType::Struct(fields.clone()), false);
    let mut lists = ListBuilder::new(StructBuilder::from_fields(fields, 0)).with_field(element);
    for found in all {
        let values = lists.values();
        for found in found {
            for (at, place) in found.places.into_iter().enumerate() {
                if let Some(column) = values.field_builder::<Int64Builder>(at) {
                    column.append_value(place as i64);
                }
            }
            if let Some(column) = values.field_builder::<BooleanBuilder>(4) {
                column.append_value(found.exact);
            }
            if let Some(column) = values.field_builder::<Float32Builder>(5) {
                column.append_value(found.similarity);
            }
            values.append(true);
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}
