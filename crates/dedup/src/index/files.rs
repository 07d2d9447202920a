//! Files that are there whole and durable or not at all, and the lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::IndexError;

const LOCK: &str = "lock";
const DRAFT: &str = ".draft";

/// A file on its way: written under a temporary name, which is opened only where nothing stands.
/// Dropped without [`Draft::commit`], it leaves nothing.
#[derive(Debug)]
pub(super) struct Draft {
    file: BufWriter<File>,
    folder: PathBuf,
    temporary: PathBuf,
    target: PathBuf,
    named: bool,
}

impl Draft {
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, IndexError> {
        let (target, temporary) = (folder.join(name), folder.join(format!("{name}{DRAFT}")));
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary);
        let file = file.map_err(|cause| IndexError::write(&temporary, cause))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        Ok(Self { file, folder: folder.to_owned(), temporary, target, named: false })
    }

    /// The path it will have.
    pub(super) fn path(&self) -> &Path {
        &self.target
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.file.write_all(bytes).map_err(|cause| IndexError::write(&self.target, cause))
    }

    /// Makes the bytes durable, then gives them their name, then makes the name durable.
    pub(super) fn commit(mut self) -> Result<(), IndexError> {
        let mut commit = || {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            fs::rename(&self.temporary, &self.target)?;
            self.named = true;
            sync_folder(&self.folder)
        };
        commit().map_err(|cause| IndexError::write(&self.target, cause))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.named {
            // Nobody is left to tell; the next writer deletes it.
            drop(fs::remove_file(&self.temporary));
        }
    }
}

/// Takes the lock of the writer, which ends with the file that is returned or with the process.
pub(super) fn lock(folder: &Path) -> Result<File, IndexError> {
    let path = folder.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|cause| IndexError::write(&path, cause))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Locked { path: folder.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(IndexError::write(&path, cause)),
    }
}

/// The names of the files in a folder, but for the lock, ascending. Drafts are deleted: to be called
/// by the holder of the lock.
pub(super) fn files_of(folder: &Path) -> Result<Vec<String>, IndexError> {
    let failed = |cause| IndexError::write(folder, cause);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(DRAFT) {
            delete(&folder.join(name))?;
        } else if name != LOCK {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Deletes a file, if it is there.
pub(super) fn delete(path: &Path) -> Result<(), IndexError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(IndexError::write(path, cause))
        }
        _ => Ok(()),
    }
}

/// Makes a folder with those above it, each durable.
pub(super) fn make_folders(path: &Path) -> Result<(), IndexError> {
    let above: Vec<&Path> =
        path.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).collect();
    let make = || {
        fs::create_dir_all(path)?;
        for made in above {
            let parent = made.parent().filter(|p| !p.as_os_str().is_empty());
            sync_folder(parent.unwrap_or(Path::new(".")))?;
        }
        Ok(())
    };
    make().map_err(|cause| IndexError::write(path, cause))
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
