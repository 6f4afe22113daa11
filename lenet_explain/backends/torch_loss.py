"""What training makes small."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_explain.network.walk import Network
from lenet_explain.recipes.recipe import Recipe


def loss_of(answer: Tensor, truth: Tensor, network: Network, recipe: Recipe) -> Tensor:
    """The mean loss of a batch, a scalar. answer: (B, classes) as the network gives it; truth: (B,) digits.

    cross-entropy: of softmax(logits), or of softmax(−distances), against one-hot; recipe.smoothing of it is shared out.
    mse: the distance to the right glyph (Eq. 8), or the squared error of the softmax against one-hot.
    map: Eq. 9, y_D + log(e^−j + Σ e^−y_i). Source: LeCun et al. 1998, section II.C.
    """
    distances = network.answer == "distances"
    match recipe.loss:
        case "cross-entropy":
            return F.cross_entropy(-answer if distances else answer, truth, label_smoothing=recipe.smoothing)
        case "mse" if distances:
            return answer.gather(1, truth[:, None]).mean()
        case "mse":
            target = F.one_hot(truth, answer.shape[1]).to(answer.dtype)
            return (answer.softmax(1) - target).square().sum(1).mean()
        case _:
            rubbish = answer.new_full((len(answer), 1), recipe.rubbish)
            penalties = torch.cat([answer, rubbish], dim=1)
            return (answer.gather(1, truth[:, None])[:, 0] + torch.logsumexp(-penalties, dim=1)).mean()


def slopes_of(answer: Tensor, truth: Tensor, network: Network, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """loss_of and its gradient by the answer, (B, classes): for cross-entropy shares minus target, in few steps."""
    answer = answer.detach()
    if recipe.loss != "cross-entropy":
        with torch.enable_grad():
            loss = loss_of(answer.requires_grad_(), truth, network, recipe)
        return loss.detach(), torch.autograd.grad(loss, answer)[0]
    sign = -1 if network.answer == "distances" else 1
    count, classes = answer.shape
    target = torch.full_like(answer, recipe.smoothing / classes)
    target.scatter_(1, truth[:, None], 1 - recipe.smoothing + recipe.smoothing / classes)
    shares = torch.log_softmax(sign * answer, 1)
    return torch.vdot(shares.flatten(), target.flatten()) / -count, shares.exp_().sub_(target).mul_(sign / count)
