//! The name of an article.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of an article: the input's own id where it has one, otherwise derived from content and
/// place. No clock, counter or thread goes into it, so it is the same from run to run.
///
/// ```
/// use newsmill_article::ArticleId;
/// assert_eq!(ArticleId::from("d0000006").as_str(), "d0000006");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(Arc<str>);

impl ArticleId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ArticleId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl From<String> for ArticleId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
