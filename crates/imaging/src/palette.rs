//! Numbers as colours, the same in widgets and figures.

/// Darkest blue, at −1.
const BLUE: [f32; 3] = [20.0, 60.0, 160.0];
/// Darkest red, at 1; as bright as the blue, so that neither sign outweighs the other.
const RED: [f32; 3] = [180.0, 10.0, 30.0];

/// A signed value as a colour: −1 blue, 0 white, 1 red; values beyond keep the last colour.
///
/// ```
/// assert_eq!(imaging::palette::signed(0.0), [255, 255, 255]);
/// ```
pub fn signed(value: f32) -> [u8; 3] {
    let end = if value < 0.0 { BLUE } else { RED };
    let strength = value.abs().min(1.0);
    end.map(|channel| to_byte(255.0 + (channel - 255.0) * strength))
}

/// A share from 0 to 1 as a colour: white to dark blue; values beyond keep the last colour.
///
/// ```
/// assert_eq!(imaging::palette::share(0.0), [255, 255, 255]);
/// ```
pub fn share(value: f32) -> [u8; 3] {
    signed(-value.max(0.0))
}

/// A share from 0 to 1 as a colour of viridis: dark violet, blue, green, yellow, each as much lighter than the one before
/// it; values beyond keep the last colour.
///
/// ```
/// assert_eq!(imaging::palette::viridis(0.0), [68, 1, 84]);
/// ```
///
/// Source: S. van der Walt and N. Smith, matplotlib's `viridis`, every eighth of its 256 colours, straight between.
pub fn viridis(value: f32) -> [u8; 3] {
    const COLOURS: [[u8; 3]; 9] = [
        [68, 1, 84],
        [71, 45, 123],
        [59, 82, 139],
        [44, 114, 142],
        [33, 145, 140],
        [40, 174, 128],
        [94, 201, 98],
        [173, 220, 48],
        [253, 231, 37],
    ];
    let place = value.clamp(0.0, 1.0) * 8.0;
    // Not a number gives the first.
    let left = (place as usize).min(7);
    let share = if place.is_nan() { 0.0 } else { place - left as f32 };
    let [from, to] = [COLOURS[left], COLOURS[left + 1]];
    [0, 1, 2].map(|i| to_byte(f32::from(from[i]) + (f32::from(to[i]) - f32::from(from[i])) * share))
}

/// A share from 0 to 1 as a grey: black to white; values beyond keep the last.
///
/// ```
/// assert_eq!(imaging::palette::grey(0.5), [128; 3]);
/// ```
pub fn grey(value: f32) -> [u8; 3] {
    [to_byte(value * 255.0); 3]
}

/// Seventeen colours of cividis, evenly spaced; between them the colour is at most 11 of 255 levels off, at the dark end.
///
/// Source: Nuñez, Anderton and Renslow 2018, <https://doi.org/10.1371/journal.pone.0199239>, as matplotlib 3.10 has it.
const CIVIDIS: [[u8; 3]; 17] = [
    [0, 34, 78],
    [0, 46, 106],
    [26, 56, 111],
    [50, 67, 109],
    [67, 78, 108],
    [83, 90, 109],
    [97, 101, 111],
    [111, 112, 115],
    [125, 124, 120],
    [140, 136, 120],
    [155, 148, 118],
    [171, 160, 114],
    [188, 174, 108],
    [205, 187, 99],
    [222, 201, 88],
    [240, 216, 70],
    [254, 232, 56],
];

/// A share from 0 to 1 in cividis, dark blue to yellow, which grows evenly brighter for all viewers; values beyond keep the
/// last colour.
///
/// ```
/// use imaging::palette::cividis;
/// assert_eq!([cividis(0.0), cividis(0.5), cividis(2.0)], [[0, 34, 78], [125, 124, 120], [254, 232, 56]]);
/// ```
pub fn cividis(share: f32) -> [u8; 3] {
    let last = CIVIDIS.len() - 1;
    let place = share.clamp(0.0, 1.0) * last as f32;
    let below = (place as usize).min(last - 1);
    let part = place - below as f32;
    let [from, to] = [CIVIDIS[below], CIVIDIS[below + 1]];
    [0, 1, 2].map(|channel| {
        let [from, to] = [f32::from(from[channel]), f32::from(to[channel])];
        to_byte(from + (to - from) * part)
    })
}

