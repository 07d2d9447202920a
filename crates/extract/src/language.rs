//! The language of an article.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use newsmill_article::{Article, Facts, Kept, Sourced};

use crate::entities::hash;
use crate::{Fact, rowfields};

/// The language as an ISO 639-1 code, from the row's fields `language`, `lang`, `inlanguage`, or
/// from the kept text: a vote of small words, and trigrams (`whatlang`) where the vote is open.
/// Nothing when the text is too short or mixed to tell.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Fact, Language};
/// let text = "Der Fluss ist am Montag nach dem Regen über die Ufer getreten, und das Wasser \
///             steht nun auf den Feldern.".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Language.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.language.unwrap().value, "de");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Language;

impl Fact for Language {
    fn name(&self) -> &'static str {
        "language"
    }

    fn about(&self) -> &'static str {
        "the language (ISO 639-1): row fields, small words, trigrams; none when unsure"
    }

    fn example(&self) -> &'static str {
        "The river rose on Monday after the rain, and it was not the first time that this \
         happened to the people of the town."
    }

    fn extract(&self, article: &Article, kept: &Kept, facts: &mut Facts) {
        if facts.language.is_some() {
            return;
        }
        let row = rowfields::text(&article.metadata, &["language", "lang", "inlanguage"]);
        let said = row.and_then(|(name, value)| {
            Some(Sourced::new(code_of_tag(&value)?.to_owned(), format!("metadata {name}")))
        });
        facts.language = said
            .or_else(|| detect(kept.text()).map(|(code, how)| Sourced::new(code.to_owned(), how)));
    }
}

/// Bytes the small words are counted in at first.
const FIRST_VOTE_BYTES: usize = 600;
/// Bytes the small words are counted in where that does not settle it.
const VOTE_BYTES: usize = 2_400;
/// Bytes the trigrams are taken from.
const TRIGRAM_BYTES: usize = 1_200;
/// Letters below which trigrams are not asked.
const TRIGRAM_LETTERS: usize = 60;

fn detect(text: &str) -> Option<(&'static str, &'static str)> {
    // The start of an article mostly settles it; a bilingual or odd one gets a longer look.
    let first = Vote::of(prefix(text, FIRST_VOTE_BYTES));
    let vote = if first.is_clear() { first } else { Vote::of(prefix(text, VOTE_BYTES)) };
    if vote.is_clear() {
        return Some((vote.best, "small words"));
    }
    let sample = prefix(text, TRIGRAM_BYTES);
    if sample.chars().filter(|c| c.is_alphabetic()).take(TRIGRAM_LETTERS).count() < TRIGRAM_LETTERS
    {
        return vote.is_unanimous().then_some((vote.best, "small words"));
    }
    let info = whatlang::detect(sample)?;
    let code = code_of_three(info.lang().code())?;
    let agreed = vote.hits >= 4 && vote.best == code;
    (info.is_reliable() || agreed).then_some((code, "trigrams"))
}

/// The start of `text`, at most `len` bytes.
fn prefix(text: &str, len: usize) -> &str {
    let mut end = len.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What the small words of a text say.
struct Vote {
    best: &'static str,
    hits: u32,
    second: u32,
    words: u32,
}

impl Vote {
    fn of(text: &str) -> Self {
        let mut hits = [0u32; SMALL_WORDS.len()];
        let mut words = 0;
        let mut small = String::new();
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
            words += 1;
            if word.len() > 10 {
                continue;
            }
            small.clear();
            small.extend(word.chars().flat_map(char::to_lowercase));
            let mut of = WORDS.get(small.as_str()).copied().unwrap_or_default();
            while of != 0 {
                hits[of.trailing_zeros() as usize] += 1;
                of &= of - 1;
            }
        }
        let mut order: Vec<usize> = (0..hits.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(hits[i]));
        Self { best: SMALL_WORDS[order[0]].0, hits: hits[order[0]], second: hits[order[1]], words }
    }

    /// Enough to do without trigrams.
    fn is_clear(&self) -> bool {
        self.hits >= 12 && self.hits * 10 >= self.second * 17 && self.hits * 5 >= self.words
    }

    /// Enough for a short text.
    fn is_unanimous(&self) -> bool {
        self.hits >= 4 && self.second <= 1 && self.hits * 4 >= self.words
    }
}

/// For each small word the languages that have it, as bits of places in [`SMALL_WORDS`].
static WORDS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (place, (_, list)) in SMALL_WORDS.iter().enumerate() {
        for word in list.split(' ') {
            *words.entry(word).or_default() |= 1u32 << place;
        }
    }
    words
});

