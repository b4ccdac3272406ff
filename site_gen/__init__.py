"""Turns a folder of saved web pages into a browsable static site."""

__version__ = "0.1.0"
