"""The files of `content/`: the records that they become, and everything that reads or edits them."""
