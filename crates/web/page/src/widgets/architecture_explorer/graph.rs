//! The network as a tree to walk: stages, blocks and, once a block is open, its layers next to their shortcut.
//!
//! One item has the focus at a time; a screen reader hears its name, operation and shape.

use std::cell::RefCell;
use std::collections::BTreeSet;

use architecture::{Block, BlockPart, INPUT, Network, Op, Section, Shape};
use kit::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::chosen::ChosenNetwork;
use super::words;
use crate::stage::{append, text};

/// The tree.
pub(crate) struct NetworkTree {
    root: HtmlElement,
    /// Names of the open stages and blocks.
    open: RefCell<BTreeSet<String>>,
    /// Whether the bars show multiply-adds.
    by_operations: RefCell<bool>,
}

impl NetworkTree {
    /// An empty tree.
    pub(crate) fn new() -> Self {
        let root: HtmlElement = dom::create("div", "arch-graph");
        dom::set(&root, "role", "tree");
        dom::set(&root, "aria-label", "The network, from the image to the answer");
        Self { root, open: RefCell::default(), by_operations: RefCell::default() }
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.root
    }

    /// Builds the tree of a network; `selected` and what leads to it is open, and so are all stages.
    pub(crate) fn build(&self, chosen: &ChosenNetwork, selected: &str, by_operations: bool) {
        let had_focus = self.focused().is_some();
        *self.by_operations.borrow_mut() = by_operations;
        {
            let mut open = self.open.borrow_mut();
            open.retain(|name| chosen.subject(name).is_some());
            open.extend(chosen.network.stages().map(|stage| stage.name.clone()));
        }
        self.reveal(selected);
        self.root.set_text_content(None);
        let image = TreeRow {
            name: INPUT,
            label: "image",
            operation: String::new(),
            shape: Shape::Map(chosen.network.input),
            numbers: numbers(chosen, INPUT),
            share: 0.0,
        };
        append(&self.root, &item(&image, 1, None));
        for section in &chosen.network.sections {
            if section.is_stage() {
                append(&self.root, &self.stage(chosen, section));
            } else {
                for index in section.layers.clone() {
                    append(&self.root, &self.layer(chosen, index, 1));
                }
            }
        }
        self.select(selected, had_focus);
    }

    /// Opens what leads to an item.
    fn reveal(&self, name: &str) {
        let mut open = self.open.borrow_mut();
        for (at, _) in name.match_indices('.').take(2) {
            open.extend(name.get(..at).map(str::to_owned));
        }
    }

    /// Marks an item as selected, and gives it the focus if `focus`; returns whether it exists.
    pub(crate) fn select(&self, name: &str, focus: bool) -> bool {
        let mut found = false;
        for item in self.items() {
            let is_it = item.get_attribute("data-item").as_deref() == Some(name);
            dom::set(&item, "aria-selected", if is_it { "true" } else { "false" });
            dom::set(&item, "tabindex", if is_it { "0" } else { "-1" });
            if is_it {
                found = true;
                self.scroll_to(&item);
                if focus {
                    let _gone_at_worst = item.focus();
                }
            }
        }
        found
    }

    /// Scrolls the tree, and nothing else, so far that the item's row shows.
    fn scroll_to(&self, item: &HtmlElement) {
        let row = item.first_element_child().unwrap_or_else(|| item.clone().unchecked_into());
        let (row, tree) = (row.get_bounding_client_rect(), self.root.get_bounding_client_rect());
        let by = if row.top() < tree.top() {
            row.top() - tree.top() - 8.0
        } else if row.bottom() > tree.bottom() {
            row.bottom() - tree.bottom() + 8.0
        } else {
            return;
        };
        self.root.set_scroll_top(self.root.scroll_top() + by as i32);
    }

    /// Every item on show, in the order of computing.
    fn items(&self) -> Vec<HtmlElement> {
        let Ok(list) = self.root.query_selector_all("[role=treeitem]") else { return Vec::new() };
        (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()).collect()
    }

    fn focused(&self) -> Option<HtmlElement> {
        let active = dom::document().active_element()?;
        self.root.contains(Some(&active)).then(|| active.dyn_into().ok()).flatten()
    }

    /// Whether an item can be opened, and is.
    fn is_open(&self, name: &str) -> bool {
        self.open.borrow().contains(name)
    }

    /// Opens or closes a stage or a block.
    pub(crate) fn set_open(&self, chosen: &ChosenNetwork, name: &str, open: bool) {
        let changed = if open {
            self.open.borrow_mut().insert(name.to_owned())
        } else {
            self.open.borrow_mut().remove(name)
        };
        let item =
            self.items().into_iter().find(|item| item.get_attribute("data-item").as_deref() == Some(name));
        let (Some(item), true) = (item, changed) else { return };
        dom::set(&item, "aria-expanded", if open { "true" } else { "false" });
        let Some(group) = dom::find::<HtmlElement>(&item, "[role=group]") else { return };
        group.set_text_content(None);
        if open {
            self.fill(chosen, name, &group);
        }
    }

