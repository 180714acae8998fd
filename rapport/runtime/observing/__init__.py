"""Seeing from outside how Rapport is: lines of the log, figures for Prometheus, slow statements."""
