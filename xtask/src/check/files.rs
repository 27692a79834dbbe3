//! What may be in the repository: nothing too large for a host, no patient's image, no path of one machine.

use anyhow::bail;

use crate::{process, workspace};

/// Hosts refuse larger files. Bytes.
const LARGEST: u64 = 95_000_000;

/// Where paths of one machine begin.
const MACHINE_PATHS: [&str; 3] = [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/")];

/// Checks every file that git tracks.
///
/// # Errors
/// Every offence, one per line.
pub(super) fn run() -> anyhow::Result<()> {
    let root = workspace::root();
    // In a container the checkout may belong to somebody else; listing it is harmless.
    let mut git = std::process::Command::new("git");
    let list = process::output(git.current_dir(root).args(["-c", "safe.directory=*", "ls-files", "-z"]))?;
    let mut offences = Vec::new();
    for name in list.split('\0').filter(|name| !name.is_empty()) {
        let path = root.join(name);
        let Ok(metadata) = path.metadata() else { continue };
        if metadata.len() > LARGEST {
            offences.push(format!(
                "{name}: {}, more than {}",
                files::size(metadata.len()),
                files::size(LARGEST)
            ));
        } else {
            offences.extend(offence(name, &files::read(&path)?));
        }
    }
    if !offences.is_empty() {
        bail!("{}", offences.join("\n"));
    }
    Ok(())
}

/// What is wrong with a file of this name and these contents.
fn offence(name: &str, bytes: &[u8]) -> Option<String> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let image = [".jpg", ".jpeg", ".png", ".webp"].iter().any(|end| file.to_lowercase().ends_with(end));
    if image && (file.starts_with("ISIC_") || file.starts_with("img")) {
        return Some(format!(
            "{name}: named like an image of a patient; every picture of skin here is synthetic"
        ));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.lines().position(|line| MACHINE_PATHS.iter().any(|path| line.contains(path)))?;
    Some(format!("{name}:{}: a path of one machine; name it relative to the repository", line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patients_image_is_refused_by_its_name() {
        assert!(offence("a/ISIC_0000001.jpg", b"\xff\xd8").is_some());
        assert_eq!(offence("a/mel-1.png", b"\x89PNG"), None);
    }

    #[test]
    fn a_path_of_one_machine_is_named_with_its_line() {
        let text = format!("fine\nlook in {}someone/data\n", MACHINE_PATHS[0]);
        assert!(offence("a.md", text.as_bytes()).is_some_and(|words| words.starts_with("a.md:2")));
        assert_eq!(offence("a.md", b"look in ../data"), None);
    }
}
