//! Draws a lesion in several turns if it takes long, so that the page stays responsive.
//!
//! A browser runs a module's code slowly at first and compiles it better while it runs: the first drawings of a page take
//! five times as long as later ones, and longer still on a busy machine.

use lesions::{Drawing, Lesion, View};

use crate::dom;
use crate::picture::{DrawnLesion, Picture, SIDE};

/// Milliseconds after which others have their turn: most drawings are done by then, so that the picture follows a drag from
/// frame to frame.
const TURN: f64 = 12.0;

/// The lesion, 224 × 224 pixels; `None` if it is no longer `wanted` by the next turn.
pub async fn draw(drawn: DrawnLesion, wanted: impl Fn() -> bool) -> Option<Picture> {
    Some(Picture::drawn(drawn, draw_at(drawn, SIDE, wanted).await?))
}

/// The same lesion, `side` × `side` pixels, as bytes.
pub(crate) async fn draw_at(drawn: DrawnLesion, side: u32, wanted: impl Fn() -> bool) -> Option<Vec<u8>> {
    let (lesion, view) = (Lesion::sample(drawn.diagnosis, drawn.seed), View::sample(drawn.seed, 0));
    let begun = dom::now();
    let mut drawing = Drawing::new(&lesion, &view, side, side);
    let mut start = begun;
    while drawing.step() {
        if dom::now() - start > TURN {
            dom::next_turn().await;
            if !wanted() {
                return None;
            }
            start = dom::now();
        }
    }
    let bytes = drawing.finish();
    // Where it took long, what the widget makes of the picture will as well: that is a turn of its own.
    if dom::now() - begun > TURN {
        dom::next_turn().await;
    }
    wanted().then_some(bytes)
}
