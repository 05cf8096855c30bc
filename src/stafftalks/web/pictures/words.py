"""What the pictures' scripts say, in the reader's language: nothing that people read is spelt in a script. `{0}`, `{1}` are filled in there."""

from django.utils.translation import gettext as _

from stafftalks.web.pictures.trees import Field

Words = dict[str, str]


def _of_all() -> Words:
    return {
        "saving": _("Saving…"),
        "failed": _("Nothing was changed: the headquarters could not be reached. Try again."),
        "back": _("Put back where it was. {0}"),
        "theirs": _("This is a partner’s; it cannot be changed here."),
        "readOnly": _("You may read this, and not change it."),
        "open": _("Open {0}"),
        "none": _("Nothing is drawn."),
    }


def of_map() -> Words:
    """The words of the map."""
    return _of_all() | {
        "map": _("Map. Arrow keys move it, plus and minus zoom; the list below names everything on it."),
        "list": _("On the map: {0}"),
        "listMore": _("Show all {0}"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "fit": _("Show everything"),
        "attribution": _("Coast and borders: Natural Earth, public domain; borders are drawn as it gives them. WGS84."),
        "pointer": _("{0} under the pointer"),
        "edit": _("Change its place"),
        "draw": _("Draw"),
        "drawWhat": _("Place of"),
        "shape": _("Shape"),
        "point": _("Point"),
        "circle": _("Circle"),
        "corridor": _("Corridor"),
        "area": _("Area"),
        "find": _("Find on the map"),
        "radius": _("Radius (m)"),
        "halfWidth": _("Half-width (m)"),
        "typed": _("As typed"),
        "save": _("Save this place"),
        "finish": _("Finish"),
        "cancel": _("Cancel"),
        "saveTyped": _("Save as typed"),
        "empty": _("no place yet"),
        "point.how": _(
            "Click where it is. With the keyboard: arrow keys move the map, Enter takes the cross in its middle."
        ),
        "circle.how": _(
            "Click the centre, then the rim. With the keyboard: Space takes the cross in the middle, Enter ends."
        ),
        "corridor.how": _(
            "Click along the middle line; double-click to end. With the keyboard: Space adds the cross, Enter ends."
        ),
        "area.how": _("Click each corner; double-click to end. With the keyboard: Space adds the cross, Enter ends."),
        "edit.how": _(
            "Drag its handles, or the whole of it. With the keyboard: arrow keys move it while it has the focus, Enter saves, Escape puts it back."
        ),
        "drawn": _("{0}: {1}"),
    }


def of_area() -> Words:
    """The words of a map on which the area of a private check is drawn."""
    return of_map() | {
        "drawArea": _("Draw an area"),
        "drawCircle": _("Draw a circle"),
        "edit": _("Change the area"),
        "take": _("Take this area"),
        "taken": _("The area is now {0}."),
        "nothing": _("There is no area yet: draw one, or type its corners below."),
        "corner": _("Corner {0}"),
        "latOf": _("Latitude of corner {0}"),
        "lonOf": _("Longitude of corner {0}"),
    }


def of_timeline() -> Words:
    """The words of the timeline."""
    return _of_all() | {
        "timeline": _("Timeline. Up and down go from activity to activity."),
        "how": _(
            "Left and right move an activity by a day, with Shift its end, with Alt its start; Enter opens it, Escape puts it back."
        ),
        "relative": _("Days from each anchor"),
        "absolute": _("Dates"),
        "axis": _("Axis"),
        "group": _("Grouped by"),
        "phase": _("Phase"),
        "function": _("Function"),
        "force": _("Force"),
        "noGroup": _("Nothing: by time"),
        "noPhase": _("No phase"),
        "noFunction": _("No function"),
        "noForce": _("No force"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "fit": _("Show everything"),
        "laneOf": _("From {0}"),
        "laneNoDate": _("From {0} (no date here)"),
        "laneDates": _("Dates"),
        "laneNone": _("No time given"),
        "phases": _("Phases"),
        "points": _("Decision points"),
        "start": _("Start"),
        "end": _("End"),
        "latestShort": _("Latest information"),
        "save": _("Save"),
        "span": _("{0} to {1}"),
        "from": _("from {0}"),
        "until": _("until {0}"),
        "moved": _("{0}: {1}. Saved when you pause; Escape puts it back."),
        "after": _("after {0}"),
        "noTime": _("no time given"),
        "crosses": _("its other end hangs on another anchor: {0}"),
        "latest": _("{0}: information of value until {1}"),
        "early": _("starts before {0} ends"),
    }


def of_tree(field: Field) -> Words:
    """The words of a tree."""
    name = _("Branches") if field == "branches" else _("Task organisation")
    return _of_all() | {
        "tree": name,
        "how": _(
            "Arrow keys go from line to line and open or fold them. Alt with up or down changes the order, Alt with right hangs a line on the one above it, Alt with left lifts it a level. Or drag."
        ),
        "top": _("The top: hangs on nothing"),
        "openAll": _("Open all"),
        "foldAll": _("Fold all"),
        "first": _("It is the first under its line already."),
        "last": _("It is the last under its line already."),
        "highest": _("It is at the top already."),
        "lowest": _("There is no line before it to hang on."),
        "sequel": _("sequel"),
        "unjudged": _("not judged"),
        "likelihood": _("{0}: {1} to {2} %"),
        "more": _("{0} more below"),
    }
