//! What there is to read: files, folders, globs and standard input.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use newsmill_article::{Limits, RejectKind};
use walkdir::{DirEntry, WalkDir};

use crate::ReadError;
use crate::glob::{Pattern, is_hidden};

/// One input to read: a file, standard input or an object in a store.
#[derive(Clone, Debug)]
pub struct Input {
    pub(crate) place: Place,
    path: Arc<str>,
    bytes: Option<u64>,
}

/// Where an input is opened.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Stdin,
    File(PathBuf),
    #[cfg(feature = "object-store")]
    Object(crate::remote::Object),
    /// Something in a folder that cannot be read; it is known without opening it.
    Refused(RejectKind, String),
}

impl Input {
    /// The file at `path`. That it exists is found out when it is opened.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let bytes = fs::metadata(&path).ok().filter(fs::Metadata::is_file).map(|m| m.len());
        Self { path: shown(&path), bytes, place: Place::File(path) }
    }

    /// Standard input, called `-`.
    #[must_use]
    pub fn stdin() -> Self {
        Self { path: "-".into(), bytes: None, place: Place::Stdin }
    }

    /// The path as the user named it, without `./` in front; `-` for standard input. Bytes of a
    /// path that are no UTF-8 are shown as U+FFFD.
    #[must_use]
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// Size of the file in bytes as it stands on disk, where it is known.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.bytes
    }

    /// Whether it is standard input.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        matches!(self.place, Place::Stdin)
    }

    #[cfg(feature = "object-store")]
    pub(crate) fn object(url: &str, object: crate::remote::Object) -> Self {
        Self { path: url.into(), bytes: Some(object.bytes()), place: Place::Object(object) }
    }

    fn refused(path: &Path, kind: RejectKind, detail: String) -> Self {
        Self { path: shown(path), bytes: None, place: Place::Refused(kind, detail) }
    }
}

/// The inputs that `arguments` stand for, in the order of the arguments: files; folders, walked,
/// with their files in the order of the bytes of their paths; globs (`*`, `?` for one byte,
/// `[a-z]`, `{a,b}`, and `**` across folders), likewise; and `-` for standard input. What is named twice is read
/// once, where it was named first.
///
/// In folders and globs, symbolic links, everything that is neither file nor folder, and names that
/// start with a dot are left out (a glob that spells out the dot finds them). A folder that cannot
/// be read, or lies below [`Limits::folder_depth`], is an input that gives one reject.
///
/// ```
/// use newsmill_article::Limits;
/// let inputs = newsmill_read::inputs(&["Cargo.toml".into(), "src".into()], &Limits::default())?;
/// assert_eq!((&**inputs[0].path(), &**inputs[1].path()), ("Cargo.toml", "src/arc.rs"));
/// # Ok::<(), newsmill_read::ReadError>(())
/// ```
///
/// # Errors
/// For an argument that does not exist, matches nothing, or is a folder without files.
pub fn inputs(arguments: &[String], limits: &Limits) -> Result<Vec<Input>, ReadError> {
    let mut found = Found::default();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            found.add(PathBuf::from("-"), Input::stdin());
            continue;
        }
        if is_url(argument) && !path.exists() {
            found.add_remote(argument)?;
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let inputs = walk(path, limits, |p| !is_hidden(p), |p| !is_hidden(p));
                if inputs.is_empty() {
                    return Err(ReadError::EmptyFolder { path: argument.clone() });
                }
                found.add_all(inputs);
            }
            Err(error) if is_missing(error.kind()) => {
                if !Pattern::is_one(argument) {
                    return Err(ReadError::NotFound { path: argument.clone() });
                }
                let pattern = Pattern::new(argument)?;
                if !pattern.base().is_dir() {
                    return Err(ReadError::NoMatch { pattern: argument.clone() });
                }
                let inputs =
                    walk(pattern.base(), limits, |p| pattern.descends(p), |p| pattern.matches(p));
                if inputs.is_empty() {
                    return Err(ReadError::NoMatch { pattern: argument.clone() });
                }
                found.add_all(inputs);
            }
            // What exists and cannot be looked at gives its reject when it is opened.
            Ok(_) | Err(_) => found.add_all([(path.to_owned(), Input::file(path))]),
        }
    }
    Ok(found.inputs)
}

/// Whether an argument is a URL of a store that objects are read from.
fn is_url(argument: &str) -> bool {
    const SCHEMES: [&str; 11] =
        ["s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss", "wasb", "https", "http"];
    argument.split_once("://").is_some_and(|(scheme, _)| SCHEMES.contains(&scheme))
}

fn is_missing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

/// Inputs in the order in which they were named, each once.
#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    seen: HashSet<PathBuf>,
}

