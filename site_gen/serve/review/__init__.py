"""The `review` command's work: doubtful articles one after the other in the browser, each beside its saved page.

review_queue     which articles are doubtful
review_server    serves them on this machine until Ctrl-C
review_app       the pages: a list, and a form for each article beside what `saved_page_views` reads of its saved page
review_forms     puts a form's fields into the article's file

Nothing of a saved page runs or is drawn: it is read in a process of its own, and shown as plain text.
"""
