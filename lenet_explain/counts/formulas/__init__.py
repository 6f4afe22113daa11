"""How each number of a layer is worked out: a general formula with letters, what the letters are here, the sum, words.

A formula is a `Worked` whose terms are letters with their values, so it is evaluated, not only shown.
Not covered: kinds of layer that general.py does not know; of those the sum is shown without a formula.
"""

from lenet_explain.counts.formulas.letters import Letter
from lenet_explain.counts.formulas.opened import QUANTITIES, Line, Quantity, opened
from lenet_explain.counts.formulas.table import Group, links_by_group

__all__ = ["QUANTITIES", "Group", "Letter", "Line", "Quantity", "links_by_group", "opened"]
