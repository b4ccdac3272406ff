"""Keeping the entity registry in order: entities added, renamed, merged, moved and filled in.

All that names an entity follows: tags, links, redirects. A command is planned in memory, as the files before and after
(`change_plan`), and checked; then one module writes it (`transaction`), each file whole. The same command goes on where
it was killed.
"""
