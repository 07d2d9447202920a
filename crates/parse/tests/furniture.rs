//! What goes as furniture or promotion, what stays, and where.

#![allow(clippy::unwrap_used)] // helpers of tests are no tests to clippy

use newsmill_article::{
    Article, Block, BlockKind, Imbalance, Origin, Reason, Removal, Span, Stage, Tally,
};
use newsmill_parse::furniture::{FurnitureConfig, furniture};
use proptest::prelude::*;

/// A body that says nothing about money, letters or networks.
const BODY: [&str; 4] = [
    "The river rose by two metres in the night, and by the morning the old bridge was closed.",
    "Engineers who looked at the piers said on Monday that the water had washed out the bed below two of them.",
    "“We do not know yet how long it will take,” said Ines Falk, who leads the county’s road office.",
    "Until then lorries have to take the northern road, which adds forty minutes to the way to the port.",
];

/// An article with one paragraph a line; lines that are empty are none.
fn article(text: &str) -> Article {
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(text, at..at + line.len()).unwrap().trim(text);
        at += line.len();
        if !span.is_empty() {
            blocks.push(Block::new(BlockKind::Paragraph, span));
        }
    }
    Article::new("a".into(), Origin::new("t", 0), text.into(), blocks, vec![]).unwrap()
}

fn cleaned_with(text: &str, min_score: f32) -> Article {
    let mut article = article(text);
    furniture(&mut article, &FurnitureConfig { min_score });
    article
}

fn cleaned(text: &str) -> Article {
    cleaned_with(text, FurnitureConfig::default().min_score)
}

/// Whether every byte is kept, removed or layout.
fn balance(article: &Article) -> Result<(), Imbalance> {
    let mut tally = Tally { read: 1, ..Tally::default() };
    tally.keep(article, &article.kept());
    tally.check()
}

/// The reason a line goes for behind the body, and in the middle of it.
fn fate(line: &str) -> (Option<Reason>, Option<Reason>) {
    let behind = format!("{}\n{line}", BODY.join("\n"));
    let middle = format!("{0}\n{line}\n{0}\n{0}", BODY.join("\n"));
    let reason = |text: &str| {
        let article = cleaned(text);
        let removals = article.removals();
        assert!(removals.len() <= 1, "{line:?}: {removals:?}");
        removals.first().map(|r| {
            assert_eq!(article.slice(r.span), line);
            assert_eq!(r.stage, Stage::Furniture);
            assert!((0.0..=1.0).contains(&r.score.unwrap()));
            r.reason
        })
    };
    (reason(&behind), reason(&middle))
}

