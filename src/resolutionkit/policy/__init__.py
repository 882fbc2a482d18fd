"""What an account wants, as data: workflow, thresholds, who must say what. No state and no I/O but loading TOML."""
