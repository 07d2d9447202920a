//! Where a set of copies is likely from.

use std::collections::BTreeMap;

use jiff::civil;
use jiff::{SignedDuration, Timestamp};
use newsmill_article::{ArticleId, Facts, LikelyOrigin, OriginKind};

/// What the members of a set of copies tell about where they come from, added up member by member.
/// Keeps some names and counts, no article.
///
/// ```
/// use newsmill_article::{Facts, OriginKind, Sourced, Syndication};
/// use newsmill_extract::Origins;
///
/// let mut copy = Facts::default();
/// let agency = Sourced::new("Associated Press".to_owned(), "dateline");
/// copy.syndication = Some(Syndication { agencies: vec![agency], publisher: None });
///
/// let mut origins = Origins::default();
/// origins.add(&"a1".into(), &copy);
/// origins.add(&"a2".into(), &Facts::default());
/// let likely = origins.likely().unwrap();
/// assert_eq!(likely.name, "Associated Press");
/// assert_eq!(likely.evidence, OriginKind::Agency);
/// assert_eq!((likely.told_by, likely.members), (1, 2));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Origins {
    members: u64,
    publishers: Names,
    sites: Names,
    agencies: Names,
    dated: u64,
    first: Option<Dated>,
    /// The earliest time at which a member that is not the first can have been published.
    next: Option<Timestamp>,
}

impl Origins {
    /// Adds what the member `id` tells: the publication and agencies it credits
    /// ([`Facts::syndication`]), the site it links to as its source (`site` of
    /// [`Facts::inferred`]), when and where it was published.
    pub fn add(&mut self, id: &ArticleId, facts: &Facts) {
        self.members += 1;
        if let Some(said) = &facts.syndication {
            self.publishers.extend(said.publisher.iter().map(|p| p.value.as_str()));
            self.agencies.extend(said.agencies.iter().map(|a| a.value.as_str()));
        }
        let source = facts.inferred.get("site").map(|s| s.value.as_str());
        self.sites.extend(source);
        let Some((from, to)) = facts.published.as_ref().and_then(|p| bounds(&p.value)) else {
            return;
        };
        self.dated += 1;
        let site = facts.site.as_ref().map(|s| s.value.clone());
        let member = Dated { id: id.clone(), site, from, to };
        let later = match self.first.take() {
            Some(first) if (first.to, &first.id) <= (member.to, &member.id) => {
                self.first = Some(first);
                Some(member.from)
            }
            first => {
                self.first = Some(member);
                first.map(|f| f.from)
            }
        };
        self.next = self.next.into_iter().chain(later).min();
    }

    /// Where the copies are likely from, by the strongest evidence there is: the publication they
    /// name as the first, the site they link to as their source, the agency they credit, the member
    /// that was published before all others. Of several names the one that most members tell; where
    /// two are told as often the next kind of evidence decides. `None` where nothing tells.
    ///
    /// The order of the members makes no difference.
    #[must_use]
    pub fn likely(&self) -> Option<LikelyOrigin> {
        let named = [
            (OriginKind::Publisher, &self.publishers),
            (OriginKind::SourceLink, &self.sites),
            (OriginKind::Agency, &self.agencies),
        ];
        let members = self.members;
        for (kind, names) in named {
            if let Some((name, told_by)) = names.most() {
                let name = name.to_owned();
                return Some(LikelyOrigin {
                    name,
                    evidence: kind,
                    told_by,
                    members,
                    article: None,
                });
            }
        }
        let first = self.first.as_ref()?;
        // With days only, or zones unknown, two members may be as old.
        if self.next.is_none_or(|next| next <= first.to) {
            return None;
        }
        Some(LikelyOrigin {
            name: first.site.clone().unwrap_or_else(|| first.id.to_string()),
            evidence: OriginKind::Earliest,
            told_by: self.dated,
            members,
            article: Some(first.id.clone()),
        })
    }
}

/// A member with the time it was published.
#[derive(Clone, Debug)]
struct Dated {
    id: ArticleId,
    site: Option<String>,
    from: Timestamp,
    to: Timestamp,
}

/// When `published` can have been at the earliest and latest: a day without a zone is 50 hours
/// long.
fn bounds(published: &str) -> Option<(Timestamp, Timestamp)> {
    if let Ok(at) = published.parse::<Timestamp>() {
        return Some((at, at));
    }
    let (from, to) = match published.parse::<civil::DateTime>() {
        Ok(time) if published.contains('T') => (time, time),
        _ => {
            let day: civil::Date = published.parse().ok()?;
            (day.at(0, 0, 0, 0), day.at(23, 59, 59, 0))
        }
    };
    let utc = |time: civil::DateTime| jiff::tz::Offset::UTC.to_timestamp(time).ok();
    let from = utc(from)?.checked_sub(SignedDuration::from_hours(14)).ok()?;
    let to = utc(to)?.checked_add(SignedDuration::from_hours(12)).ok()?;
    Some((from, to))
}

/// Names kept of one kind; what more members tell is left out.
const MOST: usize = 256;

