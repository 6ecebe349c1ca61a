"""Course catalogs: courses, calendars, prerequisites and the course graph.

Examples
--------
>>> from catalogs import load
>>> load("katy-isd-tx").by_code["0101"].title
'English 1'
"""

from catalogs.bundled import load
from catalogs.calendar import Calendar, Summer
from catalogs.catalog import Catalog, CreditUnit
from catalogs.course import Course
from catalogs.errors import InputError, InputErrors
from catalogs.grading import Grading
from catalogs.native import read_catalog, write_catalog

__all__ = [
    "Calendar",
    "Catalog",
    "Course",
    "CreditUnit",
    "Grading",
    "InputError",
    "InputErrors",
    "Summer",
    "load",
    "read_catalog",
    "write_catalog",
]
