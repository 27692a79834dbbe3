//! The picture while it is drawn: Lab pixels, how far the lesion covers each, and stamps for discs and strokes.
//!
//! Places are in the lesion's frame: its centre is the origin, units are reference pixels, of which the shorter
//! side of an unscaled frame has 240 (structures are published in pixels of 320 × 240 pictures).

use crate::colour::{Lab, REFERENCE_SKIN, greater, smooth};
use crate::field::Field;
use crate::view::View;
use numerics::math;

/// A place in the lesion's frame.
pub(crate) type FramePoint = (f32, f32);

pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) lab: Vec<Lab>,
    /// 0 on skin, 1 where the lesion is full.
    pub(crate) cover: Vec<f32>,
    /// Noise with features of about 3 and 6 pixels, for everything that wants some: standard deviation about 0.35.
    grain: [Vec<f32>; 2],
    /// Image pixels per unit of the frame (hair, furrow and noise of the camera live there).
    pub(crate) unit: f32,
    /// Image pixels per unit of the lesion.
    pub(crate) scale: f32,
    turn: [f32; 4],
    shift: FramePoint,
    /// What each column, and each row, adds to the place under its pixels.
    across: Vec<FramePoint>,
    down: Vec<FramePoint>,
    /// Shares of pixels under the stroke in hand, and which pixels it touched.
    share: Vec<f32>,
    touched: Vec<u32>,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32, view: &View) -> Self {
        let (width, height) = (width as usize, height as usize);
        let unit = width.min(height) as f32 / 240.0;
        let scale = unit * view.scale;
        let (cos, sin) = (math::cos(view.rotation), math::sin(view.rotation));
        let mirror = if view.mirror { -1.0 } else { 1.0 };
        let turn = [mirror * cos, mirror * -sin, sin, cos];
        let shift = (0.5 * width as f32 + unit * view.shift.0, 0.5 * height as f32 + unit * view.shift.1);
        let parts = |side: usize, shift: f32, turn: [f32; 2]| {
            let part = |i: usize| ((i as f32 + 0.5) - shift) / scale;
            (0..side).map(|i| (turn[0] * part(i), turn[1] * part(i))).collect()
        };
        Self {
            grain: [Vec::new(), Vec::new()],
            width,
            height,
            lab: vec![REFERENCE_SKIN; width * height],
            cover: vec![0.0; width * height],
            unit,
            scale,
            across: parts(width, shift.0, [turn[0], turn[1]]),
            down: parts(height, shift.1, [turn[2], turn[3]]),
            turn,
            shift,
            share: vec![0.0; width * height],
            touched: Vec::new(),
        }
    }

    /// Lays the grain, of features of about 3 and 6 reference pixels. It belongs to the picture, not to the lesion.
    pub(crate) fn lay_grain(&mut self, field: &Field) {
        for (grain, size) in self.grain.iter_mut().zip([2.6, 5.5]) {
            *grain = field.picture(self.width, self.height, (size * self.unit).max(1.0));
        }
    }

    /// Row `y` of the two grains.
    pub(crate) fn grain(&self, y: usize) -> [&[f32]; 2] {
        [0, 1].map(|i| self.grain[i].get(y * self.width..(y + 1) * self.width).unwrap_or_default())
    }

    /// The place under the middle of pixel (x, y).
    pub(crate) fn place(&self, x: usize, y: usize) -> FramePoint {
        let (across, down) = (self.across[x], self.down[y]);
        (across.0 + down.0, across.1 + down.1)
    }

    /// Covers and colours of row `y`.
    pub(crate) fn row(&mut self, y: usize) -> (&mut [f32], &mut [Lab]) {
        let row = y * self.width..(y + 1) * self.width;
        (&mut self.cover[row.clone()], &mut self.lab[row])
    }

    /// The place under image coordinates.
    pub(crate) fn place_at(&self, x: f32, y: f32) -> FramePoint {
        let (x, y) = ((x - self.shift.0) / self.scale, (y - self.shift.1) / self.scale);
        (self.turn[0] * x + self.turn[2] * y, self.turn[1] * x + self.turn[3] * y)
    }

    /// Image coordinates of a place.
    fn image(&self, (x, y): FramePoint) -> FramePoint {
        (
            (self.turn[0] * x + self.turn[1] * y) * self.scale + self.shift.0,
            (self.turn[2] * x + self.turn[3] * y) * self.scale + self.shift.1,
        )
    }

    fn bounds(&self, at: FramePoint, reach: f32) -> [usize; 4] {
        let (x, y) = self.image(at);
        let r = reach * self.scale + 2.0;
        let clip = |v: f32, side: usize| v.max(0.0).min(side as f32) as usize;
        [
            clip(x - r, self.width),
            clip(x + r + 1.0, self.width),
            clip(y - r, self.height),
            clip(y + r + 1.0, self.height),
        ]
    }

    /// Calls `paint(colour, cover, place)` for every pixel within `reach` of a place.
    pub(crate) fn around(
        &mut self,
        at: FramePoint,
        reach: f32,
        mut paint: impl FnMut(&mut Lab, f32, FramePoint),
    ) {
        let [x0, x1, y0, y1] = self.bounds(at, reach);
        for y in y0..y1 {
            for x in x0..x1 {
                let place = self.place(x, y);
                let i = y * self.width + x;
                paint(&mut self.lab[i], self.cover[i], place);
            }
        }
    }

    /// Stamps an ellipse; `paint(colour, share, distance)` with the share of the pixel inside its soft edge
    /// and the distance from its centre, 1 on its rim. `soft` is the edge's width as a share of the radius.
    pub(crate) fn ellipse(
        &mut self,
        at: FramePoint,
        radii: (f32, f32),
        angle: f32,
        soft: f32,
        mut paint: impl FnMut(&mut Lab, f32, f32),
    ) {
        // Nothing is drawn thinner than a pixel: a smaller disc becomes a fainter one.
        let least = 0.55 / self.scale;
        let (rx, ry) = (radii.0.max(least), radii.1.max(least));
        let faint = (radii.0 * radii.1 / (rx * ry)).min(1.0);
        let edge = soft.max(0.8 / (self.scale * rx.min(ry)));
        let (cos, sin) = (math::cos(angle), math::sin(angle));
        let reach = rx.max(ry) * (1.0 + edge);
        self.around(at, reach, |lab, _, (x, y)| {
            let (dx, dy) = (x - at.0, y - at.1);
            let (u, v) = ((cos * dx + sin * dy) / rx, (cos * dy - sin * dx) / ry);
            let distance = math::sqrt(u * u + v * v);
            let share = faint * smooth(1.0 + 0.5 * edge, 1.0 - 0.5 * edge, distance);
            if share > 0.0 {
                paint(lab, share, distance);
            }
        });
    }

    /// Stamps a line through `points` (place and width there); `paint(colour, cover, share)`.
    /// Joints are painted once.
    pub(crate) fn stroke(
        &mut self,
        points: &[(FramePoint, f32)],
        soft: f32,
        mut paint: impl FnMut(&mut Lab, f32, f32),
    ) {
        let least = 0.5 / self.scale;
        for pair in points.windows(2) {
            let ((from, wide), (to, narrow)) = (pair[0], pair[1]);
            let (ax, ay) = (to.0 - from.0, to.1 - from.1);
            let length = (ax * ax + ay * ay).max(1e-6);
            let middle = (0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1));
            let [sx0, sx1, sy0, sy1] = self.bounds(middle, 0.5 * math::sqrt(length) + wide.max(narrow));
            for y in sy0..sy1 {
                for x in sx0..sx1 {
                    let (px, py) = self.place(x, y);
                    let (dx, dy) = (px - from.0, py - from.1);
                    let t = ((dx * ax + dy * ay) / length).clamp(0.0, 1.0);
                    let (ex, ey) = (dx - t * ax, dy - t * ay);
                    let half = 0.5 * (wide + (narrow - wide) * t);
                    let drawn = greater(half, least);
                    let edge = greater(soft * half, least);
                    let square = ex * ex + ey * ey;
                    if square >= (drawn + edge) * (drawn + edge) {
                        continue;
                    }
                    let faint = (half / least).min(1.0);
                    let share = faint * smooth(drawn + edge, drawn - edge, math::sqrt(square));
                    let i = y * self.width + x;
                    if self.share[i] <= 0.0 {
                        self.touched.push(i as u32);
                    }
                    self.share[i] = self.share[i].max(share);
                }
            }
        }
        for i in self.touched.drain(..) {
            let i = i as usize;
            paint(&mut self.lab[i], self.cover[i], self.share[i]);
            self.share[i] = 0.0;
        }
    }
}
