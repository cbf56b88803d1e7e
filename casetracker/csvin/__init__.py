"""
Reading CSV files as councils have them: whatever the encoding, line ends, spreadsheet or system they come from.

Pure: no database and no clock. Nothing is guessed silently, and nothing that cannot be read is dropped silently.
"""
