//! The texts of the pixel inspector: channels, values, what the window shows.

use imaging::spaces::Channel;
use imaging::window::Summary;

use crate::stage::number;

/// The channel from the control's value.
pub(crate) fn parse_channel(value: &str) -> Option<Channel> {
    Some(match value {
        "red" => Channel::Red,
        "green" => Channel::Green,
        "blue" => Channel::Blue,
        "grey" => Channel::Grey,
        "hue" => Channel::Hue,
        "saturation" => Channel::Saturation,
        "value" => Channel::Value,
        "lightness" => Channel::Lightness,
        "green-red" => Channel::GreenRed,
        "blue-yellow" => Channel::BlueYellow,
        _ => return None,
    })
}

/// The name of a channel.
pub(crate) fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Red => "Red",
        Channel::Green => "Green",
        Channel::Blue => "Blue",
        Channel::Grey => "Grey",
        Channel::Hue => "Hue",
        Channel::Saturation => "Saturation",
        Channel::Value => "Value",
        Channel::Lightness => "Lightness L*",
        Channel::GreenRed => "Green to red a*",
        Channel::BlueYellow => "Blue to yellow b*",
    }
}

/// The unit after a value of the channel.
pub(crate) fn unit(channel: Channel) -> &'static str {
    match channel {
        Channel::Hue => "°",
        Channel::Saturation | Channel::Value => " %",
        _ => "",
    }
}

/// A value of a channel with its unit.
pub(crate) fn value(channel: Channel, value: Option<f32>, digits: usize) -> String {
    value.map_or("undefined".to_owned(), |value| number(value, digits) + unit(channel))
}

/// The contents of the window, for screen readers; columns and rows are counted from 0, as in the code.
pub(crate) fn readout(channel: Channel, [left, top]: [usize; 2], summary: Summary) -> String {
    let mean = value(channel, summary.mean, 1);
    let range = match (summary.smallest, summary.largest) {
        (Some(smallest), Some(largest)) => {
            let [smallest, largest] = [smallest, largest].map(|x| value(channel, Some(x), 0));
            format!("from {smallest} to {largest}, ")
        }
        _ => String::new(),
    };
    format!("Window at column {left}, row {top}: {}, {range}mean {mean}.", name(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readout_gives_range_and_mean() {
        let summary = Summary { smallest: Some(12.0), largest: Some(200.0), mean: Some(101.25) };
        let words = "Window at column 3, row 4: Red, from 12 to 200, mean 101.2.";
        assert_eq!(readout(Channel::Red, [3, 4], summary), words);
    }

    #[test]
    fn a_hue_has_a_mean_direction_only_and_may_have_none() {
        let mut summary = Summary { smallest: None, largest: None, mean: Some(17.5) };
        assert_eq!(readout(Channel::Hue, [0, 0], summary), "Window at column 0, row 0: Hue, mean 17.5°.");
        summary.mean = None;
        assert_eq!(readout(Channel::Hue, [0, 0], summary), "Window at column 0, row 0: Hue, mean undefined.");
    }

    #[test]
    fn every_channel_of_the_form_is_known() {
        let control = catalog::widget::PIXEL_INSPECTOR.control("channel").unwrap();
        let catalog::widget::ControlKind::Choice { options, .. } = control.kind else { panic!("a choice") };
        let known: Vec<_> = options.iter().filter_map(|(value, _)| parse_channel(value)).collect();
        assert_eq!(known, Channel::ALL);
    }
}
