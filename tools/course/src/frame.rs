//! What every page of the course has around its text: head, way through the course, languages.

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
    /// Of the page, plain.
    pub title: &'a str,
    /// One sentence, plain.
    pub description: &'a str,
    /// The picture that stands for it, from the root.
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
<meta property=\"og:image\" content=\"{root}{picture}\">
<meta property=\"og:locale\" content=\"{locale}\">
<link rel=\"alternate\" hreflang=\"{language}\" href=\"./\">
<link rel=\"alternate\" hreflang=\"{other_language}\" href=\"{other_page}\">
{links}<link rel=\"icon\" href=\"{icon}\">
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
}
