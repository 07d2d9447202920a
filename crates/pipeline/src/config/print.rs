//! The configuration as a file with comments.

use toml::{Table, Value};

use super::Config;
use crate::Error;

/// Every key with its default and what it is for.
const COMMENTED: &str = include_str!("newsmill.toml");

impl Config {
    /// The configuration as TOML with comments, to be edited and given to `--config`.
    ///
    /// ```
    /// let config = newsmill_pipeline::Config::default();
    /// assert!(config.to_commented_toml()?.contains("# Words of a shingle.\nshingle_words = 5\n"));
    /// # Ok::<(), newsmill_pipeline::Error>(())
    /// ```
    ///
    /// # Errors
    /// Never in practice; the error of the TOML writer is handed through.
    pub fn to_commented_toml(&self) -> Result<String, Error> {
        let values: Table =
            toml::from_str(&self.to_toml()?).map_err(|e| Error::Config(e.to_string()))?;
        let (mut text, mut section) = (String::new(), String::new());
        for line in COMMENTED.lines() {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name.to_owned();
            }
            let known = key(line).and_then(|key| Some((key, look_up(&values, &section, key)?)));
            match known {
                Some((key, value)) => text.push_str(&format!("{key} = {value}")),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        Ok(text)
    }
}

/// The key that a line sets, or would set if it were no comment.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("# ").unwrap_or(line).split_once(" = ")?;
    key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_').then_some(key)
}

fn look_up<'v>(values: &'v Table, section: &str, key: &str) -> Option<&'v Value> {
    let mut names = section.split('.').filter(|name| !name.is_empty());
    names.try_fold(values, |table, name| table.get(name)?.as_table())?.get(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Keep;

    #[test]
    fn the_file_holds_every_key_with_its_default() {
        let config: Config = toml::from_str(COMMENTED).unwrap();
        assert_eq!(config, Config::default());
        let optional = ["sample", "from", "encoding", "path"];
        let named: Vec<_> = COMMENTED.lines().filter_map(key).collect();
        let bare: Table = toml::from_str(&Config::default().to_toml().unwrap()).unwrap();
        let in_file: Table = toml::from_str(COMMENTED).unwrap();
        assert_eq!(bare, in_file);
        for key in optional {
            assert!(named.contains(&key), "{key}");
        }
        assert_eq!(Config::default().to_commented_toml().unwrap(), COMMENTED);
    }

    #[test]
    fn what_is_printed_is_what_is_read() {
        let mut config = Config { sample: Some(7), ..Config::default() };
        config.keep = Keep::Prefer(vec!["example.org".into()]);
        config.read.encoding = Some("a \"b\"\n".into());
        config.read.text_field = "body = x".into();
        config.index.path = Some("seen".into());
        config.across.drop_threshold = 0.8;
        config.output.formats = vec!["jsonl".into(), "csv".into()];
        let text = config.to_commented_toml().unwrap();
        assert_eq!(Config::from_toml(&text).unwrap(), config, "{text}");
    }
}
