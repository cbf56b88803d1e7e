"""The outside: mail, files, the virus scanner, documents. Nothing here knows the database or a request."""
