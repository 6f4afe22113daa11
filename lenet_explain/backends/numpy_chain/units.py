"""Each kind of layer: forward, and backward with gradients (power 1) or Gauss–Newton curvatures (power 2).

Backward takes dE/da of the layer's sums a and returns dE/dx of what it read, leaving dE/dw in `gradients`.
With power 2 the same chain runs on squares and gives d²E/da², d²E/dx² and d²E/dw² without the terms in f″:
every factor that multiplies a gradient multiplies a curvature squared.
Source: LeCun et al. 1998, Appendix C, Eqs. 23, 25 and 27; shared weights add up as in Eq. 19 and Eq. 23.
"""

from __future__ import annotations

import numpy as np

from lenet_explain.backends.numpy_chain.windows import Array, Windows
from lenet_explain.network.layers.normalisation import EPSILON
from lenet_explain.network.walk import Step

Learned = dict[str, Array]  # what it is → numbers or gradients


def raised(values: Array, power: int) -> Array:
    return values if power == 1 else values * values


def _rows(values: Array) -> Array:
    """(B, R, P) → (R, B·P)"""
    if len(values) == 1:
        return values[0]
    return values.swapaxes(0, 1).reshape(values.shape[1], -1)


class Unit:
    """A layer's forward and backward pass; its output buffer is reused.

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
    """Dense, where each unit reads all there is, and a convolution with one place. kernels: (maps, n).

    patches: what was read, (B, n); errors: dE/da, (B, maps).
    """

    def forward(self, maps: Array) -> Array:
        self.patches = maps.reshape(len(maps), -1)
        sums = np.dot(self.patches, self.arrays["kernels"].T)
        if "bias" in self.arrays:
            np.add(sums, self.arrays["bias"], sums)
        return self._grouped(sums)

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        self.errors = errors = errors.reshape(len(errors), -1)
        np.dot(errors.T, raised(self.patches, power), self.gradients["kernels"])
        if "bias" in self.arrays:
            np.add.reduce(errors, axis=0, out=self.gradients["bias"])
        if not onward:
            return None
        before = self.step.before
        back = np.dot(errors, raised(self.arrays["kernels"], power))
        return back.reshape(len(back), before.maps, before.height, before.width)


class SlidingSums(WeightedSums):
    """Convolution. kernels: (maps, C·k·k), 0 where not linked; patches: (B, C·k·k, P); errors: (B, maps, P)."""

    def __init__(self, step: Step, arrays: Learned, windows: Windows) -> None:
        super().__init__(step, arrays)
        self.windows = windows
        self._lay_out(1, arrays["kernels"].dtype)

    def _lay_out(self, count: int, dtype: np.dtype) -> None:
        """Room for so many images, used again and again: new memory costs as much as the work."""
        (maps, cells), places = self.arrays["kernels"].shape, self.step.after.height * self.step.after.width
        self.sums = np.empty((count, maps, places), dtype)
        self.back = np.empty((count, cells, places), dtype)
        self.ones = np.ones(count * places, dtype)

    def forward(self, maps: Array) -> Array:
        if len(maps) != len(self.sums) or maps.dtype != self.sums.dtype:
            self._lay_out(len(maps), maps.dtype)
        self.patches = self.windows.patches(maps).reshape(self.back.shape)
        np.matmul(self.arrays["kernels"], self.patches, self.sums)  # (maps, C·k·k) @ (B, C·k·k, P) → (B, maps, P)
        if "bias" in self.arrays:
            np.add(self.sums, self.arrays["bias"][:, None], self.sums)
        return self._grouped(self.sums)

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        self.errors = errors = errors.reshape(self.sums.shape)
        by_map = _rows(errors)
        np.dot(by_map, _rows(raised(self.patches, power)).T, self.gradients["kernels"])
        if "bias" in self.arrays:
            np.dot(by_map, self.ones, self.gradients["bias"])  # a sum, at a third of its cost
        if not onward:
            return None
        return self.windows.added(np.matmul(raised(self.arrays["kernels"], power).T, errors, self.back))


class Sums(Unit):
    """Trainable subsampling: the sum of each block, times the map's coefficient, plus its bias.

    The curvature of a coefficient is that of the weight of one input, the sum: sum²·d²E/da², as in EBLearn, the
    authors' later library. Eq. 23 read literally would square the four inputs one by one.
    """

    def __init__(self, step: Step, arrays: Learned) -> None:
        super().__init__(step, arrays)
        size, width = step.layer.window(step.before).size, step.before.width
        columns = np.repeat(np.eye(step.after.width, dtype=arrays["bias"].dtype), size, axis=0)  # (W, W/size)
        self.blocks_of_rows = np.tile(columns[:width], (size, 1))  # (size·W, W/size): `size` rows in, one row out

    def forward(self, maps: Array) -> Array:
        rows = maps.reshape(-1, len(self.blocks_of_rows))  # (B·C·H/size, size·W)
        self.blocks = np.dot(rows, self.blocks_of_rows).reshape(len(maps), len(self.arrays["bias"]), -1)  # (B, C, P)
        sums = self.blocks * self.arrays["coefficient"][:, None]
        return self._grouped(np.add(sums, self.arrays["bias"][:, None], sums))

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        errors = errors.reshape(self.blocks.shape)
        np.add.reduce(np.vecdot(errors, raised(self.blocks, power)), axis=0, out=self.gradients["coefficient"])
        np.add.reduce(errors, axis=(0, 2), out=self.gradients["bias"])
        if not onward:
            return None
        before, after = self.step.before, self.step.after
        of_blocks = errors * raised(self.arrays["coefficient"], power)[:, None]
        back = np.dot(of_blocks.reshape(-1, after.width), self.blocks_of_rows.T)
        return back.reshape(len(errors), before.maps, before.height, before.width)


class Means(Unit):
    """Average pooling."""

    def __init__(self, step: Step, windows: Windows) -> None:
        super().__init__(step, {})
        self.windows = windows
        self.there = windows.cells_there()  # (P,)

    def forward(self, maps: Array) -> Array:
        sums = self.windows.patches(maps).sum(axis=2)
        return self._grouped(np.divide(sums, self.there, sums, dtype=sums.dtype))

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        if not onward:
            return None
        cells = self.windows.k**2
        shares = errors.reshape(*errors.shape[:2], 1, -1) * (self.there**-power).astype(errors.dtype)
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
        self.apart = maps.reshape(len(maps), 1, -1) - self.codes  # (B, 1, n) − (classes, n)
        return self._grouped(np.vecdot(self.apart, self.apart))

    def backward(self, errors: Array, power: int, *, onward: bool) -> Array | None:
        if not onward:
            return None
        before = self.step.before
        if power == 1:  # dE/dx = Σ dE/dy · 2(x − code)
            pulls = np.matmul(2 * errors.reshape(len(errors), 1, -1), self.apart)
        else:
            pulls = np.full((len(errors), before.maps), 2, errors.dtype)
        return pulls.reshape(len(pulls), before.maps, before.height, before.width)
