"""Five programs that train the same network for one pass, each in its own process; run by `benchmarks/train.py`.

The network is article C's (lenet-28), the optimiser Adam at 0.001, the loss cross-entropy. Each program answers every
line that it reads with the seconds and the processor seconds, of all its threads, that one pass over the training
images took; the first pass, which compiles, is not counted. Nothing here is measured while another program trains.
Use: python benchmarks/contenders.py NAME THREADS BATCH ARRAYS.npz     (keras and jax need benchmarks/requirements.txt)
"""

# the rivals are at home in an environment of their own:
# pyright: reportMissingImports=false, reportMissingModuleSource=false

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

RATE = 0.001
Pass = Callable[[], object]


def ours(images: np.ndarray, labels: np.ndarray, _threads: int, batch: int) -> Pass:
    """This project's loop, its own events included; of test images it is given one. One thread learns, one makes the
    next batch."""
    import torch

    from lenet_explain.data.datasets import Digits
    from lenet_explain.network.named import NETWORKS
    from lenet_explain.recipes.recipe import Recipe
    from lenet_explain.training.loop import Conditions, train

    torch.set_num_threads(1)
    data = Digits(images, labels, images[:1].copy(), labels[:1].copy())
    recipe = Recipe(optimiser="adam", rate=RATE, schedule="constant", batch=batch, epochs=1)
    return lambda: list(train(NETWORKS["lenet-28"], recipe, data, Conditions(every_seconds=1e9)))


def _torch_pass(batches: Callable[[], Iterator[Any]], threads: int) -> Pass:
    """What a tutorial writes: torch's own layers, Adam with its defaults."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    convolutions = (nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2))
    dense = (nn.Flatten(), nn.Linear(256, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    net = nn.Sequential(*convolutions, *dense)
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)

    def one_pass() -> None:
        for inputs, truth in batches():
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(inputs), truth).backward()
            optimiser.step()

    return one_pass


def plain(images: np.ndarray, labels: np.ndarray, threads: int, batch: int) -> Pass:
    """All images as one float tensor, indexed by a permutation."""
    import torch

    inputs, truth = torch.from_numpy(images).float()[:, None] / 255, torch.from_numpy(labels.astype(np.int64))

    def batches() -> Iterator[Any]:
        for chosen in torch.randperm(len(inputs)).split(batch):
            yield inputs[chosen], truth[chosen]

    return _torch_pass(batches, threads)


def loader(images: np.ndarray, labels: np.ndarray, threads: int, batch: int) -> Pass:
    """DataLoader without workers over pictures with ToTensor, as torchvision's MNIST gives them."""
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset

    from lenet_explain.data.vision import torchvision

    to_tensor = torchvision.transforms.ToTensor()

    class Pictures(Dataset):
        def __len__(self) -> int:
            return len(images)

        def __getitem__(self, index: int) -> tuple[Any, int]:
            return to_tensor(Image.fromarray(images[index])), int(labels[index])

    source = DataLoader(Pictures(), batch_size=batch, shuffle=True)
    return _torch_pass(lambda: iter(source), threads)


def keras(images: np.ndarray, labels: np.ndarray, threads: int, batch: int) -> Pass:
    """Article C's program."""
    import keras
    import tensorflow as tf
    from keras import layers

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    inputs, truth = images.astype("float32")[..., None] / 255, keras.utils.to_categorical(labels, 10)
    convolution = partial(layers.Conv2D, kernel_size=5, activation="tanh")
    dense = partial(layers.Dense, activation="tanh")
    head = (layers.Flatten(), dense(120), dense(84), layers.Dense(10, activation="softmax"))
    pooled = (convolution(6), layers.AveragePooling2D(2), convolution(16), layers.AveragePooling2D(2))
    net = keras.Sequential([keras.Input((28, 28, 1)), *pooled, *head])
    net.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(RATE), metrics=["accuracy"])
    return lambda: net.fit(inputs, truth, batch_size=batch, epochs=1, verbose=0)  # pyright: ignore[reportArgumentType] — Keras names only its default's type


def jax(images: np.ndarray, labels: np.ndarray, threads: int, batch: int) -> Pass:
    """One compiled step, the images held by JAX; Adam from optax."""
    import jax
    import optax
    from jax import lax
    from jax import numpy as jnp

    inputs, truth = jnp.asarray(images.astype("float32")[..., None] / 255), jnp.asarray(labels.astype(np.int32))
    shapes = ((5, 5, 1, 6), (5, 5, 6, 16), (256, 120), (120, 84), (84, 10))
    keys = jax.random.split(jax.random.key(0), len(shapes))
    draw = jax.nn.initializers.glorot_uniform()
    weights = [(draw(key, shape), jnp.zeros(shape[-1])) for key, shape in zip(keys, shapes, strict=True)]
    optimiser = optax.adam(RATE)
    state = optimiser.init(weights)

    def loss(weights: Any, maps: Any, truth: Any) -> Any:
        for kernels, bias in weights[:2]:
            maps = lax.conv_general_dilated(maps, kernels, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
            maps = jnp.tanh(maps + bias)
            maps = lax.reduce_window(maps, 0.0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4
        maps = maps.reshape(len(maps), -1)
        for matrix, bias in weights[2:4]:
            maps = jnp.tanh(maps @ matrix + bias)
        logits = maps @ weights[4][0] + weights[4][1]
        return optax.softmax_cross_entropy_with_integer_labels(logits, truth).mean()

    @jax.jit
    def step(weights: Any, state: Any, chosen: Any) -> Any:
        changes, state = optimiser.update(jax.grad(loss)(weights, inputs[chosen], truth[chosen]), state)
        return optax.apply_updates(weights, changes), state

    random = np.random.default_rng(0)

    def one_pass() -> None:
        nonlocal weights, state
        order = random.permutation(len(images)).astype(np.int32)
        for first in range(0, len(order) - batch + 1, batch):
            weights, state = step(weights, state, order[first : first + batch])
        jax.block_until_ready(weights)

    return one_pass


CONTENDERS: Mapping[str, Callable[[np.ndarray, np.ndarray, int, int], Pass]] = {
    "ours": ours,
    "keras": keras,
    "jax": jax,
    "plain": plain,
    "loader": loader,
}


def main(name: str, threads: int, batch: int, arrays: str) -> None:
    cores = sorted(os.sched_getaffinity(0))[-threads:]
    os.sched_setaffinity(0, cores)  # the thread pools of TensorFlow and JAX are as large as this set
    with np.load(arrays) as file:
        one_pass = CONTENDERS[name](file["images"], file["labels"], threads, batch)
    one_pass()
    print("ready", flush=True)
    for _ in sys.stdin:
        began, used = time.perf_counter(), time.process_time()
        one_pass()
        print(time.perf_counter() - began, time.process_time() - used, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