    /// The name that a key leads to, and whether it was one of the tree's. Right opens or goes in, Left closes or goes out.
    pub(crate) fn key(&self, chosen: &ChosenNetwork, key: &str) -> Option<String> {
        let items = self.items();
        let names: Vec<String> = items.iter().filter_map(|item| item.get_attribute("data-item")).collect();
        let focused = self.focused()?.get_attribute("data-item")?;
        let at = names.iter().position(|name| *name == focused)?;
        let can_open = items.get(at)?.has_attribute("aria-expanded");
        let to = match key {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "Home" => 0,
            "End" => names.len() - 1,
            "ArrowRight" if can_open && !self.is_open(&focused) => {
                self.set_open(chosen, &focused, true);
                at
            }
            "ArrowRight" if can_open => at + 1,
            "ArrowRight" => at,
            "ArrowLeft" if can_open && self.is_open(&focused) => {
                self.set_open(chosen, &focused, false);
                at
            }
            "ArrowLeft" => {
                let parent = items.get(at)?.parent_element()?.closest("[role=treeitem]").ok()?;
                return Some(parent.and_then(|item| item.get_attribute("data-item")).unwrap_or(focused));
            }
            "Enter" | " " => {
                if can_open {
                    self.set_open(chosen, &focused, !self.is_open(&focused));
                }
                at
            }
            _ => return None,
        };
        names.get(to.min(names.len() - 1)).cloned()
    }

    /// The item a click hit; a stage or a block that is looked at already opens or closes.
    pub(crate) fn clicked(&self, chosen: &ChosenNetwork, target: &Element, selected: &str) -> Option<String> {
        let item = target.closest("[role=treeitem]").ok()??;
        let name = item.get_attribute("data-item")?;
        if item.has_attribute("aria-expanded") {
            let open = self.is_open(&name);
            if !open || name == selected {
                self.set_open(chosen, &name, !open);
            }
        }
        Some(name)
    }

    fn stage(&self, chosen: &ChosenNetwork, stage: &Section) -> HtmlElement {
        let layers = stage.layers.clone();
        let first = chosen.keras_range(layers.clone());
        let row = TreeRow {
            name: &stage.name,
            label: &stage.title.to_ascii_lowercase(),
            operation: words::blocks(stage.blocks.len()),
            shape: last_shape(&chosen.network, layers.clone()),
            numbers: first,
            share: self.share(chosen, layers),
        };
        self.group(chosen, &row, 1, "arch-stage")
    }

    fn block(&self, chosen: &ChosenNetwork, block: &Block) -> HtmlElement {
        let kernels: Vec<String> = block
            .layers
            .clone()
            .filter(|&layer| block.place(&chosen.network, layer) == BlockPart::Branch)
            .filter_map(|layer| match chosen.network.layers[layer].op {
                Op::Convolution { kernel, .. } => Some(format!("{kernel} × {kernel}")),
                _ => None,
            })
            .collect();
        let number = block.name.rsplit('.').next().unwrap_or_default();
        let projects = block.projects(&chosen.network);
        let row = TreeRow {
            name: &block.name,
            label: &format!("block {number}"),
            operation: kernels.join(", "),
            shape: last_shape(&chosen.network, block.layers.clone()),
            numbers: chosen.keras_range(block.layers.clone()),
            share: self.share(chosen, block.layers.clone()),
        };
        let class = if projects { "arch-block arch-projects" } else { "arch-block" };
        self.group(chosen, &row, 2, class)
    }

    /// An item that opens, filled if it is open.
    fn group(&self, chosen: &ChosenNetwork, row: &TreeRow<'_>, level: usize, class: &str) -> HtmlElement {
        let open = self.is_open(row.name);
        let item = item(row, level, Some(open));
        item.set_class_name(&format!("arch-item {class}"));
        let group: HtmlElement = dom::create("div", "arch-group");
        dom::set(&group, "role", "group");
        append(&item, &group);
        if open {
            self.fill(chosen, row.name, &group);
        }
        item
    }

    /// Fills a stage or a block with its parts.
    fn fill(&self, chosen: &ChosenNetwork, name: &str, group: &HtmlElement) {
        for stage in chosen.network.stages() {
            if stage.name == name {
                for block in &stage.blocks {
                    append(group, &self.block(chosen, block));
                }
            }
            if let Some(block) = stage.blocks.iter().find(|block| block.name == name) {
                self.fill_block(chosen, block, group);
            }
        }
    }

