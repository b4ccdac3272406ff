"""Views: what each kind of page shows, as small frozen records, and the functions that make them from the Site. Pure.

A file for each family of templates, called after the page it shows; `page_parts` holds what they share. A record whose
name ends in `Page` is the `page` of a template; docs/theming.md says of which.
"""
