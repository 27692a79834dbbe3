//! Names and shapes against torchvision's own; the script is in `tests/golden`, pinned.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use architecture::{Depth, Network, Op, Parameter, ParameterKind, resnet};
use serde_json::Value;

fn check_against_torchvision(check: impl Fn(&Network, &Value)) {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/architecture_torchvision.json")).unwrap();
    let size = |key: &str| golden[key].as_u64().unwrap() as usize;
    for depth in Depth::ALL {
        let network = resnet(depth, size("classes"), size("image_size"));
        check(&network, &golden["networks"][depth.name()]);
    }
}

fn line(name: &str, sizes: &[usize]) -> String {
    sizes.iter().fold(name.to_owned(), |line, size| format!("{line} {size}"))
}

fn lines(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

#[test]
fn a_files_entries_have_torchvisions_names_shapes_types_and_order() {
    check_against_torchvision(|network, expected| {
        let entry = |p: &Parameter| {
            let number = if p.kind == ParameterKind::Counter { " int64" } else { "" };
            line(&p.name, &p.shape) + number
        };
        let found: Vec<_> = network.state().iter().map(entry).collect();
        assert_eq!(found, lines(&expected["state_dict"]), "{}", network.name);
    });
}

#[test]
fn parameters_are_torchvisions_entries_without_its_counters() {
    check_against_torchvision(|network, expected| {
        let found: Vec<_> = network.parameters().iter().map(|p| line(&p.name, &p.shape)).collect();
        let mut expected = lines(&expected["state_dict"]);
        expected.retain(|line| !line.ends_with(" int64"));
        assert_eq!(found, expected, "{}", network.name);
    });
}

#[test]
fn as_many_numbers_are_trained_as_in_torchvision() {
    check_against_torchvision(|network, expected| {
        assert_eq!(
            Some(network.parameter_count() as u64),
            expected["trainable"].as_u64(),
            "{}",
            network.name
        );
    });
}

#[test]
fn convolutions_return_the_shapes_of_torchvisions() {
    check_against_torchvision(|network, expected| {
        let convolutions = network.layers.iter().filter(|layer| matches!(layer.op, Op::Convolution { .. }));
        let found: Vec<_> = convolutions.map(|layer| line(&layer.name, layer.output.sizes())).collect();
        assert_eq!(found, lines(&expected["convolutions"]), "{}", network.name);
    });
}
