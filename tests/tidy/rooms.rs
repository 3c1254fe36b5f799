//! The top-level modules of a crate, its rooms, and which of them imports which: no circle.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

use super::source::{Source, is_test_only, sources};

type Imports = BTreeMap<String, BTreeSet<String>>;

/// Which rooms each room names by `crate::`, outside its unit tests.
fn imports(folder: &str) -> Imports {
    let sources = sources(folder, &["rs"]);
    let rooms: BTreeSet<String> = sources
        .iter()
        .map(|source| room_of(source, folder))
        .collect();
    let mut imports = Imports::new();
    for source in &sources {
        let room = room_of(source, folder);
        if room == "lib" {
            continue;
        }
        let mut named = Named::default();
        named.visit_file(&source.parse());
        // A name at the crate's root that is no room is one that `lib.rs` gives on.
        named.0.retain(|name| rooms.contains(name) && *name != room);
        imports.entry(room).or_default().extend(named.0);
    }
    imports
}

/// `src/network/layer.rs` and `src/network.rs` belong to `network`.
fn room_of(source: &Source, folder: &str) -> String {
    let inside = source.path[folder.len()..].trim_start_matches('/');
    let first = inside.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

/// What stands behind `crate::`, in imports, paths and macros.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl Named {
    fn take(&mut self, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                self.0.insert(path.ident.to_string());
            }
            syn::UseTree::Name(name) => {
                self.0.insert(name.ident.to_string());
            }
            syn::UseTree::Rename(rename) => {
                self.0.insert(rename.ident.to_string());
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.take(tree)),
            syn::UseTree::Glob(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let is_of_tests = match item {
            syn::Item::Mod(item) => is_test_only(&item.attrs),
            syn::Item::Fn(item) => is_test_only(&item.attrs),
            syn::Item::Use(item) => is_test_only(&item.attrs),
            syn::Item::Impl(item) => is_test_only(&item.attrs),
            _ => false,
        };
        if !is_of_tests {
            visit::visit_item(self, item);
        }
    }

    fn visit_use_path(&mut self, path: &'ast syn::UsePath) {
        if path.ident == "crate" {
            self.take(&path.tree);
        }
        visit::visit_use_path(self, path);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter();
        if segments.next().is_some_and(|first| first.ident == "crate")
            && let Some(second) = segments.next()
        {
            self.0.insert(second.ident.to_string());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let tokens = call.tokens.to_string();
        for behind in tokens.split("crate :: ").skip(1) {
            let name: String = behind
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            self.0.insert(name);
        }
        visit::visit_macro(self, call);
    }
}

/// A circle among the rooms, from a room back to itself, if there is one.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    let mut clear = BTreeSet::new();
    let mut way = Vec::new();
    let mut rooms = imports.keys();
    rooms.find_map(|room| walk(room, imports, &mut clear, &mut way))
}

fn walk(
    room: &str,
    imports: &Imports,
    clear: &mut BTreeSet<String>,
    way: &mut Vec<String>,
) -> Option<Vec<String>> {
    if clear.contains(room) {
        return None;
    }
    way.push(room.to_owned());
    if let Some(from) = way[..way.len() - 1]
        .iter()
        .position(|passed| passed == room)
    {
        return Some(way[from..].to_vec());
    }
    let next = imports.get(room).into_iter().flatten();
    for next in next {
        if let Some(circle) = walk(next, imports, clear, way) {
            return Some(circle);
        }
    }
    way.pop();
    clear.insert(room.to_owned());
    None
}

#[test]
fn rooms_form_no_circle() {
    for folder in [
        "src",
        "gpu/src",
        "web/app/src",
        "web/pool/src",
        "web/worker/src",
    ] {
        let circle = circle(&imports(folder));
        assert_eq!(circle.map(|way| way.join(" -> ")), None, "{folder}");
    }
}

#[test]
fn a_circle_would_be_found() {
    let check = |arrows: &[(&str, &str)], want: Option<&str>| {
        let mut imports = Imports::new();
        for (from, to) in arrows {
            let named = imports.entry((*from).to_owned()).or_default();
            named.insert((*to).to_owned());
        }
        let found = circle(&imports).map(|way| way.join(" -> "));
        assert_eq!(found.as_deref(), want, "{arrows:?}");
    };
    check(&[("a", "b"), ("b", "c"), ("a", "c")], None);
    check(&[("a", "b"), ("b", "c"), ("c", "b")], Some("b -> c -> b"));
    let mut named = Named::default();
    let text =
        "use crate::{one::Two, three}; fn f() { crate::four::g(); assert!(crate::five::h()) }
                #[cfg(test)] mod tests { use crate::six; }";
    named.visit_file(&syn::parse_str(text).expect("Rust"));
    assert_eq!(Vec::from_iter(&named.0), ["five", "four", "one", "three"]);
}
