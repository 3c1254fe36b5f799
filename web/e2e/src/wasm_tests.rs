//! Tests built for the browser, run by wasm-bindgen's own runner, whose browser is started again where it did not start.
//! No test is run again: what is tried anew has not come to a page.

use anyhow::{Error, Result};

/// How often a browser is started before it is given up.
const STARTS: usize = 3;

/// What the runner says where it has no browser: of its driver, of the driver about the browser, and of the request for
/// one. A page that was lost later is spoken of in other words.
const NOT_STARTED: [&str; 5] = [
    "driver failed to start",
    "driver failed to bind port",
    "failed to create a ",
    "session not created",
    "webdriver POST /session ",
];

/// Runs `tests` until their browser has started, three times at most.
///
/// # Errors
/// A test failed, or there is no browser.
pub fn with_a_browser(mut tests: impl FnMut() -> Result<()>) -> Result<()> {
    for _ in 1..STARTS {
        match tests() {
            Err(error) if has_not_started(&error) => {
                println!("no browser, which is started again: {error:#}");
            }
            ended => return ended,
        }
    }
    tests()
}

fn has_not_started(error: &Error) -> bool {
    let said = format!("{error:#}");
    NOT_STARTED.iter().any(|words| said.contains(words))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    /// How often tests are begun that end so.
    fn check(says: &str, begun: usize) {
        let mut count = 0;
        let ended = with_a_browser(|| {
            count += 1;
            Err(anyhow!("{says}"))
        });
        assert!(ended.is_err());
        assert_eq!(count, begun, "{says}");
    }

    #[test]
    fn a_browser_is_started_again_and_a_test_is_not() {
        check("driver failed to start", STARTS);
        check("driver failed to bind port during startup", STARTS);
        check(
            "failed to create a Chrome session: session not created: Chrome instance exited",
            STARTS,
        );
        check("webdriver POST /session timed out after 900.0s", STARTS);
        check(
            "non-200 response code: 500\n{\"value\":{\"error\":\"session not created\"}}",
            STARTS,
        );
        check("some tests failed", 1);
        check(
            "webdriver POST /session/1a2b/execute/sync request failed",
            1,
        );
        check(
            "non-200 response code: 500\n{\"value\":{\"error\":\"tab crashed\"}}",
            1,
        );
    }

    #[test]
    fn a_browser_that_starts_at_last_is_used() {
        let mut count = 0;
        let ended = with_a_browser(|| {
            count += 1;
            if count < STARTS {
                return Err(anyhow!("driver failed to start"));
            }
            Ok(())
        });
        assert!(ended.is_ok());
        assert_eq!(count, STARTS);
    }
}
