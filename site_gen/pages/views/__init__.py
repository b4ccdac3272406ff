"""What each kind of page shows: small frozen records, and how they are taken from the Site. Pure.

A file for each family of templates; `parts` holds what they share.
"""
