"""The pages, through Django's test client, over headquarters in memory."""
