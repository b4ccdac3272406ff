"""Which entities a text names, and which of them become tags.

`names` says what is looked for, `matcher` finds it, `rules` decides what counts, `merge` keeps a
person's word.
"""
