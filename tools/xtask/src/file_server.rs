//! A server of files on this machine, on oxhttp: a thread for each connection, so that one that waits, or a socket that
//! a browser opens and does not use yet, keeps nobody else waiting. Knows GET; never meant for a network.
//!
//! tiny_http has a pool of threads, in which a connection may wait for an idle one to end: a page then loads for ever.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use oxhttp::Server;
use oxhttp::model::{Body, Method, Request, Response};

/// What is sent back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The content type.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// A body of a type.
    pub fn of(content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type: content_type.into(),
            body: body.into(),
            headers: Vec::new(),
        }
    }

    /// An empty body that says why.
    pub fn refusal(status: u16) -> Self {
        Self {
            status,
            ..Self::of("text/plain", Vec::new())
        }
    }

    /// The bytes of a file, or that there is none.
    pub fn file(path: &Path) -> Self {
        match fs::read(path) {
            Ok(body) => Self::of(content_type(path), body),
            Err(_) => Self::refusal(404),
        }
    }
}

/// Answers requests on a port of 127.0.0.1 until the program ends; `answer` gets the path with its query.
///
/// # Errors
/// The port is in use.
pub fn serve_files(
    port: u16,
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> Result<()> {
    Server::new(move |request| respond(request, &answer))
        .bind((Ipv4Addr::LOCALHOST, port))
        .spawn()
        .map(|_| ())
        .with_context(|| format!("cannot serve on 127.0.0.1:{port}"))
}

/// A port that nobody uses at the moment.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

fn respond(request: &Request<Body>, answer: &dyn Fn(&str) -> Answer) -> Response<Body> {
    let answer = match *request.method() {
        Method::GET => answer(
            request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str()),
        ),
        _ => Answer::refusal(405),
    };
    let mut response = Response::builder();
    for (name, value) in &answer.headers {
        response = response.header(name.as_str(), value.as_str());
    }
    response
        .status(answer.status)
        .header("Content-Type", answer.content_type)
        .header("Cache-Control", "no-store")
        .header("Access-Control-Allow-Origin", "*")
        .body(answer.body.into())
        .unwrap_or_default()
}

/// The file of a path below `root`, `index.html` for a folder; nothing outside `root` is a file.
pub fn file_of(root: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    let is_below = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let mut file = root.join(relative);
    if file.is_dir() {
        file.push("index.html");
    }
    (is_below && file.is_file()).then_some(file)
}

/// The content type of a file, by its name.
pub fn content_type(file: &Path) -> String {
    let guess = mime_guess::from_path(file).first_or_octet_stream();
    if guess.type_() == mime_guess::mime::TEXT {
        format!("{guess}; charset=utf-8")
    } else {
        guess.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn reply(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("it answers");
        reply
    }

    #[test]
    fn idle_connections_keep_nobody_waiting() {
        let port = free_port().expect("a port is free");
        serve_files(port, |url| Answer::of("text/plain", url)).expect("it listens");
        let idle: Vec<TcpStream> = (0..32)
            .map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens"))
            .collect();
        let head = "Host: x\r\nConnection: close\r\n\r\n";
        let got = reply(port, &format!("GET /a?b HTTP/1.1\r\n{head}"));
        assert!(got.starts_with("HTTP/1.1 200 "), "{got}");
        assert!(got.ends_with("\r\n\r\n/a?b"), "{got}");
        let got = reply(port, &format!("POST / HTTP/1.1\r\n{head}"));
        assert!(got.starts_with("HTTP/1.1 405 "), "{got}");
        drop(idle);
    }

    #[test]
    fn nothing_outside_the_folder_is_a_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(file_of(root, "/src/file_server.rs").is_some());
        for path in [
            "/../xtask/Cargo.toml",
            "/src/../../Cargo.toml",
            "/nothing",
            "//",
        ] {
            assert_eq!(file_of(root, path), None, "{path}");
        }
    }

    #[test]
    fn browsers_are_told_what_they_insist_on() {
        for (file, of) in [
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.html", "text/html; charset=utf-8"),
            ("a.wasm", "application/wasm"),
            ("a.svg", "image/svg+xml"),
            ("a.json", "application/json"),
            ("a.bin", "application/octet-stream"),
        ] {
            assert_eq!(content_type(Path::new(file)), of, "{file}");
        }
    }
}
