//! How thirtyfour reaches a driver: by ureq, one request after the other. Knows no WebDriver.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use thirtyfour::error::{WebDriverError, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};
use ureq::Agent;

/// The longest answer: a picture of a whole page, in text.
const LARGEST_ANSWER: u64 = 256 << 20;

/// Sends and waits.
pub struct Client(Agent);

impl Client {
    /// One whose requests may take so long.
    pub fn new(patience: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(patience));
        Self(config.build().into())
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let failed = |error: ureq::Error| WebDriverError::RequestFailed(error.to_string());
        let answer = match body {
            Body::Empty => self.0.run(Request::from_parts(parts, ())),
            Body::Json(value) => {
                let bytes = serde_json::to_vec(value)?;
                self.0.run(Request::from_parts(parts, bytes))
            }
        };
        let (parts, mut body) = answer.map_err(failed)?.into_parts();
        let bytes = body
            .with_config()
            .limit(LARGEST_ANSWER)
            .read_to_vec()
            .map_err(failed)?;
        Ok(Response::from_parts(parts, bytes.into()))
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self(self.0.clone()))
    }
}
