//! A server of files on this machine, on tiny_http: each request is answered in a thread of its own, so that one that
//! waits keeps nobody else waiting. Knows GET and HEAD; never meant for a network.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response};

/// What is sent back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The content type.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A body of a type.
    pub fn of(content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type: content_type.into(),
            body: body.into(),
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

/// A running server; it ends when this is dropped.
pub struct FileServer {
    address: SocketAddr,
    server: Arc<tiny_http::Server>,
}

impl FileServer {
    /// Answers requests on `listener`; `answer` gets the path with its query.
    ///
    /// # Errors
    /// The listener cannot be used.
    pub fn start(
        listener: TcpListener,
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    ) -> Result<Self> {
        let address = listener.local_addr()?;
        let server = tiny_http::Server::from_listener(listener, None)
            .map_err(|error| anyhow!("{error}"))
            .context("cannot listen")?;
        let server = Arc::new(server);
        let (requests, answer) = (server.clone(), Arc::new(answer));
        thread::spawn(move || {
            for request in requests.incoming_requests() {
                let answer = answer.clone();
                thread::spawn(move || respond(request, &*answer));
            }
        });
        Ok(Self { address, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

fn respond(request: Request, answer: &dyn Fn(&str) -> Answer) {
    let answer = match request.method() {
        Method::Get | Method::Head => answer(request.url()),
        _ => Answer::refusal(405),
    };
    let headers = [
        ("Content-Type", answer.content_type.as_str()),
        ("Cache-Control", "no-store"),
        ("Access-Control-Allow-Origin", "*"),
    ];
    let mut response = Response::from_data(answer.body).with_status_code(answer.status);
    for (name, value) in headers {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    // A browser that hangs up is nobody's error.
    let _ = request.respond(response);
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

    fn reply(server: &FileServer, request: &str) -> String {
        let mut stream = TcpStream::connect(server.address()).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("it answers");
        reply
    }

    #[test]
    fn idle_connections_keep_nobody_waiting() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let server =
            FileServer::start(listener, |url| Answer::of("text/plain", url)).expect("started");
        let idle: Vec<TcpStream> = (0..32)
            .map(|_| TcpStream::connect(server.address()).expect("it listens"))
            .collect();
        let head = "Host: x\r\nConnection: close\r\n\r\n";
        let got = reply(&server, &format!("GET /a?b HTTP/1.1\r\n{head}"));
        assert!(got.starts_with("HTTP/1.1 200 "), "{got}");
        assert!(got.ends_with("\r\n\r\n/a?b"), "{got}");
        let got = reply(&server, &format!("POST / HTTP/1.1\r\n{head}"));
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
