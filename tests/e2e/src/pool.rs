//! Browsers that no test uses at the moment, for the next one.
//!
//! Starting a browser takes longer than most tests. One that a test has used forgets it and waits here; all end with the
//! last test that holds any, so that none outlives the program.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::options::Options;
use crate::session::{Session, runtime};

/// How many wait at most. Three tests run at a time on two cores, and some ask for a second browser.
const KEPT: usize = 4;

/// The longest that a browser may take to forget a test; one that takes longer is ended.
const FORGETTING: Duration = Duration::from_secs(20);

/// Browsers that wait.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<(Options, Session)>>,
}

impl Pool {
    /// The one of this program.
    pub(crate) fn shared() -> Arc<Self> {
        static POOL: Mutex<Weak<Pool>> = Mutex::new(Weak::new());
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        pool.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::default());
            *pool = Arc::downgrade(&new);
            new
        })
    }

    /// A browser with these options, where one waits.
    pub(crate) fn take(&self, options: Options) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let place = idle.iter().position(|(of, _)| *of == options)?;
        Some(idle.remove(place).1)
    }

    /// Takes back a browser that a test has used, unless that test was the last one to hold any.
    pub(crate) fn give_back(self: Arc<Self>, options: Options, session: Session) {
        if Arc::strong_count(&self) == 1 || options.fresh {
            return;
        }
        let (tell, told) = std::sync::mpsc::channel();
        runtime().spawn(async move {
            let forgets = tokio::time::timeout(FORGETTING, session.forget()).await;
            let _ = tell.send(forgets.is_ok_and(|result| result.is_ok()).then_some(session));
        });
        let Ok(Some(session)) = told.recv() else { return };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((options, session));
        let surplus = (idle.len() > KEPT).then(|| idle.remove(0));
        drop(idle);
        // Ended while no other test waits for the list.
        drop(surplus);
    }
}
