//! The widget's pictures: the picture as the network receives it, the kernel, all kernels, four maps, the arithmetic.

use imaging::palette;
use kit::{Failure, Picture, Section, canvas, dom};
use nn::first_layers::PixelSteps;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::chain::{self, Chain};
use super::histogram::Histogram;
use super::kernels::Kernels;
use super::planes::signed;
use super::steps::{StepPanel, tell};
use super::words::{self, LAYERS, short};
use crate::stage::{PictureView, append, text};

/// Colours on the scale below the maps.
const SCALE_STEPS: usize = 255;

/// The elements of the stage.
pub(crate) struct ChainView {
    root: HtmlElement,
    pub(crate) input: PictureView,
    kernel: PictureView,
    pub(crate) kernels: Kernels,
    pub(crate) maps: [StepMap; 4],
    scale: HtmlCanvasElement,
    /// Under the ends of the scale: of the first map, of the others.
    ends: [[HtmlElement; 3]; 2],
    legend: HtmlElement,
    hint: HtmlElement,
    pub(crate) steps: StepPanel,
    /// Whether it has replaced the fallback.
    shown: bool,
}

/// The map after one step.
pub(crate) struct StepMap {
    name: HtmlElement,
    pub(crate) view: PictureView,
    value: HtmlElement,
    histogram: Histogram,
}

impl ChainView {
    /// The empty elements; the fallback stays until there is something to show.
    pub(crate) fn new() -> Self {
        let view = Self {
            root: dom::create("div", "layer-chain"),
            input: PictureView::filling("chain-input"),
            kernel: PictureView::filling("chain-kernel"),
            kernels: Kernels::new(),
            maps: LAYERS.map(StepMap::new),
            scale: dom::create("canvas", "chain-scale"),
            ends: [(); 2].map(|()| [(); 3].map(|()| dom::create("span", ""))),
            legend: text("p", "stage-caption chain-legend", ""),
            hint: text("p", "chain-note", ""),
            steps: StepPanel::new(),
            shown: false,
        };
        let top: HtmlElement = dom::create("div", "chain-top");
        append(&top, view.input.figure());
        append(&top, view.kernel.figure());
        append(&top, view.kernels.figure());
        append(&view.root, &top);
        let maps: HtmlElement = dom::create("div", "chain-maps");
        for map in &view.maps {
            append(&maps, map.view.figure());
        }
        dom::set(&maps, "data-picture", "");
        append(&view.root, &maps);
        let scale: HtmlElement = dom::create("div", "chain-ends");
        dom::set(&view.scale, "aria-hidden", "true");
        append(&scale, &view.scale);
        for end in view.ends.iter().flatten() {
            append(&scale, end);
        }
        append(&view.root, &scale);
        for view in [&view.input, &view.kernel] {
            dom::set(&view.canvas, "role", "img");
        }
        view.hold(false);
        view
    }

    /// Shows the maps of a picture.
    pub(crate) fn show(
        &mut self,
        section: &Section,
        chain: &Chain,
        picture: &Picture,
        names: &[String; 4],
    ) -> Result<(), Failure> {
        let side = chain.input.image.width() as usize;
        self.input.draw(side, &canvas::rgba(&chain.input.image))?;
        let (caption, square) = (picture.caption(), picture.as_square(side as u32));
        let seen = format!("{caption}, as the network receives it: {square}.");
        self.input.caption(&seen);
        dom::set(&self.input.canvas, "aria-label", &caption);
        self.show_kernel(chain)?;
        let (scales, counts, end) = (chain.scales(), chain.histograms(), chain.axis());
        for (index, (map, numbers)) in self.maps.iter().zip(chain.four()).enumerate() {
            let [_, width] = numbers.shape();
            map.view.draw(width, &signed(numbers.data(), scales[index]))?;
            map.histogram.show(&counts[index], &counts[index + 1], end)?;
            map.describe(&names[index], numbers);
        }
        let bar: Vec<f32> =
            (0..SCALE_STEPS).map(|step| 2.0 * step as f32 / (SCALE_STEPS - 1) as f32 - 1.0).collect();
        canvas::draw_rgba(&self.scale, SCALE_STEPS as u32, &signed(&bar, 1.0))?;
        for ((ends, scale), maps) in self.ends.iter().zip(scales).zip(["0 in map 1", "0 in maps 2 to 4"]) {
            for (element, words) in ends.iter().zip([short(-scale), maps.to_owned(), short(scale)]) {
                element.set_text_content(Some(&words));
            }
        }
        let end = short(end);
        let legend = format!(
            "Under each map: how often each value occurs, before the step (grey, upwards) and after it (blue, downwards), \
             from −{end} to {end}, with 0 in the middle. The column of 0 is cut off if it would dwarf the others."
        );
        self.legend.set_text_content(Some(&legend));
        if !self.shown {
            section.show(&self.root);
            section.note(&self.hint);
            section.detail(self.steps.element())?;
            section.detail(&self.legend)?;
            self.shown = true;
        }
        Ok(())
    }

