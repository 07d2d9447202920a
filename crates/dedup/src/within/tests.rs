use std::ops::Range;

use proptest::prelude::*;

use super::*;

const BRIDGE: &str =
    "The bridge over the Tamar will stay closed until the spring, the council said on Monday.";
const PIERS: &str =
    "Engineers found cracks in two of its piers in March and again during the summer inspection.";
const FERRY: &str =
    "A ferry carries foot passengers every half hour, and drivers must go round by the motorway.";
const SHOPS: &str =
    "Shopkeepers on both banks say that trade has fallen by a third since the barriers went up.";
const QUOTE: &str = "“Nobody asked us before they shut it,” said Morwenna Tregear, who runs the bakery by the quay.";

fn found(text: &str) -> Vec<Repeat> {
    let config = WithinConfig::default();
    let found = repeats(text, &config);
    check(text, &found);
    found
}

/// What is left when all copies are cut out.
fn rest(text: &str, found: &[Repeat]) -> String {
    let mut rest = String::new();
    let mut at = 0;
    for repeat in found {
        rest.push_str(&text[at..repeat.copy.start]);
        at = repeat.copy.end;
    }
    rest + &text[at..]
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// What holds for every answer.
fn check(text: &str, found: &[Repeat]) {
    let mut end = 0;
    for repeat in found {
        assert!(repeat.copy.start >= end && !repeat.copy.is_empty(), "{repeat:?}");
        end = repeat.copy.end;
        assert!(text.get(repeat.copy.clone()).is_some() && text.get(repeat.kept.clone()).is_some());
        assert!(!repeat.kept.is_empty() && (0.0..=1.0).contains(&repeat.similarity), "{repeat:?}");
        let mut at = repeat.copy.start;
        for piece in &repeat.pieces {
            assert!(piece.copy.start >= at && piece.copy.end <= repeat.copy.end, "{repeat:?}");
            assert!(text[at..piece.copy.start].trim().is_empty(), "{repeat:?}");
            assert!(inside(&piece.kept, &repeat.kept), "{repeat:?}");
            at = piece.copy.end;
        }
        assert_eq!(at, repeat.copy.end);
        assert_eq!(repeat.exact, repeat.pieces.iter().all(|p| p.exact));
    }
    for repeat in found {
        for other in found {
            assert!(!overlap(&repeat.copy, &other.kept), "{repeat:?} takes from {other:?}");
        }
    }
}

fn inside(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start >= b.start && a.end <= b.end
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Texts and what must be left of them, in words.
#[test]
fn pasted_copies_go() {
    let body = format!("{BRIDGE}\n{PIERS}\n{FERRY}\n{SHOPS}");
    let flat = body.replace('\n', " ");
    let wrapped = "The bridge over the Tamar will stay closed until the spring, the council\n\
                   said on Monday.\n\nEngineers found cracks in two of its piers in March and \
                   again during\nthe summer inspection.";
    let cases: &[(&str, String, String)] = &[
        ("one paragraph", format!("{BRIDGE}\n{BRIDGE}\n{PIERS}"), format!("{BRIDGE}\n{PIERS}")),
        ("one paragraph, apart", format!("{body}\n\n{BRIDGE}"), body.clone()),
        ("the whole", format!("{body}\n{body}"), body.clone()),
        ("thrice", format!("{body}\n\n{body}\n\n{body}"), body.clone()),
        ("in one line", format!("{body}\n{flat}"), body.clone()),
        ("glued on", format!("{body}{body}"), body.clone()),
        ("wrapped", format!("{BRIDGE}\n\n{PIERS}\n\n{wrapped}"), format!("{BRIDGE} {PIERS}")),
        (
            "quoted",
            format!("{BRIDGE}\n\n{PIERS}\n\n> {}", wrapped.replace('\n', "\n> ")),
            format!("{BRIDGE} {PIERS}"),
        ),
        (
            "typography",
            format!("{QUOTE}\n{BRIDGE}\n{}\n{BRIDGE}", QUOTE.replace(['“', '”'], "\"")),
            format!("{QUOTE}\n{BRIDGE}"),
        ),
        (
            "zero width, soft hyphen, no-break space",
            format!(
                "{BRIDGE}\n{}",
                BRIDGE.replace("closed", "clo\u{ad}sed\u{200b}").replace("the s", "the\u{a0}s")
            ),
            BRIDGE.into(),
        ),
        ("ligature", format!("{FERRY} Ofﬁce\n{FERRY} Office"), format!("{FERRY} Ofﬁce")),
        (
            "links dropped",
            format!(
                "{BRIDGE} <www.example.org/b/1/>\n{PIERS}\n{}",
                BRIDGE.replace("Tamar", "[Tamar](https://example.org/t)")
            ),
            format!("{BRIDGE} {PIERS}"),
        ),
        ("shouted", format!("{BRIDGE}\n{}", BRIDGE.to_uppercase()), BRIDGE.into()),
        (
            "headings go with their run",
            format!(
                "Closed until spring\n{BRIDGE}\nTrade suffers\n{SHOPS}\nClosed until spring\n{BRIDGE}\nTrade suffers\n{SHOPS}"
            ),
            format!("Closed until spring\n{BRIDGE}\nTrade suffers\n{SHOPS}"),
        ),
    ];
    for (name, text, left) in cases {
        let found = found(text);
        let links = ["www", "example", "org", "b", "1"];
        let mut got = words(&rest(text, &found));
        got.retain(|w| !links.contains(&w.as_str()));
        assert_eq!(got, words(left), "{name}: {found:?}");
    }
}

/// Texts of which nothing may go.
#[test]
fn what_follows_a_link_is_read() {
    for dash in ["—", "\u{a0}", "、"] {
        let line = |said: &str| {
            format!(
                "The full list is at https://example.org/list{dash}{said} hurt when the pier gave way on Monday night in Varde."
            )
        };
        let text = format!("{}\n\n{}\n", line("five people were"), line("nobody at all was"));
        assert_eq!(repeats(&text, &WithinConfig::default()), [], "{dash:?}");
    }
}

#[test]
fn what_is_said_on_purpose_stays() {
    let chorus = "Oh, the river runs down\nAnd the bells ring on\nOh, the river runs down\nTill the night is gone\n";
    let longer = "Roll on, roll on, you waters of the night and day,\nand carry me away.\n";
    let list = "- Bring a torch, two litres of water and a whistle for the descent after dark.";
    let answer =
        "I cannot speak to that, Senator, because the file was sealed before I was appointed.";
    let closure = "Officials in Truro said the closure would last for the whole of the weekend.";
    let share = "The share price closed at 412 pence after a day of heavy trading in London.";
    let team = "The red team will train in the main hall on the first evening of the course.";
    let refusal = "we will not sell the harbour to anyone who offers us money for it today";
    let ash =
        "Ash County reported 312 new cases on the day, and 6 people remained in hospital there.";
    let elm =
        "Elm County reported 90 new cases on the day, and 11 people remained in hospital there.";
    let cases: &[(&str, String)] = &[
        ("names and numbers", format!("{BRIDGE}\n{ash}\n{elm}\n{PIERS}")),
        ("only a name", format!("{closure}\n{PIERS}\n{}", closure.replace("Truro", "Bodmin"))),
        ("only a number", format!("{share}\n{PIERS}\n{}", share.replace("412", "398"))),
        ("another word", format!("{team}\n{PIERS}\n{}", team.replace("red", "blue"))),
        (
            "a refrain",
            format!("{chorus}I left the town at seventeen\n{chorus}My mother called\n{chorus}"),
        ),
        (
            "a refrain of longer lines",
            format!("{longer}The miller shut his door.\n{longer}The ferry came no more.\n{longer}"),
        ),
        ("labels", "SMITH: No.\nJONES: Why not?\nSMITH: Because.\nJONES: I see.\n".repeat(3)),
        (
            "the same answer",
            format!(
                "Q: Did you sign the order?\nA: {answer}\nQ: Who gave you the key?\nA: {answer}"
            ),
        ),
        (
            "headings",
            format!(
                "What happened\n{BRIDGE}\nWhat next\n{PIERS}\nWhat happened\n{FERRY}\nWhat next\n{SHOPS}"
            ),
        ),
        (
            "table rows",
            "Ward\tSeats\tTurnout\nNorth\t3\t41 per cent\nSouth\t3\t41 per cent\n".repeat(4),
        ),
        (
            "a quotation taken up again",
            format!(
                "“W{}”, she said.\n{PIERS}\nAsked again after the vote, she said “{refusal}” and left.",
                &refusal[1..]
            ),
        ),
        ("a pull quote", format!("{BRIDGE} {QUOTE} {PIERS}\n{QUOTE}\n{FERRY}")),
        ("a pull quote ahead", format!("{FERRY}\n{QUOTE}\n{BRIDGE} {QUOTE} {PIERS}")),
        ("a list item", format!("Up\n{list}\n- Sign the book.\nDown\n{list}\n- Count heads.")),
        (
            "below its own heading",
            format!("Opening hours\n{BRIDGE}\nGetting there\n{FERRY}\nAccess\n{BRIDGE}"),
        ),
        (
            "a long paragraph quoted below an introduction",
            format!(
                "{BRIDGE}\n{}\n{FERRY}\nHer second paragraph shows how:\n{}\n{SHOPS}",
                (0..8).map(paragraph).collect::<Vec<_>>().join(" "),
                (0..8).map(paragraph).collect::<Vec<_>>().join(" ")
            ),
        ),
        (
            "a long table",
            [BRIDGE, FERRY]
                .map(|above| {
                    (0..9).fold(format!("{above}\n"), |table, n| {
                        table + &paragraph(n).replace('.', " | 12\n")
                    })
                })
                .concat(),
        ),
        (
            "a short sentence",
            format!("It was over.\n{BRIDGE}\nIt was over.\n{PIERS}\nIt was over."),
        ),
        (
            "a sentence inside two paragraphs",
            format!("{BRIDGE} {PIERS} {FERRY}\n{SHOPS} {PIERS} {QUOTE}"),
        ),
    ];
    for (name, text) in cases {
        assert_eq!(found(text), [], "{name}");
    }
}

#[test]
fn an_edited_copy_goes_and_says_so() {
    let body = format!("{BRIDGE} {PIERS}\n{FERRY} {SHOPS}\n{QUOTE}");
    let copy = body
        .replace("will stay", "will reportedly stay")
        .replace("half hour", "HALF hour")
        .replace("drivers must", "must")
        .replace("who runs", "who also");
    let text = format!("{body}\n{copy}");
    let found = found(&text);
    assert_eq!(rest(&text, &found).trim_end(), body);
    assert!(!found[0].exact && found[0].similarity > 0.9 && found[0].similarity < 1.0);
    assert_eq!(found[0].pieces.len(), 3);
    assert!(found[0].pieces.iter().all(|p| !p.exact));
}

#[test]
fn a_new_number_keeps_its_paragraph_and_the_rest_goes() {
    let more = "The repair will cost 12 million pounds, of which the state pays half.";
    let after = "Work begins once the spring tides are over, and the old lamps will come back, too, \
                 after a restorer in the next valley has cleaned them of eighty years of soot and salt.";
    let body = [BRIDGE, PIERS, FERRY, more, SHOPS, QUOTE, after].join("\n");
    let text = format!("{body}\n{}", body.replace("12 million", "14 million"));
    let left = rest(&text, &found(&text));
    assert!(left.contains("12 million") && left.contains("14 million"));
    assert!(left.matches(PIERS).count() == 1 && left.matches(after).count() == 1, "{left}");
}

#[test]
fn a_copy_that_breaks_off_goes_wherever_it_stands() {
    let body = format!("{BRIDGE}\n{PIERS} {FERRY}\n{SHOPS}");
    let cut = format!("{BRIDGE}\n{PIERS} A ferry carries foot passengers every half");
    for stub in
        ["… Read more", "...", "… [+1234 chars]", " […]", "… Weiterlesen", "…\nContinue reading"]
    {
        for text in [format!("{cut}{stub}\n{body}"), format!("{body}\n{cut}{stub}")] {
            let found = found(&text);
            assert_eq!(words(&rest(&text, &found)), words(&body), "{text}\n{found:?}");
        }
    }
}

#[test]
fn pull_quotes_go_when_asked_for() {
    let config = WithinConfig { pull_quotes: true, ..WithinConfig::default() };
    let inside = format!("{BRIDGE} {QUOTE} {PIERS}");
    for text in [format!("{inside}\n{QUOTE}\n{FERRY}"), format!("{FERRY}\n{QUOTE}\n{inside}")] {
        let found = repeats(&text, &config);
        check(&text, &found);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].kind, Passage::PullQuote);
        assert!(rest(&text, &found).contains(&inside));
    }
}

