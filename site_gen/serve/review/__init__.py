"""The `review` command's work: doubtful articles one after the other in the browser, each beside its saved page.

content/articles/ ──queue──▶ Item… ──web──▶ a form, and the `evidence` of the saved page ──edits──▶ the same file

Nothing of a saved page runs or is drawn: it is read in a process of its own, and shown as plain text.
"""
