//! The names of elements and attributes, as small numbers.

/// Writes [`Tag`] and its table.
macro_rules! tags {
    ($($tag:ident $name:literal $traits:expr;)*) => {
        /// An element's name; [`Tag::Other`] for the many that mean nothing to us.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(super) enum Tag { $($tag,)* Other }

        /// How many tags there are.
        pub(super) const TAGS: usize = Tag::Other as usize + 1;

        const TRAITS: [u16; TAGS] = [$($traits,)* 0];

        impl Tag {
            /// The tag of a name in lower case.
            fn of_lower(name: &[u8]) -> Self {
                match name { $($name => Self::$tag,)* _ => Self::Other }
            }
        }
    };
}

/// It starts a block of its own.
const BLOCK: u16 = 1;
/// It has no content and no end tag.
const VOID: u16 = 2;
/// Ends of outer elements do not reach through it.
const SCOPE: u16 = 4;
/// What is in it is not shown as text.
const UNSEEN: u16 = 8;
/// What is in it is read as text up to its own end tag.
const RAW: u16 = 16;
/// Like raw, but character references are read.
const RCDATA: u16 = 32;
/// It only dresses text.
const INLINE: u16 = 64;
/// Its start ends a paragraph.
const ENDS_P: u16 = 128;

const B: u16 = BLOCK | ENDS_P;

tags! {
    A b"a" INLINE; Abbr b"abbr" INLINE; Address b"address" B; Area b"area" VOID | UNSEEN;
    Article b"article" B; Aside b"aside" B; Audio b"audio" UNSEEN; Bold b"b" INLINE;
    Base b"base" VOID | UNSEEN; Bdi b"bdi" INLINE; Bdo b"bdo" INLINE; Big b"big" INLINE;
    Blockquote b"blockquote" B; Body b"body" BLOCK; Br b"br" VOID; Button b"button" BLOCK;
    Canvas b"canvas" UNSEEN; Caption b"caption" BLOCK | SCOPE; Center b"center" B;
    Cite b"cite" INLINE; Code b"code" INLINE; Col b"col" VOID | UNSEEN;
    Colgroup b"colgroup" UNSEEN; Datalist b"datalist" UNSEEN; Dd b"dd" B; Del b"del" INLINE;
    Details b"details" B; Dfn b"dfn" INLINE; Dialog b"dialog" B; Div b"div" B; Dl b"dl" B;
    Dt b"dt" B; Em b"em" INLINE; Embed b"embed" VOID | UNSEEN; Fieldset b"fieldset" B;
    Figcaption b"figcaption" B; Figure b"figure" B; Font b"font" INLINE; Footer b"footer" B;
    Form b"form" B; Frame b"frame" VOID | UNSEEN; Frameset b"frameset" UNSEEN;
    H1 b"h1" B; H2 b"h2" B; H3 b"h3" B; H4 b"h4" B; H5 b"h5" B; H6 b"h6" B;
    Head b"head" BLOCK | UNSEEN; Header b"header" B; Hgroup b"hgroup" B; Hr b"hr" B | VOID;
    Html b"html" BLOCK | SCOPE; I b"i" INLINE; Iframe b"iframe" RAW | UNSEEN; Img b"img" VOID;
    Input b"input" VOID | UNSEEN; Ins b"ins" INLINE; Kbd b"kbd" INLINE; Label b"label" INLINE;
    Legend b"legend" B; Li b"li" B; Link b"link" VOID | UNSEEN; Main b"main" B;
    Map b"map" UNSEEN; Mark b"mark" INLINE; Math b"math" UNSEEN; Menu b"menu" B;
    Meta b"meta" VOID | UNSEEN; Nav b"nav" B; Nobr b"nobr" INLINE; Noembed b"noembed" RAW | UNSEEN;
    Noframes b"noframes" RAW | UNSEEN; Noscript b"noscript" RAW | UNSEEN;
    Object b"object" UNSEEN | SCOPE; Ol b"ol" B; Optgroup b"optgroup" UNSEEN;
    Option b"option" UNSEEN; P b"p" B; Param b"param" VOID | UNSEEN; Picture b"picture" INLINE;
    Pre b"pre" B; Q b"q" INLINE; Rp b"rp" UNSEEN; Rt b"rt" UNSEEN; Ruby b"ruby" INLINE;
    S b"s" INLINE; Samp b"samp" INLINE; Script b"script" RAW | UNSEEN; Search b"search" B;
    Section b"section" B; Select b"select" UNSEEN; Small b"small" INLINE;
    Source b"source" VOID | UNSEEN; Span b"span" INLINE; Strike b"strike" INLINE;
    Strong b"strong" INLINE; Style b"style" RAW | UNSEEN; Sub b"sub" INLINE;
    Summary b"summary" B; Sup b"sup" INLINE; Svg b"svg" UNSEEN; Table b"table" B | SCOPE;
    Tbody b"tbody" BLOCK; Td b"td" BLOCK | SCOPE; Template b"template" UNSEEN | SCOPE;
    Textarea b"textarea" RCDATA | UNSEEN; Tfoot b"tfoot" BLOCK; Th b"th" BLOCK | SCOPE;
    Thead b"thead" BLOCK; Time b"time" INLINE; Title b"title" RCDATA | UNSEEN; Tr b"tr" BLOCK;
    Track b"track" VOID | UNSEEN; Tt b"tt" INLINE; U b"u" INLINE; Ul b"ul" B; Var b"var" INLINE;
    Video b"video" UNSEEN; Wbr b"wbr" VOID; Xmp b"xmp" B | RAW;
}

