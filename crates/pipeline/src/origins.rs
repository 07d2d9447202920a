//! Where the copies of a cluster are likely from, by what the notes of its members say.

use jiff::Timestamp;
use newsmill_article::{Facts, LikelyOrigin, Sourced};
use newsmill_extract::Origins;

use crate::map::{Credits, Note};

/// Where copies are likely from, by what those of this run say.
pub(crate) fn likely<'a>(members: impl Iterator<Item = &'a Note>) -> Option<LikelyOrigin> {
    let mut origins = Origins::default();
    for note in members {
        origins.add(&note.id, &facts(note));
    }
    origins.likely()
}

/// What a note knows of the facts that tell where an article is from.
fn facts(note: &Note) -> Facts {
    let mut facts = Facts::default();
    if let Some(Credits { syndication, source }) = note.credits.as_deref() {
        facts.syndication.clone_from(syndication);
        facts.inferred.extend(source.iter().map(|site| ("site".to_owned(), site.clone())));
    }
    let sourced = |value: String| Sourced::new(value, "note");
    let domain = note.domain.as_deref().filter(|domain| !domain.is_empty());
    facts.site = domain.map(|domain| sourced(domain.to_owned()));
    facts.published = note.published.and_then(|second| {
        let moment = Timestamp::from_second(second).ok()?.to_string();
        let day = moment.split('T').next().unwrap_or_default();
        Some(sourced(if note.is_day { day.to_owned() } else { moment }))
    });
    facts
}
