//! All inputs that were kept are as the model says.

use std::path::Path;
use std::process::Command;

#[test]
fn each_input_of_the_corpus_is_as_the_model_says() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let replay = Command::new(env!("CARGO_BIN_EXE_replay")).arg(corpus).output();
    let replay = replay.expect("the program that replays");
    let said = String::from_utf8_lossy(&replay.stdout);
    println!("{said}");
    assert!(replay.status.success(), "{said}{}", String::from_utf8_lossy(&replay.stderr));
}