    /// The branch in the first column, the shortcut in the second, the sum under both.
    fn fill_block(&self, chosen: &ChosenNetwork, block: &Block, group: &HtmlElement) {
        let of = |place: BlockPart| {
            block.layers.clone().filter(move |&l| block.place(&chosen.network, l) == place)
        };
        let branch = of(BlockPart::Branch).count();
        let own = of(BlockPart::Shortcut).count();
        for (row, index) in (1..).zip(block.layers.clone()) {
            let item = self.layer(chosen, index, 3);
            let (class, at) = match block.place(&chosen.network, index) {
                BlockPart::Branch => ("arch-branch", row),
                // In the rows of the branch's last layers.
                BlockPart::Shortcut => ("arch-shortcut", row - own),
                BlockPart::After => ("arch-after", row - own),
            };
            item.set_class_name(&format!("arch-item {class}"));
            dom::set(&item, "style", &format!("grid-row:{at}"));
            append(group, &item);
        }
        if !block.has_shortcut(&chosen.network) {
            return;
        }
        let line = text("div", "arch-line", if own == 0 { "shortcut" } else { "" });
        dom::set(&line, "aria-hidden", "true");
        dom::set(&line, "style", &format!("grid-row:1 / span {}", branch + 1));
        append(group, &line);
    }

    fn layer(&self, chosen: &ChosenNetwork, index: usize, level: usize) -> HtmlElement {
        let layer = &chosen.network.layers[index];
        let label = if level < 3 {
            layer.name.as_str()
        } else {
            // Without stage and block, which are shown above.
            layer.name.splitn(3, '.').nth(2).unwrap_or(&layer.name)
        };
        let row = TreeRow {
            name: &layer.name,
            label,
            operation: words::short(&layer.op),
            shape: layer.output,
            numbers: numbers(chosen, &layer.name),
            share: self.share(chosen, index..index + 1),
        };
        item(&row, level, None)
    }

    /// The share of the whole network's parameters or multiply-adds, 0 to 1.
    fn share(&self, chosen: &ChosenNetwork, layers: std::ops::Range<usize>) -> f64 {
        let [part, whole] = [&chosen.network.layers[layers], &chosen.network.layers[..]].map(|layers| {
            let (parameters, operations) = words::sums(layers);
            if *self.by_operations.borrow() { operations } else { parameters }
        });
        part as f64 / whole.max(1) as f64
    }
}

/// One row of the tree.
struct TreeRow<'a> {
    /// Its key: torchvision's name.
    name: &'a str,
    label: &'a str,
    operation: String,
    shape: Shape,
    /// Keras' layer numbers; empty if there are none.
    numbers: String,
    share: f64,
}

fn item(row: &TreeRow<'_>, level: usize, expanded: Option<bool>) -> HtmlElement {
    let item: HtmlElement = dom::create("div", "arch-item");
    dom::set(&item, "role", "treeitem");
    dom::set(&item, "aria-level", &level.to_string());
    dom::set(&item, "data-item", row.name);
    dom::set(&item, "tabindex", "-1");
    if let Some(open) = expanded {
        dom::set(&item, "aria-expanded", if open { "true" } else { "false" });
    }
    let shape = words::shape(row.shape);
    let mut spoken = vec![row.name, &row.operation, &shape];
    if row.label != row.name && level < 3 {
        spoken.insert(0, row.label);
    }
    let keras = format!("Keras {}", row.numbers);
    if !row.numbers.is_empty() {
        spoken.push(&keras);
    }
    spoken.retain(|words| !words.is_empty());
    dom::set(&item, "aria-label", &spoken.join(", "));
    let line: HtmlElement = dom::create("div", "arch-row");
    dom::set(&line, "style", &format!("--share:{:.2}%", 100.0 * row.share));
    let cells = [
        ("arch-name", row.label),
        ("arch-op", &row.operation),
        ("arch-shape", &shape),
        ("arch-keras", &row.numbers),
    ];
    for (class, words) in cells {
        append(&line, &text("span", class, words));
    }
    append(&item, &line);
    item
}

fn last_shape(network: &Network, layers: std::ops::Range<usize>) -> Shape {
    layers
        .last()
        .and_then(|index| network.layers.get(index))
        .map_or(Shape::Map(network.input), |layer| layer.output)
}

/// Keras' layer numbers of a layer: `2`, or `5, 6` with a padding layer.
fn numbers(chosen: &ChosenNetwork, name: &str) -> String {
    chosen.in_keras(name).map(|layer| layer.index.to_string()).collect::<Vec<_>>().join(", ")
}

impl ChosenNetwork {
    /// Keras' layer numbers of several layers: `7–18`.
    fn keras_range(&self, layers: std::ops::Range<usize>) -> String {
        let of = |index: Option<usize>| {
            let name = &self.network.layers.get(index?)?.name;
            self.in_keras(name).next().map(|layer| layer.index)
        };
        match (of(layers.clone().next()), of(layers.last())) {
            (Some(first), Some(last)) => format!("{first}–{last}"),
            _ => String::new(),
        }
    }
}
