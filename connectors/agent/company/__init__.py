"""The company file: an SQLite file with the UK tables of Sage 50 Accounts, for the sandbox driver and for ODBC."""
