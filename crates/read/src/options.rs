//! Options of reading.

use serde::{Deserialize, Serialize};

/// How inputs are read.
///
/// ```
/// use newsmill_read::ReadOptions;
/// let options = ReadOptions { text_field: "body".into(), ..ReadOptions::default() };
/// assert_eq!((options.id_field.as_str(), options.from), ("id", None));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Name of the container format of every input. Default: each input's is told from its
    /// content, then from its name.
    pub from: Option<String>,
    /// Label of the encoding of plain text and tables (`windows-1252`), as the WHATWG Encoding
    /// standard knows it, or `utf-32`. Default: found out by the parser. JSON is always UTF-8
    /// (RFC 8259, section 8.1).
    pub encoding: Option<String>,
    /// Field of a row that holds the text. Default `text`.
    pub text_field: String,
    /// Field of a row that holds its id, a text or a number. Default `id`.
    pub id_field: String,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { from: None, encoding: None, text_field: "text".into(), id_field: "id".into() }
    }
}
