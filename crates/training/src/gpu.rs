//! The GPUs that `nvidia-smi` reports, if it is installed.

use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Time between two queries.
const PERIOD: Duration = Duration::from_secs(2);

/// One GPU at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Gpu {
    /// From 0, in the order of the bus.
    pub index: usize,
    /// Such as `NVIDIA GeForce RTX 4090`.
    pub name: String,
    /// Percentage of the last moments in which it computed; `None` if the driver does not report it.
    pub busy: Option<f64>,
    /// Memory in use, MiB.
    pub used: f64,
    /// All memory, MiB.
    pub memory: f64,
}

impl Gpu {
    /// In a few words: `GPU 97 %, 10.2 of 24.0 GiB`.
    pub fn words(&self) -> String {
        let busy = self.busy.map_or_else(|| "GPU".to_owned(), |busy| format!("GPU {busy:.0} %"));
        format!("{busy}, {:.1} of {:.1} GiB", self.used / 1024.0, self.memory / 1024.0)
    }
}

/// All GPUs that this process may use, in the order in which libtorch counts them; none without `nvidia-smi`.
pub fn all() -> Vec<Gpu> {
    const QUERY: &str = "--query-gpu=index,name,utilization.gpu,memory.used,memory.total";
    let mut command = Command::new("nvidia-smi");
    command.args([QUERY, "--format=csv,noheader,nounits"]).stdin(Stdio::null()).stderr(Stdio::null());
    let Ok(output) = command.output() else { return Vec::new() };
    let visible = std::env::var("CUDA_VISIBLE_DEVICES").ok();
    visible_of(parse(&String::from_utf8_lossy(&output.stdout)), visible.as_deref())
}

/// The programs that compute on the GPUs, one line each; empty if unknown.
pub fn users() -> Vec<String> {
    let mut command = Command::new("nvidia-smi");
    command.args(["--query-compute-apps=pid,process_name,used_memory", "--format=csv,noheader"]);
    let Ok(output) = command.stdin(Stdio::null()).stderr(Stdio::null()).output() else { return Vec::new() };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

fn parse(text: &str) -> Vec<Gpu> {
    let gpu = |line: &str| {
        let mut fields = line.split(',').map(str::trim);
        let index = fields.next()?.parse().ok()?;
        let name = fields.next()?.to_owned();
        let busy = fields.next()?.parse().ok();
        Some(Gpu {
            index,
            name,
            busy,
            used: fields.next()?.parse().ok()?,
            memory: fields.next()?.parse().ok()?,
        })
    };
    text.lines().filter_map(gpu).collect()
}

/// The GPUs that `CUDA_VISIBLE_DEVICES` allows, in its order. None if it uses names instead of numbers.
fn visible_of(gpus: Vec<Gpu>, visible: Option<&str>) -> Vec<Gpu> {
    let Some(visible) = visible else { return gpus };
    let numbers = visible.split(',').map(|name| name.trim().parse::<usize>());
    let Ok(numbers) = numbers.collect::<Result<Vec<_>, _>>() else { return Vec::new() };
    numbers.iter().filter_map(|&number| gpus.iter().find(|gpu| gpu.index == number).cloned()).collect()
}

/// Queries one GPU repeatedly on its own thread, which ends when this is dropped.
#[derive(Debug)]
pub struct GpuMonitor {
    latest: Arc<Mutex<Option<Gpu>>>,
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl GpuMonitor {
    /// Monitors the GPU that libtorch calls `cuda:number`.
    pub fn start(number: usize) -> Self {
        let latest = Arc::new(Mutex::new(None));
        let (end, ended) = channel();
        let theirs = Arc::clone(&latest);
        let thread = std::thread::spawn(move || {
            loop {
                let Some(gpu) = all().into_iter().nth(number) else { return };
                *theirs.lock().unwrap_or_else(PoisonError::into_inner) = Some(gpu);
                if ended.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        Self { latest, end: Some(end), thread: Some(thread) }
    }

    /// The latest report.
    pub fn latest(&self) -> Option<Gpu> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for GpuMonitor {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "0, NVIDIA GeForce RTX 4090, 97, 10445, 24564\n1, Tesla T4, [N/A], 3, 15360\nnot a line of ours\n";

    #[test]
    fn every_line_is_a_gpu() {
        let gpus = parse(TEXT);
        assert_eq!(gpus.len(), 2);
        assert_eq!(gpus[0].words(), "GPU 97 %, 10.2 of 24.0 GiB");
        assert_eq!(gpus[1].words(), "GPU, 0.0 of 15.0 GiB");
    }

    #[test]
    fn the_environment_selects_and_orders_gpus() {
        let names = |visible| -> Vec<usize> {
            visible_of(parse(TEXT), visible).iter().map(|gpu| gpu.index).collect()
        };
        assert_eq!(names(None), [0, 1]);
        assert_eq!(names(Some("1,0")), [1, 0]);
        assert_eq!(names(Some("1")), [1]);
        assert_eq!(names(Some("GPU-8932f937")), [0; 0]);
    }
}
