//! libtorch for the `training` crate: found on this machine, or fetched once.
//!
//! Looked for, in this order: the folder in `LIBTORCH`; the copy in the cache folder; a PyTorch that `python3` finds.
//! Otherwise the wheels of PyTorch are downloaded with pip and unpacked, never installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use inference::native::cache_folder;

use crate::{process, workspace};

/// The version that `tch` is made for.
pub(crate) const VERSION: &str = "2.11.0";

/// What pip downloads: PyTorch, and the two libraries that its `libtorch_cpu.so` needs even where there is no GPU.
const WHEELS: [&str; 3] = ["torch==2.11.0", "nvidia-cuda-cupti==13.*", "nvidia-cuda-runtime==13.*"];

/// A libtorch that `training` can be built and run with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Libtorch {
    /// The folder with `include` and `lib`.
    folder: PathBuf,
    /// Its version, such as `2.11.0`.
    version: String,
}

impl Libtorch {
    /// Finds or fetches it.
    ///
    /// # Errors
    /// `LIBTORCH` set to something else; no pip to fetch it with; a download that fails.
    pub(crate) fn ensure() -> anyhow::Result<Self> {
        if let Some(folder) = std::env::var_os("LIBTORCH").filter(|folder| !folder.is_empty()) {
            return Self::at(Path::new(&folder)).with_context(|| {
                format!("unset LIBTORCH to let this tool find or fetch libtorch {VERSION}")
            });
        }
        let home = cache_folder().join(format!("libtorch-{VERSION}"));
        if home.is_dir() {
            return Self::at(&home.join("torch"))
                .with_context(|| format!("remove {} to fetch it again", home.display()));
        }
        if let Some(installed) = installed() {
            return Ok(installed);
        }
        fetch(&home)?;
        Self::at(&home.join("torch"))
    }

    /// The one in `folder`, if it is of the right version.
    fn at(folder: &Path) -> anyhow::Result<Self> {
        let version = version(folder)?;
        ensure!(
            version.starts_with("2.11."),
            "expected libtorch {VERSION} in {}, found {version}",
            folder.display()
        );
        ensure!(
            folder.join("lib").is_dir() && folder.join("include").is_dir(),
            "expected the folders lib and include in {}, found one missing",
            folder.display()
        );
        Ok(Self { folder: folder.to_path_buf(), version })
    }

    /// Sets what building and running with this libtorch needs.
    pub(crate) fn apply(&self, command: &mut Command) -> anyhow::Result<()> {
        command.env("LIBTORCH", &self.folder);
        if self.version != VERSION {
            command.env("LIBTORCH_BYPASS_VERSION_CHECK", "1");
        }
        let variable = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        command.env(variable, library_path(&self.libraries()?, std::env::var_os(variable))?);
        Ok(())
    }

    /// Folders with libraries: its own, and NVIDIA's beside it.
    fn libraries(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut folders = vec![self.folder.join("lib")];
        if let Some(beside) = self.folder.parent() {
            for vendor in crate::files::entries(&beside.join("nvidia"))? {
                folders.extend(Some(vendor.join("lib")).filter(|folder| folder.is_dir()));
            }
        }
        Ok(folders)
    }
}

