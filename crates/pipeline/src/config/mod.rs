//! Every seed, threshold and limit of a run in one place.

mod print;

use std::path::{Path, PathBuf};

use newsmill_article::Limits;
use newsmill_dedup::config::AcrossConfig;
use newsmill_dedup::within::WithinConfig;
use newsmill_parse::furniture::FurnitureConfig;
use newsmill_read::ReadOptions;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::boilerplate::BoilerplateConfig;
use crate::index::IndexConfig;
use crate::passages::PassagesConfig;

/// The configuration of a run: what `newsmill.toml` holds, what `--dry-run` prints and what the
/// manifest keeps. Every field has a default.
///
/// ```
/// use newsmill_pipeline::Config;
/// let config: Config = Config::from_toml("[across]\ndrop_threshold = 0.8\n")?;
/// assert_eq!(config.across.drop_threshold, 0.8);
/// assert!(Config::from_toml("[across]\ndrop_treshold = 0.8\n").is_err());
/// # Ok::<(), newsmill_pipeline::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether the text's layout is parsed and cleaned, or only duplicates are looked for.
    pub mode: Mode,
    /// Most bytes that duplicates and passages are searched in; what is more goes into scratch files
    /// in the run folder. On top come some 200 bytes an article, 24 for each related one, 110 for
    /// each passage found, and the workers' texts. Default 2 GiB.
    pub memory_bytes: u64,
    /// Records that are worked on, spread evenly over the inputs: to try a configuration on a part of
    /// a dump. Default: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<u64>,
    /// How inputs are read.
    pub read: ReadOptions,
    /// Ceilings.
    pub limits: Limits,
    /// Repeats within an article.
    pub within: WithinConfig,
    /// Furniture and promotion.
    pub furniture: FurnitureConfig,
    /// Lines that recur over many articles.
    pub boilerplate: BoilerplateConfig,
    /// What is taken out of the cleaned text.
    pub extract: ExtractConfig,
    /// Duplicates across articles.
    pub across: AcrossConfig,
    /// Passages that several articles have.
    pub passages: PassagesConfig,
    /// Which copy stays.
    pub keep: Keep,
    /// Articles of earlier runs.
    pub index: IndexConfig,
    /// What is written.
    pub output: OutputConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            memory_bytes: 2 << 30,
            sample: None,
            read: ReadOptions::default(),
            limits: Limits::default(),
            within: WithinConfig::default(),
            furniture: FurnitureConfig::default(),
            boilerplate: BoilerplateConfig::default(),
            extract: ExtractConfig::default(),
            across: AcrossConfig::default(),
            passages: PassagesConfig::default(),
            keep: Keep::default(),
            index: IndexConfig::default(),
            output: OutputConfig::default(),
        }
    }
}

/// Which facts are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExtractConfig {
    /// Names of the facts that are not: entities, quotes, summary and so on, as
    /// [`newsmill_extract::ALL`] has them. Facts that are read off others miss what these would say.
    pub without: Vec<String>,
}

impl ExtractConfig {
    fn check(&self) -> Result<(), Error> {
        let known = || newsmill_extract::ALL.iter().map(|fact| fact.name());
        match self.without.iter().find(|name| known().all(|fact| fact != *name)) {
            None => Ok(()),
            Some(name) => {
                let known: Vec<_> = known().collect();
                Err(Error::Config(format!("`{name}` is no fact; use {}", known.join(", "))))
            }
        }
    }
}

/// What a run does to an article's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Parse, clean and extract: `newsmill run`.
    #[default]
    Articles,
    /// Leave the text as it came: `newsmill dedup`.
    Verbatim,
}

/// Which copy of an article stays. Ties are settled by input order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The first in input order.
    #[default]
    Input,
    /// The one with the longest text.
    Longest,
    /// The one published first; those without a date come last.
    Earliest,
    /// The one published last; those without a date come last.
    Latest,
    /// The one from the site that stands first in this list of domains; others come last.
    Prefer(Vec<String>),
}

