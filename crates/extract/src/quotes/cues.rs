//! Verbs of saying, and the little words around them.

use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

static CUES: Words = LazyLock::new(|| VERBS.iter().flat_map(|v| v.split_whitespace()).collect());
static NAMES: Words = LazyLock::new(|| NAMING.iter().flat_map(|v| v.split_whitespace()).collect());

/// Whether `word` is a verb of saying with its subject beside it.
pub(super) fn is_cue(word: &str) -> bool {
    CUES.contains(word)
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
                | "demands"
                | "estimates"
                | "hints"
                | "offered"
                | "estimated"
                | "analyse"
                | "juge"
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
            | "emphasizing"
            | "emphasising"
            | "stressing"
            | "highlighting"
            | "citing"
            | "likening"
            | "dismissing"
            | "hailing"
            | "praising"
            | "condemning"
            | "slamming"
            | "blasting"
            | "criticising"
            | "criticizing"
            | "concluding"
            | "pointing"
            | "remarking"
            | "recalling"
            | "referring"
            | "vowing"
            | "promising"
            | "pledging"
            | "urging"
            | "joking"
            | "posting"
            | "tweeting"
            | "announcing"
            | "confirming"
            | "observing"
            | "alleging"
            | "complaining"
            | "predicting"
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
            | "advised"
            | "instructed"
            | "implored"
            | "texted"
            | "emailed"
            | "messaged"
    )
}

/// Whether `word` is a verb that takes words of its subject as a part of the sentence
/// (`called it “…”`).
pub(super) fn is_naming_verb(word: &str) -> bool {
    NAMES.contains(word)
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
            | "sich"
            | "noch"
            | "weiter"
            | "dazu"
            | "derweil"
            | "zudem"
            | "gemeinsam"
            | "only"
            | "simply"
            | "just"
            | "merely"
            | "aussi"
            | "también"
            | "anche"
            | "ook"
            | "auch"
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
    ["she", "ella", "elle", "ela", "lei", "sie", "ze", "zij"]
        .contains(&pronoun.to_lowercase().as_str())
}

