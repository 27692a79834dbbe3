//! Every browser test, in one program.

mod pages;
