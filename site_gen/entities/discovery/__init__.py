"""Names that recur in a site's articles and that no entity has yet."""
