//! libtorch for the `training` crate: found on this machine, or fetched once.
//!
//! Looked for, in this order: the folder in `LIBTORCH`; the copy in the cache folder; a PyTorch that Python finds.
//! Otherwise the wheels of PyTorch are downloaded with pip and unpacked, never installed. Where there is an NVIDIA GPU it
//! is one with NVIDIA's libraries (4 GB on the disk), elsewhere one without (1.2 GB).
//!
//! Linux on x86-64 is what is tested. On macOS the wheel computes on the CPU alone; on Windows it does too, and the
//! libraries are found through `PATH`. Both are written with care and untested.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::{cache, wheel};

/// The version that `tch` is made for.
pub const VERSION: &str = "2.11.0";

/// PyTorch itself.
const TORCH: &str = "torch==2.11.0";

/// The two libraries that PyTorch's `libtorch_cpu.so` needs even where there is no GPU.
const WITHOUT_GPU: [&str; 2] = ["nvidia-cuda-cupti==13.*", "nvidia-cuda-runtime==13.*"];

/// What this PyTorch's own `METADATA` asks for to compute on a GPU, without its Python packages.
const WITH_GPU: [&str; 5] = [
    "cuda-toolkit[cublas,cudart,cufft,cufile,cupti,curand,cusolver,cusparse,nvjitlink,nvrtc,nvtx]==13.0.2",
    "nvidia-cudnn-cu13==9.19.0.56",
    "nvidia-cusparselt-cu13==0.8.0",
    "nvidia-nccl-cu13==2.28.9",
    "nvidia-nvshmem-cu13==3.4.5",
];

/// The variable in which the system looks for libraries of a program that it starts.
const LIBRARY_PATH: &str = if cfg!(target_os = "macos") {
    "DYLD_LIBRARY_PATH"
} else if cfg!(windows) {
    "PATH"
} else {
    "LD_LIBRARY_PATH"
};

/// Whether a libtorch brings what a GPU needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flavour {
    Cpu,
    Cuda,
}

impl Flavour {
    /// Its folder in the cache.
    fn home(self) -> PathBuf {
        cache::folder().join(match self {
            Self::Cpu => format!("libtorch-{VERSION}"),
            Self::Cuda => format!("libtorch-{VERSION}-cuda"),
        })
    }

    /// What this machine can use.
    fn here() -> Self {
        let mut list = Command::new("nvidia-smi");
        let list = list.arg("-L").stdin(Stdio::null()).stderr(Stdio::null()).output();
        let found = list.is_ok_and(|list| list.status.success() && list.stdout.starts_with(b"GPU "));
        if found && cfg!(target_os = "linux") { Self::Cuda } else { Self::Cpu }
    }

    /// Whether this machine can do with a libtorch of the `other` flavour.
    fn accepts(self, other: Self) -> bool {
        self == Self::Cpu || other == Self::Cuda
    }
}

/// A libtorch that `training` can be built and run with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Libtorch {
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
    pub fn ensure() -> anyhow::Result<Self> {
        if let Some(folder) = std::env::var_os("LIBTORCH").filter(|folder| !folder.is_empty()) {
            return Self::at(Path::new(&folder)).with_context(|| {
                format!("unset LIBTORCH to let this tool find or fetch libtorch {VERSION}")
            });
        }
        let here = Flavour::here();
        for flavour in [here, Flavour::Cuda] {
            let home = flavour.home();
            if home.is_dir() {
                return Self::at(&home.join("torch"))
                    .with_context(|| format!("remove {} to fetch it again", home.display()));
            }
        }
        if let Some(installed) = installed().filter(|installed| here.accepts(installed.flavour())) {
            return Ok(installed);
        }
        fetch(here)?;
        Self::at(&here.home().join("torch"))
    }

    /// The one in `folder`, if it is of the right version.
    fn at(folder: &Path) -> anyhow::Result<Self> {
        let version = version(folder)?;
        ensure!(
            version.starts_with("2.11."),
            "libtorch {VERSION} is needed, but {} holds version {version}",
            folder.display()
        );
        ensure!(
            folder.join("lib").is_dir() && folder.join("include").is_dir(),
            "{} must contain the folders lib and include",
            folder.display()
        );
        Ok(Self { folder: folder.to_path_buf(), version })
    }

    /// Sets what building and running with this libtorch needs.
    ///
    /// # Errors
    /// A folder that cannot be listed, or whose name no search path can hold.
    pub fn apply(&self, command: &mut Command) -> anyhow::Result<()> {
        command.env("LIBTORCH", &self.folder);
        if self.version != VERSION {
            command.env("LIBTORCH_BYPASS_VERSION_CHECK", "1");
        }
        command.env(LIBRARY_PATH, library_path(&self.libraries()?, std::env::var_os(LIBRARY_PATH))?);
        Ok(())
    }

    /// Whether it has the library for GPUs and, where wheels put them, NVIDIA's own.
    fn flavour(&self) -> Flavour {
        let ours = self.folder.join("lib/libtorch_cuda.so").is_file();
        let theirs = self.folder.parent().is_none_or(|beside| {
            let nvidia = beside.join("nvidia");
            !nvidia.is_dir() || nvidia.join("cudnn").is_dir()
        });
        if ours && theirs { Flavour::Cuda } else { Flavour::Cpu }
    }

    /// Folders with libraries: its own, and NVIDIA's beside it.
    fn libraries(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut folders = vec![self.folder.join("lib")];
        if let Some(beside) = self.folder.parent() {
            for vendor in files::entries(&beside.join("nvidia"))? {
                folders.extend(Some(vendor.join("lib")).filter(|folder| folder.is_dir()));
            }
        }
        Ok(folders)
    }
}

