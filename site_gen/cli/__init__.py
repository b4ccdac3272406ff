"""The command line: parse arguments, call one function of another room, print what it returns. No logic.

main              the entry point: finds the command, turns errors into messages and exit statuses
*_commands        the commands of one family: `add_parsers`, and a function for each command
command_parser    what the parsers of all commands have in common

`--help` answers within 80 ms. So the rooms are imported inside the functions that use them (trafilatura alone takes
0.3 s to import), and `main` imports only the module of the command that is asked for.
"""
