"""What a period's news is made of: which articles tell one story, what each says in short, what is more or less
than usual. Pure."""
