"""Benchmarks: every figure is a ratio, or stands beside a limit, measured in one run."""
