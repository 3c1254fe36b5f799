//! A browser for one test, handed on to the next: what a test changes of it ends with its window, and of those that keep
//! theirs it is the page alone, and the size of the window, which the next one sets.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::capabilities::Kind;

/// The browsers that no test has at the moment, each with its switches; ended with this program by their guards.
static IDLE: Mutex<Vec<(String, Browser)>> = Mutex::new(Vec::new());

/// A browser that is given back.
pub struct Lease {
    switches: String,
    browser: Option<Browser>,
}

impl Lease {
    /// A browser of the kind asked for; the switches are Chromium's.
    pub fn take(switches: &[&str]) -> Result<Self> {
        let key = switches.join(" ");
        let idle = {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            let place = idle.iter().position(|(switches, _)| *switches == key);
            place.map(|place| idle.swap_remove(place).1)
        };
        let browser = match idle {
            Some(browser) => browser,
            None => Browser::start_kind(Kind::asked()?, switches)?,
        };
        Ok(Self {
            switches: key,
            browser: Some(browser),
        })
    }
}

impl Deref for Lease {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        self.browser
            .as_ref()
            .expect("it is given back when it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(browser) = self.browser.take() else {
            return;
        };
        // A page left open would go on training beside the next test's.
        if browser.renew().is_ok() {
            let switches = std::mem::take(&mut self.switches);
            IDLE.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((switches, browser));
        }
    }
}
