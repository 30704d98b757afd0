"""Benchmarks against named peers; each runs alone."""
