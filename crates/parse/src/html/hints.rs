//! What the names an element bears say of what is in it.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::names::{Attr, Tag};
use super::tree::{NodeId, Tree};

/// How many groups of hints there are: those of `data/html/hints.tsv`, in its order, and those of
/// elements.
pub(super) const GROUPS: usize = NAMED + 11;

/// How many groups come from names.
const NAMED: usize = 28;

/// Groups that other files ask for.
pub(super) const BODY: usize = 0;
const COMMENT: usize = 3;
const RELATED: usize = 4;

/// The group of captions and credits.
pub(super) const CAPTION: Hints = 1 << 15;

/// Groups of comments and of lists of other articles.
pub(super) const ELSEWHERE: Hints = 1 << COMMENT | 1 << RELATED;

/// What is read of a name, in bytes.
const NAME_BYTES_MAX: usize = 512;

/// A set of groups, as bits.
pub(super) type Hints = u64;

/// The words of `data/html/hints.tsv`.
struct Words {
    automaton: AhoCorasick,
    /// Of each pattern: its group, and whether it asks for a border before and behind.
    meaning: Vec<(u8, bool, bool)>,
}

static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    let lines = include_str!("../../data/html/hints.tsv").lines();
    let groups = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut patterns, mut meaning) = (Vec::new(), Vec::new());
    for (group, line) in (0u8..).zip(groups) {
        let words = line.split_once('\t').map_or("", |(_, words)| words);
        for word in words.split_whitespace() {
            let bare = word.trim_start_matches('^').trim_end_matches('$');
            patterns.push(bare);
            meaning.push((group, word.starts_with('^'), word.ends_with('$')));
        }
    }
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .build(&patterns)
        .ok()?;
    Some(Words { automaton, meaning })
});

/// The groups that a name tells.
pub(super) fn of_name(name: &str) -> Hints {
    let Some(words) = WORDS.as_ref() else { return 0 };
    let bytes = name.as_bytes();
    let mut hints = 0;
    for found in words.automaton.find_overlapping_iter(bytes) {
        let (group, before, behind) = words.meaning[found.pattern()];
        let fits = (!before || is_border(bytes, found.start()))
            && (!behind || is_border(bytes, found.end()));
        if fits {
            hints |= 1 << group;
        }
    }
    hints
}

/// Whether a word may start or end at `at`.
fn is_border(name: &[u8], at: usize) -> bool {
    let Some((before, behind)) = at.checked_sub(1).map(|b| name[b]).zip(name.get(at)) else {
        return true;
    };
    !before.is_ascii_alphabetic()
        || !behind.is_ascii_alphabetic()
        || (before.is_ascii_lowercase() && behind.is_ascii_uppercase())
}

/// The groups that an element tells by its name, classes, id, role and the like.
pub(super) fn of_element(tree: &Tree<'_>, id: NodeId, tag: Tag) -> Hints {
    let mut hints = of_tag(tag);
    for attribute in tree.attributes(id) {
        let Some(value) = tree.page.get(attribute.start as usize..attribute.end as usize) else {
            continue;
        };
        let value = &value[..value.floor_char_boundary(NAME_BYTES_MAX)];
        match attribute.name {
            Attr::Class | Attr::Id | Attr::DataTestid | Attr::DataComponent => {
                hints |= of_name(value);
            }
            Attr::Role => hints |= of_role(value),
            Attr::AriaLabel if value.len() < 60 => hints |= of_name(value),
            Attr::Itemprop => {
                if value == "articleBody" || value == "reviewBody" {
                    hints |= element(10);
                }
                hints |= of_name(value);
            }
            Attr::AriaHidden if value == "true" => hints |= element(9),
            Attr::Hidden => hints |= element(9),
            Attr::Style if is_undisplayed(value) => hints |= element(9),
            _ => {}
        }
    }
    hints
}

fn element(place: usize) -> Hints {
    1 << (NAMED + place)
}

fn of_tag(tag: Tag) -> Hints {
    match tag {
        Tag::Article => element(0),
        Tag::Main => element(1),
        Tag::Aside => element(2),
        Tag::Nav => element(3),
        Tag::Footer => element(4),
        Tag::Header => element(5),
        Tag::Form | Tag::Button | Tag::Label | Tag::Fieldset => element(6),
        Tag::Figure | Tag::Figcaption => element(7),
        Tag::Ul | Tag::Ol | Tag::Menu => element(8),
        _ => 0,
    }
}

fn of_role(role: &str) -> Hints {
    match role {
        "main" => element(1),
        "article" => element(0),
        "complementary" => element(2),
        "navigation" | "menu" | "menubar" | "tablist" => element(3),
        "contentinfo" => element(4),
        "banner" => element(5),
        "form" | "search" => element(6),
        "list" => element(8),
        "dialog" | "alertdialog" => of_name("dialog"),
        _ => 0,
    }
}

fn is_undisplayed(style: &str) -> bool {
    let mut parts = style.split(';').filter_map(|part| part.split_once(':'));
    parts.any(|(name, value)| {
        let (name, value) = (name.trim(), value.trim());
        (name.eq_ignore_ascii_case("display") && value.starts_with("none"))
            || (name.eq_ignore_ascii_case("visibility") && value.starts_with("hidden"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Vec<&'static str> {
        include_str!("../../data/html/hints.tsv")
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
            .filter_map(|l| Some(l.split_once('\t')?.0))
            .collect()
    }

    #[test]
    fn groups_stand_where_the_code_expects_them() {
        let groups = groups();
        assert_eq!(groups.len(), NAMED);

        for (place, name) in [(BODY, "body"), (COMMENT, "comment"), (RELATED, "related")] {
            assert_eq!(groups[place], name);
        }
    }

    #[test]
    fn names_tell_their_groups_at_borders_only() {
        let cases = [
            ("entry-content", "body", true),
            ("articleBody__x", "body", true),
            ("ad", "ad", true),
            ("ad-slot", "ad", true),
            ("shadow", "ad", false),
            ("header", "ad", false),
            ("siteNav", "nav", true),
            ("commentList", "comment", true),
        ];
        for (name, group, expected) in cases {
            let place = groups().iter().position(|g| *g == group).unwrap();
            assert_eq!(of_name(name) & (1 << place) != 0, expected, "{name} {group}");
        }
    }
}
