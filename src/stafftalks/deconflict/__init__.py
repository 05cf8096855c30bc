"""Which activities collide in place, height, time or claims on resources.

One meaning for all that is asked here. An activity occupies a footprint with geodesic edges on WGS84, a band of heights in metres, a window of seconds in UTC,
and claims on named resources. All four are closed: what only touches, meets. What cannot be placed is a `Fault` beside the answer, never left out in silence.
"""