impl Keep {
    /// Reads `input`, `longest`, `earliest`, `latest` or `prefer:FILE` (one domain a line, `#` for
    /// comments).
    ///
    /// # Errors
    /// When the word is none of these, or the file cannot be read.
    pub fn parse(word: &str) -> Result<Self, Error> {
        Ok(match word {
            "input" => Self::Input,
            "longest" => Self::Longest,
            "earliest" => Self::Earliest,
            "latest" => Self::Latest,
            _ => match word.strip_prefix("prefer:") {
                Some(file) => {
                    let path = PathBuf::from(file);
                    let list = std::fs::read_to_string(&path)
                        .map_err(|cause| Error::Open { path, cause })?;
                    let domains = list.lines().map(|l| l.split('#').next().unwrap_or("").trim());
                    let domains = domains.filter(|d| !d.is_empty()).map(|name| {
                        let address = newsmill_extract::normalize_url(name);
                        let domain = address.map(|a| a.domain).filter(|d| !d.is_empty());
                        domain.unwrap_or_else(|| name.to_lowercase())
                    });
                    Self::Prefer(domains.collect())
                }
                None => {
                    return Err(Error::Config(format!(
                        "`{word}` is no keep policy; use input, longest, earliest, latest or \
                         prefer:FILE"
                    )));
                }
            },
        })
    }
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutputConfig {
    /// Names of the formats, as in `--to`. Default `jsonl`; `none` alone writes no articles, only
    /// the ledgers.
    pub formats: Vec<String>,
    /// zstd level of the articles, 1 to 19. Default 3.
    pub zstd_level: i32,
    /// Bytes of rows, before compression, after which a new part begins. Default 1 GiB.
    pub shard_bytes: u64,
    /// Bytes of rejected records that are put aside in `rejected.tar`, to be tried again; those that
    /// come after it is full are rows of `rejected.jsonl` only. 0 puts none aside. Default 256 MiB.
    pub reject_bytes: u64,
    /// Whether the page `report.html` is made. Default true.
    pub report: bool,
}

impl Default for OutputConfig {
    fn default() -> Self {
        Self {
            formats: vec!["jsonl".to_owned()],
            zstd_level: 3,
            shard_bytes: 1 << 30,
            reject_bytes: 256 << 20,
            report: true,
        }
    }
}

impl OutputConfig {
    /// Whether articles are written, not the ledgers alone.
    #[must_use]
    pub fn writes_articles(&self) -> bool {
        self.formats != [NO_ARTICLES]
    }
}

/// What is wrong with a file, with the name that was probably meant.
fn told(error: &str) -> String {
    let mut quoted = error.split('`').skip(1).step_by(2);
    let close = error.contains("unknown ").then(|| {
        let wrong = quoted.next()?;
        let likeness = |name: &&str| strsim::jaro_winkler(wrong, name);
        let name = quoted.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(&name) > 0.8).then_some(name)
    });
    match close.flatten() {
        Some(name) => format!("{}; did you mean `{name}`?", error.trim_end()),
        None => error.to_owned(),
    }
}

/// The word that stands in place of formats when no articles are written.
const NO_ARTICLES: &str = "none";

impl Config {
    /// Whether anything that is written or decided depends on what is known of an article beside
    /// its text.
    pub(crate) fn asks_for_facts(&self) -> bool {
        self.output.writes_articles() || self.keep != Keep::Input || self.index.path.is_some()
    }

    /// Reads a configuration from TOML; unknown keys are errors.
    ///
    /// # Errors
    /// When the text is no TOML, or names a key or value that does not exist.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let config: Self = toml::from_str(text).map_err(|e| Error::Config(told(&e.to_string())))?;
        config.check()?;
        Ok(config)
    }

    /// Reads a configuration file.
    ///
    /// # Errors
    /// When the file cannot be read, or as [`Config::from_toml`].
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| Error::Open { path: path.to_owned(), cause })?;
        Self::from_toml(&text).map_err(|e| Error::Config(format!("{}: {e}", path.display())))
    }

    /// The configuration as TOML.
    ///
    /// # Errors
    /// Never in practice; the error of the TOML writer is handed through.
    pub fn to_toml(&self) -> Result<String, Error> {
        toml::to_string(self).map_err(|e| Error::Config(e.to_string()))
    }

    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// When a value is out of range, with the key and the range.
    pub fn check(&self) -> Result<(), Error> {
        if !(1..=19).contains(&self.output.zstd_level) {
            return Err(Error::Config("output.zstd_level must be 1 to 19".to_owned()));
        }
        if self.output.shard_bytes == 0 {
            return Err(Error::Config("output.shard_bytes must be above 0".to_owned()));
        }
        if self.limits.article_seconds == 0 {
            return Err(Error::Config("limits.article_seconds must be above 0".to_owned()));
        }
        if self.sample == Some(0) {
            return Err(Error::Config("sample must be above 0".to_owned()));
        }
        self.boilerplate.check()?;
        self.extract.check()?;
        self.passages.check()?;
        if let Some(name) = &self.read.from
            && newsmill_read::ALL.iter().all(|container| container.name() != name)
        {
            let known: Vec<_> = newsmill_read::ALL.iter().map(|c| c.name()).collect();
            return Err(Error::Config(format!(
                "`{name}` is no input format; use {}",
                known.join(", ")
            )));
        }
        self.across.validate().map_err(|e| Error::Config(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn a_name_that_is_nearly_one_is_suggested() {
        let rows = [
            ("[across]\ndrop_treshold = 0.8\n", Some("`drop_threshold`")),
            ("[pasages]\n", Some("`passages`")),
            ("mode = \"verbatm\"\n", Some("`verbatim`")),
            ("[across]\nzzz = 1\n", None),
            ("[across]\nseed = \"a\"\n", None),
        ];
        for (text, meant) in rows {
            let error = Config::from_toml(text).unwrap_err().to_string();
            let suggested = error.split_once("did you mean ").map(|(_, name)| name);
            assert_eq!(suggested.map(|name| name.trim_end_matches('?')), meant, "{error}");
        }
    }
}