/// The small words of languages in Latin letters.
const SMALL_WORDS: [(&str, &str); 17] = [
    (
        "en",
        "the of and to in a is that for it was on with as by at from he be this are have has not but they his an will were which she their its who said",
    ),
    (
        "es",
        "el la los las de del y en que un una es por con para se no su al lo como más ha sus pero fue este esta según sobre también",
    ),
    (
        "de",
        "der die das und in den von zu mit dem des ist im für auf ein eine sich nicht auch es an als bei nach aus wird werden hat sind dass einen über wurde",
    ),
    (
        "fr",
        "le la les de des du et en un une est que qui dans pour par sur au aux pas ce cette il elle avec ses son a ont été plus ne sont mais",
    ),
    (
        "pt",
        "o a os as de do da dos das e em no na nos nas um uma que com para por se não é ao mais foi como pelo pela são também seu sua",
    ),
    (
        "it",
        "il lo la i gli le di del della dei delle e in un una che per con non è da al alla nel nella sono si ha anche come più dal ma questo",
    ),
    (
        "nl",
        "de het een van en in is op te dat die met voor zijn niet aan er om ook als bij door naar heeft hij ze was maar uit worden wordt nog",
    ),
    (
        "sv",
        "och i att det en som är på för med av den till har inte ett om de var från han hon men efter vid kan sig också ska",
    ),
    (
        "da",
        "og i at det en er som på til af den med for de har ikke et om der var fra han hun men efter ved kan sig også blev",
    ),
    (
        "no",
        "og i å det en er som på til av den med for de har ikke et om var fra han hun men etter ved kan seg også ble",
    ),
    (
        "fi",
        "ja on ei että se oli hän mutta kun myös ovat joka tai sen mukaan ole olla jos niin vuoden kuin",
    ),
    (
        "pl",
        "i w na z do się że nie jest to o od po za przez dla jak są jego oraz ale był był może który która także",
    ),
    (
        "ro",
        "și de la în a cu pe din care nu este că un o pentru mai au fost sunt prin dar după al ale sau",
    ),
    (
        "tr",
        "ve bir bu için ile da de olarak çok en daha gibi olan ne sonra kadar ise ancak oldu dedi",
    ),
    ("cs", "a v na se je že s z do to o k ve pro by byl jako po za ale jeho které který také jsou"),
    ("hu", "a az és hogy nem is egy ez van volt de meg csak mint el már még ki szerint azt"),
    (
        "id",
        "yang dan di itu dengan untuk dari ini pada tidak dalam adalah akan ke juga oleh telah bisa karena mereka",
    ),
];

/// The languages in which a word says nothing by itself, as bits, by the word's hash.
static SMALL: LazyLock<HashMap<u32, u32, BuildHasherDefault<Hashed>>> = LazyLock::new(|| {
    let mut small: HashMap<u32, u32, _> = HashMap::default();
    for (at, (_, words)) in SMALL_WORDS.iter().enumerate() {
        for word in words.split(' ') {
            *small.entry(hash(word)).or_default() |= 1 << at;
        }
    }
    let english = SMALL_WORDS.iter().position(|(code, _)| *code == "en").unwrap_or(0);
    for word in MORE_SMALL_WORDS {
        *small.entry(hash(word)).or_default() |= 1 << english;
    }
    small
});

/// A hash for what is one already.
#[derive(Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// The bit of a language among those of [`is_small_word`]; all bits where it is not known.
pub(crate) fn bit(language: Option<&str>) -> u32 {
    let own = language.and_then(|l| SMALL_WORDS.iter().position(|(code, _)| *code == l));
    own.map_or(u32::MAX, |own| 1 << own)
}

/// Whether the word of this hash ([`hash`]) says nothing by itself in the languages of `bits`.
pub(crate) fn is_small_word(word: u32, bits: u32) -> bool {
    SMALL.get(&word).is_some_and(|languages| languages & bits != 0)
}

