//! The run folder on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Draft, Store};
use crate::{MANIFEST, OutputError, names};

/// What to do with what is already in the output folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// The folder must be empty or not there yet.
    #[default]
    New,
    /// The files of an earlier run are deleted, its manifest first. Files that no run writes stay.
    Overwrite,
    /// As [`Mode::Overwrite`], but what a run keeps of itself to go on stays: files of rows are written
    /// anew from that.
    Resume,
}

/// A run folder on disk.
///
/// A file is written under a temporary name beside its own, flushed, synced, renamed, and the
/// folder synced: after a crash or power cut at any moment it is there whole or not there.
/// Temporary files are opened only where nothing stands, so links planted in the folder are not
/// followed, and two runs do not write one file.
#[derive(Clone, Debug)]
pub struct FolderStore {
    root: PathBuf,
}

impl FolderStore {
    /// The run folder at `root`, made ready for a run.
    ///
    /// # Errors
    /// [`OutputError::NotAFolder`]; with [`Mode::New`], [`OutputError::Finished`] and
    /// [`OutputError::Occupied`] when it is not empty; [`OutputError::Write`].
    pub fn open(root: &Path, mode: Mode) -> Result<Self, OutputError> {
        let store = Self { root: root.to_owned() };
        let shown = || root.display().to_string();
        match fs::metadata(root) {
            Ok(found) if !found.is_dir() => return Err(OutputError::NotAFolder { path: shown() }),
            Ok(_) => store.make_ready(mode)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                make_folders(root).map_err(|e| OutputError::write(shown(), e))?;
            }
            Err(e) => return Err(OutputError::write(shown(), e)),
        }
        Ok(store)
    }

    /// A run folder that is there, for reading or adding to it. Nothing is changed.
    ///
    /// # Errors
    /// [`OutputError::Read`] when there is nothing, [`OutputError::NotAFolder`].
    pub fn existing(root: &Path) -> Result<Self, OutputError> {
        let path = root.display().to_string();
        match fs::metadata(root) {
            Ok(found) if found.is_dir() => Ok(Self { root: root.to_owned() }),
            Ok(_) => Err(OutputError::NotAFolder { path }),
            Err(e) => Err(OutputError::read(path, e)),
        }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn make_ready(&self, mode: Mode) -> Result<(), OutputError> {
        let path = || self.root.display().to_string();
        let wrap = |e| OutputError::write(path(), e);
        match mode {
            Mode::New if self.exists(MANIFEST)? => Err(OutputError::Finished { path: path() }),
            Mode::New if files_of(&self.root).map_err(wrap)?.is_empty() => Ok(()),
            Mode::New => Err(OutputError::Occupied { path: path() }),
            Mode::Overwrite | Mode::Resume => {
                // Without its manifest the old run is unfinished, whatever happens next.
                remove_if_there(&self.root.join(MANIFEST)).map_err(wrap)?;
                sync_folder(&self.root).map_err(wrap)?;
                if mode == Mode::Overwrite {
                    self.clear_scratch().map_err(wrap)?;
                }
                let old = |folder: &str, file: &str| {
                    names::is_draft(file) || names::is_run_file(folder, file)
                };
                self.clear(old).map_err(wrap)
            }
        }
    }

    /// Deletes the scratch folders that a run left behind when it was killed.
    fn clear_scratch(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let ours = entry.file_name().to_string_lossy().starts_with(names::SCRATCH);
            // `file_type` does not follow links.
            if ours && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Deletes the files that `old` picks by folder and name.
    fn clear(&self, old: impl Fn(&str, &str) -> bool) -> io::Result<()> {
        for folder in [""].into_iter().chain(names::FOLDERS) {
            let path = self.root.join(folder);
            // A link is not followed: what is behind it is not ours.
            let real = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|m| m.is_dir());
            if !self.folders(folder).iter().all(real) {
                continue;
            }
            for name in files_of(&path)? {
                if old(folder, &name) {
                    remove_if_there(&path.join(name))?;
                }
            }
            sync_folder(&path)?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> Result<PathBuf, OutputError> {
        let (folder, file) = names::checked(name)?;
        Ok(self.root.join(folder).join(file))
    }

    /// The folder and those above it in the run folder, outermost first.
    fn folders(&self, folder: &str) -> Vec<PathBuf> {
        let mut path = self.root.clone();
        let below = folder.split('/').filter(|name| !name.is_empty()).map(|name| {
            path.push(name);
            path.clone()
        });
        below.collect()
    }

    fn draft(&self, folder: &str, file: &str) -> io::Result<FolderDraft> {
        for path in self.folders(folder) {
            match fs::create_dir(&path) {
                Ok(()) => sync_folder(path.parent().unwrap_or(&self.root))?,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                    if !fs::symlink_metadata(&path)?.is_dir() {
                        return Err(io::ErrorKind::NotADirectory.into());
                    }
                }
                Err(e) => return Err(e),
            }
        }
        let folder_path = self.root.join(folder);
        let temporary = folder_path.join(names::draft(file));
        let target = folder_path.join(file);
        // `create_new` is O_EXCL: it fails where anything stands, a link included.
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        Ok(FolderDraft { file, temporary, target, folder: folder_path, named: false })
    }
}

impl Store for FolderStore {
    fn create(&self, name: &str) -> Result<Box<dyn Draft>, OutputError> {
        let (folder, file) = names::checked(name)?;
        match self.draft(folder, file) {
            Ok(draft) => Ok(Box::new(draft)),
            Err(e) => Err(OutputError::write(self.shown(name), e)),
        }
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read>, OutputError> {
        let path = self.path(name)?;
        match File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(e) => Err(OutputError::read(self.shown(name), e)),
        }
    }

    fn exists(&self, name: &str) -> Result<bool, OutputError> {
        let path = self.path(name)?;
        match fs::symlink_metadata(&path) {
            Ok(_) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(OutputError::read(self.shown(name), e)),
        }
    }

    fn shown(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }
}

#[derive(Debug)]
struct FolderDraft {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    folder: PathBuf,
    named: bool,
}

impl Write for FolderDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Draft for FolderDraft {
    fn commit(mut self: Box<Self>) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.target)?;
        self.named = true;
        let synced = sync_folder(&self.folder);
        if synced.is_err() {
            // The name may not survive a power cut: better no file than one that may vanish.
            remove_if_there(&self.target)?;
        }
        synced
    }
}

