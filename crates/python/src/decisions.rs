//! What happens to each text, as columns.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use newsmill_pipeline::dedup::keep::{Decision, DropMethod, RelatedKind};

use crate::error::Error;

/// Columns of decisions on their way.
#[derive(Debug)]
pub(crate) struct Decided {
    rows: Int64Builder,
    kept: BooleanBuilder,
    duplicate_of: StringBuilder,
    method: StringBuilder,
    similarity: Float64Builder,
    added: Int64Builder,
    dropped: Int64Builder,
    cluster: StringBuilder,
    cluster_size: Int64Builder,
    others: ListBuilder<StringBuilder>,
    related: ListBuilder<StructBuilder>,
}

/// The types of the columns.
pub(crate) fn schema() -> SchemaRef {
    let number = |name: &str| Field::new(name, DataType::Int64, true);
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let list = |name, element: Field| Field::new(name, DataType::List(Arc::new(element)), false);
    Arc::new(Schema::new(vec![
        Field::new("row", DataType::Int64, false),
        Field::new("kept", DataType::Boolean, false),
        text("duplicate_of"),
        text("method"),
        Field::new("similarity", DataType::Float64, true),
        number("added"),
        number("dropped"),
        text("cluster"),
        number("cluster_size"),
        list("others", Field::new("element", DataType::Utf8, false)),
        list("related", Field::new("element", DataType::Struct(related_fields()), false)),
    ]))
}

fn related_fields() -> Fields {
    Fields::from(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("similarity", DataType::Float64, false),
    ])
}

impl Decided {
    pub(crate) fn new(rows: usize) -> Self {
        let element = Field::new("element", DataType::Utf8, false);
        let related = StructBuilder::from_fields(related_fields(), 0);
        let relation = Field::new("element", DataType::Struct(related_fields()), false);
        Self {
            rows: Int64Builder::with_capacity(rows),
            kept: BooleanBuilder::with_capacity(rows),
            duplicate_of: StringBuilder::new(),
            method: StringBuilder::new(),
            similarity: Float64Builder::with_capacity(rows),
            added: Int64Builder::with_capacity(rows),
            dropped: Int64Builder::with_capacity(rows),
            cluster: StringBuilder::new(),
            cluster_size: Int64Builder::with_capacity(rows),
            others: ListBuilder::new(StringBuilder::new()).with_field(element),
            related: ListBuilder::new(related).with_field(relation),
        }
    }

    /// Adds what was decided of text number `own`, called `row` in the columns. `id` names the texts,
    /// `words` are those a dropped one has more and less than the one kept for it, and its similarity
    /// where the decision leaves that open.
    pub(crate) fn push<'a>(
        &mut self,
        (row, own): (i64, u32),
        decision: &Decision,
        id: impl Fn(u32) -> &'a str,
        (added, dropped): (i64, i64),
    ) {
        self.rows.append_value(row);
        match decision {
            Decision::Keep { cluster, related } => {
                self.kept.append_value(true);
                self.duplicate_of.append_null();
                self.method.append_null();
                self.similarity.append_null();
                self.added.append_null();
                self.dropped.append_null();
                self.cluster.append_option(cluster.as_ref().map(|cluster| id(cluster.id)));
                let members = cluster.as_ref().map_or(&[][..], |cluster| &*cluster.members);
                self.cluster_size
                    .append_option((!members.is_empty()).then_some(members.len() as i64));
                for &member in members.iter().filter(|member| **member != own) {
                    self.others.values().append_value(id(member));
                }
                self.others.append(true);
                let relations = self.related.values();
                for related in related {
                    if let Some(ids) = relations.field_builder::<StringBuilder>(0) {
                        ids.append_value(id(related.doc));
                    }
                    if let Some(kinds) = relations.field_builder::<StringBuilder>(1) {
                        kinds.append_value(kind_name(related.kind));
                    }
                    if let Some(similarities) = relations.field_builder::<Float64Builder>(2) {
                        similarities.append_value(related.similarity);
                    }
                    relations.append(true);
                }
                self.related.append(true);
            }
            Decision::Drop { kept, cluster, method, similarity } => {
                self.kept.append_value(false);
                self.duplicate_of.append_value(id(*kept));
                self.method.append_value(method_name(*method));
                self.similarity.append_value(*similarity);
                self.added.append_value(added);
                self.dropped.append_value(dropped);
                self.cluster.append_value(id(*cluster));
                self.cluster_size.append_null();
                self.others.append(true);
                self.related.append(true);
            }
        }
    }

    pub(crate) fn finish(mut self) -> Result<RecordBatch, Error> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.rows.finish()),
            Arc::new(self.kept.finish()),
            Arc::new(self.duplicate_of.finish()),
            Arc::new(self.method.finish()),
            Arc::new(self.similarity.finish()),
            Arc::new(self.added.finish()),
            Arc::new(self.dropped.finish()),
            Arc::new(self.cluster.finish()),
            Arc::new(self.cluster_size.finish()),
            Arc::new(self.others.finish()),
            Arc::new(self.related.finish()),
        ];
        Ok(RecordBatch::try_new(schema(), columns)?)
    }
}

pub(crate) fn method_name(method: DropMethod) -> &'static str {
    match method {
        DropMethod::Exact => "exact",
        DropMethod::Near => "near",
        DropMethod::Contained => "contained",
        DropMethod::Identity => "url",
    }
}

fn kind_name(kind: RelatedKind) -> &'static str {
    match kind {
        RelatedKind::Near => "near",
        RelatedKind::Contained => "contained",
        RelatedKind::Contains => "contains",
        RelatedKind::Template => "template",
    }
}
