"""Plan a student's courses to graduation and beyond.

`pathways.planner.plan` writes a plan, `pathways.verify.verify` checks one independently, `pathways.student.Student`
is the record they work on and `pathways.plan.Plan` the answer. Importing the package itself loads nothing heavy.
"""
