"""What knows nothing of articles: text, addresses, digests, the dependency graph, SQLite, git, processes, messages."""