/// Small words of English beyond those that are counted, sorted.
const MORE_SMALL_WORDS: &[&str] = &[
    "about",
    "above",
    "according",
    "across",
    "after",
    "again",
    "against",
    "all",
    "almost",
    "also",
    "although",
    "always",
    "among",
    "another",
    "any",
    "around",
    "asked",
    "away",
    "back",
    "became",
    "because",
    "become",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "but",
    "came",
    "can",
    "come",
    "could",
    "day",
    "days",
    "did",
    "does",
    "doing",
    "don't",
    "done",
    "down",
    "during",
    "each",
    "early",
    "either",
    "else",
    "enough",
    "even",
    "ever",
    "every",
    "few",
    "first",
    "five",
    "former",
    "found",
    "four",
    "friday",
    "get",
    "give",
    "given",
    "going",
    "good",
    "got",
    "great",
    "had",
    "has",
    "have",
    "having",
    "her",
    "here",
    "herself",
    "him",
    "himself",
    "his",
    "how",
    "however",
    "i'm",
    "including",
    "into",
    "it's",
    "its",
    "itself",
    "just",
    "keep",
    "know",
    "known",
    "last",
    "late",
    "later",
    "least",
    "less",
    "let",
    "like",
    "long",
    "made",
    "make",
    "makes",
    "making",
    "many",
    "may",
    "might",
    "mine",
    "monday",
    "month",
    "months",
    "more",
    "most",
    "mr",
    "mrs",
    "ms",
    "much",
    "must",
    "near",
    "need",
    "never",
    "new",
    "next",
    "nor",
    "not",
    "now",
    "off",
    "often",
    "old",
    "once",
    "one",
    "only",
    "other",
    "others",
    "our",
    "out",
    "over",
    "own",
    "part",
    "people",
    "per",
    "put",
    "rather",
    "really",
    "recent",
    "right",
    "said",
    "same",
    "saturday",
    "saw",
    "say",
    "saying",
    "says",
    "see",
    "seen",
    "set",
    "several",
    "shall",
    "she",
    "should",
    "show",
    "since",
    "six",
    "some",
    "something",
    "still",
    "such",
    "sunday",
    "take",
    "taken",
    "tell",
    "than",
    "that's",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "things",
    "think",
    "this",
    "those",
    "though",
    "three",
    "through",
    "thursday",
    "time",
    "times",
    "today",
    "together",
    "told",
    "too",
    "took",
    "toward",
    "tuesday",
    "two",
    "under",
    "until",
    "upon",
    "use",
    "used",
    "using",
    "very",
    "want",
    "wanted",
    "way",
    "wednesday",
    "week",
    "weeks",
    "well",
    "went",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "whole",
    "whose",
    "why",
    "will",
    "with",
    "within",
    "without",
    "work",
    "would",
    "year",
    "years",
    "yesterday",
    "yet",
    "you",
    "your",
];

/// The two-letter code of a language tag (`en-US`), of a three-letter code or an English name.
fn code_of_tag(tag: &str) -> Option<&'static str> {
    let tag = tag.trim().to_lowercase();
    let first = tag.split(['-', '_', ',', ';', ' ']).next().unwrap_or_default();
    let by_two = || CODES.iter().find(|(_, two, _)| *two == first);
    let by_three = || CODES.iter().find(|(three, _, _)| *three == first);
    let by_name = || CODES.iter().find(|(_, _, name)| *name == first);
    by_two().or_else(by_three).or_else(by_name).map(|(_, two, _)| *two)
}

fn code_of_three(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(three, _, _)| *three == code).map(|(_, two, _)| *two)
}

