//! A plain static host: it serves a folder below a sub-path and remembers what was asked. Its only header beside the type
//! is the one that lets other origins read it, as every content network sets it.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Request, Response, Server};

/// A request that was answered.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path with query.
    pub url: String,
    /// Status of the answer.
    pub status: u16,
}

/// The host; it serves until it is dropped.
pub struct Host {
    server: Arc<Server>,
    log: Arc<Mutex<Vec<Asked>>>,
    site: Arc<Folder>,
    port: u16,
    base: String,
}

impl Host {
    /// Serves `folder` at `base` (such as `/some/where/`) on a free port of 127.0.0.1.
    ///
    /// `pages` are further html documents, `(path below base, text)`: hosts of the element, written by a test.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(folder: &Path, base: &str, pages: &[(&str, &str)]) -> Result<Self> {
        let server = Server::http("127.0.0.1:0")
            .map_err(|error| anyhow!("cannot serve {}: {error}", folder.display()))?;
        let port = server
            .server_addr()
            .to_ip()
            .context("a TCP server has a port")?
            .port();
        let server = Arc::new(server);
        let log = Arc::new(Mutex::new(Vec::new()));
        let site = Arc::new(Folder {
            root: folder.to_owned(),
            base: base.to_owned(),
            lost: Mutex::default(),
            pages: pages
                .iter()
                .map(|(path, text)| (format!("{base}{path}"), (*text).to_owned()))
                .collect(),
        });
        for _ in 0..4 {
            let (server, log, site) = (server.clone(), log.clone(), Arc::clone(&site));
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    let url = request.url().to_owned();
                    let status = site.answer(request);
                    if let Ok(mut log) = log.lock() {
                        log.push(Asked { url, status });
                    }
                }
            });
        }
        Ok(Self {
            server,
            log,
            site,
            port,
            base: base.to_owned(),
        })
    }

    /// The address of the site, ending with `/`.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.base)
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

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.log.lock().map(|log| log.clone()).unwrap_or_default()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for _ in 0..4 {
            self.server.unblock();
        }
    }
}

struct Folder {
    root: PathBuf,
    base: String,
    lost: Mutex<BTreeSet<String>>,
    pages: Vec<(String, String)>,
}

impl Folder {
    fn answer(&self, request: Request) -> u16 {
        let path = request.url().split('?').next().unwrap_or("").to_owned();
        let page = self.pages.iter().find(|(at, _)| *at == path);
        let (status, done) = if let Some((_, text)) = page {
            let response = Response::from_string(text).with_header(type_of(Path::new("x.html")));
            (200, request.respond(response))
        } else if let Some((file, open)) = self.file(&path) {
            let response = Response::from_file(open)
                .with_header(type_of(&file))
                .with_header(header("Access-Control-Allow-Origin: *"));
            (200, request.respond(response))
        } else {
            (404, request.respond(Response::empty(404)))
        };
        // A browser that hangs up before the answer is its own business.
        done.map_or(0, |()| status)
    }

    fn file(&self, path: &str) -> Option<(PathBuf, File)> {
        let name = path.strip_prefix(&self.base)?;
        if self.lost.lock().is_ok_and(|lost| lost.contains(name)) {
            return None;
        }
        let relative = Path::new(name);
        let is_below = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let mut file = self.root.join(relative);
        if file.is_dir() {
            file.push("index.html");
        }
        let open = File::open(&file).ok().filter(|_| is_below)?;
        Some((file, open))
    }
}

fn type_of(file: &Path) -> Header {
    let kind = match file.extension().and_then(|e| e.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    header(&format!("Content-Type: {kind}"))
}

fn header(line: &str) -> Header {
    line.parse().expect("headers written here are well formed")
}
