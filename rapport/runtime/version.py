"""The version of this Rapport."""

import importlib.metadata

try:
    VERSION = importlib.metadata.version("rapport")
except importlib.metadata.PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "0 (checkout)"
