//! The types of the columns.

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

/// The columns of an article row, in its order.
pub(super) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        text("id"),
        record("source", [text("path"), text("record"), number("offset"), number("length")]),
        text("text"),
        records(
            "blocks",
            [
                text("kind"),
                number("start"),
                number("end"),
                optional(number("level")),
                optional(number("quoted")),
            ],
        ),
        optional(text("title")),
        optional(texts("byline")),
        optional(text("dateline")),
        optional(text("published")),
        optional(text("modified")),
        optional(text("language")),
        optional(text("site")),
        optional(text("url")),
        records("inferred", {
            let [value, evidence, start, end, source_start, source_end] = sourced();
            [text("field"), value, evidence, start, end, source_start, source_end]
        }),
        records(
            "links",
            [text("url"), text("raw"), number("start"), optional(text("anchor")), text("domain")],
        ),
        records("images", ["alt", "url", "caption", "credit"].map(|name| optional(text(name)))),
        records(
            "quotes",
            [
                text("text"),
                number("start"),
                number("end"),
                optional(text("speaker")),
                optional(text("cue")),
                optional(Field::new("confidence", DataType::Float32, false)),
            ],
        ),
        records("entities", [text("text"), text("kind"), number("start"), number("end")]),
        texts("keywords"),
        optional(text("lead")),
        optional(record(
            "syndication",
            [
                list("agencies", record(ELEMENT, sourced())),
                optional(record("publisher", sourced())),
            ],
        )),
        optional(record(
            "counts",
            [
                number("words"),
                number("sentences"),
                number("paragraphs"),
                optional(Field::new("reading_ease", DataType::Float32, false)),
            ],
        )),
        records("promo", [text("text"), texts("links")]),
        optional(record(
            "cluster",
            [
                text("id"),
                number("size"),
                text("role"),
                texts("others"),
                optional(record(
                    "origin",
                    [
                        text("name"),
                        text("evidence"),
                        number("told_by"),
                        number("members"),
                        optional(text("article")),
                    ],
                )),
            ],
        )),
        records(
            "related",
            [text("id"), text("kind"), Field::new("similarity", DataType::Float64, false)],
        ),
        text("metadata"),
        records(
            "evidence",
            [text("field"), text("from"), optional(number("start")), optional(number("end"))],
        ),
        Field::new("truncated", DataType::Boolean, false),
    ]))
});

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

/// Signed, as not every reader knows numbers without sign.
fn number(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

fn optional(field: Field) -> Field {
    field.with_nullable(true)
}

fn record<const N: usize>(name: &str, fields: [Field; N]) -> Field {
    Field::new(name, DataType::Struct(fields.into_iter().collect::<Fields>()), false)
}

/// A value and what says it.
fn sourced() -> [Field; 6] {
    [
        text("value"),
        text("evidence"),
        optional(number("start")),
        optional(number("end")),
        optional(number("source_start")),
        optional(number("source_end")),
    ]
}

fn texts(name: &str) -> Field {
    list(name, text(ELEMENT))
}

fn records<const N: usize>(name: &str, fields: [Field; N]) -> Field {
    list(name, record(ELEMENT, fields))
}

/// The name that the standard gives what is in a list.
const ELEMENT: &str = "element";

fn list(name: &str, element: Field) -> Field {
    Field::new(name, DataType::List(Arc::new(element)), false)
}
