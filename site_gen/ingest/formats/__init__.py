"""Bytes to saved pages: what a file is, what it holds, and each page taken out of its wrapping and decoded. Pure."""