/// `he`, `she` and the like.
pub(super) fn is_pronoun(word: &str) -> bool {
    matches!(
        word,
        "he" | "she"
            | "it"
            | "It"
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
            | "il"
            | "Il"
            | "Er"
            | "sie"
            | "Sie"
            | "ze"
            | "Ze"
            | "zij"
            | "Zij"
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

/// By language; some are a verb in several.
const VERBS: &[&str] = &[
    // English
    "said says told tells added adds asked asks replied replies wrote writes stated states \
     noted notes explained explains argued argues insisted insists warned warns declared \
     declares announced announces claimed claims commented comments concluded concludes \
     continued continues recalled recalls remarked remarks responded responds suggested \
     suggests acknowledged acknowledges admitted admits agreed agrees predicted predicts \
     complained complains countered cautioned cautions testified tweeted quipped joked jokes \
     shouted whispered exclaimed observed observes emphasized emphasised stressed stresses \
     reported reiterated confirmed confirms boasted vowed promised pledged lamented conceded \
     contended contends asserted asserts maintained maintains alleged answered answers urged \
     urges cried yelled reflected reflects muttered sighed mused opined posted emphasises \
     emphasizes underscored underscores recounted recounts revealed reveals laughs laughed \
     chuckled chuckles beamed chimed gushed enthused musing reasoned ventured interjected \
     protested pleaded pleads begged teased hinted hints theorized theorised speculated \
     speculates surmised deadpanned snapped fumed retorted echoed confessed confesses \
     confided confides disclosed proclaimed proclaims professed instructed advised advises \
     counselled recommended disputed objected rebutted elaborated elaborates clarified \
     clarifies summarised summarized summarises summarizes reminded reminisced bragged \
     grumbled moaned marvelled marveled asserting attested attests denied denies demanded \
     demands interrupted inquired enquired vows quips tweets implored remembers remembered \
     retorts texted blogged messaged emailed penned chirped offered advocated began begins went sang spoke swore put estimated \
     estimates believes believed reckons reckoned thinks articulated",
    // Spanish
    "dijo dice afirmó afirma aseguró asegura señaló señala explicó explica añadió añade \
     agregó agrega declaró indicó manifestó sostuvo sostiene comentó apuntó advirtió expresó \
     destacó subrayó recordó preguntó respondió escribió relató cuenta contó concluyó \
     insistió precisó aclaró admitió advierte alertó anunció argumentó aseveró confesó \
     confirmó consideró considera criticó cree denunció denuncia detalló detalla exclamó \
     exigió exige lamentó lamenta matizó mencionó narró opinó opina planteó pidió prometió \
     puntualizó reconoció reconoce recalcó recalca reiteró remarcó resaltó resumió resume \
     sentenció sugirió valoró zanjó zanja relata recuerda dicho señalado explicado asegurado \
     afirmado declaran sentencia apunta apostilló abunda insiste escribe",
    // German
    "sagte sagt erklärte erklärt betonte betont meinte meint schrieb schreibt berichtete \
     berichtet kritisierte warnte warnt forderte teilte ergänzte gesagt fragte freute freut \
     erzählt erzählte findet mahnte mahnt rief versicherte versichert vermutet vermutete \
     verkündete verkündet urteilte urteilt resümierte resümiert bilanzierte bestätigte \
     bestätigt bekräftigte begründete begründet antwortete antwortet entgegnete erwiderte \
     fordert glaubt hofft hoffte klagte klagt konstatierte konstatiert kommentierte \
     kommentiert lacht lachte monierte moniert schilderte schildert schwärmte schwärmt seufzt \
     unterstrich unterstreicht weiß sagten erklärten äußerte äußert prophezeite ergänzt \
     berichten berichteten kritisiert verriet verrät twitterte führte gestand gesteht meldete",
    // French
    "dit déclaré déclare expliqué explique affirmé affirme ajouté ajoute indiqué indique \
     souligné souligne précisé précise estimé estime assuré assure confie confié raconte \
     lancé lance écrit regretté martelé conclu confirme confirmé rappelle rappelé répond \
     répondu résume résumé témoigne témoigné soupire sourit exclame prévient prévenu poursuit \
     poursuivi plaide plaidé noté nuance nuancé reconnaît reconnu relève relevé rapporte \
     rapporté renchérit réagit réagi réplique répliqué martèle juge jugé glisse glissé \
     analyse annoncé avertit averti commente commenté constate constaté déplore déploré \
     détaille détaillé dénonce dénoncé conclut considère considéré disait répète répété \
     insisté écrivait racontait assène certifie",
    // Portuguese
    "disse diz afirmou declarou explicou acrescentou ressaltou contou escreveu destacou \
     completou avaliou relatou alertou comentou concluiu confirmou criticou defendeu defende \
     detalhou enfatizou falou frisou garantiu garante informou lamentou lembrou lembra \
     pontuou prometeu questionou reconheceu reforçou respondeu revelou sublinhou sugeriu \
     salientou assegurou considerou referiu refere adiantou realçou observou",
    // Italian
    "detto dichiarato dichiara spiegato spiega aggiunto aggiunge affermato afferma commenta \
     commentato scrive scritto racconta sottolinea conclude spiegò replica replicato risponde \
     risposto ricorda ricordato ribadisce ribadito precisa precisato osserva osservato \
     ammette ammesso annuncia annunciato assicura assicurato denunciato sostenuto avverte \
     avvertito prosegue incalza confessa chiarisce chiarito rivela rivelato evidenzia \
     evidenziato auspica raccontato",
    // Dutch
    "zei zegt aldus verklaarde vertelde vertelt schreef schrijft stelt stelde benadrukt \
     benadrukte vindt reageert reageerde antwoordt antwoordde meldt meldde denkt concludeert \
     waarschuwt waarschuwde vraagt roept riep",
];

/// Likewise.
const NAMING: &[&str] = &[
    // English
    "called calls calling described describes termed labelled labeled denounced dubbed \
     branded condemned hailed praised slammed blasted criticised criticized dismissed \
     dismisses accused accuses referred refers identified characterised characterized \
     rejected rejects fears feared hopes hoped feels felt points pointed highlights \
     highlighted underlined underlines wants wanted denies likened compared considers \
     considered ridiculed mocked decried derided deemed touted cited cites credited vowing \
     voices voiced",
    // German
    "nannte nennt bezeichnete bezeichnet sprach spricht warf wirft kritisierte kritisiert \
     lobte lobt verurteilte beklagte beklagt",
    // French
    "évoque évoqué dénonce dénoncé qualifie qualifié parle salue salué appelle réclame \
     réclamé fustige fustigé souhaite",
    // Spanish
    "calificó califica tildó habló reclamó llamó llama tacha tachó",
    // Portuguese
    "chamou classificou criticou",
    // Italian
    "definito definisce parla accusa",
    // Dutch
    "noemt noemde sprak spreekt",
];
