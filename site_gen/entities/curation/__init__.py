"""Upkeep of the gazetteer: entities added, renamed, merged, moved and filled in, with all that names them.

A command is planned in memory, as the files before and after (`plans`), and checked; then one place
writes it (`writing`), each file whole. The same command goes on where it was killed.
"""
