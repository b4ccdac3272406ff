"""The incremental build: what changed, which pages are stale, what is drawn and written. docs/engine.md tells how."""