#[test]
fn pieces_name_the_lines_of_both_copies() {
    let row = "Ash County reported 312 new cases on the day.";
    let text = format!("{BRIDGE}\n{row}\n{PIERS}\n{BRIDGE} {PIERS}\n{FERRY}");
    let found = found(&text);
    let pairs: Vec<_> = found
        .iter()
        .flat_map(|r| &r.pieces)
        .map(|p| (words(&text[p.copy.clone()]), words(&text[p.kept.clone()])))
        .collect();
    assert_eq!(pairs, [(words(BRIDGE), words(BRIDGE)), (words(PIERS), words(PIERS))]);
}

#[test]
fn later_copies_name_the_first() {
    let text = format!("{BRIDGE}\n{PIERS}\n{BRIDGE}\n{FERRY}\n{BRIDGE}\n{SHOPS}\n{BRIDGE}");
    let found = found(&text);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|r| r.kept.start == 0), "{found:?}");
}

#[test]
fn other_scripts() {
    let cases = [
        "Мост через реку останется закрытым до весны, сообщил в понедельник городской совет.",
        "市议会周一表示，这座大桥将关闭到春天，工程师在三月份发现两个桥墩出现裂缝，渡轮每半小时运送一次行人。",
        "Η γέφυρα θα παραμείνει κλειστή μέχρι την άνοιξη, ανακοίνωσε τη Δευτέρα το συμβούλιο.",
        "سيبقى الجسر مغلقا حتى الربيع بعد أن وجد المهندسون شقوقا في اثنين من أعمدته في مارس.",
    ];
    for line in cases {
        let text = format!("{line}\n{BRIDGE}\n{line}");
        let found = found(&text);
        assert_eq!(found.len(), 1, "{line}");
        assert_eq!(&text[found[0].copy.clone()], line);
    }
}

