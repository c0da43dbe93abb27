"""Plots as SVG: horizontal bars and lines, readable on light and on dark ground."""

import html
import math

COLOURS = ("#3b82f6", "#f59e0b", "#10b981", "#a855f7", "#ef4444", "#6b7280")
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #57606a; }
text.title { font-size: 15px; font-weight: 600; fill: #24292f; }
text.value { fill: #24292f; }
line.grid { stroke: #8c959f; stroke-opacity: 0.25; }
line.axis { stroke: #8c959f; }
@media (prefers-color-scheme: dark) {
  text { fill: #8b949e; } text.title, text.value { fill: #e6edf3; }
}
"""


class Drawing:
    """Elements of an SVG, collected."""

    def __init__(self, width, height, title):
        self.width, self.height = width, height
        self.elements = []
        self.text(16, 24, title, kind="title")

    def text(self, x, y, text, anchor="start", kind=""):
        name = f' class="{kind}"' if kind else ""
        self.elements.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}>{html.escape(text)}</text>')

    def line(self, x1, y1, x2, y2, kind="grid"):
        self.elements.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def bar(self, x, y, width, height, colour):
        self.elements.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2" fill="{colour}"/>')

    def range(self, x1, x2, y, colour):
        """A whisker from the least to the greatest."""
        self.elements.append(f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}" stroke="{colour}"/>')

    def path(self, points, colour):
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.elements.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in points:
            self.elements.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')

    def __str__(self):
        body = "\n".join(self.elements)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                f'width="{self.width}" height="{self.height}" role="img">\n<style>{STYLE}</style>\n{body}\n</svg>\n')


def ticks(greatest, wanted=5):
    """Round numbers from zero to at least `greatest`."""
    if greatest <= 0:
        return [0, 1]
    rough = greatest / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [step * number for number in range(math.ceil(greatest / step - 1e-9) + 1)]


def short(number):
    """A number for an axis: 1500 is 1.5k."""
    if number >= 1e6:
        return f"{number / 1e6:g}M"
    return f"{number / 1e3:g}k" if number >= 1e4 else f"{number:g}"


def bars(title, unit, rows):
    """Horizontal bars. `rows` are (label, median, least, greatest, index of a colour)."""
    left, right, top, step = 300, 110, 46, 24
    width, height = 860, top + step * len(rows) + 44
    drawing = Drawing(width, height, title)
    marks = ticks(max(row[1] for row in rows))
    scale = (width - left - right) / marks[-1]
    bottom = top + step * len(rows)
    for mark in marks:
        x = left + mark * scale
        drawing.line(x, top, x, bottom)
        drawing.text(x, bottom + 16, short(mark), "middle")
    drawing.text(left + (width - left - right) / 2, bottom + 34, unit, "middle")
    for number, (label, median, least, greatest, colour) in enumerate(rows):
        y = top + step * number
        drawing.text(left - 8, y + 16, label, "end")
        drawing.bar(left, y + 4, median * scale, step - 8, COLOURS[colour])
        drawing.range(left + least * scale, left + min(greatest, marks[-1]) * scale, y + step / 2, "#8c959f")
        drawing.text(left + max(median, min(greatest, marks[-1])) * scale + 6, y + 16, f"{median:.1f}", kind="value")
    return str(drawing)


def lines(title, x_unit, y_unit, series):
    """Lines over one another. `series` are (label, [(x, y), …])."""
    left, right, top, bottom = 70, 24, 64, 330
    width, height = 860, 380
    drawing = Drawing(width, height, title)
    x_marks = ticks(max(x for _, points in series for x, _ in points), 8)
    y_marks = ticks(max(y for _, points in series for _, y in points))
    x_scale, y_scale = (width - left - right) / x_marks[-1], (bottom - top) / y_marks[-1]
    for mark in y_marks:
        y = bottom - mark * y_scale
        drawing.line(left, y, width - right, y)
        drawing.text(left - 8, y + 4, short(mark), "end")
    for mark in x_marks:
        drawing.text(left + mark * x_scale, bottom + 18, short(mark), "middle")
    drawing.line(left, bottom, width - right, bottom, "axis")
    drawing.text(left + (width - left - right) / 2, bottom + 40, x_unit, "middle")
    drawing.text(16, 48, y_unit)
    key = width - right
    for number, (label, points) in reversed(list(enumerate(series))):
        colour = COLOURS[number % len(COLOURS)]
        drawing.text(key, 48, label, "end", "value")
        key -= 7 * len(label) + 12
        drawing.bar(key - 6, 38, 12, 12, colour)
        key -= 20
        drawing.path([(left + x * x_scale, bottom - y * y_scale) for x, y in points], colour)
    return str(drawing)
