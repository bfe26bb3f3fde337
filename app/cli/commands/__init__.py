"""One file a command: what it takes and its manual; what it does is imported when it is called."""
