"""Plots as SVG: horizontal bars and lines, readable on light and on dark ground."""

import html
import math

COLOURS = ("#3b82f6", "#f59e0b", "#10b981", "#a855f7", "#ef4444", "#6b7280")
GREY = "#8c959f"
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #57606a; }
text.title { font-size: 15px; font-weight: 600; fill: #24292f; }
text.value { fill: #24292f; }
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

    def line(self, x1, y1, x2, y2, colour=GREY, opacity=0.3, dashes=""):
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.elements.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
                             f'stroke-opacity="{opacity}"{dashed}/>')

    def bar(self, x, y, width, height, colour):
        self.elements.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2" fill="{colour}"/>')

    def path(self, points, colour, dashes=""):
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.elements.append(
            f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
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


def decades(least, greatest):
    """1, 2 and 5 times the powers of ten, from at most `least` to at least `greatest`."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(greatest)) + 1)
    marks = [factor * 10 ** power for power in powers for factor in (1, 2, 5)]
    first = max((mark for mark in marks if mark <= least), default=marks[0])
    last = min(mark for mark in marks if mark >= greatest)
    return [mark for mark in marks if first <= mark <= last]


def bars(title, unit, rows, reference=None):
    """Horizontal bars. `rows` are (label, median, least, greatest, index of a colour); `reference` is a line across."""
    left, right, top, step = 300, 70, 46, 24
    width, height = 860, top + step * len(rows) + 44
    drawing = Drawing(width, height, title)
    marks = ticks(max(row[3] for row in rows))
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
        drawing.line(left + least * scale, y + step / 2, left + greatest * scale, y + step / 2, opacity=1)
        drawing.text(left + greatest * scale + 6, y + 16, f"{median:.1f}", kind="value")
    if reference:
        drawing.line(left + reference * scale, top, left + reference * scale, bottom, COLOURS[4], 0.8, "4 3")
    return str(drawing)


def lines(title, x_unit, y_unit, series, logarithmic=False):
    """Lines over one another. `series` are (label, [(x, y), …], index of a colour, is dashed)."""
    left, right, top, bottom = 70, 24, 64, 330
    width, height = 860, 380
    drawing = Drawing(width, height, title)
    x_marks = ticks(max(x for _, points, *_ in series for x, _ in points), 8)
    values = [y for _, points, *_ in series for _, y in points]
    y_marks = decades(max(1, min(values)), max(values)) if logarithmic else ticks(max(values))
    x_scale = (width - left - right) / x_marks[-1]

    def height_of(value):
        if not logarithmic:
            return bottom - value * (bottom - top) / y_marks[-1]
        share = math.log(max(value, y_marks[0]) / y_marks[0]) / math.log(y_marks[-1] / y_marks[0])
        return bottom - share * (bottom - top)

    for mark in y_marks:
        drawing.line(left, height_of(mark), width - right, height_of(mark))
        drawing.text(left - 8, height_of(mark) + 4, short(mark), "end")
    for mark in x_marks:
        drawing.text(left + mark * x_scale, bottom + 18, short(mark), "middle")
    drawing.line(left, bottom, width - right, bottom, opacity=1)
    drawing.text(left + (width - left - right) / 2, bottom + 40, x_unit, "middle")
    drawing.text(16, 48, y_unit)
    key = width - right - sum(7 * len(label) + 44 for label, *_ in series)
    for label, points, colour, is_dashed in series:
        dashes = "5 3" if is_dashed else ""
        drawing.line(key, 44, key + 20, 44, COLOURS[colour], 1, dashes)
        drawing.text(key + 26, 48, label, kind="value")
        key += 7 * len(label) + 44
        drawing.path([(left + x * x_scale, height_of(y)) for x, y in points], COLOURS[colour], dashes)
    return str(drawing)
