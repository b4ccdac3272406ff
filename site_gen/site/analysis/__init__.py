"""Statistics of texts and of counts: stories, related articles, summaries, unusual counts. Pure."""
