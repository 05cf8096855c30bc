"""Where rows rest: Django models of signed bytes and own elements, and the services' ports over them, on SQLite and PostgreSQL.

Models hold rows and no rules; what the database itself must refuse (changes, deletions, gaps) is in the migrations' triggers.
"""
