"""Files of this installation: CSV, Excel and JSON lines, read as long lists and written whole."""
