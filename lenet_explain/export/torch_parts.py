"""Source of the layers that PyTorch lacks, to stand below a generated network that needs them."""

SUBSAMPLING = '''
class Subsampling(nn.Module):
    """Sum each size×size block, times a coefficient, plus a bias, for each map. LeCun et al. 1998, II.B."""

    def __init__(self, maps, size):
        super().__init__()
        self.size = size
        self.coefficient = nn.Parameter(torch.full((maps,), 0.5))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x):  # (B, maps, H, W) → (B, maps, H/size, W/size)
        sums = F.avg_pool2d(x, self.size, divisor_override=1)
        return sums * self.coefficient[:, None, None] + self.bias[:, None, None]
'''

SPARSE = '''
class SparseConv2d(nn.Module):
    """A convolution whose maps read only the input maps in their row of a table; the others have no weight."""

    def __init__(self, inputs, table, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        k, links = kernel_size, [(row, one) for row, read in enumerate(table) for one in read]
        reach = [(len(read) * k * k) ** -0.5 for read in table for _ in read]
        self.kernels = nn.Parameter(torch.stack([torch.empty(k, k).uniform_(-r, r) for r in reach]))
        self.bias = nn.Parameter(torch.zeros(len(table))) if bias else None
        self.register_buffer("links", torch.tensor(links).T, persistent=False)
        self.shape, self.stride, self.padding = (len(table), inputs, k, k), stride, padding

    def forward(self, x):  # (B, inputs, H, W) → (B, maps, H', W')
        weight = self.kernels.new_zeros(self.shape).index_put(tuple(self.links), self.kernels)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding)
'''

DISTANCES = '''
class RadialBasis(nn.Module):
    """Squared distance to each class's fixed code of ±1. LeCun et al. 1998, Eq. 7."""

    def __init__(self, codes, length):
        super().__init__()
        bits = [f"{int(code, 16):0{length}b}" for code in codes]
        values = [[1.0 if bit == "1" else -1.0 for bit in row] for row in bits]
        self.register_buffer("codes", torch.tensor(values), persistent=False)

    def forward(self, x):  # (B, length) → (B, classes)
        return (x[:, None, :] - self.codes).square().sum(-1)
'''