impl Drop for FolderDraft {
    fn drop(&mut self) {
        if !self.named {
            // Nobody is left to tell; the next run deletes it.
            drop(fs::remove_file(&self.temporary));
        }
    }
}

/// The names of what is in a folder, as far as they are text.
fn files_of(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.file_name().to_string_lossy().into_owned()))
        .collect()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Makes a folder with those above it, each durable.
fn make_folders(path: &Path) -> io::Result<()> {
    let above: Vec<&Path> =
        path.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).collect();
    fs::create_dir_all(path)?;
    for made in above {
        let parent = made.parent().filter(|p| !p.as_os_str().is_empty());
        sync_folder(parent.unwrap_or(Path::new(".")))?;
    }
    Ok(())
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems do not open folders; their renames are durable by journal.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{REMOVED, RunFile};

    fn write(store: &FolderStore, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let mut file = RunFile::create(store, name)?;
        file.write(bytes, 1)?;
        file.commit().map(drop)
    }

    fn listing(path: &Path) -> Vec<String> {
        let mut names = files_of(path).unwrap();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_once_it_is_committed() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("deep/run");
        let store = FolderStore::open(&root, Mode::New).unwrap();
        let mut file = RunFile::create(&store, "articles/part-00000.jsonl.zst").unwrap();
        file.write(b"rows", 1).unwrap();
        assert!(!store.exists("articles/part-00000.jsonl.zst").unwrap());
        assert!(RunFile::create(&store, "articles/part-00000.jsonl.zst").is_err(), "one writer");
        file.commit().unwrap();
        assert_eq!(listing(&root.join("articles")), ["part-00000.jsonl.zst"]);
        drop(RunFile::create(&store, REMOVED).unwrap());
        assert_eq!(listing(&root), ["articles"]);
        assert!(store.create("../x").is_err());
        let mut read = String::new();
        store.open("articles/part-00000.jsonl.zst").unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "rows");
    }

    #[test]
    fn what_is_there_already_decides() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("run");
        fs::write(&root, "a file").unwrap();
        for mode in [Mode::New, Mode::Overwrite, Mode::Resume] {
            let opened = FolderStore::open(&root, mode);
            assert!(matches!(opened, Err(OutputError::NotAFolder { .. })), "{mode:?}");
        }
        fs::remove_file(&root).unwrap();
        let store = FolderStore::open(&root, Mode::New).unwrap();
        FolderStore::open(&root, Mode::New).unwrap();
        write(&store, "articles/part-00007.jsonl.zst", b"old").unwrap();
        fs::write(root.join("articles/.part-00008.jsonl.zst.tmp"), "torn").unwrap();
        fs::write(root.join("articles/notes"), "mine").unwrap();
        let opened = FolderStore::open(&root, Mode::New);
        assert!(matches!(opened, Err(OutputError::Occupied { .. })));
        write(&store, MANIFEST, b"{}").unwrap();
        let opened = FolderStore::open(&root, Mode::New);
        assert!(matches!(opened, Err(OutputError::Finished { .. })));
        let scratch = format!("{}run", names::SCRATCH);
        fs::create_dir(root.join(&scratch)).unwrap();
        FolderStore::open(&root, Mode::Resume).unwrap();
        assert_eq!(listing(&root), [scratch.as_str(), "articles"]);
        assert_eq!(listing(&root.join("articles")), ["notes"]);
        write(&store, "articles/part-00007.jsonl.zst", b"old").unwrap();
        FolderStore::open(&root, Mode::Overwrite).unwrap();
        assert_eq!(listing(&root), ["articles"]);
        assert_eq!(listing(&root.join("articles")), ["notes"]);
        assert!(FolderStore::existing(&home.path().join("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn planted_links_are_not_followed() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let (root, victim) = (home.path().join("run"), home.path().join("victim"));
        fs::write(&victim, "mine").unwrap();
        let store = FolderStore::open(&root, Mode::New).unwrap();
        symlink(&victim, root.join(REMOVED)).unwrap();
        write(&store, REMOVED, b"rows").unwrap();
        assert!(!fs::symlink_metadata(root.join(REMOVED)).unwrap().is_symlink());
        symlink(&victim, root.join(".manifest.json.tmp")).unwrap();
        assert!(write(&store, MANIFEST, b"{}").is_err());
        let elsewhere = home.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("part-00000.jsonl.zst"), "mine").unwrap();
        symlink(&elsewhere, root.join("articles")).unwrap();
        assert!(write(&store, "articles/part-00000.jsonl.zst", b"rows").is_err());
        FolderStore::open(&root, Mode::Overwrite).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        assert_eq!(listing(&elsewhere), ["part-00000.jsonl.zst"]);
    }
}
