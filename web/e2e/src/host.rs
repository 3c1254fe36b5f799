//! A plain static host: it serves a folder below a sub-path and remembers what was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use crate::packed::pack;
use anyhow::{Context, Result, anyhow};
use xtask::file_server::{Answer, file_of, free_port, serve_files};

/// Below the base: what every page runs before any script of its own.
const BEFORE: &str = "before-every-page.js";

/// So many free ports are tried.
const PORTS_TRIED: usize = 3;

/// A request that was answered.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path with query.
    pub url: String,
    /// Status of the answer.
    pub status: u16,
}

/// The host; it serves until the program ends.
pub struct Host {
    port: u16,
    site: Arc<Folder>,
}

impl Host {
    /// Serves `folder` at `base` (such as `/some/where/`) on a free port of 127.0.0.1.
    ///
    /// `pages` are further html documents, `(path below base, text)`: hosts of the element, written by a test.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(folder: &Path, base: &str, pages: &[(&str, &str)]) -> Result<Self> {
        let site = Arc::new(Folder {
            root: folder.to_owned(),
            base: base.to_owned(),
            lost: Mutex::default(),
            asked: Mutex::default(),
            headers: Mutex::default(),
            held: Mutex::default(),
            released: Condvar::new(),
            is_compressing: AtomicBool::new(false),
            packed: Mutex::default(),
            before: Mutex::default(),
            pages: pages
                .iter()
                .map(|(path, text)| (format!("{base}{path}"), (*text).to_owned()))
                .collect(),
        });
        // A port that is free may be somebody else's by the time it is asked for: tests run side by side.
        let mut served = Err(anyhow!("no port was tried"));
        for _ in 0..PORTS_TRIED {
            let (port, answering) = (free_port()?, site.clone());
            served = serve_files(port, move |url| answering.answer(url)).map(|()| port);
            if served.is_ok() {
                break;
            }
        }
        let port = served.with_context(|| format!("cannot serve {}", folder.display()))?;
        Ok(Self { port, site })
    }

    /// The address of the site, ending with `/`.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.site.base)
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on a file of that name is not found, until `find_again`.
    pub fn lose(&self, name: &str) {
        if let Ok(mut lost) = self.site.lost.lock() {
            lost.insert(name.to_owned());
        }
    }

    /// Every file is found again.
    pub fn find_again(&self) {
        if let Ok(mut lost) = self.site.lost.lock() {
            lost.clear();
        }
    }

    /// From now on every answer has these headers too, such as a policy.
    pub fn send_headers(&self, headers: &[(&str, &str)]) {
        if let Ok(mut own) = self.site.headers.lock() {
            own.extend(
                headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            );
        }
    }

    /// From now on answers are brotli at its strongest level, as a static host keeps them.
    pub fn compress(&self) {
        self.site.is_compressing.store(true, Ordering::Relaxed);
    }

    /// From now on a file whose address contains `name` is not answered, until `release`.
    pub fn hold(&self, name: &str) {
        if let Ok(mut held) = self.site.held.lock() {
            held.insert(name.to_owned());
        }
    }

    /// Answers what was held.
    pub fn release(&self) {
        if let Ok(mut held) = self.site.held.lock() {
            held.clear();
        }
        self.site.released.notify_all();
    }

    /// From now on every page runs this before any script of its own.
    pub fn before_every_page(&self, script: &str) {
        if let Ok(mut before) = self.site.before.lock() {
            // A block each, as if it were a file of its own.
            before.push_str(&format!("{{{script}\n}}\n"));
        }
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.site
            .asked
            .lock()
            .map(|all| all.clone())
            .unwrap_or_default()
    }
}

struct Folder {
    root: PathBuf,
    base: String,
    lost: Mutex<BTreeSet<String>>,
    asked: Mutex<Vec<Asked>>,
    pages: Vec<(String, String)>,
    before: Mutex<String>,
    headers: Mutex<Vec<(String, String)>>,
    held: Mutex<BTreeSet<String>>,
    released: Condvar,
    is_compressing: AtomicBool,
    /// What was packed once: that takes longer than sending it.
    packed: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Folder {
    fn answer(&self, url: &str) -> Answer {
        let path = url.split('?').next().unwrap_or("");
        let before = self
            .before
            .lock()
            .map_or_else(|_| String::new(), |all| all.clone());
        if path.strip_prefix(&self.base) == Some(BEFORE) {
            return Answer::of("text/javascript; charset=utf-8", before);
        }
        let page = self.pages.iter().find(|(at, _)| at == path);
        let mut answer = match page {
            Some((_, text)) => Answer::of("text/html; charset=utf-8", text.as_str()),
            None => match self.file(path) {
                Some(file) => Answer::file(&file),
                None => Answer::refusal(404),
            },
        };
        if !before.is_empty() && answer.content_type.starts_with("text/html") {
            answer.body = self.with_script(&answer.body);
        }
        if let Ok(headers) = self.headers.lock() {
            answer.headers.extend(headers.iter().cloned());
        }
        if self.is_compressing.load(Ordering::Relaxed) {
            answer = self.packed(path, answer);
        }
        if let Ok(mut asked) = self.asked.lock() {
            asked.push(Asked {
                url: url.to_owned(),
                status: answer.status,
            });
        }
        self.wait_for_release(url);
        answer
    }

    fn packed(&self, path: &str, answer: Answer) -> Answer {
        let kept = self.packed.lock().ok();
        let kept = kept.and_then(|kept| kept.get(path).cloned());
        let Some(body) = kept.or_else(|| pack(&answer.body).ok()) else {
            return answer;
        };
        if let Ok(mut all) = self.packed.lock() {
            all.insert(path.to_owned(), body.clone());
        }
        let mut headers = answer.headers;
        headers.push(("Content-Encoding".into(), "br".into()));
        Answer {
            body,
            headers,
            ..answer
        }
    }

    /// A page with that script first, as a file: a policy may refuse lines in a page. After the document type, without
    /// which it would be laid out as of old.
    fn with_script(&self, page: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(page);
        let start = text.get(..9).unwrap_or_default();
        let has_type = start.eq_ignore_ascii_case("<!doctype");
        let after = text.find('>').filter(|_| has_type).map_or(0, |end| end + 1);
        let (kind, rest) = text.split_at(after);
        format!("{kind}<script src='{}{BEFORE}'></script>{rest}", self.base).into()
    }

    fn wait_for_release(&self, url: &str) {
        let is_held = |held: &mut BTreeSet<String>| held.iter().any(|name| url.contains(name));
        let Ok(held) = self.held.lock() else {
            return;
        };
        // A lock that another thread broke off with holds nothing any more.
        drop(self.released.wait_while(held, is_held));
    }

    fn file(&self, path: &str) -> Option<PathBuf> {
        let name = path.strip_prefix(&self.base)?;
        if self.lost.lock().is_ok_and(|lost| lost.contains(name)) {
            return None;
        }
        file_of(&self.root, name)
    }
}
