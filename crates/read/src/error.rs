//! What stops a run before it starts reading.

/// Arguments or options that cannot be meant. What goes wrong while reading is a
/// [`Reject`](newsmill_article::Reject) instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A path that does not exist.
    #[error("there is no file or folder {path:?}: check the path")]
    NotFound {
        /// The path as it was given.
        path: String,
    },
    /// A folder without a file in it.
    #[error(
        "there is no file in the folder {path:?} (hidden files and symbolic links are left out): name the files themselves"
    )]
    EmptyFolder {
        /// The folder as it was given.
        path: String,
    },
    /// A glob that no file matches.
    #[error("no file matches {pattern:?}: check the pattern (`*` stops at `/`, `**` does not)")]
    NoMatch {
        /// The glob as it was given.
        pattern: String,
    },
    /// A glob that is none.
    #[error("{pattern:?} is neither a file nor a glob: correct the pattern")]
    Glob {
        /// The glob as it was given.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// A URL whose store gives nothing.
    #[error("{url:?} cannot be read: {detail}")]
    Remote {
        /// The URL as it was given.
        url: String,
        /// What the store said.
        detail: String,
    },
    /// A URL, where the part that reads them was left out.
    #[error(
        "{url:?} is a URL, and this build reads none: build with the feature object-store, or fetch the file first"
    )]
    NoRemote {
        /// The URL as it was given.
        url: String,
    },
    /// An encoding that nothing is known of.
    #[error(
        "there is no encoding {label:?}: use a label of the WHATWG Encoding standard (utf-8, windows-1252, shift_jis, …) or utf-32"
    )]
    UnknownEncoding {
        /// The label as it was given.
        label: String,
    },
    /// A container name that no container has.
    #[error("there is no input format {name:?}: use one of {known}")]
    UnknownContainer {
        /// The name as it was given.
        name: String,
        /// The names there are, joined by commas.
        known: String,
    },
}
