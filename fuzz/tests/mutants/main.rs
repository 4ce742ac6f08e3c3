//! The score: how many mutants of the library the nets catch.
//!
//! Each is made in a copy of the project, which is built and thrown into its net;
//! a net that lets it through has failed. Before them goes the copy as it is, in
//! which the fuzzer must find nothing. `cargo test --test mutants -- NAME` tries
//! those of that name.

mod list;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use libtest_mimic::{Arguments, Failed, Trial};
use list::{MUTANTS, Mutant, Net};

/// A bound on each run of the fuzzer, in seconds; on one that hangs with all
/// signals blocked, libFuzzer's own among them; and on a build.
const MINUTE: &str = "60";
const A_WHILE: &str = "20";
const HANGS: &str = "120";
const BUILD: &str = "1800";

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1); // there is one copy
    let copy = Copy::make();
    if !arguments.list
        && let Err(failed) = copy.is_sound()
    {
        println!("caught without a change: {}", failed.message().unwrap_or_default());
        println!("0 of {} mutants caught: nothing is said of them", MUTANTS.len());
        std::process::exit(1);
    }
    let trials = MUTANTS.iter().map(|mutant| {
        let copy = copy.clone();
        Trial::test(mutant.name, move || copy.catches(mutant))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    let (caught, missed) = (conclusion.num_passed, conclusion.num_failed);
    println!("{caught} of {} mutants caught", caught + missed);
    conclusion.exit();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project")
}

/// What is built again and again: a copy of the project.
#[derive(Clone)]
struct Copy {
    project: PathBuf,
}

impl Copy {
    fn make() -> Self {
        let project = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mutants");
        let _ = std::fs::remove_dir_all(&project); // there may be none
        for part in [
            "Cargo.toml",
            "Cargo.lock",
            "src",
            "scripts",
            "fuzz/Cargo.toml",
            "fuzz/Cargo.lock",
            "fuzz/src",
            "fuzz/corpus",
            "tests/Cargo.toml",
            "tests/Cargo.lock",
            "tests/src",
            "tests/loom",
            "bindings/rust/safepoint-sys/src",
            "include",
        ] {
            let to = project.join(part);
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            let status =
                Command::new("cp").arg("-r").arg(root().join(part)).arg(to).status();
            assert!(status.is_ok_and(|status| status.success()), "{part} cannot be copied");
        }
        // It lies below a workspace that is none of its own.
        let tests = project.join("tests/Cargo.toml");
        let text = std::fs::read_to_string(&tests).expect("the copy");
        std::fs::write(tests, text + "\n[workspace]\n").expect("the copy");
        Copy { project }
    }

    fn catches(&self, mutant: &Mutant) -> Result<(), Failed> {
        let file = self.project.join(mutant.file);
        let text = std::fs::read_to_string(&file)?;
        let found = text.matches(mutant.text).count();
        if found != 1 {
            return Err(format!("{}: {found} times: {}", mutant.file, mutant.text).into());
        }
        std::fs::write(&file, text.replace(mutant.text, mutant.instead))?;
        let begun = Instant::now();
        let caught = match mutant.net {
            Net::Loom(model) => self.loom(model),
            Net::Fuzzer => self.fuzz(),
            Net::FuzzerFromNothing => self.fuzz_from_nothing().and_then(|()| self.fuzz()),
        };
        std::fs::write(&file, text)?;
        println!("    {}: {} s with the build", mutant.name, begun.elapsed().as_secs());
        caught
    }

    /// Nothing is found in the library as it is.
    fn is_sound(&self) -> Result<(), Failed> {
        let (corpus, found) =
            (self.project.join("fuzz/corpus"), self.project.join("found"));
        self.build_fuzzer()?;
        let more = corpus.to_str().ok_or("a path")?;
        let output = self.scripts_fuzz(HANGS, A_WHILE, &found, &[more])?;
        let said = String::from_utf8_lossy(&output.stderr);
        let through = output.status.success() && said.contains("INITED");
        if through { Ok(()) } else { Err(last_lines(&said).into()) }
    }

    /// Try the inputs that were kept, and go on from there.
    fn fuzz(&self) -> Result<(), Failed> {
        let (corpus, found) =
            (self.project.join("fuzz/corpus"), self.project.join("found"));
        let more = corpus.to_str().ok_or("a path")?;
        self.run_fuzzer(&found, &[more])
    }

    fn fuzz_from_nothing(&self) -> Result<(), Failed> {
        let empty = self.project.join("found");
        self.run_fuzzer(&empty, &[])
    }

    fn run_fuzzer(&self, found: &Path, more: &[&str]) -> Result<(), Failed> {
        self.build_fuzzer()?;
        let _ = std::fs::remove_dir_all(found); // there may be none
        std::fs::create_dir_all(found)?;
        let begun = Instant::now();
        let output = self.scripts_fuzz(HANGS, MINUTE, found, more)?;
        let seconds = begun.elapsed().as_secs_f32();
        let said = String::from_utf8_lossy(&output.stderr);
        let began = said.contains("INITED");
        let with = match (more.is_empty(), began) {
            (true, _) => "from no input",
            (false, false) => "by an input that was kept",
            (false, true) => "by one that was found",
        };
        // 0 is the end of time; a program that did not run says nothing.
        let hung =
            matches!(output.status.code(), Some(124 | 137)) && said.contains("INFO: Seed");
        if output.status.success() || !hung && !said.contains("SUMMARY: libFuzzer") {
            return Err(format!("not caught {with}:\n{}", last_lines(&said)).into());
        }
        println!("    caught {with}, in {seconds:.1} s");
        Ok(())
    }

    /// Not a part of the minute.
    fn build_fuzzer(&self) -> Result<(), Failed> {
        let folder = self.project.join("found");
        std::fs::create_dir_all(&folder)?;
        let built = self.scripts_fuzz(BUILD, "1", &folder, &["-runs=0"])?;
        let said = String::from_utf8_lossy(&built.stderr);
        if said.contains("INFO: Seed") { Ok(()) } else { Err(last_lines(&said).into()) }
    }

    fn scripts_fuzz(
        &self,
        limit: &str,
        seconds: &str,
        folder: &Path,
        more: &[&str],
    ) -> std::io::Result<Output> {
        Command::new("timeout")
            .args(["--kill-after=5", limit])
            .arg(self.project.join("scripts/fuzz"))
            .args(["--only", seconds])
            .arg(folder)
            .args(more)
            .env("FUZZ_TARGET_DIR", root().join("build/fuzz"))
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null())
            .output()
    }

    fn loom(&self, model: &str) -> Result<(), Failed> {
        let output = Command::new("cargo")
            .args([
                "test",
                "--quiet",
                "--locked",
                "--release",
                "--features",
                "models",
                "--test",
                "loom",
                "--manifest-path",
            ])
            .arg(self.project.join("tests/Cargo.toml"))
            .arg("--target-dir")
            .arg(root().join("build/fuzz/loom"))
            .args(["--", model])
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let failed = said.contains("test result: FAILED");
        if output.status.success() || !failed {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{model} let it pass:\n{}", last_lines(&errors)).into());
        }
        println!("    caught by loom's {model}");
        Ok(())
    }
}

fn last_lines(said: &str) -> String {
    let lines: Vec<_> = said.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
