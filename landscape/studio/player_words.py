"""The words that the plot component itself shows."""

from landscape.studio.texts import _


def player_words() -> dict[str, str]:
    """Every word that the component itself shows, in the reader's language."""
    return {
        "legend": _("Paths"),
        "arrows": _("Arrows"),
        "player": _("Player"),
        "play": _("Play"),
        "pause": _("Pause"),
        "first": _("First step"),
        "previous": _("One step back"),
        "next": _("One step forward"),
        "last": _("Last step"),
        "position": _("Position"),
        "speed": _("Speed"),
        "step": _("Step"),
        "evaluations": _("Gradient evaluations"),
        "per_second": _("{rate} per second"),
        "clock": _("{now} of {end}"),
        "readout": _("Numbers at this step"),
        "point": _("θ"),
        "loss": _("Loss"),
        "ended": _("ended"),
        "diverged": _("diverged at step {step}"),
        "leaves": _("leaves the picture here"),
        "reset": _("Reset the view"),
        "hide": _("Hide or show {name}"),
        "scaled": _("Arrows drawn to scale, except: {list}."),
        "shortened": _("{name} shortened"),
        "lengthened": _("{name} lengthened"),
        "clipped": _("Values above {limit} are outside the picture."),
        "nonpositive": _("Values of zero and below have no place on a logarithmic axis."),
        "no_plotly": _(
            "The picture cannot be drawn: plotly.js did not load. Start the app with `streamlit run app.py`."
        ),
        "no_webgl": _(
            "This 3-D picture needs WebGL, which this browser does not offer. "
            "The other pictures work without it."
        ),
        "no_height": _("there is no height to draw, at any point."),
        "failed": _("This picture could not be drawn: {reason}"),
        "keys": _("Keys: space plays, arrow keys step, Home and End jump."),
    }


def take_words() -> dict[str, str]:
    """The words of the buttons that take a picture along."""
    return {
        "takes": _("Take the picture along"),
        "png": _("Picture (PNG, 1920 × 1080)"),
        "svg": _("Picture (SVG)"),
        "film": _("Film ({kind})"),
        "drawing": _("Drawing…"),
        "recording": _("{percent} % · stop"),
        "failed": _("This picture could not be drawn: {reason}"),
    }
