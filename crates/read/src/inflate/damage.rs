//! Why a compressed input cannot be read on, and what follows of it.

use std::io;

use newsmill_article::{Origin, Reject, RejectKind, Stage};

/// What reading failed with, as the reject of the record at `origin`.
///
/// For containers: an error of the source they are given is either damage or a limit, which this
/// tells apart, or it comes from the system.
#[must_use]
pub fn reject(error: &io::Error, origin: Origin) -> Reject {
    match damage(error) {
        Some(damage) => Reject::new(origin, Stage::Read, damage.kind, &damage.detail),
        None => {
            let detail = format!("it cannot be read: {error}");
            Reject::new(origin, Stage::Read, RejectKind::Unreadable, detail)
        }
    }
}

/// Whether a source that failed with `error` goes on behind it, with the first byte of the next
/// whole member. Otherwise nothing more is to be asked of it.
pub(crate) fn resumes(error: &io::Error) -> bool {
    damage(error).is_some_and(|damage| damage.kind == RejectKind::Corrupt)
}

/// Where in the decompressed bytes the member starts that `error` found damaged.
pub(crate) fn damaged_member(error: &io::Error) -> Option<u64> {
    damage(error).map(|damage| damage.member_offset)
}

/// The error of an input that its own format shows to be cut off. The end follows it.
pub(crate) fn torn(detail: &str) -> io::Error {
    io::Error::other(Damage {
        kind: RejectKind::Corrupt,
        detail: detail.to_owned(),
        behind_whole_members: false,
        member_offset: u64::MAX,
    })
}

/// Whether all that was read before `error` stood in members that are whole.
pub(crate) fn is_behind_whole_members(error: &io::Error) -> bool {
    damage(error).is_some_and(|damage| damage.behind_whole_members)
}

fn damage(error: &io::Error) -> Option<&Damage> {
    error.get_ref()?.downcast_ref()
}

/// Why a compressed input cannot be read on.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(super) struct Damage {
    pub(super) kind: RejectKind,
    pub(super) detail: String,
    pub(super) behind_whole_members: bool,
    /// Where in the decompressed bytes the damaged member starts.
    pub(super) member_offset: u64,
}
