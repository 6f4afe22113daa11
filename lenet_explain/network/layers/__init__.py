"""The kinds of layer, as frozen data that know their own arithmetic.

A layer is described without its input; every method takes the shape that comes before it.
Counting conventions, the same for every kind:
  parameters   numbers that training changes (fixed glyph codes and running means are not counted)
  connections  links into a unit, its bias counted as one (LeCun et al. 1998, II.B counts so)
  macs         products of a value with a weight; additions, comparisons and biases are not counted
Not covered: dilation, rectangular kernels.
"""

from lenet_explain.network.layers.convolution import Convolution
from lenet_explain.network.layers.dense import Dense, RadialBasis
from lenet_explain.network.layers.layer import Layer
from lenet_explain.network.layers.normalisation import BatchNormalisation
from lenet_explain.network.layers.pooling import AveragePooling, MaxPooling, Subsampling
from lenet_explain.network.layers.shape import DescriptionError, Field, Shape, Size, Window

__all__ = [
    "AveragePooling",
    "BatchNormalisation",
    "Convolution",
    "Dense",
    "DescriptionError",
    "Field",
    "Layer",
    "MaxPooling",
    "RadialBasis",
    "Shape",
    "Size",
    "Subsampling",
    "Window",
]
