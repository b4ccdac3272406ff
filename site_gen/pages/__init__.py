"""Site to bytes: the table of routes, what each page shows (`views`), templates' filters, the renderer. Pure."""
