//! Confusion matrix, balanced accuracy, ROC, AUC and intervals.
