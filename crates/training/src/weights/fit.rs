//! Which of a file's arrays a network takes: those with its names and shapes.

use std::fmt;
use std::path::PathBuf;

use anyhow::bail;
use architecture::{Network, PUBLISHED, Parameter, ParameterKind, Published};

use super::{LoadedWeights, Weights, folded};

/// Where the last layer, whose outputs are the classes, comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadSource {
    /// The file: its last layer has the right number of outputs.
    Kept,
    /// Drawn, because the file's has this many outputs.
    Replaced(usize),
    /// Drawn, because the file has none.
    Drawn,
}

/// Where a network's first weights came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightsReport {
    /// The file; `None` if everything was drawn.
    pub path: Option<PathBuf>,
    /// Parameters taken from the file.
    pub taken: usize,
    /// Parameters outside the head that the file lacks and that were drawn, in the network's order.
    pub random: Vec<String>,
    /// Arrays of the file that the network does not use, such as an optimiser's state.
    pub unused: Vec<String>,
    /// Whether batch normalisation was folded into the convolutions.
    pub folded: bool,
    /// The last layer.
    pub head: HeadSource,
    /// Outputs of the network.
    pub outputs: usize,
}

impl fmt::Display for WeightsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(path) = &self.path else { return write!(f, "all first weights were drawn at random") };
        write!(f, "{} parameters from {}", self.taken, path.display())?;
        if self.folded {
            write!(f, "; its batch normalisation was folded into the convolutions and is restored")?;
        }
        match self.head {
            HeadSource::Kept => write!(f, "; its last layer with {} outputs was kept", self.outputs)?,
            HeadSource::Replaced(found) => {
                write!(
                    f,
                    "; its last layer with {found} outputs was replaced by a new one with {}",
                    self.outputs
                )?;
            }
            HeadSource::Drawn => {
                write!(f, "; it has no last layer, so a new one with {} outputs was drawn", self.outputs)?;
            }
        }
        if !self.random.is_empty() {
            write!(f, "; drawn because the file lacks them: {}", self.random.join(", "))?;
        }
        if !self.unused.is_empty() {
            write!(
                f,
                "; {} other arrays were not used, the first of them {}",
                self.unused.len(),
                self.unused[0]
            )?;
        }
        Ok(())
    }
}

/// The arrays of `loaded` that `network` takes, and the report.
///
/// # Errors
/// An array of another shape than the network's, or for a layer that it does not have; a file that fits another network
/// better; a file with no array that fits.
pub(crate) fn fit(network: &Network, loaded: &LoadedWeights) -> anyhow::Result<(Weights, WeightsReport)> {
    let fitting = Fitting::new(network, &loaded.tensors);
    let hint = || match likely(network, &loaded.tensors) {
        Some(name) => format!(
            "; these are the weights of {name}: set architecture = \"{name}\", or choose another file"
        ),
        None => "; choose the weights of that network".to_owned(),
    };
    let (path, name) = (loaded.path.display(), &network.name);
    if let Some(wrong) = fitting.wrong.first() {
        bail!("{path} does not fit {name}: {wrong}{}", hint());
    }
    if fitting.taken.is_empty() {
        let first = loaded.tensors.iter().next().map_or("nothing", |(name, _)| name);
        let own = network.parameters();
        let own = own.first().map_or("none", |parameter| &parameter.name);
        bail!(
            "{path} does not fit {name}: it has none of the network's arrays, such as {own}, but {first}{}",
            hint()
        );
    }
    if let Some(first) = fitting.missing.first()
        && likely(network, &loaded.tensors).is_some()
    {
        let count = fitting.missing.len();
        bail!("{path} does not fit {name}: it lacks {count} arrays, the first of them {first}{}", hint());
    }
    let mut tensors = fitting.tensors;
    let taken = fitting.taken.len();
    let mut kept = Weights::default();
    for name in fitting.taken.into_iter().chain(fitting.counters) {
        if let Some(array) = tensors.remove(&name) {
            kept.insert(name, array);
        }
    }
    let report = WeightsReport {
        path: Some(loaded.path.clone()),
        taken,
        random: fitting.missing,
        unused: fitting.unused,
        folded: fitting.folded,
        head: fitting.head,
        outputs: outputs(network),
    };
    Ok((kept, report))
}

