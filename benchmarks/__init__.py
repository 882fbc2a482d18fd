"""The benchmarks: ratios of this library to others at the same work, in one run, on one machine."""