    fn show_kernel(&self, chain: &Chain) -> Result<(), Failure> {
        let channel = chain.settings.channel;
        let wrong = |error: nn::ShapeError| Failure::new(error.to_string());
        let (kernel, _) = chain.first.channel(channel).map_err(wrong)?;
        let [_, side, _] = kernel.shape();
        let colours = palette::weights(kernel.data());
        let rgba: Vec<u8> = colours.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
        self.kernel.draw(side, &rgba)?;
        let end = short(chain::strongest(kernel.data()));
        let caption = format!(
            "Kernel {channel} as a colour picture, {side} × {side}: grey is 0, the brightest and the darkest shade are ±{end}."
        );
        self.kernel.caption(&caption);
        dom::set(&self.kernel.canvas, "aria-label", &format!("Kernel {channel} as a colour picture"));
        self.kernels.choose(channel, side);
        Ok(())
    }

    /// Shows the arithmetic at a pixel, and marks the pixel in every picture.
    pub(crate) fn look(
        &mut self,
        chain: &Chain,
        worked: &PixelSteps,
        names: &[String; 4],
    ) -> Result<(), Failure> {
        let [row, column] = worked.place;
        let side = worked.patch.shape()[1];
        let (top, left) = nn::conv::patch_corner(side, chain.first.step(), row, column);
        self.input.mark([left, top], side, 1);
        let (window_top, window_left) =
            chain.first.window.corner(worked.pooled_place[0], worked.pooled_place[1]);
        let [pooled_row, pooled_column] = worked.pooled_place.map(|at| at as isize);
        let place = [column as isize, row as isize];
        let kernel = chain.first.window.kernel;
        let marks =
            [(place, 1), (place, 1), ([window_left, window_top], kernel), ([pooled_column, pooled_row], 1)];
        for ((map, (corner, size)), value) in self.maps.iter().zip(marks).zip(words::values(worked)) {
            map.view.mark(corner, size, 1);
            map.value.set_text_content(Some(&short(value)));
            tell(map.view.figure(), "value", value);
        }
        self.steps.show(chain, worked, names)
    }

    /// Sets whether the pixel is fixed or follows the pointer.
    pub(crate) fn hold(&self, held: bool) {
        dom::set(&self.root, "data-held", if held { "true" } else { "false" });
        self.hint.set_text_content(Some(if held {
            "This pixel is fixed. Click again, or press Enter, to release it; arrow keys move it."
        } else {
            "Point at a map or at the picture, or use the arrow keys on a map. A click fixes the pixel."
        }));
    }
}

impl StepMap {
    fn new(layer: &str) -> Self {
        let map = Self {
            name: text("p", "chain-name", ""),
            view: PictureView::filling("chain-map"),
            value: text("p", "chain-value", ""),
            histogram: Histogram::new(),
        };
        let figure = map.view.figure();
        dom::set(figure, "data-layer", layer);
        dom::set(&map.view.canvas, "tabindex", "0");
        dom::set(&map.view.canvas, "role", "application");
        // Which step it is, before the picture; the rest behind it.
        let _never_refused = figure.prepend_with_node_1(&map.name);
        append(figure, &map.value);
        append(figure, map.histogram.element());
        map
    }

    fn describe(&self, name: &str, numbers: &nn::Tensor<2>) {
        self.name.set_text_content(Some(name));
        let caption = words::caption(numbers);
        self.view.caption(&caption);
        let keys = " Arrow keys move to another pixel, with Shift by 10; Enter fixes it.";
        dom::set(&self.view.canvas, "aria-label", &format!("After {name}: {caption}{keys}"));
        let figure = self.view.figure();
        dom::set(figure, "data-checksum", &chain::checksum(numbers));
        let (summary, _) = chain::summary(numbers);
        for (what, value) in
            [("minimum", summary.smallest), ("mean", summary.mean), ("maximum", summary.largest)]
        {
            tell(figure, what, value.unwrap_or(f32::NAN));
        }
    }
}
