//! The shapes posts come in, each with what is made of it.

use newsmill_article::{Limits, Origin, Record};
use newsmill_parse::parse;

/// The blocks of the cleaned article, one a line, then its links and images.
fn shape(text: &str) -> String {
    let article = match parse(Record::text(Origin::new("t", 0), text), &Limits::default()) {
        Ok(article) => article,
        Err(reject) => return format!("rejected: {reject}"),
    };
    let kept = article.kept();
    let mut out = Vec::new();
    for block in kept.blocks() {
        let quoted = ">".repeat(block.block.quoted.into());
        out.push(format!(
            "{quoted}{}: {}",
            block.block.kind.name(),
            &kept.text()[block.range.clone()]
        ));
    }
    for link in &article.facts.links {
        let anchor = link.anchor.map(|a| format!(" at {:?}", a.slice(text)));
        out.push(format!("link {}{}", link.url, anchor.unwrap_or_default()));
    }
    for image in &article.facts.images {
        let said = [&image.alt, &image.url, &image.caption, &image.credit];
        let said: Vec<&str> = said.iter().map(|s| s.as_deref().unwrap_or("-")).collect();
        out.push(format!("image {}", said.join(" | ")));
    }
    out.join("\n")
}

#[test]
fn pasted_from_a_browser() {
    insta::assert_snapshot!(shape(
        "[image: A bridge at night]\n\
         After the flood\n\
         The mayor, Anna Lindqvist, <www.example.org/mayor/> said on Monday that the old bridge stays closed until spring.\n\
         “Nobody was hurt,” she said <https://example.org/said>.\n\
         What comes next\n\
         The council meets on Friday to talk about a new bridge and what it may cost the valley in the years to come."
    ), @r"
    heading: After the flood
    paragraph: The mayor, Anna Lindqvist, said on Monday that the old bridge stays closed until spring.
    paragraph: “Nobody was hurt,” she said.
    heading: What comes next
    paragraph: The council meets on Friday to talk about a new bridge and what it may cost the valley in the years to come.
    link www.example.org/mayor/
    link https://example.org/said
    image A bridge at night | - | - | -
    ");
}

#[test]
fn wrapped_and_quoted() {
    insta::assert_snapshot!(shape(
        "The river rose by two metres during the night and the old bridge\n\
         had to be closed to all traffic, the town said on Monday. Nobody\n\
         was hurt.\n\n\
         > The mayor thanked the firemen and said that the schools in the\n\
         > valley stay open for the rest of the week, and that the council\n\
         > meets on Friday.\n\
         >\n\
         > > When does the bridge open?\n\n\
         Nobody knows."
    ), @r"
    paragraph: The river rose by two metres during the night and the old bridge had to be closed to all traffic, the town said on Monday. Nobody was hurt.
    >quote: The mayor thanked the firemen and said that the schools in the valley stay open for the rest of the week, and that the council meets on Friday.
    >>quote: When does the bridge open?
    paragraph: Nobody knows.
    ");
}

#[test]
fn long_lines_with_one_wrapped_copy() {
    insta::assert_snapshot!(shape(
        "The river rose by two metres during the night and the old bridge had to be closed to all traffic, the town said on Monday, and nobody was hurt.\n\n\
         The mayor thanked the firemen and said that all schools in the valley stay open for the rest of the week.\n\n\
         The river rose by two metres during the night and the old bridge had\n\
         to be closed to all traffic, the town said on Monday, and nobody was\n\
         hurt.\n\n\
         The mayor thanked the firemen and said that all schools in the\n\
         valley stay open for the rest of the week."
    ), @r"
    paragraph: The river rose by two metres during the night and the old bridge had to be closed to all traffic, the town said on Monday, and nobody was hurt.
    paragraph: The mayor thanked the firemen and said that all schools in the valley stay open for the rest of the week.
    paragraph: The river rose by two metres during the night and the old bridge had to be closed to all traffic, the town said on Monday, and nobody was hurt.
    paragraph: The mayor thanked the firemen and said that all schools in the valley stay open for the rest of the week.
    ");
}

#[test]
fn markdown() {
    insta::assert_snapshot!(shape(
        "# The flood\n\n\
         ![A bridge](https://example.org/b.jpg)\n\n\
         The **old** bridge is [closed](https://example.org/closed \"Closed\"), the\n\
         [town][1] said.\n\n\
         ## Cost\n\n\
         - one\n- two\n  and a half\n\n\
         After\n-----\n\n\
         ```sh\nrm *this* > that\n```\n\n\
         [1]: https://example.org/town"
    ), @r#"
    heading: The flood
    paragraph: The old bridge is closed, the town said.
    heading: Cost
    list_item: one
    list_item: two and a half
    heading: After
    code: rm *this* > that
    link https://example.org/closed at "closed"
    link https://example.org/town at "town"
    image A bridge | https://example.org/b.jpg | - | -
    "#);
}

#[test]
fn dumped_by_a_text_browser() {
    insta::assert_snapshot!(shape(
        "   The mayor said on Monday that the old [1]bridge stays closed until\n   \
         spring, and that the [2]council meets on Friday.\n\n     \
         * one\n     * two\n\n\
         References\n\n   1. https://example.org/bridge\n   2. https://example.org/council\n"
    ), @r"
    paragraph: The mayor said on Monday that the old bridge stays closed until spring, and that the council meets on Friday.
    list_item: one
    list_item: two
    link https://example.org/bridge
    link https://example.org/council
    ");
}

#[test]
fn lists_and_lone_signs() {
    insta::assert_snapshot!(shape(
        "What to bring:\n1. Boots\n2. A lamp\n\n- Nobody was hurt, she said.\n\n• Water\n\n3.5 million people saw it. 2025 was a wet year."
    ), @r"
    paragraph: What to bring:
    list_item: 1. Boots
    list_item: 2. A lamp
    paragraph: - Nobody was hurt, she said.
    list_item: Water
    paragraph: 3.5 million people saw it. 2025 was a wet year.
    ");
}

#[test]
fn agency_signs() {
    insta::assert_snapshot!(shape(
        "By ANNA LINDQVIST\nMILL VALLEY (VN) — The river rose by two metres during the night, the town said on Monday.\n___\nBertil Holm contributed.\n* * *\n-30-"
    ), @r"
    paragraph: By ANNA LINDQVIST
    paragraph: MILL VALLEY (VN) — The river rose by two metres during the night, the town said on Monday.
    paragraph: Bertil Holm contributed.
    ");
}

#[test]
fn captions_below_images() {
    insta::assert_snapshot!(shape(
        "[image: A bridge]\nThe old bridge on Monday. (AP Photo/Anna Lindqvist)\n\nThe river rose by two metres during the night.\n\nPhoto: Bertil Holm"
    ), @r"
    caption: The old bridge on Monday. (AP Photo/Anna Lindqvist)
    paragraph: The river rose by two metres during the night.
    caption: Photo: Bertil Holm
    image A bridge | - | The old bridge on Monday. (AP Photo/Anna Lindqvist) | AP Photo/Anna Lindqvist
    ");
}

#[test]
fn tables_and_code() {
    insta::assert_snapshot!(shape(
        "Levels at noon\nPlace\tMetres\nMill\t4.2\nBridge\t3.9\n\nThe gauge is read like this, once an hour, by a small program:\n\n    let level = gauge.read();\n    print(level);\n\nIt is old."
    ), @r"
    heading: Levels at noon
    table: Place	Metres
    Mill	4.2
    Bridge	3.9
    paragraph: The gauge is read like this, once an hour, by a small program:
    code:     let level = gauge.read();
        print(level);
    paragraph: It is old.
    ");
}

#[test]
fn verse_stays_in_lines() {
    insta::assert_snapshot!(shape("The river comes\nThe river goes\nAnd no one knows\nThe way it flows"), @r"
    paragraph: The river comes
    paragraph: The river goes
    paragraph: And no one knows
    paragraph: The way it flows
    ");
}

#[test]
fn a_link_broken_over_quoted_lines() {
    insta::assert_snapshot!(shape(
        "> The mayor said that the bridge stays closed for the whole winter\n> <https://example.org/a-very-long-\n> address/> and that the council meets on Friday to talk about it."
    ), @r"
    >quote: The mayor said that the bridge stays closed for the whole winter and that the council meets on Friday to talk about it.
    link https://example.org/a-very-long-address/
    ");
}

#[test]
fn framed_and_shouted_headings() {
    insta::assert_snapshot!(shape(
        "=== The flood ===\nThe river rose by two metres during the night, and the old bridge had to be closed.\n\nTHE BRIDGE\nNobody knows when the old bridge over the river at Mill Street will be open again.\n\n*The council*\nThe council meets on Friday to talk about a new bridge for the whole of the valley."
    ), @r"
    heading: The flood
    paragraph: The river rose by two metres during the night, and the old bridge had to be closed.
    heading: THE BRIDGE
    paragraph: Nobody knows when the old bridge over the river at Mill Street will be open again.
    heading: The council
    paragraph: The council meets on Friday to talk about a new bridge for the whole of the valley.
    ");
}

#[test]
fn other_line_breaks() {
    insta::assert_snapshot!(shape("One river.\r\rTwo rivers.\u{2029}Three rivers.\u{2028}Four.\r\n\r\n"), @r"
    paragraph: One river.
    paragraph: Two rivers.
    paragraph: Three rivers.
    paragraph: Four.
    ");
}

#[test]
fn a_body_without_line_breaks_stays_one_paragraph() {
    insta::assert_snapshot!(shape("The river rose.The bridge is closed.   Nobody was hurt."), @"paragraph: The river rose.The bridge is closed.   Nobody was hurt.");
}
