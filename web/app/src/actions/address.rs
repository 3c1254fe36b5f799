//! The address under which others see the run on the screen.

use crate::state::Lab;
use crate::ui::window;
use crate::url;

impl Lab {
    /// The lab at this state: where the page is the lab, its own address; else the lab's, never that of the page around it.
    pub(crate) fn lab_address(self) -> String {
        self.address_of(&self.link_text())
    }

    /// The same at another state, given as the text of a link.
    pub(crate) fn address_of(self, run: &str) -> String {
        let own = window().location().href().ok();
        let own = own.filter(|_| self.services.is_page);
        let address = own.unwrap_or_else(|| self.services.base_url.get_untracked() + "index.html");
        let (base, there) = address.split_once('#').unwrap_or((&address, ""));
        let (_, query) = base.split_once('?').unwrap_or_default();
        let now = self.manner();
        let engine = self.services.engine.get();
        let run = url::over_query([query, there], run, [&engine; 2]);
        let text = url::address(there, &run, now, now, &[]);
        format!("{base}#{text}")
    }

    /// The language and the theme.
    pub(crate) fn manner(self) -> url::Manner {
        let (words, theme) = (self.view.words.0, self.view.theme);
        (words.get_untracked(), theme.get_untracked())
    }
}
