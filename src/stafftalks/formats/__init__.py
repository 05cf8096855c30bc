"""Files in and out: bytes to rows and rows to bytes. Nothing here opens a file or knows where one lies."""
