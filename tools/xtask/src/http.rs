//! A server of files on this machine, one thread a connection and one request a connection: a browser opens sockets that
//! it does not use yet, and none of them may keep another waiting. Knows GET and HEAD; never meant for a network.

use std::fs;
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The longest head of a request that is read.
const LARGEST_HEAD_BYTES: u64 = 64 * 1024;

/// What is sent back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The content type.
    pub kind: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A body of a type.
    pub fn of(kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            kind,
            body: body.into(),
        }
    }

    /// There is no such file.
    pub fn not_found() -> Self {
        Self {
            status: 404,
            kind: "text/plain",
            body: Vec::new(),
        }
    }

    /// The bytes of a file, or that there is none.
    pub fn file(path: &Path) -> Self {
        match fs::read(path) {
            Ok(body) => Self::of(type_of(path), body),
            Err(_) => Self::not_found(),
        }
    }
}

/// A running server; it ends when this is dropped.
pub struct Server {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
}

impl Server {
    /// Answers requests on `listener` in threads of its own; `answer` gets the path with its query.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn start(
        listener: TcpListener,
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    ) -> Result<Self> {
        let address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let (answer, over) = (Arc::new(answer), is_over.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let answer = answer.clone();
                // A browser that hangs up is nobody's error.
                let _ = stream.map(|stream| thread::spawn(move || converse(stream, &*answer)));
            }
        });
        Ok(Self { address, is_over })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection; if none can be made, it is gone already.
        let _ = TcpStream::connect(self.address);
    }
}

fn converse(mut stream: TcpStream, answer: &dyn Fn(&str) -> Answer) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).take(LARGEST_HEAD_BYTES);
    let mut first = String::new();
    lines.read_line(&mut first)?;
    let mut rest = String::new();
    // A browser may close a connection on which not all that it sent was read.
    while lines.read_line(&mut rest)? > 2 {
        rest.clear();
    }
    let mut words = first.split_whitespace();
    let (method, url) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    if method.is_empty() {
        return Ok(());
    }
    let answer = match method {
        "GET" | "HEAD" => answer(url),
        _ => Answer {
            status: 405,
            ..Answer::not_found()
        },
    };
    write!(
        stream,
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n",
        answer.status,
        if answer.status == 200 {
            "OK"
        } else {
            "Refused"
        },
        answer.kind,
        answer.body.len()
    )?;
    if method == "GET" {
        stream.write_all(&answer.body)?;
    }
    stream.flush()
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
pub fn type_of(file: &Path) -> &'static str {
    match file.extension().and_then(|e| e.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(server: &Server, request: &str) -> String {
        let mut stream = TcpStream::connect(server.address()).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("it answers");
        reply
    }

    #[test]
    fn idle_connections_keep_nobody_waiting() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let server = Server::start(listener, |url| Answer::of("text/plain", url)).expect("started");
        let idle: Vec<TcpStream> = (0..32)
            .map(|_| TcpStream::connect(server.address()).expect("it listens"))
            .collect();
        let reply = ask(&server, "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
        assert!(reply.ends_with("\r\n\r\n/a?b"), "{reply}");
        let reply = ask(&server, "POST / HTTP/1.1\r\n\r\n");
        assert!(reply.starts_with("HTTP/1.1 405 "), "{reply}");
        drop(idle);
    }

    #[test]
    fn nothing_outside_the_folder_is_a_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(file_of(root, "/src/http.rs").is_some());
        for path in [
            "/../xtask/Cargo.toml",
            "/src/../../Cargo.toml",
            "/nothing",
            "//",
        ] {
            assert_eq!(file_of(root, path), None, "{path}");
        }
    }
}
