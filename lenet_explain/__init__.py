"""LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998), explained: count it, train it, look inside it.

    from lenet_explain import NETWORKS, totals, walk

    print(totals(walk(NETWORKS["lenet5"])).parameters.line)  # 156 + 12 + 1,516 + … = 60,000

The public names are those of `__init__.pyi`, which is read at run time too: each is imported when it is first used, so
that counting a network loads no torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
