"""The monthly highlight report: what its draft holds, and what is kept when it is issued. Pure."""
