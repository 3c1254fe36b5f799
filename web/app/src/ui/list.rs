//! Children that come and go: made anew as a whole, or kept by their key.

use std::cell::RefCell;

use super::browser::document;
use super::effect::follow_boxed;
use super::element::El;
use super::focus;
use super::owner::Owner;
use super::signal::untrack;

/// A child, its key, and the owner of all that it follows.
struct Kept {
    key: usize,
    element: El,
    owner: Owner,
}

impl El {
    /// Children that are made anew whenever a signal that `make` read has changed. What a reader typed into them is
    /// lost then: `each` keeps it. The focus goes to the like of what had it.
    pub fn swap(self, make: impl Fn() -> Vec<El> + 'static) -> Self {
        self.swap_boxed(Box::new(make))
    }

    fn swap_boxed(self, make: Box<dyn Fn() -> Vec<El>>) -> Self {
        let end = document().create_comment("");
        self.add(&end);
        let parent = self.0.clone();
        let shown = RefCell::new(Vec::<El>::new());
        follow_boxed(Box::new(move || {
            let fresh = make();
            let lost = focus::is_within(&parent, shown.borrow().iter());
            for old in shown.borrow_mut().drain(..) {
                old.0.remove();
            }
            for new in &fresh {
                // The comment is a child of the parent for as long as there is one.
                let _ = parent.insert_before(&new.0, Some(&end));
            }
            if let Some(lost) = lost {
                focus::restore(&lost, &fresh, &parent);
            }
            *shown.borrow_mut() = fresh;
        }));
        self
    }

    /// A child for each key, in the order of `keys`, which follows signals. A child is made when its key comes, by
    /// `make`, which follows none; it stays the same node until the key goes, and what it follows ends with it.
    ///
    /// Keys differ from each other.
    pub fn each(
        self,
        keys: impl Fn() -> Vec<usize> + 'static,
        make: impl Fn(usize) -> El + 'static,
    ) -> Self {
        self.each_boxed(Box::new(keys), Box::new(make))
    }

    fn each_boxed(self, keys: Box<dyn Fn() -> Vec<usize>>, make: Box<dyn Fn(usize) -> El>) -> Self {
        let end = document().create_comment("");
        self.add(&end);
        let parent = self.0.clone();
        // Children belong to the owner of the list: that of the effect ends at every change. Held weakly, for the
        // owner holds the effect.
        let list_owner = Owner::current().map(|owner| owner.downgrade());
        let shown = RefCell::new(Vec::<Kept>::new());
        follow_boxed(Box::new(move || {
            let mut old = shown.take();
            let mut fresh = Vec::new();
            for key in keys() {
                fresh.push(match old.iter().position(|kept| kept.key == key) {
                    Some(place) => old.remove(place),
                    None => {
                        let parent = list_owner.as_ref().and_then(|owner| owner.upgrade());
                        let owner = parent.map_or_else(Owner::new, |parent| parent.child());
                        let element = owner.with(|| untrack(|| make(key)));
                        Kept {
                            key,
                            element,
                            owner,
                        }
                    }
                });
            }
            let lost = focus::is_within(&parent, old.iter().map(|gone| &gone.element));
            for gone in old {
                gone.owner.cleanup();
                gone.element.0.remove();
            }
            // From the end, and only those that do not stand there yet: moving a node takes its focus away.
            let mut next: web_sys::Node = end.clone().into();
            for kept in fresh.iter().rev() {
                if kept.element.0.next_sibling().as_ref() != Some(&next) {
                    // As above.
                    let _ = parent.insert_before(&kept.element.0, Some(&next));
                }
                next = kept.element.0.clone().into();
            }
            if let Some(lost) = lost {
                let fresh = fresh.iter().map(|kept| kept.element.clone());
                focus::restore(&lost, &fresh.collect::<Vec<_>>(), &parent);
            }
            *shown.borrow_mut() = fresh;
        }));
        self
    }
}
