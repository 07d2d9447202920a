use super::*;

const A: &str = "The bridge over the Tamar will stay closed until the spring, the council said.";

#[test]
fn a_paragraph_pasted_twice_goes_once() {
    let text = format!("{A}\n{A}");
    let found = repeats(&text, &WithinConfig::default());
    assert_eq!(found.len(), 1);
    assert_eq!(&text[found[0].copy.clone()], A);
}
