use super::*;
use crate::testing::lines;
use EntityKind::{Organisation, Person, Place};
use proptest::prelude::*;

fn names(text: &str) -> Vec<(String, EntityKind)> {
    find(text, false).into_iter().map(|n| (text[n.range].to_owned(), n.kind)).collect()
}

#[test]
fn names_of_a_story() {
    let cases: &[(&str, &[(&str, EntityKind)])] = &[
        (
            "President Ana Ruiz met Jo Doe in Paris.",
            &[("Ana Ruiz", Person), ("Jo Doe", Person), ("Paris", Place)],
        ),
        ("The river rose on Monday after heavy rain.", &[]),
        (
            "Ana Ruiz of the University of Lima spoke. Ruiz said so.",
            &[("Ana Ruiz", Person), ("University of Lima", Organisation), ("Ruiz", Person)],
        ),
        ("Sen. Mary Coleman, 61, flew to Texas.", &[("Mary Coleman", Person), ("Texas", Place)]),
    ];
    for (text, want) in cases {
        let got = names(text);
        let got: Vec<_> = got.iter().map(|(t, k)| (t.as_str(), *k)).collect();
        assert_eq!(&got, want, "{text:?}");
    }
}

#[test]
fn capitals_of_other_languages_are_no_names() {
    let text = "Der Bürgermeister Hans Müller sagte am Vormittag in Berlin, die Brücke sei zu.";
    let got: Vec<_> = find(text, true).into_iter().map(|n| (&text[n.range], n.kind)).collect();
    assert_eq!(got, [("Hans Müller", Person), ("Berlin", Place)]);
}

#[test]
fn hostile_texts_take_linear_time() {
    let units = ["A ", "Ana of the ", "Al-", "“A", "U.S.", "É", "A\n\n", "’s ", "a", "Ruiz "];
    crate::testing::assert_linear(&units, 20_000, |text| {
        let _unused = find(text, false);
    });
}

proptest! {
    #[test]
    fn names_are_in_order(text in "([A-Z][a-z]{1,4}|Ana Ruiz|of|the|[ .,’'()&\n-]| Inc|\\PC){0,40}") {
        let mut end = 0;
        for name in find(&text, false) {
            prop_assert!(name.range.start >= end && !name.range.is_empty());
            prop_assert!(text.get(name.range.clone()).is_some());
            end = name.range.end;
        }
        let article = lines(&text);
        let mut facts = Facts::default();
        Entities.extract(&article, &article.kept(), &mut facts);
        prop_assert!(facts.entities.is_sorted_by_key(|e| e.span.start()));
    }
}
