use super::*;
use crate::testing::lines;
use proptest::prelude::*;

fn quotes(text: &str) -> Vec<(String, Option<String>)> {
    let article = lines(text);
    let mut facts = Facts::default();
    crate::Entities.extract(&article, &article.kept(), &mut facts);
    Quotes.extract(&article, &article.kept(), &mut facts);
    let said = |q: &Quote| (article.slice(q.span).to_owned(), q.speaker.clone());
    facts.quotes.iter().map(said).collect()
}

#[test]
fn marks() {
    let cases: &[(&str, &[&str])] = &[
        ("It was “a wave.” It fell.", &["a wave."]),
        ("It was \"a wave.\" It fell.", &["a wave."]),
        ("Es war „eine Welle“, sagte er.", &["eine Welle"]),
        ("Es war »eine Welle«, sagte er.", &["eine Welle"]),
        ("C’était « une vague », a-t-il dit.", &["une vague"]),
        ("C’était «\u{a0}une vague\u{a0}».", &["une vague"]),
        ("Fue «una ola».", &["una ola"]),
        ("Det var ”en våg” sade hon.", &["en våg"]),
        ("He said ‘the river rose’, and left.", &["the river rose"]),
        ("He said 'the river rose,' and left.", &["the river rose,"]),
        ("“He told me ‘go’ and I went.”", &["He told me ‘go’ and I went."]),
        ("The rivers’ banks aren’t dry, it’s ‘90s style.", &[]),
        ("The rivers' banks aren't dry, rock 'n' roll.", &[]),
        ("A board 6'2\" by 5\" wide.", &[]),
        ("“One. \n“Two.” End", &["One.", "Two."]),
        ("“One without an end.\nTwo.", &[]),
        ("\"One\" and \"two\" and \"\" and \" \"", &["One", "two"]),
        ("(“One”) — “two”", &["One", "two"]),
        ("\"One \"two\" three", &["two"]),
        ("“One “two” three", &["two"]),
        ("“One“ two", &["One"]),
        ("\"One “two” three\" four", &["One “two” three"]),
        ("\"One (\"two\") three,\" she said.", &["One (\"two\") three,"]),
        ("“One.  “Two.  “Three.” End", &["One.", "Two.", "Three."]),
        ("Ana Ruiz said, \"One.\nTwo.\" End", &["One.", "Two."]),
        ("Ana Ruiz said, \"One.\nAn end.", &["One."]),
        ("She said, \"One.“ End", &["One."]),
        ("No quotes here.", &[]),
    ];
    for (text, want) in cases {
        let got: Vec<String> = quotes(text).into_iter().map(|q| q.0).collect();
        assert_eq!(&got, want, "{text:?}");
    }
}

