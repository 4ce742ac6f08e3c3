//! The functions that the header declares. It is generated, so its form is
//! known: a comment, then a declaration that begins at the left margin.

#[derive(Debug)]
pub struct Function {
    pub name: String,
    /// What it returns and takes, in C, with single spaces.
    pub result: String,
    pub parameters: Vec<String>,
    /// `In a signal handler: yes`.
    pub signal_safe: bool,
}

/// In the order of the header.
pub fn functions(header: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    let (mut comment, mut declaration) = (String::new(), String::new());
    let mut in_comment = false;
    for line in header.lines() {
        if line.starts_with("/*") {
            comment.clear();
            in_comment = true;
        }
        if in_comment {
            comment.push_str(line);
            in_comment = !line.ends_with("*/");
            continue;
        }
        let begins = line.contains(" sig_") || line.contains(" *sig_");
        let keyword = ["extern", "typedef", "struct", "#", " "];
        if declaration.is_empty()
            && (!begins || keyword.iter().any(|k| line.starts_with(k)))
        {
            continue;
        }
        declaration.push_str(line);
        if !line.ends_with(';') {
            // A body, which belongs to the inline function, is none.
            declaration =
                if line.ends_with(['{', ')']) { String::new() } else { declaration };
            continue;
        }
        functions.extend(function(&declaration, &comment));
        declaration.clear();
    }
    // A twin may be called where the other may: see section 12.
    let safe: Vec<String> = functions
        .iter()
        .filter(|function: &&Function| function.signal_safe)
        .map(|function| function.name.replacen("sig_", "sig_context_", 1))
        .collect();
    for function in &mut functions {
        function.signal_safe |= safe.contains(&function.name);
    }
    functions
}

fn function(declaration: &str, comment: &str) -> Option<Function> {
    let words: Vec<&str> = declaration.split_whitespace().collect();
    let text = words.join(" ");
    let (front, behind) = text.split_once('(')?;
    let start = front.rfind("sig_")?;
    let parameters = behind.strip_suffix(");")?;
    Some(Function {
        name: front[start..].to_string(),
        result: front[..start].trim().to_string(),
        parameters: match parameters {
            "void" => Vec::new(),
            _ => parameters.split(',').map(|one| one.trim().to_string()).collect(),
        },
        signal_safe: comment.contains("In a signal handler: yes"),
    })
}
