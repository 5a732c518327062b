//! Just enough of Rust's grammar to tell code from comments, strings and tests.

use super::finding::numbered;

/// Replaces comments and literals by spaces, so that a search finds only code.
///
/// Lines keep their numbers.
pub(crate) fn code_of(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(piece) = first_piece(rest) {
        let (text, after) = rest.split_at(piece.length());
        match piece {
            Piece::Code(_) => code.push_str(text),
            Piece::Quiet(_) => code.extend(text.chars().map(|c| if c == '\n' { c } else { ' ' })),
        }
        rest = after;
    }
    code
}

/// Replaces items below `#[cfg(test)]` by empty lines; expects the result of [`code_of`].
pub(crate) fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            let mut item = Item::default();
            let mut inside = Some(line);
            while inside.is_some_and(|line| !item.ends_in(line)) {
                kept.push('\n');
                inside = lines.next();
            }
        } else {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

/// The lines of a source that are not below `#[cfg(test)]`, with their strings and comments.
pub(crate) fn product_lines(source: &str) -> Vec<(usize, &str)> {
    let code = code_of(source);
    let kept = without_tests(&code);
    let lines = numbered(source).zip(code.lines().zip(kept.lines()));
    lines.filter(|(_, (code, kept))| code == kept).map(|(line, _)| line).collect()
}

/// A stretch of source, with its length in bytes.
#[derive(Clone, Copy)]
enum Piece {
    Code(usize),
    Quiet(usize),
}

impl Piece {
    fn length(self) -> usize {
        let (Self::Code(length) | Self::Quiet(length)) = self;
        length
    }
}

fn first_piece(rest: &str) -> Option<Piece> {
    let first = rest.chars().next()?;
    if rest.starts_with("//") {
        return Some(Piece::Quiet(rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some(Piece::Quiet(block_comment_length(rest)));
    }
    if is_word(first) {
        return Some(word_or_raw_string(rest));
    }
    match first {
        '"' => Some(Piece::Quiet(string_length(rest))),
        '\'' => Some(char_literal_length(rest).map_or(Piece::Code(1), Piece::Quiet)),
        _ => Some(Piece::Code(first.len_utf8())),
    }
}

/// A whole word at once, so that the `r` at the end of `for` is no raw string.
fn word_or_raw_string(rest: &str) -> Piece {
    let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    let hashes = after.find(|c| c != '#').unwrap_or(after.len());
    let is_raw =
        matches!(word, "r" | "br" | "cr") && after.trim_start_matches('#').starts_with('"');
    if !is_raw {
        return Piece::Code(length);
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let opening = length.saturating_add(hashes).saturating_add(1);
    let (_, inside) = rest.split_at(opening);
    let closing = inside.find(&end).map_or(inside.len(), |found| found.saturating_add(end.len()));
    Piece::Quiet(opening.saturating_add(closing))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Block comments nest.
fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut place) = (0_usize, 0_usize);
    loop {
        let (_, here) = rest.split_at(place);
        let mark = match (here.find("/*"), here.find("*/")) {
            (Some(open), Some(close)) if open < close => {
                depth = depth.saturating_add(1);
                open
            }
            (_, Some(close)) => {
                depth = depth.saturating_sub(1);
                close
            }
            (_, None) => return rest.len(),
        };
        place = place.saturating_add(mark).saturating_add(2);
        if depth == 0 {
            return place;
        }
    }
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (place, c) in rest.char_indices().skip(1) {
        if c == '"' && !escaped {
            return place.saturating_add(1);
        }
        escaped = c == '\\' && !escaped;
    }
    rest.len()
}

/// The length of a character literal; a lifetime is none.
fn char_literal_length(rest: &str) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    let (_, first) = characters.next()?;
    let (second_place, second) = characters.next()?;
    if first == '\\' {
        let after_escape = second_place.saturating_add(second.len_utf8());
        let (_, after) = rest.split_at(after_escape);
        return Some(after_escape.saturating_add(after.find('\'')?).saturating_add(1));
    }
    (second == '\'').then(|| second_place.saturating_add(1))
}

/// Follows the braces of an item from its attribute to its end.
#[derive(Default)]
struct Item {
    depth: usize,
}

impl Item {
    fn ends_in(&mut self, line: &str) -> bool {
        line.chars().any(|c| self.ends_with(c))
    }

    fn ends_with(&mut self, c: char) -> bool {
        match c {
            '{' => self.depth = self.depth.saturating_add(1),
            '}' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            ';' => return self.depth == 0,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let source = "let a = \"x // \\\" y\"; // todo!\nlet b = 'z'; /* a\n /* b */ c */ let c;";

        let code = code_of(source);

        assert_eq!(code.lines().count(), 3);
        assert!(code.contains("let a =") && code.contains("let b =") && code.contains("let c;"));
        for hidden in ["x", "y", "todo", "z", " a\n", "*"] {
            assert!(!code.contains(hidden), "{hidden}: {code}");
        }
    }

    #[test]
    fn raw_strings_end_at_their_own_mark() {
        assert_eq!(code_of("f(r#\"a \"quoted\" word\"#) + g").split_whitespace().count(), 4);
        assert_eq!(code_of("for\"x\"").trim(), "for");
    }

    #[test]
    fn a_lifetime_opens_no_literal() {
        assert_eq!(code_of("fn f<'a>(x: &'a str) -> char { '\\'' }").trim_end(), {
            "fn f<'a>(x: &'a str) -> char {      }"
        });
    }

    #[test]
    fn test_items_are_cut_out_and_what_follows_is_kept() {
        let code =
            "a;\n#[cfg(test)]\nmod tests {\n fn f() { x }\n}\nb;\n#[cfg(test)]\nmod t;\nc;\n";

        assert_eq!(without_tests(code), "a;\n\n\n\n\nb;\n\n\nc;\n");
    }

    #[test]
    fn a_brace_in_a_string_does_not_end_the_tests() {
        let source = "a; // one\n#[cfg(test)]\nmod tests {\n  f(\"}\");\n  g();\n}\nb;\n";

        assert_eq!(product_lines(source), [(1, "a; // one"), (7, "b;")]);
    }
}
