//! Verbs of saying, and the little words around them.

/// Whether `word` is a verb of saying with its subject beside it.
pub(super) fn is_cue(word: &str) -> bool {
    VERBS.contains(&word)
}

/// Whether a verb of saying is no plural noun as well (`states`, `claims`).
pub(super) fn is_sure_cue(word: &str) -> bool {
    is_cue(word)
        && !matches!(
            word,
            "states"
                | "claims"
                | "comments"
                | "notes"
                | "answers"
                | "remarks"
                | "reports"
                | "reported"
                | "posted"
                | "warns"
                | "promised"
                | "pledged"
                | "stelt"
                | "dit"
                | "cuenta"
        )
}

/// Whether `word` is the participle of a verb of saying, whose subject is that of its sentence
/// (`…, calling it “a danger”`).
pub(super) fn is_participle(word: &str) -> bool {
    matches!(
        word,
        "calling"
            | "describing"
            | "denouncing"
            | "branding"
            | "labelling"
            | "labeling"
            | "dubbing"
            | "saying"
            | "adding"
            | "noting"
            | "asserting"
            | "telling"
            | "insisting"
            | "warning"
            | "arguing"
            | "suggesting"
            | "claiming"
            | "explaining"
            | "stating"
            | "writing"
            | "declaring"
            | "asking"
            | "replying"
            | "admitting"
            | "accusing"
    )
}

/// Whether the subject may stand behind the verb: `told Ana Ruiz` names who listened.
pub(super) fn may_precede_subject(cue: &str) -> bool {
    !matches!(
        cue,
        "told"
            | "tells"
            | "urged"
            | "urges"
            | "warned"
            | "reminded"
            | "thanked"
            | "vertelde"
            | "quoted"
    )
}

/// Whether `word` is a verb that takes words of its subject as a part of the sentence
/// (`called it “…”`).
pub(super) fn is_naming_verb(word: &str) -> bool {
    matches!(
        word,
        "called"
            | "calls"
            | "calling"
            | "described"
            | "describes"
            | "termed"
            | "labelled"
            | "labeled"
            | "denounced"
    )
}

/// Words between subject and verb, or between quotation and verb.
pub(super) fn is_between(word: &str) -> bool {
    let ly = word.len() > 4 && word.ends_with("ly") && word.starts_with(char::is_lowercase);
    ly || matches!(
        word,
        "also"
            | "later"
            | "then"
            | "now"
            | "again"
            | "once"
            | "often"
            | "still"
            | "further"
            | "always"
            | "himself"
            | "herself"
            | "itself"
            | "has"
            | "had"
            | "have"
            | "a"
            | "ha"
            | "hat"
            | "hatte"
            | "heeft"
    )
}

/// Whether a pronoun stands for a woman (true) or a man (false).
pub(super) fn is_female(pronoun: &str) -> bool {
    ["she", "ella", "elle", "ela", "lei"].contains(&pronoun.to_lowercase().as_str())
}

/// `he`, `she` and the like.
pub(super) fn is_pronoun(word: &str) -> bool {
    matches!(
        word,
        "he" | "she"
            | "He"
            | "She"
            | "er"
            | "él"
            | "ella"
            | "Él"
            | "Ella"
            | "elle"
            | "Elle"
            | "ele"
            | "ela"
            | "Ele"
            | "Ela"
            | "hij"
            | "Hij"
            | "lui"
            | "lei"
    )
}

/// Words that make the name behind them somebody else's: `a spokesman for Ana Ruiz`.
pub(super) fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "of" | "for"
            | "to"
            | "with"
            | "by"
            | "from"
            | "and"
            | "or"
            | "than"
            | "about"
            | "against"
            | "in"
            | "at"
            | "on"
            | "as"
            | "that"
            | "who"
            | "whom"
            | "what"
            | "if"
            | "after"
            | "before"
            | "when"
            | "because"
            | "how"
            | "why"
            | "like"
            | "over"
            | "under"
            | "between"
            | "around"
            | "near"
            | "into"
            | "via"
            | "not"
            | "where"
            | "while"
            | "since"
            | "is"
            | "was"
            | "are"
            | "were"
            | "be"
            | "been"
            | "has"
            | "had"
            | "have"
            | "will"
            | "would"
            | "para"
            | "por"
            | "con"
            | "und"
            | "im"
            | "am"
            | "vom"
            | "zum"
            | "zur"
            | "bei"
            | "aus"
            | "nach"
            | "vor"
            | "auf"
            | "für"
            | "mit"
            | "et"
            | "pour"
            | "avec"
            | "e"
            | "y"
            | "en"
            | "met"
            | "voor"
            | "per"
    )
}