/// How many members tell each name.
#[derive(Clone, Debug, Default)]
struct Names(BTreeMap<String, u64>);

impl Names {
    fn extend<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            if let Some(count) = self.0.get_mut(name) {
                *count += 1;
            } else if self.0.len() < MOST {
                self.0.insert(name.to_owned(), 1);
            }
        }
    }

    /// The name told by more members than any other.
    fn most(&self) -> Option<(&str, u64)> {
        let most = *self.0.values().max()?;
        let mut best = self.0.iter().filter(|(_, count)| **count == most);
        let (name, _) = best.next()?;
        best.next().is_none().then_some((name.as_str(), most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use newsmill_article::{Sourced, Syndication};

    fn sourced(value: &str) -> Sourced<String> {
        Sourced::new(value.to_owned(), "test")
    }

    /// A member: first publication, source site, agencies, own site, date.
    type Row<'a> = (Option<&'a str>, Option<&'a str>, &'a [&'a str], &'a str, &'a str);

    /// Members, and what they tell together.
    type Case<'a> = (&'a [Row<'a>], Option<(OriginKind, &'a str)>);

    fn facts((publisher, source, agencies, site, published): Row<'_>) -> Facts {
        let mut facts = Facts::default();
        let agencies: Vec<_> = agencies.iter().map(|a| sourced(a)).collect();
        if publisher.is_some() || !agencies.is_empty() {
            facts.syndication = Some(Syndication { agencies, publisher: publisher.map(sourced) });
        }
        if let Some(source) = source {
            facts.inferred.insert("site".into(), sourced(source));
        }
        facts.site = Some(sourced(site)).filter(|_| !site.is_empty());
        facts.published = Some(sourced(published)).filter(|_| !published.is_empty());
        facts
    }

    #[test]
    fn the_strongest_evidence_decides() {
        use OriginKind::{Agency, Earliest, Publisher, SourceLink};
        let (ap, afp) = ("Associated Press", "Agence France-Presse");
        let cases: &[Case<'_>] = &[
            (&[], None),
            (&[(None, None, &[], "", ""), (None, None, &[], "b.example", "")], None),
            (
                &[
                    (Some("The Example"), Some("b.example"), &[ap], "", ""),
                    (None, None, &[ap], "", ""),
                ],
                Some((Publisher, "The Example")),
            ),
            (
                &[(None, Some("b.example"), &[ap], "", ""), (None, None, &[ap], "", "")],
                Some((SourceLink, "b.example")),
            ),
            (&[(None, None, &[ap, afp], "", ""), (None, None, &[ap], "", "")], Some((Agency, ap))),
            // As many for one as for the other: the dates decide.
            (
                &[
                    (None, None, &[ap], "a.example", "2025-03-13"),
                    (None, None, &[afp], "b.example", "2025-03-20"),
                ],
                Some((Earliest, "a.example")),
            ),
            (
                &[
                    (None, None, &[], "a.example", "2025-03-13T10:00:00Z"),
                    (None, None, &[], "b.example", "2025-03-13T11:30:00+02:00"),
                ],
                Some((Earliest, "b.example")),
            ),
            // A day and an hour of it; one date alone.
            (
                &[
                    (None, None, &[], "a.example", "2025-03-13"),
                    (None, None, &[], "b.example", "2025-03-13T11:30:00Z"),
                ],
                None,
            ),
            (
                &[
                    (None, None, &[], "a.example", "2025-03-13"),
                    (None, None, &[], "b.example", "soon"),
                ],
                None,
            ),
        ];
        for (rows, want) in cases {
            for turn in 0..rows.len().max(1) {
                let mut origins = Origins::default();
                for i in 0..rows.len() {
                    let row = (i + turn) % rows.len();
                    origins.add(&format!("a{row}").as_str().into(), &facts(rows[row]));
                }
                let got = origins.likely();
                let got = got.as_ref().map(|l| (l.evidence, l.name.as_str()));
                assert_eq!(got, *want, "{rows:?} from {turn}");
            }
        }
    }

    #[test]
    fn a_member_without_a_site_is_named_by_its_id() {
        let mut origins = Origins::default();
        for (id, published) in [("a1", "2025-03-20"), ("a2", "2025-03-13"), ("a3", "2025-04")] {
            origins.add(&id.into(), &facts((None, None, &[], "", published)));
        }
        let likely = origins.likely().unwrap();
        assert_eq!((likely.name.as_str(), likely.article), ("a2", Some("a2".into())));
        assert_eq!((likely.told_by, likely.members), (2, 3));
    }

    #[test]
    fn many_members_keep_few_names() {
        let mut origins = Origins::default();
        for i in 0..2_000 {
            let publisher = format!("Example {i}");
            origins.add(&"a".into(), &facts((Some(&publisher), None, &["Reuters"], "", "")));
        }
        assert_eq!(origins.publishers.0.len(), MOST);
        assert_eq!(origins.likely().unwrap().name, "Reuters");
    }
}
