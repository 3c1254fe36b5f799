//! What every page of the course has around its text: head, way through the course, languages.

use crate::card::SIZE;
use crate::inline::escape;
use crate::words::Words;

/// A page in one language.
pub(crate) struct Frame<'a> {
    /// `en` or `zh-Hans`.
    pub language: &'a str,
    /// The other language and the same page in it.
    pub other: (&'a str, &'a str, &'a Words),
    /// From the page to the site's root: `../` or more.
    pub root: &'a str,
    /// From the site's root to the page: `en/` or more.
    pub place: &'a str,
    /// Where the site stands, if that is known.
    pub base: Option<&'a str>,
    /// Of the page, plain.
    pub title: &'a str,
    /// One sentence, plain.
    pub description: &'a str,
    /// The lesson whose picture stands for it.
    pub picture: &'a str,
    /// Words of its language.
    pub words: &'a Words,
}

impl Frame<'_> {
    /// The whole page. `links` stand in its head, `ways` at its top, `body` is its `main`.
    pub(crate) fn page(&self, links: &str, ways: &str, body: &str) -> String {
        let Self {
            language,
            root,
            words,
            ..
        } = self;
        let title = escape(self.title);
        let description = escape(self.description);
        let (other_language, other_page, other_words) = self.other;
        let site = words.get("site");
        let data = words.for_script();
        let picture = self.picture;
        let (card_width, card_height) = SIZE;
        let (place, to_root) = (self.place, self.base.unwrap_or(root));
        // Who reads these reads them from elsewhere: the address is whole where it is known.
        let canonical = self.base.map_or_else(String::new, |base| {
            format!("<link rel=\"canonical\" href=\"{base}{place}\">\n<meta property=\"og:url\" content=\"{base}{place}\">\n")
        });
        let twins = self.twins();
        let (course, lab, noscript) =
            (words.get("course"), words.get("lab"), words.get("noscript"));
        let other_name = other_words.get("name");
        let icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 14C5 14 5 3 8 3s3 11 7 11z' fill='%230072b2'/%3E%3C/svg%3E";
        format!(
            "<!doctype html>
<html lang=\"{language}\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>{title} · {site}</title>
<meta name=\"description\" content=\"{description}\">
<meta name=\"color-scheme\" content=\"light dark\">
<meta property=\"og:type\" content=\"article\">
<meta property=\"og:title\" content=\"{title}\">
<meta property=\"og:description\" content=\"{description}\">
<meta property=\"og:site_name\" content=\"{site}\">
<meta property=\"og:image\" content=\"{to_root}cards/{picture}.png\">
<meta property=\"og:image:width\" content=\"{card_width}\">
<meta property=\"og:image:height\" content=\"{card_height}\">
<meta name=\"twitter:card\" content=\"summary_large_image\">
<meta property=\"og:locale\" content=\"{locale}\">
{canonical}{twins}{links}<link rel=\"icon\" href=\"{icon}\">
<link rel=\"stylesheet\" href=\"{root}course.css\">
<script type=\"module\" src=\"{root}element.js\"></script>
<script type=\"module\" src=\"{root}course.js\"></script>
</head>
<body>
<header class=\"top\">
<nav aria-label=\"{course}\">
<a class=\"home\" href=\"{root}{language}/\">{site}</a>
{ways}<a href=\"{root}?lab\">{lab}</a>
<a href=\"{other_page}\" hreflang=\"{other_language}\" lang=\"{other_language}\">{other_name}</a>
</nav>
</header>
{body}<noscript><p class=\"note\">{noscript}</p></noscript>
<script type=\"application/json\" id=\"words\">{data}</script>
</body>
</html>
",
            locale = if *language == "en" { "en_GB" } else { "zh_CN" },
        )
    }

    /// The same page in both languages.
    fn twins(&self) -> String {
        let (other, other_page, _) = self.other;
        let (own, twin) = match self.base {
            Some(base) => {
                let rest = self.place.strip_prefix(self.language).unwrap_or_default();
                (
                    format!("{base}{}", self.place),
                    format!("{base}{other}{rest}"),
                )
            }
            None => ("./".to_owned(), other_page.to_owned()),
        };
        let link = |language: &str, page: &str| {
            format!("<link rel=\"alternate\" hreflang=\"{language}\" href=\"{page}\">\n")
        };
        link(self.language, &own) + &link(other, &twin)
    }
}