#[test]
fn lines_that_go_wherever_they_stand() {
    use Reason::{Furniture, Promo};
    let cases = [
        ("Sign up for our weekly newsletter and get the best stories in your inbox.", Promo),
        ("Follow us on Facebook and Twitter", Promo),
        ("Share this article", Promo),
        ("Support our journalism: become a member today", Promo),
        ("Click here to subscribe to the Valley Mail", Promo),
        ("Please consider a donation: your gift helps us keep going.", Promo),
        ("Copyright 2021 Valley Mail. All rights reserved.", Furniture),
        (
            "© 2019 Valley Mail. All rights reserved. It may not be reproduced without permission.",
            Furniture,
        ),
        ("Story continues below advertisement", Furniture),
        ("ADVERTISEMENT", Furniture),
        ("Ana Ruiz and Tom Lee contributed to this report.", Furniture),
        ("Reporting by Ana Ruiz; Editing by Tom Lee", Furniture),
        ("You may also like", Furniture),
        ("Related: How the bridge was built", Furniture),
        ("This site uses cookies to remember your settings.", Furniture),
        ("Sent from my phone", Furniture),
        ("You received this message because you are subscribed to the list.", Furniture),
        ("To unsubscribe from this group, write to leave@lists.example.org.", Furniture),
        // German
        ("Abonnieren Sie unseren kostenlosen Newsletter!", Promo),
        ("Folgen Sie uns auf Facebook und Instagram", Promo),
        ("Unterstützen Sie unseren unabhängigen Journalismus mit einer Spende", Promo),
        ("Artikel teilen", Promo),
        ("Alle Rechte vorbehalten.", Furniture),
        ("Lesen Sie auch: So wurde die Brücke gebaut", Furniture),
        ("Das könnte Sie auch interessieren", Furniture),
        ("Diese Website verwendet Cookies.", Furniture),
        // Spanish
        ("Suscríbete gratis a nuestro boletín de noticias", Promo),
        ("Síguenos en Facebook, Twitter e Instagram", Promo),
        ("Comparte esta noticia", Promo),
        ("Todos los derechos reservados", Furniture),
        ("Lea también: La historia del puente", Furniture),
        ("Publicidad", Furniture),
        // French
        ("Abonnez-vous à notre newsletter gratuite", Promo),
        ("Suivez-nous sur Facebook et Twitter", Promo),
        ("Partager cet article", Promo),
        ("Soutenez notre rédaction : faites un don", Promo),
        ("Tous droits réservés", Furniture),
        ("À lire aussi : l’histoire du pont", Furniture),
        ("La suite après la publicité", Furniture),
        // Portuguese
        ("Assine a nossa newsletter", Promo),
        ("Siga-nos no Instagram e no Facebook", Promo),
        ("Compartilhe esta notícia", Promo),
        ("Todos os direitos reservados.", Furniture),
        ("Leia também: A história da ponte", Furniture),
        // Italian
        ("Iscriviti alla nostra newsletter", Promo),
        ("Seguici su Facebook", Promo),
        ("Tutti i diritti riservati", Furniture),
        ("Leggi anche: La storia del ponte", Furniture),
        // Dutch
        ("Schrijf je in voor onze nieuwsbrief", Promo),
        ("Volg ons op Facebook", Promo),
        ("Alle rechten voorbehouden", Furniture),
        ("Lees ook: Hoe de brug werd gebouwd", Furniture),
    ];
    let wrong: Vec<_> =
        cases.iter().filter(|(line, r)| fate(line) != (Some(*r), Some(*r))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn lines_that_go_only_behind_the_body() {
    use Reason::{Furniture, Promo};
    let cases = [
        ("Contact: Ana Ruiz, 555/010-0199.", Furniture),
        ("Consider supporting our small team", Promo),
        ("Sign up here", Promo),
        ("Donate now at www.valleymail.example.org/give", Promo),
        (
            "GO HERE FOR MORE valleyhour.com/news/ THIS MINISTRY IS FUNDED ONLY BY YOU, donate!",
            Promo,
        ),
        ("Quelle: Kreis Talheim", Furniture),
        ("Fuente: Ayuntamiento de Valle", Furniture),
        ("___", Furniture),
    ];
    for (line, reason) in cases {
        let (behind, middle) = fate(line);
        assert_eq!(behind, Some(reason), "{line}");
        if !line.starts_with("GO") && !line.starts_with("Donate") {
            assert_eq!(middle, None, "{line}");
        }
    }
}

#[test]
fn sentences_of_the_article_stay() {
    let traps = [
        // About donations, letters, networks, rights, cookies.
        "Donations to the flood fund passed two million dollars on Friday, the county said.",
        "She said readers had supported the paper with donations for years before it closed.",
        "The newsletter, which has 40,000 subscribers, was sold to a rival for an undisclosed sum.",
        "The company said it would ask users to subscribe for $8 a month or lose their blue badge.",
        "Facebook and Twitter removed the posts on Tuesday after complaints from both campaigns.",
        "He followed her on Instagram for two years before they met, he told the court.",
        "All rights to the film were bought by a studio in Madrid, according to two people briefed on the sale.",
        "Copyright law gives authors a monopoly for seventy years after their death.",
        "The court ruled that the site must ask visitors before it sets cookies.",
        "Bake the cookies for twelve minutes and let them cool on a rack.",
        "The bill would let people sign up for health insurance until the end of March.",
        "Tickets are free, but visitors have to register at the town hall until Thursday.",
        "The advertisement showed a lion that walks through an empty city.",
        "“Please donate blood,” said Dr. Maya Lind, who runs the ward. “We have two days left.”",
        "“Follow us and you will never be hungry,” the preacher told the crowd.",
        "Residents were told to boil water and to follow the instructions of the emergency services.",
        // What a reader would miss.
        "If you need help, call the helpline on 555 0100 at any time, day or night.",
        "In an emergency call 112; the Samaritans can be reached at jo@samaritans.example.org.",
        "Polls are open until eight in the evening. Vote.",
        "The funeral is on Saturday at ten; the family asks for donations to the hospice instead of flowers.",
        "For more information on the grants, call the county’s office at 555 0100 or visit www.valley.example.org.",
        "Share prices of the three largest banks fell by more than a tenth.",
        "Related companies were not part of the settlement, the ministry said.",
        "Contact with the second boat was lost shortly after midnight.",
        "Support for the government has fallen to 31 percent, the lowest since the election.",
        "Sign language interpreters stood next to the minister.",
        "Join the dots, and the picture of a failing ministry appears.",
        "ALL SEVEN BODIES WERE FOUND BY DIVERS IN THE COLD WATER OF THE NORTHERN LAKE",
        // In other languages.
        "Die Spenden für die Opfer der Flut erreichten am Freitag zwei Millionen Euro.",
        "Der Verlag verkaufte den Newsletter im Herbst an einen Konkurrenten.",
        "Los donativos para las víctimas superaron los dos millones de euros, según el gobierno.",
        "El boletín oficial publicó la ley el martes y entra en vigor en mayo.",
        "Les dons aux victimes ont dépassé deux millions d’euros vendredi.",
        "La publicité pour le tabac est interdite depuis trente ans dans le pays.",
        "As doações às vítimas passaram de dois milhões de euros na sexta-feira.",
        "A publicidade de cigarros foi proibida no país há trinta anos.",
    ];
    let lost: Vec<_> = traps.iter().filter(|line| fate(line) != (None, None)).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    // One after the other they stay too.
    let text = traps.join("\n");
    assert_eq!(cleaned(&text).removals(), []);
}

#[test]
fn a_line_within_a_block_goes_alone() {
    let text = format!("{}\nShare this story\nFollow us on Facebook", BODY[0]);
    let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
    let mut article =
        Article::new("a".into(), Origin::new("t", 0), text, vec![block], vec![]).unwrap();
    furniture(&mut article, &FurnitureConfig::default());
    assert_eq!(article.removals().len(), 1, "two lines of one kind are one removal");
    assert_eq!(article.kept().text(), BODY[0]);
}

#[test]
fn sentences_glued_to_the_last_paragraph_go() {
    let cases = [
        "Sign up for our free newsletter.",
        "Follow us on Twitter @valleymail. All rights reserved.",
        "© 2020 Valley Mail. All rights reserved.",
        "Reporting by Ana Ruiz; editing by Tom Lee.",
        "Alle Rechte vorbehalten.",
        "Síguenos en Facebook.",
    ];
    for tail in cases {
        let text = format!("{}\n{} {tail}", BODY[..2].join("\n"), BODY[3]);
        let article = cleaned(&text);
        assert!(article.kept().text().ends_with(BODY[3]), "{tail}: {:?}", article.removals());
    }
    // In the middle of an article nothing is cut from a line.
    let text = format!("{} {}\n{}", BODY[0], cases[0], BODY[1..].join("\n"));
    assert_eq!(cleaned(&text).removals(), []);
    // A wrapped paragraph is one line, wherever it breaks.
    let text =
        format!("{}\nShe said many of them\nsubscribe now. The rest\nfollow later.", BODY[0]);
    let start = BODY[0].len() + 1;
    let blocks = [0..BODY[0].len(), start..text.len()]
        .map(|range| Block::new(BlockKind::Paragraph, Span::new(&text, range).unwrap()));
    let mut article =
        Article::new("a".into(), Origin::new("t", 0), text, blocks.to_vec(), vec![]).unwrap();
    furniture(&mut article, &FurnitureConfig::default());
    assert_eq!(article.removals(), []);
}

#[test]
fn lists_of_other_stories_go_at_the_end_only() {
    let titles = "Ferry starts again\nHow the old bridge was built\nWhy does the river rise?";
    let text = format!("{}\nRelated stories\n{titles}", BODY.join("\n"));
    assert_eq!(cleaned(&text).kept().text(), BODY.join("\n\n"));
    let text = format!("{}\nRelated stories\n{titles}\n{}", BODY[0], BODY[1..].join("\n"));
    let kept = cleaned(&text).kept().into_text();
    assert!(kept.contains("Ferry starts again") && !kept.contains("Related stories"));
    let text = format!("{}\nRelated stories\nFerry starts again.\n{}", BODY[0], BODY[1]);
    assert!(cleaned(&text).kept().text().contains("Ferry starts again."));
}

#[test]
fn signatures() {
    // what stands behind the body, whether it goes
    let cases = [
        ("-- \nAna Ruiz\nValley Mail", true),
        ("-- \nAna Ruiz\nI live in the valley. I like rivers.", true),
        ("--\nAna Ruiz\nValley Mail\n555 0100", true),
        ("--\nThe ferry starts again on Monday, the county said in the evening.", false),
        ("-- not alone\nAna Ruiz", false),
    ];
    for (tail, goes) in cases {
        let text = format!("{}\n{tail}", BODY.join("\n"));
        let kept = cleaned(&text).kept().into_text();
        assert_eq!(!kept.contains("Ana") && !kept.contains("ferry starts"), goes, "{tail}");
    }
    let long = format!("{}\n-- \n{}", BODY[0], BODY.join("\n").repeat(4));
    assert!(cleaned(&long).kept().text().contains("northern road"));
}

#[test]
fn without_a_body_only_what_says_it_itself_goes() {
    assert_eq!(cleaned("Sign up here").kept().text(), "Sign up here");
    assert_eq!(cleaned("Contact: Ana Ruiz").kept().text(), "Contact: Ana Ruiz");
    assert_eq!(cleaned("Story continues below").kept().text(), "");
}

#[test]
fn tables_code_and_captions_stay() {
    for kind in [BlockKind::Table, BlockKind::Code, BlockKind::Caption] {
        let text = format!("{}\nShare this article", BODY[0]);
        let start = BODY[0].len() + 1;
        let blocks = vec![
            Block::new(BlockKind::Paragraph, Span::new(&text, 0..start - 1).unwrap()),
            Block::new(kind, Span::new(&text, start..text.len()).unwrap()),
        ];
        let mut article =
            Article::new("a".into(), Origin::new("t", 0), text, blocks, vec![]).unwrap();
        furniture(&mut article, &FurnitureConfig::default());
        assert_eq!(article.removals(), [], "{kind:?}");
    }
}

#[test]
fn what_was_removed_before_stays_its_own_and_does_not_stand_below() {
    let copy = BODY.join("\n");
    let text = format!("{copy}\nConsider supporting our small team\n{copy}");
    let mut article = article(&text);
    let repeat = article.span(text.len() - copy.len()..text.len()).unwrap();
    article.remove(Removal::new(repeat, Reason::Repeat, Stage::Within));
    furniture(&mut article, &FurnitureConfig::default());
    assert_eq!(article.kept().text(), BODY.join("\n\n"));
    let reasons: Vec<_> = article.removals().iter().map(|r| r.reason).collect();
    assert_eq!(reasons, [Reason::Promo, Reason::Repeat]);
}

#[test]
fn markup_goes_with_its_line() {
    let line = "Follow us <www.facebook.com/valleymail> on Facebook today";
    let text = format!("{}\n{line}", BODY.join("\n"));
    let mut article = article(&text);
    let at = text.find('<').unwrap();
    let link = article.span(at..text.find('>').unwrap() + 1).unwrap();
    article.remove(Removal::new(link, Reason::Markup, Stage::Parse));
    furniture(&mut article, &FurnitureConfig::default());
    assert_eq!(article.removals().len(), 1);
    assert_eq!(article.slice(article.removals()[0].span), line);
}

#[test]
fn whole_posts() {
    let posts = [
        format!(
            "{}\nTHE NEWS ABOVE IS BROUGHT TO YOU BY THE VALLEY HOUR, a ministry FUNDED only by your kind donations. ANY SIZE DONATION HELPS, please go here to donate! valleyhour.com/give/ MORE FOUND HERE valleychurch.com/",
            BODY.join("\n")
        ),
        format!(
            "{}\n\n###\n\nPress contact:\nAna Ruiz, ana@valley.example.org, 555 0100",
            BODY.join("\n\n")
        ),
        format!(
            "Share this article\n{}\nAdvertisement\n{}\nRead more: How the bridge was built\n___\nReporting by Ana Ruiz; Editing by Tom Lee\nCopyright 2024 Valley Mail. All rights reserved.",
            BODY[..2].join("\n"),
            BODY[2..].join("\n")
        ),
        format!(
            "{}\n-- \nYou received this message because you are subscribed to the group \"valley\".\nTo unsubscribe from this group, send an email to valley+unsubscribe@lists.example.org.",
            BODY.join("\n")
        ),
    ];
    let mut shown = String::new();
    for post in &posts {
        let article = cleaned(post);
        assert_eq!(article.kept().text(), BODY.join("\n\n"));
        for removal in article.removals() {
            let score = removal.score.unwrap();
            let text = article.slice(removal.span);
            shown.push_str(&format!("{} {score:.1} {text}\n", removal.reason));
        }
        shown.push('\n');
    }
    insta::assert_snapshot!("whole_posts", shown);
}

#[test]
fn hostile_texts() {
    let megabyte = 1 << 20;
    let texts = [
        String::new(),
        "\n\n\n".to_owned(),
        "\0\u{feff}\u{202e}\u{200b}".to_owned(),
        (0..=255u8).map(char::from).collect(),
        "a".repeat(10 * megabyte),
        "sign up ".repeat(megabyte / 8),
        "sign up for our\n".repeat(megabyte / 64),
        ". ".repeat(megabyte / 2),
        "-- \n".repeat(megabyte / 16),
        "@".repeat(megabyte),
        "www.".repeat(megabyte / 4),
        "é".repeat(megabyte / 2),
        format!("{}\n{}", BODY.join("\n"), "Follow us on Facebook. ".repeat(megabyte / 64)),
    ];
    for text in texts {
        let article = cleaned(&text);
        assert_eq!(cleaned(article.kept().text()).removals(), []);
        assert_eq!(balance(&article), Ok(()));
    }
}

#[test]
fn many_lines_between_many_removals() {
    let line = "Advertisement\nThe ferry <x>\n";
    let text = line.repeat(1 << 15);
    let mut blocks = Vec::new();
    let mut markup = Vec::new();
    for start in (0..text.len()).step_by(line.len()) {
        for range in [start..start + 13, start + 14..start + 27] {
            blocks.push(Block::new(BlockKind::Paragraph, Span::new(&text, range).unwrap()));
        }
        let span = Span::new(&text, start + 24..start + 27).unwrap();
        markup.push(Removal::new(span, Reason::Markup, Stage::Parse));
    }
    let mut article = Article::new("a".into(), Origin::new("t", 0), text, blocks, markup).unwrap();
    furniture(&mut article, &FurnitureConfig::default());
    assert_eq!(article.removals().len(), 2 << 15);
    assert_eq!(balance(&article), Ok(()));
}

/// Lines from which posts are put together: body, furniture of all kinds, and near misses.
fn line() -> impl Strategy<Value = String> {
    let lines = [
        BODY[0],
        BODY[1],
        BODY[3],
        "A short heading",
        "Sign up here",
        "Sign up for our newsletter.",
        "Related stories",
        "Follow us on Facebook",
        "Contact: Ana Ruiz",
        "--",
        "-- ",
        "___",
        "###",
        "Read more: How it was built",
        "© 2020 Valley Mail",
        "Donate",
        "Advertisement",
        "All rights reserved. The river rose. Follow us.",
        "The ferry starts on Monday. Sign up for our newsletter. Donate now.",
    ];
    proptest::sample::select(lines.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn the_kept_text_loses_nothing_more(
        lines in proptest::collection::vec(line(), 0..14),
        joint in prop_oneof!["\n", "\n\n"],
    ) {
        let once = cleaned(&lines.join(&joint)).kept().into_text();
        let twice = cleaned(&once);
        prop_assert_eq!(twice.removals(), [], "{:?}", once);
    }

    #[test]
    fn a_higher_score_takes_less(
        lines in proptest::collection::vec(line(), 0..14),
        scores in (0.0f32..1.0, 0.0f32..1.0),
    ) {
        let text = lines.join("\n");
        let loose = cleaned_with(&text, scores.0.min(scores.1));
        let strict = cleaned_with(&text, scores.0.max(scores.1));
        for removal in strict.removals() {
            prop_assert!(
                loose.removals().iter().any(|r| r.span.contains(removal.span)),
                "{:?}", strict.slice(removal.span)
            );
        }
    }

    #[test]
    fn any_text_balances(text in "(?s).{0,200}", block_ends in any::<bool>()) {
        let mut article = if block_ends {
            article(&text)
        } else {
            let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
            Article::new("a".into(), Origin::new("t", 0), text, vec![block], vec![]).unwrap()
        };
        furniture(&mut article, &FurnitureConfig::default());
        prop_assert_eq!(balance(&article), Ok(()));
    }
}
