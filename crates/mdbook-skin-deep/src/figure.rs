//! `{{#figure NAME caption}}`: a committed SVG, inline, so that it follows the theme's colours.

use std::fmt::Write;

use crate::site::Site;

/// The figure with an empty `<figcaption>` to be filled: HTML before the caption, HTML after it.
///
/// # Errors
/// A missing file, or an SVG without a `<title>`, which is its text alternative.
pub(crate) fn render(site: &Site, name: &str, id: &str) -> Result<(String, &'static str), String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(format!("write {{{{#figure NAME caption}}}} with a NAME of a-z, 0-9 and -, not {name}"));
    }
    let path = site.figure(name);
    let svg = site.read(&path, "run: cargo xtask figures")?;
    let svg = inline(&svg, id).map_err(|problem| {
        format!(
            "{} {problem}; correct its function in crates/figures, then run: cargo xtask figures",
            path.display()
        )
    })?;
    // The blank lines make the caption Markdown; inside the SVG there is none, or its HTML would end there.
    let before = format!(
        "<figure class=\"figure\" id=\"{id}\">\n<div class=\"figure-art\">\n{svg}\n</div>\n<figcaption>\n\n"
    );
    Ok((before, "\n\n</figcaption>\n</figure>\n"))
}

/// The SVG's element alone, its ids prefixed with `id`, named by its title, without empty lines.
fn inline(svg: &str, id: &str) -> Result<String, String> {
    let start = svg.find("<svg").ok_or("holds no <svg>")?;
    let end = svg.rfind("</svg>").ok_or("does not end in </svg>")? + "</svg>".len();
    let svg = prefix_ids(&svg[start..end], id);
    let opening = svg.find('>').ok_or("does not close its <svg> tag")?;
    let (mut head, body) = (svg[..opening].to_owned(), &svg[opening..]);
    let title = body.find("<title").ok_or("has no <title>, the figure's text alternative")?;
    let mut body = body.to_owned();
    if !head.contains(" role=") {
        head.push_str(" role=\"img\"");
    }
    if !head.contains("aria-label") {
        let _infallible = write!(head, " aria-labelledby=\"{id}-title\"");
        if body[title..].starts_with("<title>") {
            body.insert_str(title + "<title".len(), &format!(" id=\"{id}-title\""));
        }
    }
    let lines = format!("{head}{body}");
    Ok(lines.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n"))
}

/// Prefixes every id and every reference to one, so that two figures of a page cannot share one.
fn prefix_ids(svg: &str, id: &str) -> String {
    let prefix = format!("{id}-");
    let svg = svg
        .replace(" id=\"", &format!(" id=\"{prefix}"))
        .replace("url(#", &format!("url(#{prefix}"))
        .replace("href=\"#", &format!("href=\"#{prefix}"));
    ["aria-labelledby", "aria-describedby"]
        .iter()
        .fold(svg, |svg, attribute| prefix_list(&svg, attribute, &prefix))
}

/// Prefixes every id of a list of ids.
fn prefix_list(svg: &str, attribute: &str, prefix: &str) -> String {
    let key = format!("{attribute}=\"");
    let Some((before, rest)) = svg.split_once(&key) else { return svg.to_owned() };
    let Some((ids, after)) = rest.split_once('"') else { return svg.to_owned() };
    let ids: Vec<String> = ids.split_whitespace().map(|one| format!("{prefix}{one}")).collect();
    format!("{before}{key}{}\"{}", ids.join(" "), prefix_list(after, attribute, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_prefixed_and_the_title_names_the_picture() {
        let svg = "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 1 1\">\n<title>Two kernels</title>\n\n\
                   <g id=\"a\"/><use href=\"#a\" fill=\"url(#b)\"/>\n</svg>\n";
        assert_eq!(
            inline(svg, "figure-kernels").unwrap(),
            "<svg viewBox=\"0 0 1 1\" role=\"img\" aria-labelledby=\"figure-kernels-title\">\n\
             <title id=\"figure-kernels-title\">Two kernels</title>\n\
             <g id=\"figure-kernels-a\"/><use href=\"#figure-kernels-a\" fill=\"url(#figure-kernels-b)\"/>\n</svg>"
        );
    }

    #[test]
    fn a_picture_that_names_itself_keeps_its_names() {
        let svg = "<svg role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">A</title><desc id=\"d\">B</desc></svg>";
        assert_eq!(
            inline(svg, "f").unwrap(),
            "<svg role=\"img\" aria-labelledby=\"f-t f-d\"><title id=\"f-t\">A</title><desc id=\"f-d\">B</desc></svg>"
        );
    }

    #[test]
    fn a_picture_without_a_title_is_refused() {
        assert_eq!(inline("<svg></svg>", "f").unwrap_err(), "has no <title>, the figure's text alternative");
    }
}
