//! Quotations and who said them.

mod cues;
mod focus;
mod marks;
mod mentions;
mod narration;
mod people;
mod speaker;
mod subject;
mod words;

use newsmill_article::{Article, Facts, Kept, Quote};

use crate::Fact;

/// Quotations of the kept text, in order, with the speaker where the text says so.
///
/// * Marks: straight, curly, guillemets both ways, low-high; single ones where the text has no
///   double ones. An apostrophe never opens. Only the outermost of nested quotations counts. A
///   quotation that runs on into the next paragraph, which opens anew, is one quotation a
///   paragraph.
/// * Speakers: a verb of saying next to the quotation with a name before or behind it (`…, said
///   Ana Ruiz`, `Ana Ruiz said: …`, `according to Ana Ruiz`), in English, Spanish, German, French,
///   Portuguese, Italian and Dutch. The rest of a broken quotation and a quotation right behind an
///   attributed one carry its speaker; `he` and `she` stand for the last speaker, with lower
///   confidence. The name is the fullest one the article has for the person.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Fact, Quotes};
/// let text = "Mayor Ana Ruiz came. “It rose,” Ruiz said. “We left.”".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Quotes.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(article.slice(facts.quotes[0].span), "It rose,");
/// assert!(facts.quotes.iter().all(|q| q.speaker.as_deref() == Some("Ana Ruiz")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Quotes;

impl Fact for Quotes {
    fn name(&self) -> &'static str {
        "quotes"
    }

    fn about(&self) -> &'static str {
        "quotations in all marks, with speaker, cue and confidence where the text tells them"
    }

    fn example(&self) -> &'static str {
        "“The river will fall,” said Ana Ruiz, who leads the town."
    }

    fn extract(&self, _: &Article, kept: &Kept, facts: &mut Facts) {
        if !facts.quotes.is_empty() {
            return;
        }
        let marked = marks::find(kept);
        if marked.is_empty() {
            return;
        }
        let mentions = mentions::Mentions::of(kept, facts);
        let said = speaker::attribute(kept, &marked, &mentions);
        // In German every noun has a capital: one word alone is no name there.
        let german = facts.language.as_ref().is_some_and(|l| l.value == "de");
        for (quote, said) in marked.into_iter().zip(said) {
            let said = said.filter(|s| !german || s.speaker.contains(' '));
            let Some(span) = kept.span_of(quote.inner) else { continue };
            let (speaker, cue, confidence) = match said {
                Some(said) => (Some(said.speaker), Some(said.cue), Some(said.confidence)),
                None => (None, None, None),
            };
            facts.quotes.push(Quote { span, speaker, cue, confidence });
        }
    }
}

#[cfg(test)]
mod tests;
