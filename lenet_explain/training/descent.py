"""One step downhill: the optimiser that a recipe names, with its schedule and its weight decay."""

from __future__ import annotations

from functools import partial

import torch
from torch import nn
from torch.optim import SGD, Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from lenet_explain import paper
from lenet_explain.recipes.bounds import MOMENTUM
from lenet_explain.recipes.recipe import Recipe


class Descent:
    """Changes a module's parameters by their gradients. rate: the learning rate of the last step.

    Decay shrinks weights before the step by rate · decay of themselves, apart from the gradient, as AdamW does
    (Loshchilov and Hutter 2019); what has one number a map (biases, scales, shifts, coefficients) does not decay.
    """

    def __init__(self, net: nn.Module, recipe: Recipe, per_epoch: int) -> None:
        self.optimiser = _optimiser(net, recipe)
        self.schedule = _schedule(self.optimiser, recipe, per_epoch)
        self.decay, self.decaying = recipe.decay, [p for p in net.parameters() if p.ndim > 1]
        self.rate = self.optimiser.param_groups[0]["lr"]

    def step(self) -> None:
        """By the gradients that the parameters hold now."""
        self.rate = self.optimiser.param_groups[0]["lr"]
        if self.decay:
            with torch.no_grad():
                for weights in self.decaying:
                    weights.mul_(1 - self.rate * self.decay)
        self.optimiser.step()
        if self.schedule:
            self.schedule.step()


def _optimiser(net: nn.Module, recipe: Recipe) -> Optimizer:
    if recipe.optimiser == "adam":
        return Adam(net.parameters(), lr=recipe.rate, fused=True)
    return SGD(net.parameters(), lr=recipe.rate, momentum=MOMENTUM * (recipe.optimiser == "momentum"), fused=True)


def _schedule(optimiser: Optimizer, recipe: Recipe, per_epoch: int) -> LRScheduler | None:
    match recipe.schedule:
        case "one-cycle":
            steps = per_epoch * recipe.epochs
            return OneCycleLR(optimiser, recipe.rate, total_steps=steps + 1, cycle_momentum=False)
        case "published":
            return LambdaLR(optimiser, partial(_published, per_epoch))
    return None


def _published(per_epoch: int, step: int) -> float:
    """The factor of the rate in this step: 1 in the paper's first passes, then its smaller and smaller shares."""
    return paper.rate_of_pass(step // per_epoch + 1) / paper.rate_of_pass(1)
