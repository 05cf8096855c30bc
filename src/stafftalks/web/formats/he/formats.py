"""As Django writes Hebrew dates, with the hour of twenty-four."""

DATE_FORMAT = "j בF Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j בF Y, H:i"
SHORT_DATE_FORMAT = "d/m/Y"
