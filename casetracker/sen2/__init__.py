"""The SEN2 person-level return: its modules, code lists and files. Pure."""
