//! Texts out of an input row's other fields.

use newsmill_article::Metadata;
use serde_json::Value;

/// The first of `names` that the row has with a text in it, and that text, trimmed. Names are
/// compared without regard to case; an object counts by its `name`, a number by its digits.
pub(crate) fn text(metadata: &Metadata, names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| {
        let value = list_of(metadata, name)?.into_iter().next()?;
        Some((*name, value))
    })
}

/// The first of `names` that the row has with texts in it, and these texts.
pub(crate) fn list(
    metadata: &Metadata,
    names: &[&'static str],
) -> Option<(&'static str, Vec<String>)> {
    names.iter().find_map(|name| Some((*name, list_of(metadata, name)?)))
}

fn list_of(metadata: &Metadata, name: &str) -> Option<Vec<String>> {
    let (_, raw) = metadata.fields().filter(|(n, _)| n.eq_ignore_ascii_case(name)).last()?;
    let texts = match serde_json::from_str::<Value>(raw.get()).ok()? {
        Value::Array(items) => items.into_iter().filter_map(one).collect(),
        value => Vec::from_iter(one(value)),
    };
    (!texts.is_empty()).then_some(texts)
}

fn one(value: Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Object(mut fields) => fields.remove("name")?.as_str()?.to_owned(),
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_many_shapes() {
        let row =
            r#"{"A":" x ","b":["y",{"name":"z"},null],"c":{"name":"n"},"d":"","e":12,"f":true}"#;
        let metadata: Metadata = serde_json::from_str(row).unwrap();
        assert_eq!(text(&metadata, &["q", "a"]), Some(("a", "x".into())));
        assert_eq!(list(&metadata, &["b"]), Some(("b", vec!["y".into(), "z".into()])));
        assert_eq!(text(&metadata, &["c"]), Some(("c", "n".into())));
        assert_eq!(text(&metadata, &["d", "e"]), Some(("e", "12".into())));
        assert_eq!(text(&metadata, &["f"]), None);
    }
}