#[test]
fn hostile_texts_are_read_in_linear_time() {
    let mut lines = String::new();
    for n in 1..150 {
        (0..n).for_each(|i| lines.push_str(&format!("w{i} ")));
        lines.push_str("end. Stop\n");
    }
    let row =
        |i: usize| format!("North Ward | {i} | {} | open until further notice\n", i * 7 % 100);
    let texts = [
        "a".repeat(10 << 20),
        "a ".repeat(50_000),
        "ab cd ".repeat(20_000),
        "\n".repeat(100_000),
        "](".repeat(100_000),
        "<".repeat(100_000),
        "“a” ".repeat(20_000),
        "\u{200b}\u{301}a".repeat(20_000),
        "\0\u{202e}é\u{feff} ".repeat(20_000),
        (0..=255u8).map(char::from).cycle().take(50_000).collect(),
        format!("{BRIDGE} ").repeat(500),
        format!("{BRIDGE}\n").repeat(500),
        format!("{BRIDGE}{}{}", "~".repeat(200_000), format!("{BRIDGE}\n").repeat(2_000)),
        format!("{}{}", " ".repeat(200_000), format!("{BRIDGE}\n").repeat(2_000)),
        (0..3_000).map(row).collect(),
        lines,
    ];
    let started = std::time::Instant::now();
    for text in &texts {
        let found = repeats(text, &WithinConfig::default());
        let mut end = 0;
        for repeat in &found {
            assert!(repeat.copy.start >= end);
            end = repeat.copy.end;
            assert!(text.get(repeat.copy.clone()).is_some());
        }
    }
    assert!(started.elapsed().as_secs() < 30);
}

