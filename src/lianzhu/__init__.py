"""Lianzhu: Fact -> Finding -> Case -> Outcome for an industrial cluster. Start reading in docs/architecture.md."""

__version__ = "0.1.0"
