"""Each kind of layer: forward, and backward with gradients (power 1) or Gauss–Newton curvatures (power 2).

Backward takes dE/da of the layer's sums a and returns dE/dx of what it read, leaving dE/dw in `gradients`.
With power 2 the same chain runs on squares and gives d²E/da², d²E/dx² and d²E/dw² without the terms in f″:
every factor that multiplies a gradient multiplies a curvature squared.
Source: LeCun et al. 1998, Appendix C, Eqs. 23, 25 and 27; shared weights add up as in Eq. 19 and Eq. 23.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from lenet_explain.chain.windows import Array, Windows
from lenet_explain.layers.normalisation import EPSILON
from lenet_explain.walk import Step

Learned = dict[str, Array]  # what it is → numbers or gradients


def raised(values: Array, power: int) -> Array:
    return values if power == 1 else values * values


def _rows(values: Array) -> Array:
    """(B, R, P) → (R, B·P)"""
    if len(values) == 1:
        return values[0]
    return values.swapaxes(0, 1).reshape(values.shape[1], -1)


class Unit:
    """A layer at work; what it gives may be written over by its next use.

    arrays: what it learns, laid out for the work; gradients: of the same shapes;
    linked: for each array that has them, True where there is a weight and False where only a zero stands;
    measured: what belongs to the weights but is not learnt.
    """

    def __init__(self, step: Step, arrays: Learned) -> None:
        self.step, self.arrays = step, arrays
        self.gradients = {name: np.empty_like(array) for name, array in arrays.items()}
        self.linked: dict[str, np.ndarray] = {}
        self.measured: Learned = {}

    def forward(self, maps: Array) -> Array:
        """(B, C, H, W) before → (B, C′, H′, W′) sums"""
        raise NotImplementedError

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        """(B, C′, H′, W′) → (B, C, H, W), or None where nobody asks for it (onward=False)."""
        raise NotImplementedError

    def _grouped(self, sums: Array) -> Array:
        after = self.step.after
        return sums.reshape(len(sums), after.maps, after.height, after.width)


class WeightedSums(Unit):
    """Convolution, and dense, whose one window is all that there is. kernels: (maps, C·k·k), 0 where not linked."""

    def __init__(self, step: Step, arrays: Learned, windows: Windows | None) -> None:
        super().__init__(step, arrays)
        self.windows, self.count = windows, 0

    def _lay_out(self, maps: Array) -> None:
        """Room for so many images, used again and again: new memory costs as much as the work."""
        self.count = len(maps)
        kernels, bias, after = self.arrays["kernels"], self.arrays.get("bias"), self.step.after
        self.sums = np.empty((self.count, len(kernels), after.height * after.width), maps.dtype)
        self.back = np.empty((self.count, kernels.shape[1], self.sums.shape[2]), maps.dtype)
        self.columns = None if bias is None else bias[:, None]

    def forward(self, maps: Array) -> Array:
        if len(maps) != self.count or maps.dtype != self.sums.dtype:
            self._lay_out(maps)
        patches = self.windows.patches(maps) if self.windows else maps
        self.patches = patches.reshape(self.back.shape)  # (B, C·k·k, P)
        np.matmul(self.arrays["kernels"], self.patches, out=self.sums)  # (maps, C·k·k) @ (B, C·k·k, P) → (B, maps, P)
        if self.columns is not None:
            self.sums += self.columns
        return self._grouped(self.sums)

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        self.errors = errors = errors.reshape(self.sums.shape)  # (B, maps, P)
        np.dot(_rows(errors), _rows(raised(self.patches, power)).T, out=self.gradients["kernels"])
        if self.columns is not None:
            np.add.reduce(errors, axis=(0, 2), out=self.gradients["bias"])
        if not onward:
            return None
        np.matmul(raised(self.arrays["kernels"], power).T, errors, out=self.back)
        if self.windows is not None:
            return self.windows.added(self.back)
        before = self.step.before
        return self.back.reshape(len(errors), before.maps, before.height, before.width)


class Sums(Unit):
    """Trainable subsampling: the sum of each block, times the map's coefficient, plus its bias.

    The curvature of a coefficient is that of the weight of one input, the sum: sum²·d²E/da², as in EBLearn, the
    authors' later library. Eq. 23 read literally would square the four inputs one by one.
    """

    def forward(self, maps: Array) -> Array:
        size = self.step.layer.window(self.step.before).size
        rows = reduce(np.add, [maps[:, :, row::size] for row in range(size)])
        self.blocks = reduce(np.add, [rows[..., column::size] for column in range(size)])
        sums = self.blocks * self.arrays["coefficient"][:, None, None]
        sums += self.arrays["bias"][:, None, None]
        return sums

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        np.add.reduce(errors * raised(self.blocks, power), axis=(0, 2, 3), out=self.gradients["coefficient"])
        np.add.reduce(errors, axis=(0, 2, 3), out=self.gradients["bias"])
        if not onward:
            return None
        size = self.step.layer.window(self.step.before).size
        errors = errors * raised(self.arrays["coefficient"], power)[:, None, None]
        return errors.repeat(size, axis=2).repeat(size, axis=3)


class Means(Unit):
    """Average pooling."""

    def __init__(self, step: Step, windows: Windows) -> None:
        super().__init__(step, {})
        self.windows = windows

    def forward(self, maps: Array) -> Array:
        return self._grouped(self.windows.patches(maps).mean(axis=2))

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        if not onward:
            return None
        cells = self.windows.k**2
        shares = errors.reshape(*errors.shape[:2], 1, -1) * errors.dtype.type(cells**-power)
        return self.windows.added(np.broadcast_to(shares, (*shares.shape[:2], cells, shares.shape[3])))


class Largest(Unit):
    """Max pooling; of equal values the first counts."""

    def __init__(self, step: Step, windows: Windows) -> None:
        super().__init__(step, {})
        self.windows = windows

    def forward(self, maps: Array) -> Array:
        patches = self.windows.patches(maps)
        self.first = patches.argmax(axis=2, keepdims=True)
        return self._grouped(np.take_along_axis(patches, self.first, axis=2))

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        if not onward:
            return None
        chosen = np.arange(self.windows.k**2)[:, None] == self.first  # (B, C, k·k, P)
        return self.windows.added(chosen * errors.reshape(*errors.shape[:2], 1, -1))


class Normalised(Unit):
    """Batch normalisation as a trained network uses it: with the mean and variance of its training, not the batch's."""

    def __init__(self, step: Step, arrays: Learned, mean: Array, variance: Array) -> None:
        super().__init__(step, arrays)
        self.measured = {"mean": mean, "variance": variance}
        self.mean, self.spread = mean[:, None, None], np.sqrt(variance + EPSILON)[:, None, None]

    def forward(self, maps: Array) -> Array:
        self.normal = (maps - self.mean) / self.spread
        return self.normal * self.arrays["scale"][:, None, None] + self.arrays["shift"][:, None, None]

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        np.add.reduce(errors * raised(self.normal, power), axis=(0, 2, 3), out=self.gradients["scale"])
        np.add.reduce(errors, axis=(0, 2, 3), out=self.gradients["shift"])
        factor = self.arrays["scale"][:, None, None] / self.spread
        return errors * raised(factor, power) if onward else None


class Distances(Unit):
    """Squared distances to the codes, Eq. 7. Its curvature is that of one distance, 2, whatever the error (Eq. 8)."""

    def __init__(self, step: Step, codes: Array) -> None:
        super().__init__(step, {})
        self.codes = codes  # (classes, n)

    def forward(self, maps: Array) -> Array:
        self.vector = maps.reshape(len(maps), -1)
        apart = self.vector[:, None, :] - self.codes  # (B, 1, n) − (classes, n)
        return self._grouped(np.einsum("bcn,bcn->bc", apart, apart))

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        errors = errors.reshape(len(errors), -1)  # (B, classes)
        if power == 1:
            pulls = 2 * (self.vector * errors.sum(axis=1, keepdims=True) - errors @ self.codes)
        else:
            pulls = np.full_like(self.vector, 2)
        before = self.step.before
        return pulls.reshape(len(pulls), before.maps, before.height, before.width) if onward else None
