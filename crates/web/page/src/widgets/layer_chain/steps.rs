//! The arithmetic at one place: a sum of products, four steps of batch normalisation, an activation, a window.

use kit::{Failure, colour, dom};
use nn::batch_norm::Folded;
use nn::first_layers::PixelSteps;
use nn::{Activation, BatchNorm, Pooling, Tensor, pool};
use web_sys::{Element, HtmlElement};

use super::chain::Chain;
use super::numbers::ProductNumbers;
use super::planes::PlaneTable;
use super::square::Square;
use super::words::{self, short, term};
use crate::stage::{append, text};

/// Strength of the colour of the darkest number, of 1: pale enough to read the digits.
const PALE: f32 = 0.6;

/// The panel below the maps.
pub(crate) struct StepPanel {
    list: HtmlElement,
    lines: [StepLine; 4],
    planes: PlaneTable,
    pub(crate) numbers: ProductNumbers,
    /// The result of every activation for the value.
    others: [HtmlElement; Activation::ALL.len()],
    /// The window of the pooling; made when its size is known.
    window: Option<Square>,
    window_room: HtmlElement,
}

/// One step: its name with its result, how it comes about, and what there is to know.
struct StepLine {
    item: HtmlElement,
    title: HtmlElement,
    formula: HtmlElement,
    note: HtmlElement,
}

impl StepPanel {
    /// An empty panel.
    pub(crate) fn new() -> Self {
        let this = Self {
            list: dom::create("div", "chain-steps"),
            lines: [(); 4].map(|()| StepLine::new()),
            planes: PlaneTable::new(),
            numbers: ProductNumbers::new(),
            others: Activation::ALL.map(|_| dom::create("li", "")),
            window: None,
            window_room: dom::create("div", "chain-window"),
        };
        for line in &this.lines {
            append(&this.list, &line.item);
        }
        let [convolution, _, activation, pooling] = &this.lines;
        append(&convolution.item, this.planes.element());
        append(&convolution.item, this.numbers.element());
        let others: HtmlElement = dom::create("ul", "chain-others");
        for other in &this.others {
            append(&others, other);
        }
        append(&activation.item, &others);
        append(&pooling.item, &this.window_room);
        this
    }

