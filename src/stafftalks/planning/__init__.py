"""The vocabulary of elements: typed content that planners write, compare and release.

`kinds` names them all, `element` spells them as bytes and hashes them, `compare` says what changed, `forms` reads them
from forms and files, `summary` lays them out for reading. Nothing here decides what may leave.
"""
