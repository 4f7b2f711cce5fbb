"""A described practice -> Assessment.

Two readers that learned from the practice bank, one by letters (`learned`, fitted on the spot) and one by meaning
(`tuned`, shipped), and not a language model: the same text must give the same reading tomorrow, every mark must point
at the user's own words, and an officer must be able to change the outcome by editing a file.
"""

from assistant.assessment.assessment import Assessment
from assistant.assessment.assessor import AssessmentEvent, Assessor
from assistant.assessment.claims import Claim, ClaimReader, fold
from assistant.assessment.learned import LearnedReader
from assistant.assessment.matching import Matcher
from assistant.assessment.tuned import TunedReader

__all__ = [
    "Assessment",
    "AssessmentEvent",
    "Assessor",
    "Claim",
    "ClaimReader",
    "LearnedReader",
    "Matcher",
    "TunedReader",
    "fold",
]