/// A paragraph of its own for each number: few of its words are those of another.
fn paragraph(number: usize) -> String {
    const STEMS: [&str; 11] = [
        "harbour", "council", "lantern", "orchard", "ferry", "weather", "granite", "mend", "paint",
        "walls", "measur",
    ];
    let ending = ["a", "en", "il", "os", "um", "yr", "eth", "ax", "ond"][number % 9];
    let mut words: Vec<String> = STEMS.iter().map(|stem| format!("{stem}{ending}")).collect();
    words.rotate_left(number);
    words.insert(4, "and".into());
    words.insert(9, "of the".into());
    format!("The {}.", words.join(" "))
}

/// The same paragraph as others write it.
fn dressed(paragraph: &str, how: usize) -> String {
    match how {
        0 => paragraph.to_uppercase(),
        1 => format!("> {paragraph}"),
        2 => paragraph.replace(' ', "\u{a0}"),
        3 => paragraph.replace("walls", "wal\u{ad}ls"),
        4 => format!("“{paragraph}”"),
        _ => paragraph.to_owned(),
    }
}

/// Which lines go, by looking at each pair: those that an earlier line says.
fn reference(lines: &[usize]) -> Vec<bool> {
    (0..lines.len()).map(|at| lines[..at].contains(&lines[at])).collect()
}

