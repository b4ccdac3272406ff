"""The commands by what they work on: parse arguments, call one function, print what it gives. No logic.

Imports of the rooms stand in the commands that use them: `--help` answers in 0.2 s, trafilatura alone takes 0.3 s
to import. For the same reason `cli` imports only the module of the command that is asked for.
"""
