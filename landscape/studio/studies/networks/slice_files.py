"""What a slice gives away: its pictures, its numbers, its program, the parameters, and VTK for ParaView."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landscape.studio import exports, scripts, sharing, sliced, training_scripts, weights
from landscape.studio.panels import Panel, Track
from landscape.studio.sharing import Offer
from landscape.studio.sliced import Along, Cut
from landscape.studio.studies.networks import slice_pictures
from landscape.studio.studies.networks.slice_pictures import Picture
from landscape.studio.texts import _
from landscape.surfaces import Surface, vtk

RELIEF = 0.6
"""How high the surface stands in ParaView, which stretches no axis, in parts of its width."""


def offers(
    picture: Picture,
    surface: Surface,
    panels: Sequence[Panel],
    tracks: Sequence[Track],
    words: Mapping[str, str],
) -> dict[str, Any]:
    """The arguments of `sharing.bar`."""
    cut = picture.cut
    heights = slice_pictures.heights(picture, surface.x.size)
    z = Relief(heights.low, heights.high, float(np.ptp(surface.x)))
    further = [
        Offer(
            _("Parameters (NPZ)"),
            "networks-parameters.npz",
            "application/octet-stream",
            lambda: sharing.npz(parameters(cut)),
        ),
        Offer(
            _("Surface for ParaView (VTK)"),
            "networks-surface.vtk",
            "application/octet-stream",
            lambda: _surface_file(picture, surface, z),
        ),
    ]
    if not cut.upload:
        further.append(
            Offer(
                _("Path for ParaView (VTK)"),
                "networks-path.vtk",
                "application/octet-stream",
                lambda: _path_file(picture, surface, z),
            )
        )
    return {
        "html": exports.page(panels, tracks, _("A slice of a network’s landscape"), "step", words=words),
        "arrays": lambda: arrays(picture, surface),
        "table": lambda: sharing.csv(columns(picture, surface)),
        "script": lambda: program(picture, surface.x.size),
        "more": further,
    }


class Relief:
    """Heights of a picture as ParaView's third coordinate; what is not finite stands at the top.

    Args:
        low: The lowest height of the picture.
        high: The highest one.
        width: Of the picture.
    """

    def __init__(self, low: float, high: float, width: float) -> None:
        self.low, self.high = low, high
        self.factor = RELIEF * width / (high - low)

    def __call__(self, heights: Any) -> np.ndarray:
        """The third coordinates of heights."""
        values = np.asarray(heights, float)
        return self.factor * (np.where(np.isfinite(values), values, self.high) - self.low)

    def title(self, height: str, scale: str) -> str:
        """What the file says of itself."""
        name = f"log10({height} - floor)" if scale == "log" else height
        return f"Landscape: z = {self.factor:.6g} * ({name} - {self.low:.6g}); what is not finite at the top"


def parameters(cut: Cut) -> dict[str, Any]:
    """The parameters by names that can be read, and how they came about as text."""
    recipe = cut.recipe
    if cut.upload:
        names, lines = training_scripts.network(recipe.network, recipe.penalty)
    else:
        names, lines = training_scripts.training(recipe)
    return weights.named(sliced.origin(cut)) | {weights.RECIPE: scripts.script(names, lines)}


def arrays(picture: Picture, surface: Surface) -> dict[str, Any]:
    """The slice by names, and all that is known of how far it can be trusted."""
    cut = picture.cut
    found: dict[str, Any] = {"x": surface.x, "y": surface.y, picture.height: surface.values}
    trust, path = sliced.trust.kept(cut), slice_pictures.along(cut, picture.height)
    if path is not None:
        training = sliced.path(cut.recipe)
        found |= {
            "path/step": training.steps,
            "path/coordinates": sliced.projection(cut).coordinates,
            f"path/{picture.height}": path.true,
            f"path/{picture.height}_on_surface": path.ground,
        }
    if trust is not None:
        found |= {
            "path/distance": trust.distances,
            "path/gradient_share": trust.gradient_shares,
            "explained_variance": trust.explained_variance,
        }
    bent = sliced.curvature.kept(cut)
    if bent is not None:
        found |= {
            "curvature/plane": [bent.smallest_in_plane, bent.largest_in_plane],
            "curvature/all": [bent.smallest, bent.largest],
        }
    if cut.kind == "random":
        size = slice_pictures.small_size(picture.height)
        for each in (cut, *cut.others):
            small = sliced.surface.kept(each, size, picture.height)
            if small is not None:
                found |= {"seeds/x": small.x, "seeds/y": small.y, f"seeds/{each.seed}": small.values}
    return found


def columns(picture: Picture, surface: Surface) -> dict[str, Any]:
    """The slice point by point."""
    x, y = np.meshgrid(surface.x, surface.y)
    return {"x": x.ravel(), "y": y.ravel(), picture.height: surface.values.ravel()}


def _surface_file(picture: Picture, surface: Surface, z: Relief) -> bytes:
    heights = slice_pictures.heights(picture, surface.x.size)
    return vtk.surface(
        surface.x,
        surface.y,
        z(heights(surface.values)),
        {picture.height: surface.values},
        z.title(picture.height, picture.scale),
    )


def _path_file(picture: Picture, surface: Surface, z: Relief) -> bytes:
    """The path at its true heights, then its projections on the surface, and the lines between both."""
    cut = picture.cut
    known = slice_pictures.along(cut, picture.height)
    training, places = sliced.path(cut.recipe), sliced.projection(cut).coordinates
    nothing = np.full(len(places), np.nan)
    path = Along(nothing, nothing) if known is None else known
    heights = slice_pictures.heights(picture, surface.x.size)
    values, count = np.concatenate([path.true, path.ground]), len(places)
    points = np.column_stack([np.tile(places, (2, 1)), z(heights(values))])
    rows = np.arange(count)
    along, drops = np.column_stack([rows[:-1], rows[1:]]), np.column_stack([rows, rows + count])
    return vtk.lines(
        points,
        np.concatenate([along, drops]),
        {picture.height: values, "step": np.tile(training.steps, 2)},
        z.title(picture.height, picture.scale),
        pieces_columns={"drop_line": np.repeat([0, 1], [count - 1, count])},
    )


def program(picture: Picture, size: int) -> str:
    """The script that makes the same slice."""
    cut, recipe = picture.cut, picture.cut.recipe
    if cut.upload:
        names, lines = training_scripts.network(recipe.network, recipe.penalty)
        lines = [
            "import jax",
            "import numpy as np",
            *lines,
            'file = np.load("networks-parameters.npz")  # as Download gives them',
            "leaves, structure = jax.tree_util.tree_flatten_with_path(objective.start)",
            'words = ["/".join(str(getattr(key, "key", getattr(key, "idx", ""))) for key in path) '
            "for path, _ in leaves]",
            "params = jax.tree.unflatten(structure, [file[word] for word in words])",
        ]
    else:
        names, lines = training_scripts.training(recipe)
        lines = [
            "import jax",
            *lines,
            "path = path if path.diverged_at is None else path.first(path.diverged_at - 1)",
            "params = jax.tree.map(lambda leaf: leaf[-1], path.params)",
        ]
    lines += ["from landscape.fidelity import plane_curvature", f"plane = {_plane(cut)}"]
    height = {
        "loss": "objective",
        sliced.SHARPNESS: "landscape.sharpness(objective)",
    }.get(picture.height, f"objective.measuring({picture.height!r})")
    lines += [
        f"surface = landscape.evaluate({height}, plane, resolution={size}, extent={sliced.extent(cut)!r})",
        f'print(f"{picture.height} {{surface.values.min():.6g}} to {{surface.values.max():.6g}}")',
    ]
    if not cut.upload:
        lines += [
            "found = fidelity(objective, plane, path)",
            'print(f"the plane holds {found.explained_variance:.6g} of the movement, '
            '{found.gradient_shares[-1]:.6g} of the last gradient")',
        ]
    lines += [
        "bent = plane_curvature(objective, plane)",
        'print(f"curvature {bent.smallest_in_plane:.6g} to {bent.largest_in_plane:.6g} in the plane, '
        '{bent.smallest:.6g} to {bent.largest:.6g} in all")',
    ]
    return scripts.script([*names, "Plane", *([] if cut.upload else ["fidelity"])], lines)


def _plane(cut: Cut) -> str:
    update = "" if cut.upload else ", jax.tree.map(lambda leaf: leaf[-1], path.updates)"
    return {
        "principal": "Plane.principal(path)",
        "random": f'Plane.random(params, seed={cut.seed!r}, normalize={cut.normalize!r}, ignore="bias")',
        "hessian": "Plane.hessian(objective, params)",
        "gradient": f"Plane.gradient(objective, params{update})",
    }[cut.kind]
