"""What tests in a browser do with the plot component, and what they see of it."""

import re
from urllib.parse import parse_qs, urlsplit

PICTURE = "figure.lp-{} .lp-picture"
CLOCK = ".lp-clock"
VERMILLION = (213, 94, 0)

COUNT_PAINTS = """() => {
    window.paints = {};
    const react = Plotly.react;
    Plotly.react = (element, ...rest) => {
        const role = element.closest('figure').className.match(/lp-(plane|scene|curve|chart|plain)/)[1];
        window.paints[role] = (window.paints[role] ?? 0) + 1;
        return react(element, ...rest);
    };
}"""
# How many pixels of the canvas above a panel are of a colour, in a box around a place in data coordinates.
PIXELS = """([role, color, place, reach, opaque = 200]) => {
    const figure = document.querySelector(`figure.lp-${role}`);
    const canvas = figure.querySelector('canvas.lp-overlay');
    const { xaxis, yaxis } = figure.querySelector('.lp-picture')._fullLayout;
    const ratio = canvas.width / canvas.clientWidth;
    let box = [0, 0, canvas.width, canvas.height];
    if (place) {
        const x = (xaxis._offset + xaxis.d2p(place[0])) * ratio;
        const y = (yaxis._offset + yaxis.d2p(place[1])) * ratio;
        box = [x - reach * ratio, y - reach * ratio, 2 * reach * ratio, 2 * reach * ratio];
    }
    const { data } = canvas.getContext('2d').getImageData(...box.map(Math.round));
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > opaque && color.every((value, c) => Math.abs(data[i + c] - value) < 12)) count++;
    }
    return count;
}"""
STILL = '[data-test-script-state="notRunning"]'
# The place on the screen of a point of a panel, in data coordinates.
PLACE = """([id, x, y]) => {
    const figure = [...document.querySelectorAll('figure.lp-panel')].find(each =>
        each.querySelector('.lp-picture').getAttribute('aria-label').includes(id));
    const picture = figure.querySelector('.lp-picture');
    const { xaxis, yaxis } = picture._fullLayout;
    const box = picture.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
}"""


def opened(page, address, query="", role="scene"):
    page.goto(address + query)
    page.wait_for_selector(PICTURE.format(role) + " .main-svg, " + PICTURE.format(role) + " canvas")
    page.wait_for_function("() => document.querySelector('.lp-clock').textContent.length > 0")
    return page


def clock(page, text):
    """Wait until the clock reads so."""
    page.wait_for_function("text => document.querySelector('.lp-clock').textContent === text", arg=text)


def shown(page, column=0):
    """The read-out of one path: label to text."""
    rows = page.locator(".lp-readout tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").nth(column).inner_text() for row in rows}


def parsed(text):
    """The numbers that a cell shows."""
    superscripts = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    plain = re.sub(r"×10(\S+?)(?=[,)]|$)", lambda power: "e" + power[1], text)
    return [float(number) for number in plain.translate(superscripts).strip("()").split(",")]


def drag(page, role, start, end):
    box = page.locator(PICTURE.format(role)).bounding_box()
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=8)
    page.mouse.up()


def arrived(page, address, role="plane"):
    page.goto(address)
    page.wait_for_selector(PICTURE.format(role) + " .main-svg")
    page.wait_for_selector(STILL, state="attached")
    return page


def asked(page):
    """The parameters of the address."""
    return {
        key: values[0] for key, values in parse_qs(urlsplit(page.evaluate("location.href")).query).items()
    }


def waits(page, key, unlike=None):
    """Wait until the address says a parameter, and says something else than before."""
    page.wait_for_function(
        "([key, old]) => ![null, old].includes(new URLSearchParams(location.search).get(key))",
        arg=[key, unlike],
    )
    page.wait_for_selector(STILL, state="attached")
    return asked(page)[key]


def place(page, words, x, y):
    return page.evaluate(PLACE, [words, x, y])
