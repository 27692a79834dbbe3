//! Everything that mdBook lets pass and `cargo xtask check book` does not.

use super::TinyBook;
use crate::check::check_book;

fn check_problems(book: &TinyBook, expected: &[&str]) {
    let found: Vec<String> = check_book(book.root()).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_sound_book_has_no_problem() {
    let book = TinyBook::new(
        "# One\n\n## A place\n\n[there](#a-place), [down](two.md#deep), [out](https://example.org), ![dot](dot.svg)[^n]\n\n\
         ```rust\n{{#include code.rs:part}}\n{{#include code.rs:2:3}}\n```\n\n[^n]: A note.\n",
    );
    book.write("src/SUMMARY.md", "- [One](part/one.md)\n- [Two](part/two.md)\n");
    book.write(
        "src/part/two.md",
        "# Two\n\n<Widget name=\"kernel-lab\">\n## Deep\n</Widget>\n\n[up](one.md)\n",
    );
    book.write("src/part/dot.svg", "<svg/>");
    book.write("src/part/code.rs", "// ANCHOR: part\nfn one() {}\n// ANCHOR_END: part\n");
    check_problems(&book, &[]);
}

#[test]
fn an_include_that_comes_out_empty_is_named() {
    let book = TinyBook::new(
        "{{#include code.rs:none}}\n{{#include code.rs:open}}\n{{#include code.rs:empty}}\n{{#include gone.rs}}\n\
         {{#include code.rs:99}}\n",
    );
    book.write(
        "src/part/code.rs",
        "// ANCHOR: empty\n\n// ANCHOR_END: empty\n// ANCHOR: open\nfn one() {}\n",
    );
    check_problems(
        &book,
        &[
            "src/part/one.md:1: code.rs has no line with ANCHOR: none; its anchors: empty, open",
            "src/part/one.md:2: code.rs has ANCHOR: open in line 4, but no ANCHOR_END: open after it",
            "src/part/one.md:3: code.rs has nothing between ANCHOR: empty and ANCHOR_END: empty",
            "src/part/one.md:4: cannot include gone.rs: No such file or directory (os error 2)",
            "src/part/one.md:5: code.rs has 5 lines, so there is no line 99 to include",
        ],
    );
}

#[test]
fn a_link_that_leads_nowhere_is_named() {
    let book = TinyBook::new(
        "# One\n\n[a](two.md)\n[b](#two)\n![c](gone.png)\n[d](../../../x.md)\n\n<Widget name=\"kernel-lab\">\n[e](three.md)\n\
         </Widget>\n\nA note[^lost].\n",
    );
    check_problems(
        &book,
        &[
            "src/part/one.md:3: the link two.md is dead: there is no part/two.md",
            "src/part/one.md:4: the link #two is dead: part/one.md has no such anchor; its anchors: kernel-lab, one",
            "src/part/one.md:5: the link gone.png is dead: there is no part/gone.png",
            "src/part/one.md:6: the link ../../../x.md leads out of the book",
            "src/part/one.md:9: the link three.md is dead: there is no part/three.md",
            "src/part/one.md:12: the footnote ^lost has no definition; add one below the text",
        ],
    );
}

#[test]
fn a_link_written_in_html_is_checked_as_well() {
    let book = TinyBook::new(
        "# One\n\n<p id=\"here\">\n<a href=\"#here\">a</a> <a href=\"https://example.org\">b</a>\n<a href=\"gone.md\">c</a>\n\
         </p>\n\nSee <img alt=\"\" src=\"gone.svg\">.\n",
    );
    check_problems(
        &book,
        &[
            "src/part/one.md:5: the link gone.md is dead: there is no part/gone.md",
            "src/part/one.md:8: the link gone.svg is dead: there is no part/gone.svg",
        ],
    );
}

#[test]
fn a_reference_without_its_definition_is_named() {
    let book = TinyBook::new(
        "# One\n\n[a][here], [so] it is, [maybe][], `x[i][j]`.\n\nSee [the paper][gone]\nand ![a plot][lost].\n\n\
         [here]: #one\n",
    );
    check_problems(
        &book,
        &[
            "src/part/one.md:5: the link [gone] has no definition; add a line [gone]: ADDRESS",
            "src/part/one.md:6: the link [lost] has no definition; add a line [lost]: ADDRESS",
        ],
    );
}

#[test]
fn a_heading_with_the_id_of_a_widget_is_named() {
    let book = TinyBook::new("# One\n\n## Kernel lab\n\n<Widget name=\"kernel-lab\">\nx\n</Widget>\n");
    check_problems(
        &book,
        &[
            "src/part/one.md:3: this heading gets the id kernel-lab, which a widget or figure of this page already has; rename the heading",
        ],
    );
}

#[test]
fn wrong_directives_and_forgotten_chapters_are_named() {
    let book = TinyBook::new("{{#metric net images}}\n\n{{#figur x y}}\n");
    book.write("src/part/two.md", "# Two\n");
    check_problems(
        &book,
        &[
            "src/part/one.md:1: cannot read exported-models/net/metrics.json: No such file or directory (os error 2); \
         run: cargo xtask export",
            "src/part/one.md:3: unknown directive {{#figur …}}; use one of: census, figure, metric, model, runs, training, trials, typical, include, rustdoc_include, \
         playground, title",
            "src/part/two.md: SUMMARY.md does not list this chapter; add a line for it or remove the file",
        ],
    );
}

#[test]
fn an_output_folder_that_swallows_the_sources_is_named() {
    let book = TinyBook::new("# One\n");
    book.write("book.toml", "[book]\nsrc = \"src\"\n[build]\nbuild-dir = \".\"\n");
    check_problems(
        &book,
        &[
            "book.toml:4: mdBook empties its build-dir: build-dir . and src src must not contain one another; change one of them",
        ],
    );
}