impl WeightsReport {
    /// A report without a file: everything was drawn.
    pub(crate) fn drawn(network: &Network) -> Self {
        Self {
            path: None,
            taken: 0,
            random: network.parameters().into_iter().map(|parameter| parameter.name).collect(),
            unused: Vec::new(),
            folded: false,
            head: HeadSource::Drawn,
            outputs: outputs(network),
        }
    }
}

/// Number of a network's outputs.
fn outputs(network: &Network) -> usize {
    network.logits().or(network.layers.last()).map_or(0, |layer| layer.output.channels())
}

/// The comparison of a file's arrays with a network.
struct Fitting {
    tensors: Weights,
    folded: bool,
    taken: Vec<String>,
    counters: Vec<String>,
    missing: Vec<String>,
    unused: Vec<String>,
    wrong: Vec<String>,
    head: HeadSource,
}

impl Fitting {
    fn new(network: &Network, tensors: &Weights) -> Self {
        let folded = folded::is_folded(tensors, network);
        let mut tensors = tensors.clone();
        if folded {
            folded::unfold(&mut tensors, network);
        }
        let head = head(network, &tensors);
        let mut fitting = Self {
            tensors,
            folded,
            taken: Vec::new(),
            counters: Vec::new(),
            missing: Vec::new(),
            unused: Vec::new(),
            wrong: Vec::new(),
            head,
        };
        let state = network.state();
        for parameter in &state {
            fitting.place(network, parameter);
        }
        fitting.look_for_strangers(network, &state);
        fitting
    }

    /// Finds the parameter's array.
    fn place(&mut self, network: &Network, parameter: &Parameter) {
        let name = parameter.name.clone();
        let in_head = is_in_head(network, &name);
        match self.tensors.get(&name) {
            _ if in_head && self.head != HeadSource::Kept => {}
            None if parameter.kind == ParameterKind::Counter => {}
            None => self.missing.push(name),
            Some(array) if array.shape != parameter.shape => {
                self.wrong.push(format!(
                    "{name} must have the shape {:?}, but has {:?}",
                    parameter.shape, array.shape
                ));
            }
            Some(_) if parameter.kind == ParameterKind::Counter => self.counters.push(name),
            Some(_) => self.taken.push(name),
        }
    }

    /// Arrays without a parameter: wrong if they belong to a part that the network has, else unused.
    fn look_for_strangers(&mut self, network: &Network, state: &[Parameter]) {
        for (name, _) in self.tensors.iter() {
            if state.iter().any(|parameter| parameter.name == name) || is_in_head(network, name) {
                continue;
            }
            let part = |name: &str| name.split('.').next().map(str::to_owned);
            if network.layers.iter().any(|layer| part(&layer.name) == part(name)) {
                self.wrong.push(format!("the file has {name}, which the network does not have"));
            } else {
                self.unused.push(name.to_owned());
            }
        }
    }
}

fn is_in_head(network: &Network, name: &str) -> bool {
    let head = network.logits().map(|layer| format!("{}.", layer.name));
    head.is_some_and(|head| name.starts_with(&head))
}

/// Whether the file's last layer can be kept. Another number of outputs means another task; other inputs mean another
/// network, which the comparison of shapes finds.
fn head(network: &Network, tensors: &Weights) -> HeadSource {
    let Some(layer) = network.logits() else { return HeadSource::Kept };
    let parameters = layer.parameters();
    let found = parameters.iter().map(|parameter| tensors.get(&parameter.name)).collect::<Option<Vec<_>>>();
    let Some(found) = found else { return HeadSource::Drawn };
    let (wanted, outputs) = (outputs(network), found.iter().find_map(|array| array.shape.first().copied()));
    match outputs {
        Some(outputs) if outputs != wanted => HeadSource::Replaced(outputs),
        _ => HeadSource::Kept,
    }
}

/// Another known network that the arrays belong to: nothing is wrong, and more of it is there than of `network`.
fn likely(network: &Network, tensors: &Weights) -> Option<&'static str> {
    let own = Fitting::new(network, tensors);
    let own = if own.wrong.is_empty() { own.missing.len() } else { usize::MAX };
    let fits = |&Published { name, build, .. }: &Published| {
        let fitting = Fitting::new(&build(outputs(network).max(1), 32), tensors);
        let fits = name != network.name && fitting.wrong.is_empty() && !fitting.taken.is_empty();
        (fits && fitting.missing.len() < own).then_some((fitting.missing.len(), name))
    };
    PUBLISHED.iter().filter_map(fits).min().map(|(_, name)| name)
}