#[test]
fn speakers() {
    let ana = Some("Ana Ruiz");
    let cases: &[(&str, &[Option<&str>])] = &[
        ("“It rose,” said Ana Ruiz.", &[ana]),
        ("“It rose,” Ana Ruiz said.", &[ana]),
        ("“It rose,” said Mayor Ana Ruiz, who left.", &[ana]),
        ("“It rose,” said Peruvian President Ana Ruiz.", &[ana]),
        ("“It rose,” said spokeswoman Ana Ruiz.", &[ana]),
        ("“It rose,” said the mayor, Ana Ruiz.", &[ana]),
        ("“It rose,” Ana Ruiz, the mayor, said.", &[ana]),
        ("“It rose,” Sen. Ana Ruiz also said.", &[ana]),
        ("“It rose,” according to Ana Ruiz.", &[ana]),
        ("“It rose!” cried Ana Ruiz.", &[ana]),
        ("“It rose”, said Ana Ruiz.", &[ana]),
        ("\"It rose,\" said Ana Ruiz.", &[ana]),
        ("‘It rose,’ said Ana Ruiz.", &[ana]),
        ("Ana Ruiz said: “It rose.”", &[ana]),
        ("Ana Ruiz said, “It rose.”", &[ana]),
        ("Ana Ruiz told reporters on Monday: “It rose.”", &[ana]),
        ("Ana Ruiz, the mayor, said “it rose.”", &[ana]),
        ("According to Ana Ruiz, “it rose.”", &[ana]),
        ("Ana Ruiz said the river was “a danger” to all.", &[ana]),
        ("Ana Ruiz called it “a danger.”", &[ana]),
        ("Ana Ruiz came. “It rose,” Ruiz said.", &[ana]),
        ("Ana Ruiz came. “It rose,” said Ms. Ruiz.", &[ana]),
        ("“It rose,” said Ana Ruiz. “We left.”", &[ana, ana]),
        ("“It rose,” said Ana Ruiz, “and we left.”", &[ana, ana]),
        ("“It rose,” said Ana Ruiz.\n“We left,” she said.", &[ana, ana]),
        ("Ruiz said she left. Ana Ruiz is mayor.\n“We left,” she said.", &[ana]),
        ("“It rose.\n“We left,” said Ana Ruiz.", &[ana, ana]),
        ("«Subió», dijo Ana Ruiz.", &[ana]),
        ("„Er stieg“, sagte Ana Ruiz.", &[ana]),
        ("« Il monte », a déclaré Ana Ruiz.", &[ana]),
        ("“Subiu”, afirmou Ana Ruiz.", &[ana]),
        ("«È salito», ha detto Ana Ruiz.", &[ana]),
        ("“Het stijgt”, zei Ana Ruiz.", &[ana]),
        ("“It rose,” said Lima Police Chief Ana Ruiz.", &[ana]),
        ("Ana Ruiz, of the University of Lima’s school of health, said “it rose.”", &[ana]),
        ("Governor of Cusco Ana Ruiz said, “It rose.”", &[ana]),
        ("Senator Ana Ruiz today issued the following statement on the dam: “It rose.", &[ana]),
        ("Senator Ana Ruiz today issued the following statement on it: “It rose.”", &[ana]),
        ("Ana Ruiz issued a statement. “All of the gates will now be shut.”", &[ana]),
        ("Ana Ruiz said the gates would be shut. “All of them will be shut by noon.”", &[ana]),
        ("“It rose,” said Ana Ruiz.\n“Nobody knows when it will fall.”", &[ana, ana]),
        (
            "“It rose,” Ana Ruiz said, “and we left.”\n“Nobody knows when it will fall.”",
            &[ana, ana, ana],
        ),
        ("Ana Ruiz leads the town.\n“It rose,” she said.", &[ana]),
        ("The gates are shut, says Ana Ruiz. “It rose,” she says.", &[ana]),
        ("One of them, Ana Ruiz, 42, a lecturer from Lima, said: “It rose.”", &[ana]),
        ("The minister of dams Ana Ruiz said: “It rose.”", &[ana]),
        ("Ana Ruiz asked for more time, calling it “a danger” and a “waste.”", &[ana, ana]),
        ("Ana Ruiz from the council says: “It rose.”", &[ana]),
        ("Last year, Ana Ruiz said there would be “no flood” at all.", &[ana]),
        ("“It rose,” said Ana Ruiz.\nLuis Doe left.\n“We left,” she said.", &[ana, ana]),
        // Where nobody is named beyond doubt.
        ("The so-called “wave” came. Ana Ruiz said so.", &[None]),
        ("They spoke of a “wave.” Ana Ruiz left.", &[None]),
        ("“It rose,” said a spokesman for Ana Ruiz.", &[None]),
        ("“It rose,” a friend of Ana Ruiz said.", &[None]),
        ("“It rose,” Ruiz’s lawyer said.", &[None]),
        ("“It rose,” said Ana Ruiz and Jo Doe.", &[None]),
        ("“It rose,” officials said.", &[None]),
        ("“It rose,” he said.", &[None]),
        ("“It rose,” he told Ana Ruiz.", &[None]),
        ("“It rose,” said Monday.", &[None]),
        ("“It rose,” it said on Monday.", &[None]),
        (
            "“It rose,” said Ana Ruiz.\nFor Luis Doe it was calm. He said, “It fell.”",
            &[ana, Some("Luis Doe")],
        ),
        ("Both have said variations of “it rose.”", &[None]),
        ("“It rose,” said Ana Ruiz.\nThe end.\n“Nobody knows.”", &[ana, None]),
    ];
    for (text, want) in cases {
        let got: Vec<Option<String>> = quotes(text).into_iter().map(|q| q.1).collect();
        let got: Vec<Option<&str>> = got.iter().map(Option::as_deref).collect();
        assert_eq!(&got, want, "{text:?}");
    }
}

#[test]
fn two_persons_of_one_surname_keep_it() {
    let text = "Ana Ruiz and Luis Ruiz came.\n“It rose,” Ruiz said.";
    assert_eq!(quotes(text)[0].1.as_deref(), Some("Ruiz"));
}

#[test]
fn hostile_texts_take_linear_time() {
    let units = [
        "\"",
        "“",
        "”a“",
        "'a ",
        "\"a\" said A B ",
        "« ",
        "„a",
        "A ",
        "“a,” he said. ",
        "\"A\n",
        "“a” and ",
        "“a” Ana Ruiz, the mayor, said, ",
    ];
    crate::testing::assert_linear(&units, 10_000, |text| {
        let _unused = quotes(text);
    });
}

proptest! {
    #[test]
    fn spans_are_in_order(text in "([\"“”„«»‘’']|[A-Z][a-z]{1,3}|said|, |\\. |\n| |he|é){0,60}") {
        let article = lines(&text);
        let mut facts = Facts::default();
        Quotes.extract(&article, &article.kept(), &mut facts);
        let mut end = 0;
        for quote in &facts.quotes {
            prop_assert!(quote.span.start() >= end && !quote.span.is_empty());
            end = quote.span.end();
            prop_assert!(article.text().get(quote.span.range()).is_some());
        }
    }
}
