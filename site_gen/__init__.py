"""Turns a folder of saved web pages into a browsable static site."""

__version__ = "0.2.0"