fn covered(found: &[Repeat], length: usize) -> Vec<bool> {
    let mut covered = vec![false; length];
    for repeat in found {
        covered[repeat.copy.clone()].fill(true);
    }
    covered
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn agrees_with_looking_at_each_pair_of_lines(
        lines in proptest::collection::vec((0usize..9, 0usize..8), 1..24)
    ) {
        let mut text = String::new();
        let mut spans = Vec::new();
        for &(number, how) in &lines {
            let line = dressed(&paragraph(number), how);
            spans.push(text.len()..text.len() + line.len());
            text.push_str(&line);
            text.push('\n');
        }
        let found = repeats(&text, &WithinConfig::default());
        check(&text, &found);
        let covered = covered(&found, text.len());
        let numbers: Vec<usize> = lines.iter().map(|l| l.0).collect();
        let cut: Vec<bool> = spans.into_iter().map(|span| covered[span].iter().all(|&c| c)).collect();
        prop_assert_eq!(cut, reference(&numbers), "{:?}", lines);
    }

    #[test]
    fn cutting_twice_takes_nothing_more(
        lines in proptest::collection::vec((0usize..9, 0usize..8), 1..24)
    ) {
        let lines: Vec<String> = lines.iter().map(|&(n, how)| dressed(&paragraph(n), how)).collect();
        let text = lines.join("\n");
        let left = rest(&text, &found(&text));
        prop_assert_eq!(repeats(&left, &WithinConfig::default()), []);
    }

    #[test]
    fn cutting_a_post_twice_takes_nothing_more(
        body in proptest::collection::vec((0usize..9, 1usize..4, 0usize..6), 2..10),
        pasted in proptest::collection::vec((0usize..10, 1usize..10, 0usize..10, 0usize..8), 1..4),
        gap in prop_oneof![Just("\n"), Just("\n\n"), Just(" ")],
    ) {
        let block = |&(number, count, kind): &(usize, usize, usize)| match kind {
            0 => "What comes next".to_owned(),
            1 => format!("Ash County reported {number} new cases on the day, and {count} people died."),
            2 => format!("- {}", paragraph(number)),
            _ => (number..9.min(number + count)).map(paragraph).collect::<Vec<_>>().join(" "),
        };
        let mut text: Vec<String> = body.iter().map(block).collect();
        let original = text.clone();
        for (from, count, at, how) in pasted {
            let copy = original.iter().skip(from % original.len()).take(count).map(|b| match how {
                6 => b.replace(" and", ""),
                7 => format!("{}… Read more", b.get(..b.len() * 2 / 3).unwrap_or(b)),
                _ => dressed(b, how),
            });
            let at = if at < 5 { text.len() } else { at % text.len() };
            text.splice(at..at, copy.collect::<Vec<_>>());
        }
        let text = text.join(gap);
        let left = rest(&text, &found(&text));
        prop_assert_eq!(repeats(&left, &WithinConfig::default()), [], "{}", left);
    }

    #[test]
    fn stricter_thresholds_take_no_more(
        lines in proptest::collection::vec((0usize..9, 0usize..8), 1..24),
        words in 6usize..100,
        bytes in 60usize..600,
    ) {
        let lines: Vec<String> = lines.iter().map(|&(n, how)| dressed(&paragraph(n), how)).collect();
        let text = lines.join("\n");
        // Loose enough for each line alone: what a run of lines is made of depends on the limits.
        let loose = WithinConfig::default();
        let strict = WithinConfig { min_words: words, min_bytes: bytes, ..loose.clone() };
        let all = covered(&repeats(&text, &loose), text.len());
        let few = covered(&repeats(&text, &strict), text.len());
        let lost = |&at: &usize| few[at] && !all[at] && text.as_bytes()[at].is_ascii_alphanumeric();
        prop_assert_eq!((0..text.len()).find(lost), None);
    }

    #[test]
    fn any_text_is_answered_with_sound_spans(
        parts in proptest::collection::vec(
            (0usize..6, prop_oneof![
                Just("\n"), Just(" "), Just(""), Just(". "), Just("\n\n> "), Just("… Read more\n"),
                Just("“"), Just(": "), Just("\u{200b}"), Just("…\n"), Just("<a.b/c> "),
            ], 0usize..17, 1usize..24),
            0..30,
        )
    ) {
        let mut text = String::new();
        for (number, between, from, length) in parts {
            let paragraph = paragraph(number);
            text.extend(paragraph.split(' ').skip(from).take(length).flat_map(|w| [w, " "]));
            text.push_str(between);
        }
        check(&text, &repeats(&text, &WithinConfig::default()));
    }

    #[test]
    fn any_characters_are_answered_with_sound_spans(text in "(\\PC|[ab. \n“”…]){0,200}") {
        let text = format!("{text}{text}\n{text}");
        check(&text, &repeats(&text, &WithinConfig { min_bytes: 1, ..WithinConfig::default() }));
    }
}

#[test]
fn a_text_that_lost_its_punctuation_is_cut_where_the_words_match() {
    let bare = |numbers: Range<usize>| {
        numbers.map(|n| paragraph(n).replace('.', " ")).collect::<Vec<_>>().concat()
    };
    let body = format!("{}{}", bare(0..8), "at last the bells of the old town rang out again");
    let text = format!("{body} FOR RELEASE ON PAPER {body} Contact the office");
    let found = found(&text);
    let left = words(&rest(&text, &found));
    let wanted = words(&format!("{body} FOR RELEASE ON PAPER Contact the office"));
    assert_eq!(left, wanted);
}
