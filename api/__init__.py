"""The web service and its pages: HTTP in, one call of a lower floor, JSON or HTML out.

Examples
--------
>>> from api.app import create_app
>>> create_app().title
'Pathways'
"""