impl Found {
    fn add(&mut self, identity: PathBuf, input: Input) {
        if self.seen.insert(identity) {
            self.inputs.push(input);
        }
    }

    #[cfg(feature = "object-store")]
    fn add_remote(&mut self, url: &str) -> Result<(), ReadError> {
        let options = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        for (url, object) in crate::remote::objects(url, options)? {
            self.add(PathBuf::from(&url), Input::object(&url, object));
        }
        Ok(())
    }

    #[cfg(not(feature = "object-store"))]
    fn add_remote(&mut self, url: &str) -> Result<(), ReadError> {
        Err(ReadError::NoRemote { url: url.to_owned() })
    }

    fn add_all(&mut self, inputs: impl IntoIterator<Item = (PathBuf, Input)>) {
        for (path, input) in inputs {
            self.add(fs::canonicalize(&path).unwrap_or(path), input);
        }
    }
}

/// The files below `root` that `wanted` picks, in the order of the bytes of their paths. Folders
/// that `descends` does not pick are left out whole.
fn walk(
    root: &Path,
    limits: &Limits,
    descends: impl Fn(&Path) -> bool,
    wanted: impl Fn(&Path) -> bool,
) -> Vec<(PathBuf, Input)> {
    let picked = |entry: &DirEntry| {
        let is_folder = entry.file_type().is_dir();
        entry.depth() == 0 || if is_folder { descends(entry.path()) } else { wanted(entry.path()) }
    };
    let mut found = Vec::new();
    for entry in WalkDir::new(root).max_depth(limits.folder_depth).into_iter().filter_entry(picked)
    {
        let input = match &entry {
            Ok(entry) if entry.file_type().is_file() => Input {
                path: shown(entry.path()),
                bytes: entry.metadata().ok().map(|m| m.len()),
                place: Place::File(entry.path().to_owned()),
            },
            Ok(entry) if entry.file_type().is_dir() && entry.depth() == limits.folder_depth => {
                let detail = format!(
                    "the folder lies deeper than the limit folder_depth = {}",
                    limits.folder_depth
                );
                Input::refused(entry.path(), RejectKind::TooLong, detail)
            }
            Ok(_) => continue,
            Err(error) => {
                let path = error.path().unwrap_or(root);
                let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                let detail = format!("the folder cannot be read: {cause}");
                Input::refused(path, RejectKind::Unreadable, detail)
            }
        };
        let path = entry.map_or_else(|e| e.path().unwrap_or(root).to_owned(), DirEntry::into_path);
        found.push((path, input));
    }
    found.sort_by(|(a, _), (b, _)| {
        a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes())
    });
    found
}