/// The version that a folder says it has: a wheel in `version.py`, an archive in `build-version`.
fn version(folder: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(folder.join("version.py"))
        .or_else(|_| std::fs::read_to_string(folder.join("build-version")))
        .with_context(|| {
            format!("{} is not a libtorch: it has neither version.py nor build-version", folder.display())
        })?;
    let line = text.lines().find_map(|line| line.strip_prefix("__version__ = ")).unwrap_or(&text);
    let version = line.trim().trim_matches(['\'', '"']);
    // `2.11.0+cu130`: what is behind the plus is how it was built.
    Ok(version.split('+').next().unwrap_or(version).to_owned())
}

/// A PyTorch of the right version that Python would import; finding it does not import it.
fn installed() -> Option<Libtorch> {
    const FIND: &str = "import importlib.util as u; s = u.find_spec('torch'); \
                        print(s.submodule_search_locations[0] if s and s.submodule_search_locations else '')";
    let output = wheel::python().args(["-c", FIND]).stderr(Stdio::null()).output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    let folder = folder.trim();
    if folder.is_empty() { None } else { Libtorch::at(Path::new(folder)).ok() }
}

/// Downloads and unpacks the wheels to their home, which appears when it is whole.
fn fetch(flavour: Flavour) -> anyhow::Result<()> {
    wheel::check_pip("libtorch")?;
    let home = flavour.home();
    let cache = home.parent().context("the cache folder is a folder")?;
    std::fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    // On the same file system as its place, so that the last step is one rename.
    let scratch =
        tempfile::tempdir_in(cache).with_context(|| format!("cannot write to {}", cache.display()))?;
    let (wheels, unpacked) = (scratch.path().join("wheels"), scratch.path().join("unpacked"));
    let size = match flavour {
        Flavour::Cpu => {
            "for the CPU, since there is no NVIDIA GPU: about 550 MB, only this once; it needs 1.2 GB"
        }
        Flavour::Cuda => "with CUDA: about 2.5 GB, only this once; it needs 4 GB",
    };
    eprintln!("downloading libtorch {VERSION} {size} in {}", home.display());
    wheel::download(&[TORCH], wheel::Dependencies::Alone, &wheels)?;
    match flavour {
        Flavour::Cpu if cfg!(all(target_os = "linux", target_arch = "x86_64")) => {
            wheel::download(&WITHOUT_GPU, wheel::Dependencies::Alone, &wheels)?;
        }
        Flavour::Cpu => {}
        Flavour::Cuda => wheel::download(&WITH_GPU, wheel::Dependencies::Too, &wheels)?,
    }
    for wheel in wheel::wheels(&wheels)? {
        eprintln!("unpacking {}", wheel.file_name().unwrap_or_default().display());
        wheel::unpack(&wheel, &unpacked)?;
    }
    Libtorch::at(&unpacked.join("torch")).context("the downloaded wheels do not hold the right libtorch")?;
    match std::fs::rename(&unpacked, &home) {
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
    fn a_gpu_asks_for_its_libraries_and_a_cpu_takes_what_there_is() {
        let folder = folder("2.11.0+cu130");
        let libtorch = Libtorch::at(&folder.path().join("torch")).unwrap();
        assert_eq!(libtorch.flavour(), Flavour::Cpu);
        std::fs::write(folder.path().join("torch/lib/libtorch_cuda.so"), b"").unwrap();
        // The wheels for the CPU bring that library too, but not what it needs.
        assert_eq!(libtorch.flavour(), Flavour::Cpu);
        std::fs::create_dir_all(folder.path().join("nvidia/cudnn/lib")).unwrap();
        assert_eq!(libtorch.flavour(), Flavour::Cuda);
        assert!(Flavour::Cpu.accepts(Flavour::Cuda) && !Flavour::Cuda.accepts(Flavour::Cpu));
    }

    #[test]
    fn another_version_is_refused_by_both_numbers() {
        let folder = folder("2.10.0");
        let message = Libtorch::at(&folder.path().join("torch")).unwrap_err().to_string();
        assert!(message.contains("2.11.0") && message.contains("version 2.10.0"), "{message}");
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
