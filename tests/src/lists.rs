//! The lists in `tests/lists`: a name on each line, and the reason why it may
//! be there. `?` in front of a name: the compiler's choice, so it may be
//! absent. `#` begins a comment.

use std::collections::BTreeSet;

pub struct List {
    path: String,
    required: BTreeSet<String>,
    optional: BTreeSet<String>,
}

impl List {
    pub fn read(name: &str) -> List {
        let path = format!("tests/lists/{name}");
        let (mut required, mut optional) = (BTreeSet::new(), BTreeSet::new());
        for line in crate::read(&path).lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            assert!(!reason.trim().is_empty(), "{path}: {name} is there for no reason");
            match name.strip_prefix('?') {
                Some(name) => optional.insert(name.to_string()),
                None => required.insert(name.to_string()),
            };
        }
        assert!(!required.is_empty(), "{path} is empty");
        List { path, required, optional }
    }

    pub fn has(&self, name: &str) -> bool {
        self.required.contains(name) || self.optional.contains(name)
    }

    /// The names that are not on the list.
    pub fn beyond<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        names.into_iter().filter(|name| !self.has(name)).cloned().collect()
    }

    /// Panics where the list and these names differ, and says how.
    pub fn assert_is(&self, what: &str, names: &BTreeSet<String>) {
        let beyond = self.beyond(names);
        let gone: Vec<&String> = self.required.difference(names).collect();
        assert!(
            beyond.is_empty() && gone.is_empty(),
            "{what} is not {}.\n  new, so add a line with the reason, or do without: \
             {beyond:?}\n  gone, so take the line out, or put `?` in front of a \
             compiler's choice: {gone:?}",
            self.path
        );
    }
}
