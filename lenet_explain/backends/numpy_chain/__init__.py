"""The chain rule, layer by layer, in NumPy: what a network answers, how each number in it bears on the answer, and how
sharply. No torch, so that a page can work it out at once and one digit at a time stays fast.
"""

from threadpoolctl import ThreadpoolController

from lenet_explain.backends.numpy_chain.chain import Chain

__all__ = ["Chain"]

# matrices here are small: a second thread gains little, and where a neighbour takes its core all wait for it
ThreadpoolController().limit(limits=1, user_api="blas")
