//! The bytes of records that were rejected.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Content, Media, Record};

/// The bytes of a record that was rejected, as a file that can be read again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The bytes of the file.
    #[serde(serialize_with = "as_hex", deserialize_with = "from_hex")]
    pub bytes: Vec<u8>,
    /// What the file's name ends in, without the dot: `jsonl`, say.
    pub extension: Cow<'static, str>,
}

impl Payload {
    /// A row of JSON.
    #[must_use]
    pub fn row(json: &[u8]) -> Self {
        let bytes = json.iter().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { *b });
        Self { bytes: bytes.collect(), extension: "jsonl".into() }
    }

    /// What a record came as, as far as it tells: bytes that were not decoded as they are; a decoded
    /// text, with what else its row held, as a row whose text and id have these names.
    ///
    /// ```
    /// use newsmill_article::{Origin, Payload, Record};
    /// let mut record = Record::text(Origin::new("posts.jsonl", 0), "A river rose.");
    /// record.id = Some("a".into());
    /// let payload = Payload::of(&record, "body", "key");
    /// assert_eq!(payload.bytes, br#"{"key":"a","body":"A river rose."}"#);
    /// ```
    #[must_use]
    pub fn of(record: &Record, text_field: &str, id_field: &str) -> Self {
        let text = match &record.content {
            Content::Bytes { bytes, .. } => {
                let extension = match record.media {
                    Media::Html => "html",
                    Media::Mail => "eml",
                    Media::Plain => "txt",
                };
                return Self { bytes: bytes.clone(), extension: extension.into() };
            }
            Content::Text(text) => text,
        };
        let said = |text: &str| serde_json::Value::from(text).to_string();
        let id = record.id.iter().map(|id| (id_field, said(id)));
        let metadata = record.metadata.fields().map(|(name, value)| (name, value.to_string()));
        let fields = id.chain([(text_field, said(text))]).chain(metadata);
        let fields: Vec<_> =
            fields.map(|(name, value)| format!("{}:{value}", said(name))).collect();
        let json = format!("{{{}}}", fields.join(","));
        Self::row(json.as_bytes())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes .{}", self.bytes.len(), self.extension)
    }
}

fn as_hex<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    let text: String = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect();
    to.serialize_str(&text)
}

fn from_hex<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = Cow::<str>::deserialize(from)?;
    let digit = |b: u8| char::from(b).to_digit(16).map(|n| n as u8);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    let bytes: Option<_> = text.as_bytes().chunks(2).map(pair).collect();
    bytes.ok_or_else(|| D::Error::custom("no hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Metadata, Origin};
    use proptest::prelude::*;

    #[test]
    fn a_record_is_put_aside_as_it_came() {
        let origin = || Origin::new("t", 0);
        let mut row = Record::text(origin(), "a \"b\"\n");
        row.metadata = serde_json::from_str("{\"m\": [1,\n 2], \"text\": null}").unwrap();
        let bytes = |media, bytes: &[u8]| Record {
            content: Content::Bytes { bytes: bytes.to_vec(), charset: None },
            media,
            metadata: Metadata::new(),
            ..Record::text(origin(), "")
        };
        let rows: [(Record, &[u8], &str); 4] = [
            (row, br#"{"text":"a \"b\"\n","m":[1,  2],"text":null}"#, "jsonl"),
            (bytes(Media::Html, b"<p>\xff\n"), b"<p>\xff\n", "html"),
            (bytes(Media::Mail, b"A: b\r\n"), b"A: b\r\n", "eml"),
            (bytes(Media::Plain, b"x"), b"x", "txt"),
        ];
        for (record, want, extension) in rows {
            let payload = Payload::of(&record, "text", "id");
            assert_eq!(String::from_utf8_lossy(&payload.bytes), String::from_utf8_lossy(want));
            assert_eq!(payload.extension, extension);
        }
        assert!(serde_json::from_str::<Payload>(r#"{"bytes":"abc","extension":"x"}"#).is_err());
        assert!(serde_json::from_str::<Payload>(r#"{"bytes":"zz","extension":"x"}"#).is_err());
    }

    proptest! {
        #[test]
        fn bytes_survive_json(bytes: Vec<u8>) {
            let payload = Payload { bytes, extension: "bin".into() };
            let json = serde_json::to_string(&payload).unwrap();
            prop_assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload);
        }
    }
}
