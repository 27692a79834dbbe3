//! The answers of a test come from a file whose address is in the page, fetched once each.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use catalog::test_answers::TestAnswers;
use kit::{Failure, Section, fetched};

const WHAT: &str = "The file with the answers of this test";

/// The tests of a page: their addresses, and what was fetched.
#[derive(Debug)]
pub(crate) struct TestShelf {
    addresses: BTreeMap<String, String>,
    fetched: RefCell<BTreeMap<String, Rc<TestAnswers>>>,
    /// How often a file did not come or was damaged: the next try has another address, which the browser's cache does not know.
    failures: Cell<u32>,
}

impl TestShelf {
    /// The tests that the page names, a line each.
    pub(crate) fn of_page(section: &Section) -> Self {
        let lines = section.element().get_attribute("data-tests").unwrap_or_default();
        Self {
            addresses: fetched::addresses(&lines).into_iter().collect(),
            fetched: RefCell::default(),
            failures: Cell::default(),
        }
    }

    /// The answers of one test.
    ///
    /// # Errors
    /// [`Failure`] in words for the reader: there is no such test, its file does not come, or is damaged.
    pub(crate) async fn test(&self, name: &str) -> Result<Rc<TestAnswers>, Failure> {
        if let Some(known) = self.fetched.borrow().get(name) {
            return Ok(Rc::clone(known));
        }
        let address = self.addresses.get(name).ok_or_else(|| {
            Failure::new("The form offers a test that this page does not have. Reload the page.")
        })?;
        let answers =
            self.fetch(address).await.inspect_err(|_| self.failures.set(self.failures.get() + 1))?;
        let answers = Rc::new(answers);
        self.fetched.borrow_mut().insert(name.to_owned(), Rc::clone(&answers));
        Ok(answers)
    }

    async fn fetch(&self, address: &str) -> Result<TestAnswers, Failure> {
        let address = fetched::next_try(address, self.failures.get());
        let answers: TestAnswers = fetched::json(&address, WHAT).await?;
        if answers.fits() { Ok(answers) } else { Err(fetched::damaged(WHAT)) }
    }
}