/// A path as it is shown: without `./` in it.
fn shown(path: &Path) -> Arc<str> {
    let plain: PathBuf = path.components().filter(|c| *c != Component::CurDir).collect();
    let plain = if plain.as_os_str().is_empty() { path } else { &plain };
    plain.to_string_lossy().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;

    /// A folder of small files, and the paths below it that arguments give.
    struct Tree(tempfile::TempDir);

    impl Tree {
        fn new(files: &[&str]) -> Self {
            let root = tempfile::tempdir().unwrap();
            for file in files {
                let path = root.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "words").unwrap();
            }
            Self(root)
        }

        fn named(&self, argument: &str) -> String {
            format!("{}/{argument}", self.0.path().display())
        }

        fn inputs(&self, arguments: &[&str], limits: &Limits) -> Result<Vec<Input>, ReadError> {
            let arguments: Vec<_> = arguments.iter().map(|a| self.named(a)).collect();
            inputs(&arguments, limits)
        }

        fn paths(&self, arguments: &[&str]) -> Vec<String> {
            let inputs = self.inputs(arguments, &Limits::default()).unwrap();
            let prefix = self.named("");
            inputs.iter().map(|i| i.path().strip_prefix(&prefix).unwrap().to_owned()).collect()
        }
    }

    #[test]
    fn arguments_keep_their_order_and_folders_are_sorted() {
        let tree =
            Tree::new(&["b.txt", "a/z", "a/b/c", "a.txt", "a/.hidden", "a/.git/config", "a/é"]);
        let cases: [(&[&str], &[&str]); 12] = [
            (&["b.txt", "a.txt"], &["b.txt", "a.txt"]),
            (&["b.txt", "./b.txt", "a/../b.txt"], &["b.txt"]),
            (&[""], &["a.txt", "a/b/c", "a/z", "a/é", "b.txt"]),
            (&["a/"], &["a/b/c", "a/z", "a/é"]),
            (&["a/z", "a"], &["a/z", "a/b/c", "a/é"]),
            (&["a/.hidden"], &["a/.hidden"]),
            (&["*.txt"], &["a.txt", "b.txt"]),
            (&["*"], &["a.txt", "a/b/c", "a/z", "a/é", "b.txt"]),
            (&["**/c"], &["a/b/c"]),
            (&["*/?"], &["a/b/c", "a/z"]),
            (&["{b,x}.t[x]t"], &["b.txt"]),
            (&["a/.h*"], &["a/.hidden"]),
        ];
        for (arguments, expected) in cases {
            assert_eq!(tree.paths(arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn paths_are_shown_as_they_were_named() {
        for (argument, expected) in [
            ("./src/lib.rs", "src/lib.rs"),
            ("././src/li?.rs", "src/lib.rs"),
            ("Cargo.tom?", "Cargo.toml"),
        ] {
            let inputs = inputs(&[argument.to_owned()], &Limits::default()).unwrap();
            assert_eq!(inputs.len(), 1, "{argument}");
            assert_eq!(&**inputs[0].path(), expected);
            assert!(inputs[0].bytes() > Some(100));
        }
        assert!(env::current_dir().unwrap().join("Cargo.toml").exists());
        let dot = inputs(&[".".to_owned()], &Limits::default()).unwrap();
        assert_eq!(&**dot[0].path(), "Cargo.toml");
    }

    #[test]
    fn standard_input_is_read_once() {
        let inputs = inputs(&["-".to_owned(), "-".to_owned()], &Limits::default()).unwrap();
        assert_eq!(inputs.len(), 1);
        assert!(inputs[0].is_stdin());
        assert_eq!((&**inputs[0].path(), inputs[0].bytes()), ("-", None));
    }

    #[test]
    fn arguments_that_match_nothing_are_errors() {
        let tree = Tree::new(&["a.txt", "d/.hidden"]);
        let error = |argument| tree.inputs(&[argument], &Limits::default()).unwrap_err();
        assert!(matches!(error("b.txt"), ReadError::NotFound { .. }));
        assert!(matches!(error("a.txt/b"), ReadError::NotFound { .. }));
        assert!(matches!(error("*.md"), ReadError::NoMatch { .. }));
        assert!(matches!(error("nowhere/*"), ReadError::NoMatch { .. }));
        assert!(matches!(error("[a"), ReadError::Glob { .. }));
        assert!(matches!(error("d"), ReadError::EmptyFolder { .. }));
    }

    #[cfg(not(feature = "object-store"))]
    #[test]
    fn a_url_is_answered_with_what_reads_it() {
        let error = inputs(&["s3://bucket/a".to_owned()], &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("feature object-store"), "{error}");
    }

    #[test]
    fn a_file_may_be_called_like_a_glob() {
        let tree = Tree::new(&["[a].txt", "a.txt"]);
        assert_eq!(tree.paths(&["[a].txt"]), ["[a].txt"]);
    }

    #[test]
    fn a_folder_below_the_limit_is_refused_and_the_rest_is_read() {
        let tree = Tree::new(&["a/b/c.txt", "z.txt"]);
        let limits = Limits { folder_depth: 2, ..Limits::default() };
        let inputs = tree.inputs(&[""], &limits).unwrap();
        assert_eq!(inputs.len(), 2);
        let rows: Vec<_> =
            crate::records(&inputs[0], &crate::ReadOptions::default(), &limits).unwrap().collect();
        assert_eq!(rows.len(), 1);
        let reject = rows[0].clone().unwrap_err();
        assert_eq!(reject.kind, RejectKind::TooLong);
        assert!(reject.origin.path.ends_with("a/b") && reject.detail.contains("folder_depth = 2"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_where_they_are_named_and_nowhere_else() {
        use std::os::unix::fs::symlink;
        let tree = Tree::new(&["a/one", "b/two"]);
        symlink(tree.named("a"), tree.named("b/link")).unwrap();
        symlink(tree.named("b"), tree.named("b/loop")).unwrap();
        symlink(tree.named("a/one"), tree.named("b/three")).unwrap();
        assert_eq!(tree.paths(&["b"]), ["b/two"]);
        assert_eq!(tree.paths(&["b/link"]), ["b/link/one"]);
        assert_eq!(tree.paths(&["b/three", "a/one"]), ["b/three"]);
    }

    #[test]
    fn a_file_that_is_gone_is_a_reject() {
        let tree = Tree::new(&["a"]);
        let inputs = tree.inputs(&["a"], &Limits::default()).unwrap();
        fs::remove_file(tree.named("a")).unwrap();
        let options = crate::ReadOptions::default();
        let mut records = crate::records(&inputs[0], &options, &Limits::default()).unwrap();
        assert_eq!(records.next().unwrap().unwrap_err().kind, RejectKind::Unreadable);
        assert!(records.next().is_none());
    }
}
