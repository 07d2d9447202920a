//! One row, read in one pass.

use std::fmt;

use newsmill_article::{
    Content, Media, Metadata, Origin, Payload, Record, Reject, RejectKind, Stage,
};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::ReadOptions;

/// A row taken apart.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The text, or what stands in its place; `None` without such a field.
    pub(crate) text: Option<Result<String, &'static str>>,
    /// The id, where it is a number or a text that is not empty.
    pub(crate) id: Option<String>,
    /// Every other field.
    pub(crate) metadata: Metadata,
}

impl Row {
    /// Takes a row apart. Of fields named twice, the last text and id count; metadata keeps both.
    pub(crate) fn parse(json: &str, options: &ReadOptions) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let row = deserializer.deserialize_map(Fields(options))?;
        deserializer.end()?;
        Ok(row)
    }

    /// The row's record, if it has a text.
    pub(crate) fn into_record(
        self,
        origin: Origin,
        options: &ReadOptions,
    ) -> Result<Record, Reject> {
        let Self { text, id, metadata } = self;
        let content = text.map(|text| text.map(Content::Text).map_err(str::to_owned));
        with_text(origin, id, content, metadata, &options.text_field)
    }
}

/// The record of a row, if its text is one: what the text's field holds, or what stands in its place;
/// `None` without such a field.
pub(crate) fn with_text(
    origin: Origin,
    id: Option<String>,
    content: Option<Result<Content, String>>,
    metadata: Metadata,
    field: &str,
) -> Result<Record, Reject> {
    let missing = match content {
        Some(Ok(content)) if !is_blank(&content) => {
            let media = Media::Plain;
            return Ok(Record { origin, id, content, media, metadata, truncated: false });
        }
        Some(Ok(_)) => format!("its field {field:?} is blank"),
        Some(Err(what)) => format!("its field {field:?} holds {what}, no text"),
        None => format!("it has no field {field:?}"),
    };
    Err(Reject::new(origin, Stage::Read, RejectKind::NoText, missing))
}

fn is_blank(content: &Content) -> bool {
    match content {
        Content::Text(text) => text.trim_start().is_empty(),
        Content::Bytes { bytes, .. } => bytes.trim_ascii().is_empty(),
    }
}

/// Why a table without a column for the text cannot be read: it has others.
pub(crate) fn no_column<'n>(field: &str, names: impl Iterator<Item = &'n str>) -> String {
    let mut columns = String::new();
    for name in names {
        if !columns.is_empty() {
            columns.push_str(", ");
        }
        columns.push_str(name);
        if let Some((end, _)) = columns.char_indices().nth(200) {
            columns.truncate(end);
            columns.push('…');
            break;
        }
    }
    format!("it names no column {field:?} but {columns}")
}

/// The record that a row's JSON stands for. `unit` is what the container calls the row.
pub(crate) fn record(
    json: &[u8],
    origin: Origin,
    options: &ReadOptions,
    unit: &str,
) -> Result<Record, Reject> {
    let fail = |origin, kind, detail: String| Reject::new(origin, Stage::Read, kind, detail);
    let text = match std::str::from_utf8(json) {
        Ok(json) => json,
        Err(error) => {
            let at = error.valid_up_to();
            let byte = json.get(at).copied().unwrap_or_default();
            let detail = format!("byte {at} of the {unit}, {byte:#04x}, is no UTF-8");
            let reject = fail(origin, RejectKind::Malformed, detail);
            return Err(reject.with_payload(Payload::row(json)));
        }
    };
    let record = match Row::parse(text, options) {
        Ok(row) => row.into_record(origin, options),
        Err(error) => Err(fail(origin, RejectKind::Malformed, cause(&error, json, unit))),
    };
    record.map_err(|reject| reject.with_payload(Payload::row(json)))
}

/// What is wrong with a row, and at which of its bytes.
fn cause(error: &serde_json::Error, json: &[u8], unit: &str) -> String {
    let full = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let lines = json.split_inclusive(|b| *b == b'\n').take(error.line().saturating_sub(1));
    let at = lines.map(<[u8]>::len).sum::<usize>() + error.column();
    match full.strip_suffix(&place) {
        Some(cause) => format!("{cause} at byte {at} of the {unit}"),
        None => full,
    }
}

struct Fields<'o>(&'o ReadOptions);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row, which is a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = Row::default();
        while let Some(name) = map.next_key_seed(NameOf(self.0))? {
            match name {
                Name::Text => row.text = Some(map.next_value::<Text>()?.0),
                Name::Id => {
                    let value: &RawValue = map.next_value()?;
                    match id(value.get()).map_err(A::Error::custom)? {
                        Some(id) => row.id = Some(id),
                        None => row.metadata.push(self.0.id_field.as_str(), value.to_owned()),
                    }
                }
                Name::Other(name) => row.metadata.push(name, map.next_value()?),
            }
        }
        Ok(row)
    }
}

