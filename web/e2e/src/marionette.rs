//! Firefox's own protocol, Marionette, in place of a driver: WebDriver's commands under Firefox's names, each a message
//! of its length, a colon and JSON, over one connection. Knows the commands that the verbs of `Browser` send.
//!
//! <https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html>

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use thirtyfour::error::{WebDriverError, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};

/// The longest message: a picture of a window, in text.
const LONGEST: usize = 256 << 20;

/// A connection to one Firefox.
pub struct Marionette(Arc<Mutex<Connection>>);

struct Connection {
    stream: BufReader<TcpStream>,
    asked: u64,
}

impl Marionette {
    /// Connects; an answer may take so long.
    ///
    /// # Errors
    /// Nothing listens there, or it speaks something else.
    pub fn connect(port: u16, patience: Duration) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let greeting = read(&mut stream)?;
        if greeting["marionetteProtocol"] != 3 {
            bail!("not the third version of Marionette: {greeting}");
        }
        let connection = Connection { stream, asked: 0 };
        Ok(Self(Arc::new(Mutex::new(connection))))
    }
}

impl Connection {
    /// What comes of a command: its result, or what it says went wrong.
    fn ask(&mut self, name: &str, parameters: &Value) -> Result<std::result::Result<Value, Value>> {
        self.asked += 1;
        let message = json!([0, self.asked, name, parameters]).to_string();
        let message = format!("{}:{message}", message.len());
        self.stream.get_mut().write_all(message.as_bytes())?;
        loop {
            let mut answer =
                read(&mut self.stream).with_context(|| format!("no answer to {name}"))?;
            // One that came too late for who asked is nobody's.
            if answer[1] == self.asked {
                let error = answer[2].take();
                return Ok(if error.is_null() {
                    Ok(answer[3].take())
                } else {
                    Err(error)
                });
            }
        }
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<Value> {
    let mut length = Vec::new();
    stream.take(20).read_until(b':', &mut length)?;
    let length = String::from_utf8_lossy(&length);
    let length = length.trim_end_matches(':').parse();
    let length: usize = length.context("Firefox has hung up")?;
    if length > LONGEST {
        bail!("a message of {length} bytes");
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    serde_json::from_slice(&message).context("a message that is no JSON")
}

/// The command that a request to a driver asks for, and its parameters.
fn command(method: &Method, path: &str, body: Value) -> Option<(&'static str, Value)> {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    let after_session = words.get(2..).unwrap_or_default();
    let is_post = method == Method::POST;
    Some(match after_session {
        [] if is_post => (
            "WebDriver:NewSession",
            body["capabilities"]["alwaysMatch"].clone(),
        ),
        [] => ("WebDriver:DeleteSession", body),
        ["timeouts"] if is_post => ("WebDriver:SetTimeouts", body),
        ["url"] if is_post => ("WebDriver:Navigate", body),
        ["frame"] => ("WebDriver:SwitchToFrame", body),
        ["window", "rect"] if is_post => ("WebDriver:SetWindowRect", body),
        ["execute", "sync"] => ("WebDriver:ExecuteScript", body),
        ["element", element, "click"] => ("WebDriver:ElementClick", json!({ "id": element })),
        ["actions"] if is_post => ("WebDriver:PerformActions", body),
        ["actions"] => ("WebDriver:ReleaseActions", body),
        ["screenshot"] => ("WebDriver:TakeScreenshot", json!({ "full": false })),
        _ => return None,
    })
}

/// A driver's answer: what Marionette gives as an object of one value is that value.
fn answer(told: std::result::Result<Value, Value>) -> (u16, Value) {
    match told {
        Ok(Value::Object(mut all)) if all.len() == 1 && all.contains_key("value") => {
            (200, json!({ "value": all["value"].take() }))
        }
        Ok(result) => (200, json!({ "value": result })),
        // Which error it was stands in the body.
        Err(error) => (400, json!({ "value": error })),
    }
}

#[async_trait]
impl HttpClient for Marionette {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let failed = |why: String| WebDriverError::RequestFailed(why);
        let body = match request.body() {
            Body::Empty => json!({}),
            Body::Json(value) => (*value).clone(),
        };
        let path = request.uri().path();
        let (name, parameters) = command(request.method(), path, body)
            .ok_or_else(|| failed(format!("Marionette is not asked for {path}")))?;
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = connection.ask(name, &parameters);
        let (status, value) = answer(told.map_err(|error| failed(format!("{error:#}")))?);
        let answer = Response::builder().status(status);
        answer
            .body(value.to_string().into())
            .map_err(|error| failed(error.to_string()))
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn check(method: &Method, path: &str, body: &Value, name: &str, parameters: &Value) {
        let asked = command(method, path, body.clone());
        assert_eq!(asked, Some((name_of(name), parameters.clone())), "{path}");
    }

    fn name_of(name: &str) -> &'static str {
        format!("WebDriver:{name}").leak()
    }

    #[test]
    fn requests_to_a_driver_are_commands_of_marionette() {
        let none = json!({});
        let asked = json!({ "timeouts": { "script": 1 } });
        let session = json!({ "capabilities": { "alwaysMatch": asked } });
        check(&Method::POST, "/session", &session, "NewSession", &asked);
        check(&Method::DELETE, "/session/1", &none, "DeleteSession", &none);
        let url = json!({ "url": "about:blank" });
        check(&Method::POST, "/session/1/url", &url, "Navigate", &url);
        let (click, id) = ("/session/1/element/e5/click", json!({ "id": "e5" }));
        check(&Method::POST, click, &none, "ElementClick", &id);
        let actions = "/session/1/actions";
        check(&Method::POST, actions, &asked, "PerformActions", &asked);
        check(&Method::DELETE, actions, &none, "ReleaseActions", &none);
        assert_eq!(command(&Method::GET, "/session/1/cookie", none), None);
    }

    #[test]
    fn a_value_stands_by_itself_and_an_error_is_none() {
        for (told, is) in [
            (Ok(json!({ "value": 5 })), (200, json!({ "value": 5 }))),
            (Ok(json!({ "x": 1 })), (200, json!({ "value": { "x": 1 } }))),
            (Ok(json!(["a"])), (200, json!({ "value": ["a"] }))),
            (
                Err(json!({ "error": "no such frame" })),
                (400, json!({ "value": { "error": "no such frame" } })),
            ),
        ] {
            assert_eq!(answer(told), is);
        }
    }

    #[test]
    fn an_answer_that_came_too_late_is_passed_over() -> Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let firefox = thread::spawn(move || -> Result<Value> {
            let (mut stream, _) = listener.accept()?;
            let mut say =
                |text: &str| stream.write_all(format!("{}:{text}", text.len()).as_bytes());
            say(r#"{"marionetteProtocol":3}"#)?;
            say(r#"[1,0,null,{"value":"late"}]"#)?;
            say(r#"[1,1,null,{"value":"é"}]"#)?;
            read(&mut BufReader::new(stream))
        });
        let marionette = Marionette::connect(port, Duration::from_secs(20))?;
        let told = marionette
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ask("WebDriver:GetTitle", &json!({}))?;
        assert_eq!(told, Ok(json!({ "value": "é" })));
        let asked = firefox.join().expect("it was asked")?;
        assert_eq!(asked, json!([0, 1, "WebDriver:GetTitle", {}]));
        Ok(())
    }
}
