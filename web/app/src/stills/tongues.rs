//! One picture for readers of every language: what differs stands in it twice, and the browser shows the reader's.

use crate::i18n::Lang;

/// The marks of a picture, and what stands before them.
fn split(picture: &str) -> (Vec<&str>, &str) {
    let (head, body) = picture.split_once("</style>").unwrap_or(("", picture));
    let body = body.trim_end().strip_suffix("</svg>").unwrap_or(body);
    (body.split_inclusive('>').collect(), head)
}

/// Both pictures in one; they differ in words alone, or little more. Of an image nobody is read the title.
pub(super) fn together(english: &str, chinese: &str) -> String {
    let (ours, head) = split(english);
    let (theirs, _) = split(chinese);
    let (ours, theirs) = (marks(&ours), marks(&theirs));
    let root = head.split_inclusive('>').next().unwrap_or_default();
    let style = head.split_once("<style>").map_or("", |(_, style)| style);
    let mut whole = format!("{root}<style>{style}</style>");
    let common = common(&ours, &theirs);
    let (mut i, mut j) = (0, 0);
    for (at, other) in common.into_iter().chain([(ours.len(), theirs.len())]) {
        let (own, their) = (&ours[i..at], &theirs[j..other]);
        if !own.is_empty() || !their.is_empty() {
            whole += &format!(
                "<switch><g systemLanguage=\"zh\" lang=\"{}\">{}</g><g>{}</g></switch>",
                Lang::ZhHans.tag(),
                their.concat(),
                own.concat()
            );
        }
        whole.extend(ours.get(at).map(String::as_str));
        (i, j) = (at + 1, other + 1);
    }
    whole + "</svg>\n"
}

/// Tags with what they hold: `<path …/>`, `<text …>words</text>`.
fn marks(tags: &[&str]) -> Vec<String> {
    let mut marks: Vec<String> = Vec::new();
    let mut is_open = false;
    for tag in tags {
        match marks.last_mut() {
            Some(last) if is_open => last.push_str(tag),
            _ => marks.push((*tag).into()),
        }
        is_open = !tag.ends_with("/>") && !tag.contains("</");
    }
    marks
}

/// The longest list of marks that both have in this order, by their places in each.
fn common(ours: &[String], theirs: &[String]) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0_usize; theirs.len() + 1]; ours.len() + 1];
    for i in (0..ours.len()).rev() {
        for j in (0..theirs.len()).rev() {
            longest[i][j] = if ours[i] == theirs[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < ours.len() && j < theirs.len() {
        if ours[i] == theirs[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of a language is shown.
    fn shown(whole: &str, is_chinese: bool) -> String {
        let mut rest = whole;
        let mut shown = String::new();
        while let Some((before, after)) =
            rest.split_once("<switch><g systemLanguage=\"zh\" lang=\"zh-Hans\">")
        {
            let (chinese, after) = after.split_once("</g><g>").expect("two languages");
            let (english, after) = after.split_once("</g></switch>").expect("an end");
            shown += before;
            shown += if is_chinese { chinese } else { english };
            rest = after;
        }
        shown + rest
    }

    #[test]
    fn each_reader_is_shown_the_picture_of_their_language() {
        let picture = |body: &str| {
            format!("<svg class=\"s\"><title>t</title><style>.s{{}}</style>{body}</svg>\n")
        };
        let plain = |body: &str| format!("<svg class=\"s\"><style>.s{{}}</style>{body}</svg>\n");
        for (english, chinese) in [
            ("<path d=\"m0 0\"/>", "<path d=\"m0 0\"/>"),
            (
                "<text x=\"1\">a</text><path d=\"m0 0\"/>",
                "<text x=\"1\">甲</text><path d=\"m0 0\"/>",
            ),
            (
                "<text>a</text><text>b</text><path d=\"m0 0\"/>",
                "<text>甲</text><path d=\"m0 0\"/><text>乙</text>",
            ),
            ("", "<text>甲</text>"),
            ("<text>a</text>", ""),
        ] {
            let whole = together(&picture(english), &picture(chinese));
            assert_eq!(shown(&whole, false), plain(english), "{whole}");
            assert_eq!(shown(&whole, true), plain(chinese), "{whole}");
        }
        let both = together(
            &picture("<path d=\"m0 0\"/>"),
            &picture("<path d=\"m0 0\"/>"),
        );
        assert!(
            !both.contains("switch"),
            "what is the same stands once: {both}"
        );
    }
}
