"""Which entities a text names, and which of them become tags.

`gazetteer` says which names are looked for, `matcher` finds them, `disambiguation` decides which entity is meant,
`tagger` what becomes a tag, and `tag_merge` keeps a person's changes.
"""
