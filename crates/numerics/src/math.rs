//! Transcendental functions through `libm`, so that the page and the trainer get the same bits.
//!
//! The standard library's versions differ between x86-64 and WASM in the last place; `.clippy.toml` bans them.

macro_rules! through_libm {
    ($($(#[$doc:meta])* $name:ident, $name64:ident = $f32:path, $f64:path;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(x: f32) -> f32 { $f32(x) }
        $(#[$doc])*
        /// In double precision.
        #[inline]
        pub fn $name64(x: f64) -> f64 { $f64(x) }
    )*};
}

through_libm! {
    /// e to the power `x`.
    exp, exp64 = libm::expf, libm::exp;
    /// Natural logarithm.
    ln, ln64 = libm::logf, libm::log;
    /// Sine of an angle in radians.
    sin, sin64 = libm::sinf, libm::sin;
    /// Cosine of an angle in radians.
    cos, cos64 = libm::cosf, libm::cos;
    /// Hyperbolic tangent.
    tanh, tanh64 = libm::tanhf, libm::tanh;
    /// Cube root.
    cbrt, cbrt64 = libm::cbrtf, libm::cbrt;
    /// Error function: 2 / √π times the integral of e^-t² from 0 to `x`.
    erf, erf64 = libm::erff, libm::erf;
}

/// `x` to the power `y`.
#[inline]
pub fn pow(x: f32, y: f32) -> f32 {
    libm::powf(x, y)
}

/// `x` to the power `y`, in double precision.
#[inline]
pub fn pow64(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Angle of the vector (`x`, `y`) in radians, -π to π.
#[inline]
pub fn atan2(y: f32, x: f32) -> f32 {
    libm::atan2f(y, x)
}

/// Square root; IEEE 754 rounds it correctly everywhere, so the standard one is exact.
#[inline]
pub fn sqrt(x: f32) -> f32 {
    x.sqrt()
}

/// Length of the vector (`x`, `y`), without the care for overflow that pixel coordinates never need.
#[inline]
pub fn hypot(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}
