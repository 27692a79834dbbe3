//! Draws synthetic dermoscopic images of eight diagnoses from a seed and clinical parameters.
