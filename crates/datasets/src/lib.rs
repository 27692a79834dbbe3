//! ISIC layouts, splits by lesion, manifests with hashes.
