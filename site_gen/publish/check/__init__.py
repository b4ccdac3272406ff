"""What would go wrong once a site is published: links, feeds, data, names, settings; each with its mend."""
