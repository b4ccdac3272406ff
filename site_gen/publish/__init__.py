"""What leaves the machine: the ledgers of what was published, the branch that shows the site, issues as mails."""
