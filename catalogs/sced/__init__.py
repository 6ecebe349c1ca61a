"""SCED, the national course codes: the list, retired codes, and proposals for courses that carry none.

Examples
--------
>>> from catalogs.sced import codes, current, propose
>>> codes()["02052"].title
'Algebra I'
>>> current("06101"), current("02061")
('24052', None)
>>> propose("Hon Alg 2", "Mathematics")[0].code
'02056'
"""

from catalogs.sced.codes import ScedCode, areas, codes, current, retired
from catalogs.sced.mapper import Proposal, half_numbered, propose

__all__ = ["Proposal", "ScedCode", "areas", "codes", "current", "half_numbered", "propose", "retired"]