impl Tag {
    /// The tag of a name in any case.
    pub(super) fn of(name: &[u8]) -> Self {
        let mut lower = [0u8; 12];
        match lower.get_mut(..name.len()) {
            Some(lower) => {
                lower.copy_from_slice(name);
                lower.make_ascii_lowercase();
                Self::of_lower(lower)
            }
            None => Self::Other,
        }
    }

    fn has(self, traits: u16) -> bool {
        TRAITS[self as usize] & traits != 0
    }

    pub(super) fn is_block(self) -> bool {
        self.has(BLOCK)
    }

    pub(super) fn is_void(self) -> bool {
        self.has(VOID)
    }

    pub(super) fn is_scope(self) -> bool {
        self.has(SCOPE)
    }

    pub(super) fn is_unseen(self) -> bool {
        self.has(UNSEEN)
    }

    /// Whether its content is text whatever it looks like.
    pub(super) fn is_raw(self) -> bool {
        self.has(RAW | RCDATA)
    }

    pub(super) fn is_inline(self) -> bool {
        self.has(INLINE)
    }

    pub(super) fn ends_paragraph(self) -> bool {
        self.has(ENDS_P)
    }

    /// 1 to 6 for headings.
    pub(super) fn heading_level(self) -> Option<u8> {
        (Self::H1 as u8..=Self::H6 as u8)
            .contains(&(self as u8))
            .then(|| self as u8 - Self::H1 as u8 + 1)
    }
}

/// Writes [`Attr`].
macro_rules! attributes {
    ($($attr:ident $name:literal;)*) => {
        /// An attribute's name: those that are read.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Attr { $($attr,)* }

        impl Attr {
            fn of_lower(name: &[u8]) -> Option<Self> {
                match name { $($name => Some(Self::$attr),)* _ => None }
            }
        }
    };
}

attributes! {
    Alt b"alt"; AriaHidden b"aria-hidden"; AriaLabel b"aria-label"; Charset b"charset";
    Class b"class"; Content b"content"; DataSrc b"data-src"; DataOriginal b"data-original";
    DataLazySrc b"data-lazy-src"; DataTestid b"data-testid"; DataComponent b"data-component";
    Datetime b"datetime"; Hidden b"hidden"; Href b"href"; Hreflang b"hreflang";
    HttpEquiv b"http-equiv"; Id b"id"; Itemprop b"itemprop"; Itemtype b"itemtype"; Lang b"lang";
    Name b"name"; Property b"property"; Rel b"rel"; Role b"role";
    Shadowrootmode b"shadowrootmode"; Src b"src"; Srcset b"srcset"; Style b"style";
    Title b"title"; Type b"type"; Value b"value"; XmlLang b"xml:lang";
}

impl Attr {
    /// The attribute of a name in any case, if it is one that is read.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        let mut lower = [0u8; 16];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        Self::of_lower(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case() {
        assert_eq!(Tag::of(b"BlockQuote"), Tag::Blockquote);
        assert_eq!(Tag::of(b"x-very-long-custom-element"), Tag::Other);
        assert_eq!(Tag::of(b"h3").heading_level(), Some(3));
        assert_eq!(Tag::Hr.heading_level(), None);
        assert_eq!(Attr::of(b"ITEMPROP"), Some(Attr::Itemprop));
        assert_eq!(Attr::of(b"onclick"), None);
    }
}
