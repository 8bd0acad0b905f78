"""The program behind a trained network: lines that make the same loss and the same training."""

from landscape import DATASETS
from landscape.studio import trained
from landscape.studio.trained import NetworkChoice, Recipe


def network(choice: NetworkChoice, penalty: float = 0.0) -> tuple[list[str], list[str]]:
    """What to import, and the lines that make `objective`."""
    targets = ", targets=True" if DATASETS.recipes[choice.dataset].task == "regression" else ""
    lines = [
        f"training, held_out = DATASETS[{choice.dataset!r}].split({trained.HELD_OUT!r}, {choice.split!r})",
        f"held_out = held_out.standardize(by=training{targets})",
        f"training = training.standardize({targets.removeprefix(', ')})",
        f"model = MODELS[{choice.model!r}].replace(",
        f"    width={choice.width!r}, depth={choice.depth!r}, activation={choice.activation!r},",
        f"    initialization={choice.initialization!r}, scale={choice.scale!r},",
        ")",
        f"objective = landscape.network_risk(model, training, held_out, penalty=landscape.l2({penalty!r}), "
        f"seed={choice.seed!r})",
    ]
    return ["DATASETS", "MODELS"], lines


def training(recipe: Recipe) -> tuple[list[str], list[str]]:
    """What to import, and the lines that make `objective` and its training, `path`."""
    names, lines = network(recipe.network, recipe.penalty)
    numbers = ", ".join(f"{name}={value!r}" for name, value in recipe.numbers)
    lines.append(f"optimizer = OPTIMIZERS[{recipe.optimizer!r}].build({numbers})")
    names = [*names, "OPTIMIZERS"]
    if recipe.schedule != "constant":
        plan = ", ".join(
            [
                str(trained.num_steps(recipe)),
                *(f"{name}={value!r}" for name, value in recipe.schedule_numbers),
            ]
        )
        names.append("SCHEDULES")
        lines.append(
            f"optimizer = landscape.scheduled(optimizer, SCHEDULES[{recipe.schedule!r}].build({plan}))"
        )
    lines.append(
        f"path = landscape.train(objective, optimizer, {recipe.epochs!r}, {recipe.batch!r}, "
        f"{recipe.network.seed!r}, max_checkpoints={trained.checkpoints(recipe)})"
    )
    return names, lines
