"""Looking ahead: the nightly job, what it keeps, and the pages."""