/// Three planes of signed values, red, green and blue, as one colour picture, three bytes per pixel: 0 is middle grey, and the
/// largest absolute number of all three is full or no light.
///
/// ```
/// // One pixel: much red, a little less green than none, no blue.
/// assert_eq!(imaging::palette::weights(&[0.5, -0.1, 0.0]), [255, 102, 128]);
/// ```
pub fn weights(planes: &[f32]) -> Vec<u8> {
    let largest = planes.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
    let pixels = planes.len() / 3;
    let level = |at: usize| to_byte(127.5 + 127.5 * planes[at] / largest);
    (0..pixels).flat_map(|pixel| [0, 1, 2].map(|colour| level(colour * pixels + pixel))).collect()
}

/// The nearest whole number from 0 to 255; not a number gives 0.
pub fn to_byte(value: f32) -> u8 {
    // The conversion itself keeps to the range.
    (value + 0.5) as u8
}

/// Whether white writing reads better than black on this colour, by the contrast of WCAG 2.2.
///
/// Source: <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>, with a gamma of 2 for its curve.
pub fn wants_white_text(colour: [u8; 3]) -> bool {
    let [r, g, b] = colour.map(|c| (f32::from(c) / 255.0) * (f32::from(c) / 255.0));
    let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    // Equal contrast: (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05 at L = 0.179.
    luminance < 0.179
}

/// A colour for CSS, such as `#14a0ff`.
pub fn css(colour: [u8; 3]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digits = colour.iter().flat_map(|c| [HEX[usize::from(c >> 4)], HEX[usize::from(c & 15)]]);
    std::iter::once('#').chain(digits.map(char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brightness([r, g, b]: [u8; 3]) -> f32 {
        0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
    }

    #[test]
    fn zero_is_white_and_both_signs_grow_darker_alike() {
        assert_eq!(signed(-0.0), [255; 3]);
        for step in 1..=10 {
            let (cold, warm) = (signed(step as f32 / -10.0), signed(step as f32 / 10.0));
            assert!(cold[2] > cold[0] && warm[0] > warm[2], "{cold:?} {warm:?}");
            // Of 255 levels; what an eye takes for the same brightness.
            assert!((brightness(cold) - brightness(warm)).abs() < 8.0, "{cold:?} {warm:?}");
        }
    }

    #[test]
    fn viridis_gets_lighter_all_the_way() {
        let light: Vec<f32> = (0..=100).map(|step| brightness(viridis(step as f32 / 100.0))).collect();
        assert!(light.windows(2).all(|pair| pair[0] <= pair[1] + 0.6), "{light:?}");
        assert_eq!(
            (viridis(7.0), viridis(-1.0), viridis(f32::NAN)),
            ([253, 231, 37], [68, 1, 84], [68, 1, 84])
        );
    }

    #[test]
    fn cividis_grows_brighter_from_step_to_step() {
        let steps: Vec<f32> = (0..=64).map(|step| brightness(cividis(step as f32 / 64.0))).collect();
        assert!(steps.windows(2).all(|pair| pair[0] <= pair[1] + 0.5), "{steps:?}");
    }

    #[test]
    fn numbers_beyond_the_scale_keep_its_last_colour() {
        assert_eq!(signed(7.0), signed(1.0));
        assert_eq!(signed(f32::NEG_INFINITY), signed(-1.0));
    }

    #[test]
    fn writing_is_black_on_white_and_white_on_the_ends() {
        assert!(!wants_white_text([255; 3]) && !wants_white_text([128; 3]));
        assert!(wants_white_text(signed(1.0)) && wants_white_text(signed(-1.0)));
    }

    #[test]
    fn css_has_six_digits() {
        assert_eq!(css([0, 10, 255]), "#000aff");
    }
}
