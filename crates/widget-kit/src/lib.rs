//! What every widget in the page shares: form, canvas, image picker, state in the URL.
