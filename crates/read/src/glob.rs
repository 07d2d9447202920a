//! Globs.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::ReadError;

/// A glob and the folder it starts from.
pub(crate) struct Pattern {
    matcher: GlobMatcher,
    base: PathBuf,
    /// Folders below the base that the pattern itself may go through; `None` without bound.
    depth: Option<usize>,
    /// Whether the pattern asks for names that start with a dot.
    hidden: bool,
}

impl Pattern {
    /// Whether an argument that is no file is meant as a glob.
    pub(crate) fn is_one(argument: &str) -> bool {
        argument.contains(META)
    }

    /// Reads a glob, in which `*` stops at `/`.
    pub(crate) fn new(argument: &str) -> Result<Self, ReadError> {
        let plain = plain(argument);
        let glob = GlobBuilder::new(plain).literal_separator(true).build();
        let matcher = match glob {
            Ok(glob) => glob.compile_matcher(),
            Err(source) => return Err(ReadError::Glob { pattern: argument.to_owned(), source }),
        };
        let literal = &plain[..plain.find(META).unwrap_or(plain.len())];
        let (base, rest) = match literal.rfind('/') {
            Some(at) => plain.split_at(at + 1),
            None => (".", plain),
        };
        Ok(Self {
            matcher,
            base: base.into(),
            depth: (!rest.contains("**")).then(|| rest.matches('/').count()),
            hidden: rest.starts_with('.') || rest.contains("/."),
        })
    }

    /// The folder to walk.
    pub(crate) fn base(&self) -> &Path {
        &self.base
    }

    /// Whether a file is meant: it matches, or it lies in a folder that does.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        self.is_visible(path) && self.covers(path)
    }

    /// Whether something below a folder may be meant.
    pub(crate) fn descends(&self, folder: &Path) -> bool {
        let below = folder.strip_prefix(&self.base).unwrap_or(folder).components().count();
        self.is_visible(folder) && (self.depth.is_none_or(|d| below <= d) || self.covers(folder))
    }

    fn covers(&self, path: &Path) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path);
        path.ancestors().any(|p| self.matcher.is_match(p))
    }

    fn is_visible(&self, path: &Path) -> bool {
        self.hidden || !is_hidden(path)
    }
}

const META: [char; 4] = ['*', '?', '[', '{'];

/// A pattern without `./` in front.
fn plain(pattern: &str) -> &str {
    let mut rest = pattern;
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    rest
}

/// Whether the last name of a path starts with a dot.
pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
