"""The floors for import-linter: as its own layers, but tests of a floor may use the floors above it."""

from typing import Any

from importlinter.application import output
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import ContractCheck


class FloorsContract(LayersContract):
    """A layers contract over all modules but tests: generic code is tried on real record types."""

    def check(self, graph: Any, verbose: bool) -> ContractCheck:  # Any: the graph of modules
        for module in list(graph.modules):
            if module.rpartition(".")[2].startswith(("test_", "conftest")):
                graph.remove_module(module)
        output.verbose_print(verbose, "Tests are left out.")
        return super().check(graph, verbose)
