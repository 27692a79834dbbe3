//! The same image seen from several sides, for answers that are averaged over them: test-time augmentation.
//!
//! A dermoscopic image has no up or down, so each view is as good a picture of the lesion as the image itself. The
//! views are flips and quarter turns, which move whole pixels and lose nothing.

use crate::Rgb8;
use crate::geometry::{flip_horizontal, quarter_turns};

/// Which views of an image are averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Views {
    /// The image alone.
    #[default]
    None,
    /// Four: not flipped, left to right, top to bottom, and both.
    Flips,
    /// All eight positions of a square: four turns, each with its mirror image.
    Dihedral,
}

/// One view of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Whether left and right are exchanged, before the turns.
    pub mirrored: bool,
    /// Quarter turns clockwise, 0 to 3; an odd number exchanges width and height.
    pub turns: u32,
}

impl Views {
    /// From the fewest to the most.
    pub const ALL: [Self; 3] = [Self::None, Self::Flips, Self::Dihedral];

    /// As in a configuration and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Flips => "flips",
            Self::Dihedral => "dihedral",
        }
    }

    /// The views of this name.
    ///
    /// ```
    /// assert_eq!(imaging::Views::named("flips"), Some(imaging::Views::Flips));
    /// assert_eq!(imaging::Views::named("flip"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|views| views.name() == name)
    }

    /// The views, the image itself first.
    pub fn views(self) -> &'static [View] {
        const fn view(mirrored: bool, turns: u32) -> View {
            View { mirrored, turns }
        }
        // Top and bottom exchanged is left and right exchanged, then half a turn.
        const FLIPS: [View; 4] = [view(false, 0), view(true, 0), view(true, 2), view(false, 2)];
        const DIHEDRAL: [View; 8] = [
            view(false, 0),
            view(false, 1),
            view(false, 2),
            view(false, 3),
            view(true, 0),
            view(true, 1),
            view(true, 2),
            view(true, 3),
        ];
        match self {
            Self::None => &FLIPS[..1],
            Self::Flips => &FLIPS,
            Self::Dihedral => &DIHEDRAL,
        }
    }
}

impl View {
    /// The image, seen so.
    pub fn of(self, image: &Rgb8) -> Rgb8 {
        match (self.mirrored, self.turns % 4) {
            (false, 0) => image.clone(),
            (false, turns) => quarter_turns(image, turns),
            (true, 0) => flip_horizontal(image),
            (true, turns) => quarter_turns(&flip_horizontal(image), turns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::flip_vertical;

    /// Six grey pixels, all different: 1 2 3 above 4 5 6.
    fn image() -> Rgb8 {
        Rgb8::new(3, 2, (1..=6).flat_map(|grey| [grey; 3]).collect()).unwrap()
    }

    fn seen(views: Views) -> Vec<Rgb8> {
        views.views().iter().map(|view| view.of(&image())).collect()
    }

    #[test]
    fn the_image_itself_comes_first() {
        for views in Views::ALL {
            assert_eq!(seen(views)[0], image());
        }
        assert_eq!(seen(Views::None).len(), 1);
    }

    #[test]
    fn flips_are_the_image_and_its_three_mirrors() {
        let (level, upright) = (flip_horizontal(&image()), flip_vertical(&image()));
        assert_eq!(seen(Views::Flips), [image(), level.clone(), upright, flip_vertical(&level)]);
    }

    #[test]
    fn dihedral_views_are_eight_different_pictures() {
        let mut views: Vec<_> =
            seen(Views::Dihedral).into_iter().map(|v| (v.width(), v.data().to_vec())).collect();
        views.sort();
        views.dedup();
        assert_eq!(views.len(), 8);
        // Turned clockwise, the left column is the top row from right to left: 4 1 above 5 2 above 6 3.
        let turned = View { mirrored: false, turns: 1 }.of(&image());
        assert_eq!(turned.data().iter().step_by(3).copied().collect::<Vec<_>>(), [4, 1, 5, 2, 6, 3]);
    }

    #[test]
    fn every_name_names_its_views() {
        assert!(Views::ALL.into_iter().all(|views| Views::named(views.name()) == Some(views)));
    }
}
