"""The `serve` command's work: watches a site, builds what changed, shows it in the browser.

files ──watch──▶ Hints ──live──▶ Builder.refresh ──hub──▶ browser (reload.js)
content/saved/inbox/ ──inbox──▶ add
"""