const VERBS: &[&str] = &[
    // English
    "said",
    "says",
    "told",
    "tells",
    "added",
    "adds",
    "asked",
    "asks",
    "replied",
    "replies",
    "wrote",
    "writes",
    "stated",
    "states",
    "noted",
    "notes",
    "explained",
    "explains",
    "argued",
    "argues",
    "insisted",
    "insists",
    "warned",
    "warns",
    "declared",
    "declares",
    "announced",
    "announces",
    "claimed",
    "claims",
    "commented",
    "comments",
    "concluded",
    "concludes",
    "continued",
    "continues",
    "recalled",
    "recalls",
    "remarked",
    "remarks",
    "responded",
    "responds",
    "suggested",
    "suggests",
    "acknowledged",
    "acknowledges",
    "admitted",
    "admits",
    "agreed",
    "agrees",
    "predicted",
    "predicts",
    "complained",
    "complains",
    "countered",
    "cautioned",
    "cautions",
    "testified",
    "tweeted",
    "quipped",
    "joked",
    "jokes",
    "shouted",
    "whispered",
    "exclaimed",
    "observed",
    "observes",
    "emphasized",
    "emphasised",
    "stressed",
    "stresses",
    "reported",
    "reiterated",
    "confirmed",
    "confirms",
    "boasted",
    "vowed",
    "promised",
    "pledged",
    "lamented",
    "conceded",
    "contended",
    "contends",
    "asserted",
    "asserts",
    "maintained",
    "maintains",
    "alleged",
    "answered",
    "answers",
    "urged",
    "urges",
    "cried",
    "yelled",
    "reflected",
    "reflects",
    "muttered",
    "sighed",
    "mused",
    "opined",
    "posted",
    // Spanish
    "dijo",
    "dice",
    "afirmó",
    "afirma",
    "aseguró",
    "asegura",
    "señaló",
    "señala",
    "explicó",
    "explica",
    "añadió",
    "añade",
    "agregó",
    "agrega",
    "declaró",
    "indicó",
    "manifestó",
    "sostuvo",
    "sostiene",
    "comentó",
    "apuntó",
    "advirtió",
    "expresó",
    "destacó",
    "subrayó",
    "recordó",
    "preguntó",
    "respondió",
    "escribió",
    "relató",
    "cuenta",
    "contó",
    "concluyó",
    "insistió",
    "precisó",
    // German
    "sagte",
    "sagt",
    "erklärte",
    "erklärt",
    "betonte",
    "betont",
    "meinte",
    "meint",
    "schrieb",
    "schreibt",
    "berichtete",
    "berichtet",
    "kritisierte",
    "warnte",
    "warnt",
    "forderte",
    "teilte",
    "ergänzte",
    "gesagt",
    "fragte",
    // French
    "dit",
    "déclaré",
    "déclare",
    "expliqué",
    "explique",
    "affirmé",
    "affirme",
    "ajouté",
    "ajoute",
    "indiqué",
    "indique",
    "souligné",
    "souligne",
    "précisé",
    "précise",
    "estimé",
    "estime",
    "assuré",
    "assure",
    "confie",
    "confié",
    "raconte",
    "lancé",
    "lance",
    "écrit",
    "regretté",
    "insiste",
    "martelé",
    "conclu",
    // Portuguese
    "disse",
    "diz",
    "afirmou",
    "declarou",
    "explicou",
    "acrescentou",
    "ressaltou",
    "contou",
    "escreveu",
    "destacou",
    "completou",
    "avaliou",
    "relatou",
    // Italian
    "detto",
    "dichiarato",
    "dichiara",
    "spiegato",
    "spiega",
    "aggiunto",
    "aggiunge",
    "affermato",
    "afferma",
    "commenta",
    "commentato",
    "scrive",
    "scritto",
    "racconta",
    "sottolinea",
    "conclude",
    // Dutch
    "zei",
    "zegt",
    "aldus",
    "verklaarde",
    "vertelde",
    "vertelt",
    "schreef",
    "schrijft",
    "stelt",
    "stelde",
];