    /// The element to put somewhere.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.list
    }

    /// Shows the arithmetic at a place.
    pub(crate) fn show(
        &mut self,
        chain: &Chain,
        worked: &PixelSteps,
        names: &[String; 4],
    ) -> Result<(), Failure> {
        for ((line, name), value) in self.lines.iter().zip(names).zip(words::values(worked)) {
            line.title.set_text_content(Some(&format!("{name}: {}", short(value))));
            tell(&line.item, "value", value);
        }
        let wrong = |error: nn::ShapeError| Failure::new(error.to_string());
        let (kernel, norm) = chain.first.channel(chain.settings.channel).map_err(wrong)?;
        self.convolution(worked, kernel)?;
        self.batch_norm(worked, norm);
        self.activation(worked, chain.settings.activation);
        self.pooling(worked, chain);
        Ok(())
    }

    fn convolution(&mut self, worked: &PixelSteps, kernel: &Tensor<3>) -> Result<(), Failure> {
        let line = &self.lines[0];
        let [_, side, _] = kernel.shape();
        let count = kernel.data().len();
        let [red, green, blue] = worked.sums.map(term);
        let sum = format!("red {red} + green {green} + blue {blue} = {}", short(worked.convolved));
        line.formula.set_text_content(Some(&sum));
        let note = format!(
            "{side} × {side} pixels in three colours, each multiplied by its kernel coefficient: {count} products, added up."
        );
        line.note.set_text_content(Some(&note));
        for (name, sum) in ["red", "green", "blue"].iter().zip(worked.sums) {
            tell(&line.item, name, sum);
        }
        self.planes.show(worked, kernel)?;
        self.numbers.show(worked, kernel);
        Ok(())
    }

    fn batch_norm(&self, worked: &PixelSteps, norm: &BatchNorm) {
        let line = &self.lines[1];
        let BatchNorm { mean, variance, weight, bias, epsilon } = *norm;
        let steps = worked.normalised;
        let [x, mean_term, weight_term, bias_term] = [worked.convolved, mean, weight, bias].map(term);
        let [variance_term, epsilon_term, result] = [variance, epsilon, steps.shifted].map(short);
        let formula = format!(
            "({x} − {mean_term}) / √({variance_term} + {epsilon_term}) · {weight_term} + {bias_term} = {result}"
        );
        line.formula.set_text_content(Some(&formula));
        let Folded { scale, shift } = norm.folded();
        let note = format!(
            "Subtract the mean: {}; divide by the standard deviation {}: {}; multiply by the weight: {}; add the bias: {result}. \
             Each channel has its own four values, the same for every image: mean and variance were measured during \
             training, weight and bias were learned. Together that is one multiplication and one addition: {} · x + {}.",
            short(steps.centred),
            short(norm.deviation()),
            short(steps.divided),
            short(steps.stretched),
            short(scale),
            term(shift),
        );
        line.note.set_text_content(Some(&note));
        let told = [
            ("mean", mean),
            ("variance", variance),
            ("weight", weight),
            ("bias", bias),
            ("epsilon", epsilon),
        ];
        for (name, value) in told {
            tell(&line.item, name, value);
        }
    }

    fn activation(&self, worked: &PixelSteps, activation: Activation) {
        let line = &self.lines[2];
        let x = worked.normalised.shifted;
        line.formula.set_text_content(Some(&words::formula(activation, x, worked.activated)));
        line.note.set_text_content(Some(&format!("Each activation applied to {}:", short(x))));
        for (element, other) in self.others.iter().zip(Activation::ALL) {
            let words = format!("{} {}", words::activation(other), short(other.at(x)));
            element.set_text_content(Some(&words));
            dom::set(element, "data-chosen", if other == activation { "true" } else { "false" });
        }
    }

    fn pooling(&mut self, worked: &PixelSteps, chain: &Chain) {
        let line = &self.lines[3];
        let pooling = chain.settings.pooling;
        line.formula.set_text_content(Some(&words::pooled(pooling, &worked.window, worked.pooled)));
        let stride = chain.first.window.stride;
        let note =
            format!("The window moves by {stride}, so the map keeps one row and one column in {stride}.");
        line.note.set_text_content(Some(&note));
        let side = chain.first.window.kernel;
        if self.window.as_ref().is_none_or(|window| window.len() != side * side) {
            let window = Square::new(side, "the window");
            self.window_room.set_text_content(None);
            append(&self.window_room, window.element());
            self.window = Some(window);
        }
        let Some(window) = &self.window else { return };
        let [.., end] = chain.scales();
        window.show(|index| match worked.window.get(index).copied().flatten() {
            Some(number) => (short(number), colour::signed(PALE * number / end)),
            None => ("–".to_owned(), [128; 3]),
        });
        window.mark(if pooling == Pooling::Max { pool::largest(&worked.window) } else { None });
        let numbers: Vec<_> = worked
            .window
            .iter()
            .map(|number| number.map_or("-".to_owned(), |number| number.to_string()))
            .collect();
        dom::set(&line.item, "data-window", &numbers.join(" "));
    }
}

impl StepLine {
    fn new() -> Self {
        let line = Self {
            item: dom::create("section", "chain-step"),
            title: text("h4", "chain-title", ""),
            formula: text("p", "chain-formula", ""),
            note: text("p", "chain-note", ""),
        };
        for part in [&line.title, &line.formula, &line.note] {
            append(&line.item, part);
        }
        line
    }
}

/// A value for the tests, with enough digits to get the same `f32` back.
pub(crate) fn tell(element: &Element, name: &str, value: f32) {
    dom::set(element, &format!("data-{name}"), &value.to_string());
}
