//! The address under which others see the run on the screen.

use crate::state::Lab;
use crate::ui::window;

impl Lab {
    /// The lab at this state: where the page is the lab, its own address; else the lab's, never that of the page around it.
    pub(crate) fn lab_address(self) -> String {
        let own = window().location().href().ok();
        let base = match own.filter(|_| self.services.is_page) {
            Some(own) => own
                .split('#')
                .next()
                .map_or_else(String::new, str::to_owned),
            None => self.services.base_url.get_untracked() + "index.html",
        };
        format!("{base}#{}", self.link_text())
    }
}