/// The `training` program with these arguments, built and ready to run.
///
/// # Errors
/// Without libtorch; when `training` does not compile.
pub(crate) fn training() -> anyhow::Result<Command> {
    let libtorch = Libtorch::ensure()?;
    let mut build = process::cargo();
    // Not `--quiet`: the first build takes minutes and should be seen.
    build.args(["build", "--package", "training", "--bin", "training"]);
    libtorch.apply(&mut build)?;
    process::run(&mut build)?;
    let program = format!("debug/training{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(workspace::target().join(program));
    command.current_dir(workspace::root());
    libtorch.apply(&mut command)?;
    Ok(command)
}

/// The version that a folder says it has: a wheel in `version.py`, an archive in `build-version`.
fn version(folder: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(folder.join("version.py"))
        .or_else(|_| std::fs::read_to_string(folder.join("build-version")))
        .with_context(|| {
            format!("expected libtorch in {}, found neither version.py nor build-version", folder.display())
        })?;
    let line = text.lines().find_map(|line| line.strip_prefix("__version__ = ")).unwrap_or(&text);
    let version = line.trim().trim_matches(['\'', '"']);
    // `2.11.0+cu130`: what stands behind the plus is how it was built.
    Ok(version.split('+').next().unwrap_or(version).to_owned())
}

/// A PyTorch of the right version that `python3` would import; finding it does not import it.
fn installed() -> Option<Libtorch> {
    const FIND: &str = "import importlib.util as u; s = u.find_spec('torch'); \
                        print(s.submodule_search_locations[0] if s and s.submodule_search_locations else '')";
    let output = Command::new("python3").args(["-c", FIND]).stderr(Stdio::null()).output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    let folder = folder.trim();
    if folder.is_empty() { None } else { Libtorch::at(Path::new(folder)).ok() }
}

/// Downloads and unpacks the wheels to `home`, which appears when it is whole.
fn fetch(home: &Path) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        bail!(
            "expected libtorch {VERSION}, found none; install PyTorch: python3 -m pip install torch=={VERSION}, \
             or set LIBTORCH to its folder"
        );
    }
    let pip = Command::new("python3").args(["-m", "pip", "--version"]).output();
    ensure!(
        pip.is_ok_and(|output| output.status.success()),
        "expected python3 with pip, which fetches libtorch; run: sudo apt install python3 python3-pip"
    );
    let cache = home.parent().context("the cache folder is a folder")?;
    std::fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    // On the same file system as its place, so that the last step is one rename.
    let scratch =
        tempfile::tempdir_in(cache).with_context(|| format!("cannot write to {}", cache.display()))?;
    let (wheels, unpacked) = (scratch.path().join("wheels"), scratch.path().join("unpacked"));
    eprintln!("fetching libtorch {VERSION}, about 550 MB, once; it will take 1.2 GB in {}", home.display());
    let mut download = Command::new("python3");
    download.args([
        "-m",
        "pip",
        "download",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ]);
    // The libraries are the same for every Python; this one has wheels, whichever runs here.
    download.args(["--python-version", "3.12"]).args(WHEELS).arg("--dest").arg(&wheels);
    process::run(&mut download)?;
    for wheel in crate::files::entries(&wheels)? {
        eprintln!("unpacking {}", wheel.file_name().unwrap_or_default().display());
        let mut unpack = Command::new("python3");
        unpack.args(["-m", "zipfile", "--extract"]).arg(&wheel).arg(&unpacked);
        process::run(&mut unpack)?;
    }
    Libtorch::at(&unpacked.join("torch")).context("the downloaded wheels are not what was expected")?;
    match std::fs::rename(&unpacked, home) {
        // Somebody else fetched it at the same time.
        Err(_) if home.is_dir() => Ok(()),
        result => result.with_context(|| format!("cannot write {}", home.display())),
    }
}

/// `folders`, then what the variable held.
fn library_path(folders: &[PathBuf], before: Option<OsString>) -> anyhow::Result<OsString> {
    let before = before.unwrap_or_default();
    let before = std::env::split_paths(&before).filter(|path| !path.as_os_str().is_empty());
    std::env::join_paths(folders.iter().cloned().chain(before)).context("a folder's name has a colon in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(version: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["torch/lib", "torch/include", "nvidia/cu13/lib", "nvidia/other"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        std::fs::write(
            folder.path().join("torch/version.py"),
            format!("__all__ = []\n__version__ = '{version}'\n"),
        )
        .unwrap();
        folder
    }

    #[test]
    fn a_wheel_says_its_version_and_brings_its_libraries() {
        let folder = folder("2.11.0+cu130");
        let libtorch = Libtorch::at(&folder.path().join("torch")).unwrap();
        assert_eq!(libtorch.version, "2.11.0");
        let expected = ["torch/lib", "nvidia/cu13/lib"].map(|name| folder.path().join(name));
        assert_eq!(libtorch.libraries().unwrap(), expected);
    }

    #[test]
    fn another_version_is_refused_by_both_numbers() {
        let folder = folder("2.10.0");
        let message = Libtorch::at(&folder.path().join("torch")).unwrap_err().to_string();
        assert!(message.contains("2.11.0") && message.contains("found 2.10.0"), "{message}");
    }

    #[test]
    fn a_folder_without_libtorch_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = Libtorch::at(folder.path()).unwrap_err().to_string();
        assert!(message.contains(&folder.path().display().to_string()), "{message}");
    }

    #[test]
    fn folders_come_before_what_was_there() {
        let path = library_path(&[PathBuf::from("/a"), PathBuf::from("/b")], Some("/c".into())).unwrap();
        assert_eq!(path, "/a:/b:/c");
        assert_eq!(library_path(&[PathBuf::from("/a")], None).unwrap(), "/a");
    }
}
