//! The committed header is what the sources say.

use safepoint_tests::{header, read, root};

const PATH: &str = "include/safepoint.h";

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = header::generate();
    if std::env::var_os("SAFEPOINT_REWRITE_HEADER").is_some() {
        std::fs::write(root().join(PATH), &generated).expect("writing the header");
    }
    let committed = read(PATH);
    let differs = generated.lines().zip(committed.lines()).position(|(a, b)| a != b);
    assert!(
        generated == committed,
        "{PATH} is not what src/ says (first difference: line {:?}); to rewrite it:\n  \
         SAFEPOINT_REWRITE_HEADER=1 cargo test --manifest-path tests/Cargo.toml --test header",
        differs.map(|line| line + 1)
    );
}

#[test]
fn no_line_of_the_header_is_longer_than_80_columns() {
    for (number, line) in read(PATH).lines().enumerate() {
        assert!(line.chars().count() <= 80, "line {}: {line}", number + 1);
    }
}

#[test]
fn every_function_of_the_header_states_its_three_facts() {
    let header = read(PATH);
    let mut comment = String::new();
    let (mut functions, mut twins) = (0, 0);
    let mut before = "";
    for line in header.lines() {
        if line.starts_with("/**") {
            comment.clear();
        }
        comment.push_str(line);
        let typed = line.split_once(" sig_").or(line.split_once(" *sig_"));
        let declares = typed.is_some_and(|(result, rest)| {
            !result.contains(['*', '/', '#'])
                && rest.contains('(')
                && !before.starts_with("extern")
        });
        if declares && !line.starts_with([' ', 't']) {
            functions += 1;
            // A twin's are the other's: see section 12.
            let name = typed.map_or("", |(_, rest)| rest);
            let other =
                name.strip_prefix("context_").and_then(|name| name.split('(').next());
            if let Some(other) = other
                && header.contains(&format!(" sig_{other}("))
            {
                twins += 1;
                let says = format!("sig_{other}() for this context");
                assert!(comment.contains(&says), "{line}: its comment lacks \"{says}\"");
                continue;
            }
            for fact in ["Thread: ", "In a signal handler: ", "Errors: "] {
                assert!(comment.contains(fact), "{line}: its comment lacks \"{fact}\"");
            }
        }
        before = line;
    }
    assert_eq!((functions, twins), (177, 76), "functions declared in {PATH}, and twins");
}
