//! A pure function from data to SVG for every figure of the book.