/// The id that a JSON value stands for.
pub(crate) fn id(json: &str) -> serde_json::Result<Option<String>> {
    match json.as_bytes().first() {
        Some(b'"') => {
            serde_json::from_str(json).map(|id: String| Some(id).filter(|i| !i.is_empty()))
        }
        Some(b'-' | b'0'..=b'9') => Ok(Some(json.to_owned())),
        _ => Ok(None),
    }
}

enum Name {
    Text,
    Id,
    Other(String),
}

struct NameOf<'o>(&'o ReadOptions);

impl<'de> DeserializeSeed<'de> for NameOf<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameOf<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(match name {
            _ if name == self.0.text_field => Name::Text,
            _ if name == self.0.id_field => Name::Id,
            _ => Name::Other(name.to_owned()),
        })
    }
}

/// A text, or what stands in its place.
struct Text(Result<String, &'static str>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(Ok(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Text, E> {
                Ok(Text(Err("null")))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
                Ok(Text(Err("true or false")))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Text, E> {
                Ok(Text(Err("a number")))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Text, E> {
                Ok(Text(Err("a number")))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Text, E> {
                Ok(Text(Err("a number")))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text(Err("a list")))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Text, A::Error> {
                while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text(Err("an object")))
            }
        }
        deserializer.deserialize_any(AnyValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(json: &str) -> Row {
        Row::parse(json, &ReadOptions::default()).unwrap()
    }

    #[test]
    fn text_and_id_are_taken_and_the_rest_is_untouched() {
        let row = row(
            r#" {"n": 1.50e+3, "text":"caf\u00e9\n\"x\"","id":"d1","o" : { "a":[1, 2] },"n":null} "#,
        );
        assert_eq!(row.text, Some(Ok("café\n\"x\"".into())));
        assert_eq!(row.id.as_deref(), Some("d1"));
        let metadata = serde_json::to_string(&row.metadata).unwrap();
        assert_eq!(metadata, r#"{"n":1.50e+3,"o":{ "a":[1, 2] },"n":null}"#);
    }

    #[test]
    fn the_last_text_and_id_count() {
        let row = row(r#"{"text":"one","id":1,"text":"two","id":"b"}"#);
        assert_eq!((row.text, row.id.as_deref()), (Some(Ok("two".into())), Some("b")));
        assert!(row.metadata.is_empty());
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (value, what) in [
            ("null", "null"),
            ("false", "true or false"),
            ("12", "a number"),
            ("-1", "a number"),
            ("1.5", "a number"),
            (r#"["a",{"b":[]}]"#, "a list"),
            (r#"{"a":{"text":"b"}}"#, "an object"),
        ] {
            assert_eq!(row(&format!(r#"{{"text":{value},"k":1}}"#)).text, Some(Err(what)));
        }
        assert_eq!(row("{}").text, None);
    }

    #[test]
    fn ids_are_texts_or_numbers() {
        let cases = [
            (r#""a\u0062""#, Some("ab"), true),
            ("12345678901234567890123", Some("12345678901234567890123"), true),
            ("-1.0", Some("-1.0"), true),
            ("null", None, false),
            (r#"["a"]"#, None, false),
            (r#""""#, None, false),
        ];
        for (value, id, taken) in cases {
            let row = row(&format!(r#"{{"id":{value}}}"#));
            assert_eq!((row.id.as_deref(), row.metadata.is_empty()), (id, taken), "{value}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
        let json = format!(r#"{{"deep":{deep},"text":"a"}}"#);
        assert_eq!(row(&json).metadata.get("deep").unwrap().get().len(), 1_000_000);
        assert_eq!(row(&format!(r#"{{"text":{deep}}}"#)).text, Some(Err("a list")));
        let odd = format!(r#"{{"text":{}"#, r#"{"a":["#.repeat(200_000));
        assert!(Row::parse(&odd, &ReadOptions::default()).is_err());
    }

    #[test]
    fn what_is_no_row_is_an_error() {
        for json in [
            "",
            "[]",
            "1",
            "\"a\"",
            "{",
            "{}x",
            "{\"a\":}",
            r#"{"text":"\ud800"}"#,
            "{\"a\":\"\u{1}\"}",
        ] {
            assert!(Row::parse(json, &ReadOptions::default()).is_err(), "{json}");
        }
    }
}
