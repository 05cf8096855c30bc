"""Where the pages of each room of the workspace are: one module a room, each with its PATHS."""

from stafftalks.web import converters

converters.register()
