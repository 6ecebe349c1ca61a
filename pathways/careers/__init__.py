"""Careers: occupations, clusters and majors, what interests lead to, and which courses lead there.

Importing the package loads nothing heavy.
"""
