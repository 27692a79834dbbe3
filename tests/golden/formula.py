"""Parameters and images from a formula that the Rust tests compute too, so that golden files hold answers and no weights.

A number depends on its parameter's name and its place: SplitMix64 from a seed that is FNV-1a of the name. Every operation
on the way is exact or correctly rounded (integers, a product and a sum of 64-bit floats, rounded once to 32 bits), so both
sides have the same bits.
"""

import numpy as np
import torch

# Places whose numbers are written, as shares of a layer's output.
PLACES = [0.0, 0.137, 0.291, 0.463, 0.618, 0.754, 0.883, 0.9999]


def uniform(name, count):
    """`count` numbers from -1 to below 1, each a multiple of 2^-23."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float64) / 2.0**23 - 1.0


def spread(name, shape):
    """Middle and half width of a parameter's numbers, such that signals neither fade nor explode."""
    if name.endswith("running_var"):
        return 1.0, 0.5
    if name.endswith("running_mean") or name.endswith("bias"):
        return 0.0, 0.125
    if len(shape) == 1:
        return 0.5, 0.25
    # Variance 2 / fan-in: a uniform number within w has the variance w^2 / 3.
    return 0.0, float(np.sqrt(np.float64(6.0) / np.float64(np.prod(shape[1:]))))


def fill(model):
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            middle, width = spread(name, tensor.shape)
            numbers = (middle + width * uniform(name, tensor.numel())).astype(np.float32)
            tensor.copy_(torch.from_numpy(numbers).view(tensor.shape))


def images(count, side):
    """`count` normalised images of `side` × `side` pixels, from -2 to 2."""
    numbers = uniform("images", count * 3 * side * side) * 2.0
    return torch.from_numpy(numbers.astype(np.float32)).view(count, 3, side, side)


def summary(value):
    flat = value.detach().flatten()
    places = [int(place * flat.numel()) for place in PLACES]
    wide = flat.to(torch.float64)
    return {
        "mean": wide.mean().item(),
        "size": wide.square().mean().sqrt().item(),
        "values": [flat[place].item() for place in places],
    }


def answers(model, images, modules):
    """Logits of `images`, and what `modules` return for them, by name."""
    outputs, hooks = {}, []
    for path, module in modules.items():
        keep = lambda _, __, y, path=path: outputs.__setitem__(path, summary(y.clone()))
        hooks.append(module.register_forward_hook(keep))
    with torch.no_grad():
        logits = model(images)
    for hook in hooks:
        hook.remove()
    return {"logits": logits.tolist(), "layers": outputs}


def step(model, images, norms, learned):
    """One pass as in training, with its gradient: the statistics of the batch, and what the running ones become."""
    model.train()
    trained = model(images)
    torch.nn.functional.cross_entropy(trained, torch.tensor([1, 6])).backward()
    state = model.state_dict()
    return {
        "training_logits": trained.tolist(),
        "training_state": {
            key: summary(state[key].to(torch.float32))
            for norm in norms
            for key in [norm + "running_mean", norm + "running_var", norm + "num_batches_tracked"]
        },
        "gradients": {key: summary(dict(model.named_parameters())[key].grad) for key in learned},
    }
