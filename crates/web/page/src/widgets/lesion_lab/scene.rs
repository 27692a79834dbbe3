//! A lesion and a picture of it, as the form describes them.

use catalog::Diagnosis;
use lesions::{Aperture, Clinical, Difficulty, Hair, Ink, Lesion, Ruler, Skin, View};
use numerics::math;

/// Which lesion, and which picture of it, before any slider is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LesionChoice {
    pub(crate) diagnosis: Diagnosis,
    pub(crate) difficulty: f32,
    pub(crate) seed: u64,
    /// From 0.
    pub(crate) picture: u32,
}

/// Everything that is drawn.
pub(crate) struct Scene {
    asked: LesionChoice,
    pub(crate) clinical: Clinical,
    pub(crate) typology_angle: f32,
    pub(crate) view: View,
}

/// Controls of the picture that are numbers or switches (0 and 1), in addition to those of [`Clinical`].
pub(crate) const OF_PICTURE: [&str; 10] = [
    "skin-tone",
    "hair",
    "vignette",
    "fall-off",
    "brightness",
    "neutral-light",
    "dark-border",
    "ruler",
    "ink",
    "bubbles",
];

impl Scene {
    /// The lesion and the picture as they are drawn everywhere in the book.
    pub(crate) fn sample(asked: LesionChoice) -> Self {
        let clinical = Clinical::of(asked.diagnosis, Difficulty::new(asked.difficulty), asked.seed);
        let view = View::sample(asked.seed, asked.picture);
        let skin = Lesion::from_clinical(Some(asked.diagnosis), &clinical, asked.seed).skin;
        Self { asked, clinical, typology_angle: skin.typology_angle, view }
    }

    /// The value of a control of the picture.
    pub(crate) fn get(&self, name: &str) -> f32 {
        let switch = |on: bool| f32::from(u8::from(on));
        let view = &self.view;
        match name {
            "skin-tone" => self.typology_angle,
            "hair" => view.hair.as_ref().map_or(0.0, |hair| hair.strands as f32),
            "vignette" => view.vignette,
            "fall-off" => math::hypot(view.slope.0, view.slope.1),
            "dark-border" => switch(view.aperture.is_some()),
            "ruler" => switch(view.ruler.is_some()),
            "ink" => switch(view.ink.is_some()),
            "bubbles" => view.bubbles as f32,
            "brightness" => 1.0,
            _ => 0.0,
        }
    }

    /// Sets the value of a control of the picture.
    pub(crate) fn set(&mut self, name: &str, value: f32) {
        let (view, on) = (&mut self.view, value > 0.5);
        match name {
            "skin-tone" => self.typology_angle = value,
            "hair" => match &mut view.hair {
                Some(hair) if on => hair.strands = value as u32,
                hair => *hair = on.then(|| strands(value as u32)),
            },
            "vignette" => view.vignette = value,
            "fall-off" => {
                let now = math::hypot(view.slope.0, view.slope.1);
                view.slope = match now {
                    0.0 => (value, 0.0),
                    now => (view.slope.0 * value / now, view.slope.1 * value / now),
                };
            }
            "brightness" => view.light = view.light.map(|gain| gain * value),
            "neutral-light" if on => view.light = [1.0; 3],
            "dark-border" => view.aperture = on.then_some(BORDER),
            "ruler" => view.ruler = on.then_some(RULER),
            "ink" => view.ink = on.then_some(INK),
            "bubbles" => view.bubbles = value as u32,
            _ => {}
        }
    }

    /// The lesion with these signs on this skin.
    pub(crate) fn lesion(&self) -> Lesion {
        let mut lesion = Lesion::from_clinical(Some(self.asked.diagnosis), &self.clinical, self.asked.seed);
        lesion.skin.typology_angle = self.typology_angle;
        lesion
    }

    /// The same lesion in another picture.
    pub(crate) fn view(&self, picture: u32) -> View {
        View::sample(self.asked.seed, picture)
    }

    /// Shares of the lesion's area in the six colours of `lesion_statistics::COLOURS`, counted on a picture of
    /// `side` × `side` pixels in neutral light on light skin, with nothing in the way.
    pub(crate) fn colours(&self, side: u32) -> [f32; 6] {
        let mut lesion = self.lesion();
        lesion.skin = Skin::of_angle(60.0);
        let view = View {
            light: [1.0; 3],
            slope: (0.0, 0.0),
            vignette: 0.0,
            aperture: None,
            hair: None,
            ruler: None,
            ink: None,
            bubbles: 0,
            glints: 0,
            ..self.view.clone()
        };
        let pixels = lesions::draw(&lesion, &view, side, side);
        lesion_statistics::six_colours(&pixels, &lesions::mask(&lesion, &view, side, side))
    }
}

/// What a switch puts over a picture that has none of it.
const BORDER: Aperture = Aperture { at: (0.0, 0.0), radius: 122.0, soft: 3.0 };
const RULER: Ruler = Ruler { spacing: 18.0, inset: 6.0 };
const INK: Ink = Ink { colour: [38.0, 22.0, -38.0], radius: 100.0, from: 3.6, sweep: 1.8, width: 6.0 };

/// Dark hair from one side to the other, for a picture that has none.
fn strands(strands: u32) -> Hair {
    Hair { strands, towards: 0.6, disorder: 0.5, width: 1.8, lightness: 20.0, stubble: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(seed: u64, picture: u32) -> LesionChoice {
        LesionChoice { diagnosis: Diagnosis::Mel, difficulty: 0.5, seed, picture }
    }

    #[test]
    fn untouched_it_is_the_picture_that_every_widget_draws() {
        for picture in [0, 1] {
            let scene = Scene::sample(asked(17, picture));
            let ours = lesions::draw(&scene.lesion(), &scene.view, 64, 64);
            let theirs =
                lesions::draw(&Lesion::sample(Diagnosis::Mel, 17), &View::sample(17, picture), 64, 64);
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn every_control_of_the_picture_reads_what_it_wrote() {
        for (name, value) in [
            ("skin-tone", -20.0),
            ("hair", 12.0),
            ("hair", 0.0),
            ("vignette", 0.4),
            ("fall-off", 0.2),
            ("dark-border", 1.0),
            ("dark-border", 0.0),
            ("ruler", 1.0),
            ("ink", 1.0),
            ("bubbles", 5.0),
        ] {
            let mut scene = Scene::sample(asked(3, 0));
            scene.set(name, value);
            assert!((scene.get(name) - value).abs() < 1e-6, "{name}");
        }
    }

    #[test]
    fn a_darker_lesion_holds_less_light_brown() {
        let mut scene =
            Scene::sample(LesionChoice { diagnosis: Diagnosis::Nv, difficulty: 0.0, seed: 5, picture: 0 });
        let brown = lesion_statistics::COLOURS.iter().position(|name| *name == "light brown").unwrap();
        (scene.clinical.light_brown, scene.clinical.dark_brown, scene.clinical.black) = (1.0, 0.0, 0.0);
        let light = scene.colours(96)[brown];
        (scene.clinical.light_brown, scene.clinical.dark_brown) = (0.0, 1.0);
        let dark = scene.colours(96)[brown];
        assert!(light > dark + 0.2, "{light} {dark}");
    }
}
