//! Browser tests of the book over WebDriver.
