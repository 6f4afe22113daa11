"""Source of the layers that Keras lacks, to stand below a generated network that needs them."""

SUBSAMPLING = '''
class Subsampling(layers.Layer):
    """Sum each size×size block, times a coefficient, plus a bias, for each map. LeCun et al. 1998, II.B."""

    def __init__(self, size, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.size, self.activation = size, keras.activations.get(activation)

    def build(self, shape):
        self.coefficient = self.add_weight(shape=shape[-1:], initializer=keras.initializers.Constant(0.5))
        self.bias = self.add_weight(shape=shape[-1:], initializer="zeros")

    def call(self, x):  # (B, H, W, maps) → (B, H/size, W/size, maps)
        sums = ops.average_pool(x, self.size, self.size) * self.size**2
        return self.activation(sums * self.coefficient + self.bias)
'''

SPARSE = '''
class SparseConv2D(layers.Layer):
    """A convolution whose maps read only the input maps in their row of a table; the others have no weight."""

    def __init__(self, table, kernel_size, strides=1, activation=None, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.table, self.kernel_size, self.strides = table, kernel_size, strides
        self.activation, self.use_bias = keras.activations.get(activation), use_bias

    def build(self, shape):
        k, self.links = self.kernel_size, [(row, one) for row, read in enumerate(self.table) for one in read]
        self.full = (len(self.table), shape[-1], k, k)
        self.kernels = self.add_weight(shape=(len(self.links), k, k))
        self.bias = self.add_weight(shape=(len(self.table),), initializer="zeros") if self.use_bias else 0.0

    def call(self, x):  # (B, H, W, inputs) → (B, H', W', maps)
        kernel = ops.scatter(ops.convert_to_tensor(self.links), self.kernels, self.full)
        kernel = ops.transpose(kernel, (2, 3, 1, 0))  # (maps, inputs, k, k) → (k, k, inputs, maps)
        return self.activation(ops.conv(x, kernel, self.strides, "valid") + self.bias)
'''

DISTANCES = '''
class RadialBasis(layers.Layer):
    """Squared distance to each class's fixed code of ±1. LeCun et al. 1998, Eq. 7."""

    def __init__(self, codes, length, activation=None, **kwargs):
        super().__init__(**kwargs)
        bits = [f"{int(code, 16):0{length}b}" for code in codes]
        self.codes = [[1.0 if bit == "1" else -1.0 for bit in row] for row in bits]
        self.activation = keras.activations.get(activation)

    def call(self, x):  # (B, length) → (B, classes)
        codes = ops.convert_to_tensor(self.codes, dtype=x.dtype)
        return self.activation(ops.sum(ops.square(x[:, None, :] - codes), axis=-1))
'''

CEIL_POOLING = '''
class CeilPooling(layers.Layer):
    """Pooling whose last windows reach beyond the lower and right edge and read only what is there."""

    def __init__(self, kind, size, strides, beyond, **kwargs):
        super().__init__(**kwargs)
        self.kind, self.size, self.strides = kind, size, strides
        self.border = ((0, 0), (0, beyond[0]), (0, beyond[1]), (0, 0))

    def call(self, x):  # (B, H, W, maps) → (B, H', W', maps)
        if self.kind == "max":
            return ops.max_pool(ops.pad(x, self.border, constant_values=float("-inf")), self.size, self.strides)
        shares = [ops.pad(one, self.border) for one in (x, ops.ones_like(x))]
        sums, there = (ops.average_pool(one, self.size, self.strides) for one in shares)
        return sums / there
'''
