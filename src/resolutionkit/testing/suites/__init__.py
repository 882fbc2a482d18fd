"""The conformance suites, a mixin an idea; ``suites.store`` and ``suites.notifier`` put them together."""
