//! The page's texts in one language, without signals, and lines that fit.

use crate::charts::text_width;
use crate::i18n::{Key, Lang, fill, key};

/// The texts in a language.
#[derive(Clone, Copy)]
pub(super) struct Said(pub Lang);

impl Said {
    pub(super) fn get(self, key: Key) -> &'static str {
        key.text(self.0)
    }

    pub(super) fn fill(self, key: Key, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// A text whose key is put together.
    pub(super) fn find(self, name: &str) -> &'static str {
        let key = Key::find(name);
        self.get(key.unwrap_or_else(|| panic!("no text is called {name}")))
    }

    pub(super) fn title(self, lesson: &str) -> String {
        self.find(&format!("lesson.{lesson}.title")).into()
    }

    pub(super) fn letter(self, side: usize) -> &'static str {
        self.get([key::SIDE_LETTER_A, key::SIDE_LETTER_B][side])
    }

    /// The style sheet's sans serif, as in `tokens.css`.
    pub(super) fn fonts(self) -> &'static str {
        match self.0 {
            Lang::En => "var(--bn-sans,system-ui,Noto Sans,sans-serif)",
            Lang::ZhHans => {
                "var(--bn-sans,system-ui,PingFang SC,Microsoft YaHei,Noto Sans SC,sans-serif)"
            }
        }
    }
}

/// Characters that begin no line.
const NEVER_FIRST: &str = "，。：；？！、）”,.:;?!)%";
/// Signs that begin what follows them.
const NEVER_LAST: &str = "─╌●（“";
/// Latin letters differ from font to font: their lines leave this much of their room.
const SPARE: f64 = 0.96;

/// The text in lines no wider than `room` pixels; of Chinese every character may end one.
pub(super) fn lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let is_latin = !text.chars().any(|c| c > '\u{2e7f}');
    let room = if is_latin { room * SPARE } else { room };
    let mut lines = vec![String::new()];
    for word in subpaths(text) {
        let line = lines.last_mut().expect("there is a first line");
        let longer = format!("{line}{word}");
        if line.is_empty() || text_width(longer.trim_end(), size) <= room {
            *line = longer;
        } else {
            lines.push(word.trim_start().into());
        }
    }
    let lines = lines.into_iter().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// What is not broken: words with the space behind them, single characters of Chinese with what must not follow alone.
fn subpaths(text: &str) -> Vec<String> {
    let mut subpaths: Vec<String> = Vec::new();
    let mut may_break = true;
    for c in text.chars() {
        let is_wide = c > '\u{2e7f}';
        let is_bound = |last: &String| {
            let end = last.trim_end().chars().next_back();
            end.is_some_and(|end| NEVER_LAST.contains(end))
        };
        match subpaths.last_mut() {
            Some(last) if c == ' ' || NEVER_FIRST.contains(c) || is_bound(last) => last.push(c),
            Some(last) if !(may_break || is_wide) => last.push(c),
            _ => subpaths.push(c.into()),
        }
        may_break = is_wide || c == ' ';
    }
    subpaths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        for text in [
            "Two networks, the same data and the same first weights; only B normalises.",
            "两个网络，数据相同，初始权重也相同，只有 B 做归一化。按下播放，看各层的分布：哪一个学会了？",
        ] {
            let lines = lines(text, 14.0, 200.0);
            assert!(lines.len() > 2);
            for line in &lines {
                assert!(text_width(line, 14.0) <= 200.0, "{line}");
                let first = line.chars().next().expect("no line is empty");
                assert!(!NEVER_FIRST.contains(first), "{line}");
            }
            let solid = |text: &str| text.replace(' ', "");
            assert_eq!(solid(&lines.concat()), solid(text));
        }
    }
}
