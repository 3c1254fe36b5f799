//! A browser for one test. Chromium starts afresh for each, as DevTools may change anything in it; the others, which take
//! longer, are handed on: what a test changes of them is the page alone, and the size of the window, which the next sets.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::capabilities::Kind;

/// The browser that no test has at the moment; ended with this program by its guard.
static IDLE: Mutex<Option<Browser>> = Mutex::new(None);

/// A browser that is given back.
pub struct Lease(Option<Browser>);

impl Lease {
    /// The browser asked for; the switches are Chromium's.
    pub fn take(switches: &[&str]) -> Result<Self> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let browser = match idle {
            Some(browser) => browser,
            None => Browser::start_kind(Kind::asked()?, switches)?,
        };
        Ok(Self(Some(browser)))
    }
}

impl Deref for Lease {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        self.0
            .as_ref()
            .expect("it is given back when it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(browser) = self.0.take() else { return };
        // A page left open would go on training beside the next test's.
        let is_well = browser.kind() != Kind::Chromium && browser.clear().is_ok();
        if is_well {
            *IDLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(browser);
        }
    }
}