/// ISO 639-3 and 639-1 codes and English names. For Norwegian the macro language stands for its
/// written forms, as news sites say it.
const CODES: &[(&str, &str, &str)] = &[
    ("eng", "en", "english"),
    ("spa", "es", "spanish"),
    ("deu", "de", "german"),
    ("ger", "de", "german"),
    ("fra", "fr", "french"),
    ("fre", "fr", "french"),
    ("por", "pt", "portuguese"),
    ("ita", "it", "italian"),
    ("nld", "nl", "dutch"),
    ("dut", "nl", "dutch"),
    ("rus", "ru", "russian"),
    ("cmn", "zh", "chinese"),
    ("zho", "zh", "mandarin"),
    ("jpn", "ja", "japanese"),
    ("kor", "ko", "korean"),
    ("ara", "ar", "arabic"),
    ("hin", "hi", "hindi"),
    ("ben", "bn", "bengali"),
    ("kat", "ka", "georgian"),
    ("ukr", "uk", "ukrainian"),
    ("pol", "pl", "polish"),
    ("jav", "jv", "javanese"),
    ("vie", "vi", "vietnamese"),
    ("pan", "pa", "punjabi"),
    ("guj", "gu", "gujarati"),
    ("tam", "ta", "tamil"),
    ("tel", "te", "telugu"),
    ("kan", "kn", "kannada"),
    ("mal", "ml", "malayalam"),
    ("ori", "or", "odia"),
    ("mar", "mr", "marathi"),
    ("nep", "ne", "nepali"),
    ("urd", "ur", "urdu"),
    ("sin", "si", "sinhala"),
    ("tha", "th", "thai"),
    ("mya", "my", "burmese"),
    ("khm", "km", "khmer"),
    ("heb", "he", "hebrew"),
    ("yid", "yi", "yiddish"),
    ("pes", "fa", "persian"),
    ("fas", "fa", "farsi"),
    ("tur", "tr", "turkish"),
    ("aze", "az", "azerbaijani"),
    ("uzb", "uz", "uzbek"),
    ("kaz", "kk", "kazakh"),
    ("tuk", "tk", "turkmen"),
    ("tgl", "tl", "tagalog"),
    ("ind", "id", "indonesian"),
    ("msa", "ms", "malay"),
    ("ron", "ro", "romanian"),
    ("cat", "ca", "catalan"),
    ("swe", "sv", "swedish"),
    ("dan", "da", "danish"),
    ("nob", "no", "norwegian"),
    ("nor", "no", "norwegian"),
    ("nno", "no", "nynorsk"),
    ("nb", "no", "bokmål"),
    ("nn", "no", "nynorsk"),
    ("fin", "fi", "finnish"),
    ("est", "et", "estonian"),
    ("lav", "lv", "latvian"),
    ("lit", "lt", "lithuanian"),
    ("hun", "hu", "hungarian"),
    ("ces", "cs", "czech"),
    ("slk", "sk", "slovak"),
    ("slv", "sl", "slovenian"),
    ("hrv", "hr", "croatian"),
    ("srp", "sr", "serbian"),
    ("bos", "bs", "bosnian"),
    ("mkd", "mk", "macedonian"),
    ("bul", "bg", "bulgarian"),
    ("bel", "be", "belarusian"),
    ("ell", "el", "greek"),
    ("amh", "am", "amharic"),
    ("hye", "hy", "armenian"),
    ("afr", "af", "afrikaans"),
    ("aka", "ak", "akan"),
    ("zul", "zu", "zulu"),
    ("sna", "sn", "shona"),
    ("epo", "eo", "esperanto"),
    ("lat", "la", "latin"),
    ("cym", "cy", "welsh"),
    ("gle", "ga", "irish"),
    ("eus", "eu", "basque"),
    ("glg", "gl", "galician"),
    ("isl", "is", "icelandic"),
    ("swa", "sw", "swahili"),
    ("sqi", "sq", "albanian"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_sentence() {
        let cases = [
            (
                "en",
                "The mayor said on Monday that the bridge will stay closed until the water has gone down.",
            ),
            (
                "es",
                "El alcalde dijo el lunes que el puente seguirá cerrado hasta que baje el agua del río.",
            ),
            (
                "de",
                "Die Bürgermeisterin sagte am Montag, die Brücke bleibe gesperrt, bis das Wasser gesunken ist.",
            ),
            (
                "fr",
                "Le maire a dit lundi que le pont restera fermé jusqu’à ce que les eaux de la rivière baissent.",
            ),
            (
                "pt",
                "O prefeito disse na segunda-feira que a ponte não será aberta até que as águas do rio baixem.",
            ),
            (
                "it",
                "Il sindaco ha detto lunedì che il ponte resterà chiuso finché le acque del fiume non saranno scese.",
            ),
            (
                "nl",
                "De burgemeester zei maandag dat de brug dicht blijft totdat het water van de rivier is gezakt.",
            ),
            (
                "ru",
                "Мэр заявил в понедельник, что мост останется закрытым до тех пор, пока вода не спадёт.",
            ),
            (
                "ja",
                "市長は月曜日、水が引くまで橋は閉鎖されたままになると述べた。住民は別の道を使うよう求められている。新しい橋は来年の春までに完成する予定だと市は説明した。",
            ),
        ];
        for (code, text) in cases {
            assert_eq!(detect(text).map(|d| d.0), Some(code), "{text}");
        }
    }

    #[test]
    fn too_little_says_nothing() {
        for text in
            ["", "Rain.", "12345 67890", "Ana Ruiz", "https://example.org/a/b/c", "AAAA BBBB"]
        {
            assert_eq!(detect(text), None, "{text:?}");
        }
    }

    #[test]
    fn tags() {
        let cases = [
            ("en-US", Some("en")),
            ("pt_BR", Some("pt")),
            ("deu", Some("de")),
            ("English", Some("en")),
            ("xx", None),
            ("", None),
        ];
        for (tag, code) in cases {
            assert_eq!(code_of_tag(tag), code, "{tag}");
        }
    }
}
