"""How the notebooks draw: one style, sorted bars, and labels at the marks instead of legends."""

import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib import pyplot as plt

# Okabe and Ito's palette, which readers with any colour vision can tell apart.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#AA4499", "#8C8C8C"
PALE = "#D9D9D9"

# Matplotlib's own font lacks the scripts of East Asia; where the machine has one of these, it fills in.
_MORE_FONTS = ["Noto Sans CJK JP", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "Hiragino Sans", "Yu Gothic", "Malgun Gothic"]


def use_style():
    """Sets what all plots and tables of a notebook share."""
    plt.rcParams.update(
        {
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "font.size": 10,
            "font.family": ["DejaVu Sans", *(name for name in _MORE_FONTS if name in font_manager.get_font_names())],
            "axes.titlesize": 12,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.titlepad": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
        }
    )
    pd.set_option("display.max_colwidth", 70, "display.max_rows", 100, "display.precision", 3)


def drawable(texts):
    """The texts for a plot: one with letters that no font here has gets a stand-in, and a line tells what it stands for."""
    letters = set()
    for family in plt.rcParams["font.family"]:
        letters |= font_manager.get_font(font_manager.findfont(family)).get_charmap().keys()
    drawn, stand_ins = [], {}
    for text in texts:
        if any(ord(letter) not in letters for letter in text):
            stand_ins[text] = f"({len(stand_ins) + 1})"
        drawn.append(stand_ins.get(text, text))
    if stand_ins:
        print("No font here has the letters of " + ", ".join(f"{text} {stand_in}" for text, stand_in in stand_ins.items())
              + ". A font such as Noto Sans CJK would.")
    return drawn


def bars(ax, labels, values, told, colour=BLUE):
    """Draws horizontal bars from the top down, each with its value: `told` is a format such as "{:.0%}"."""
    rows = range(len(labels))
    ax.barh(rows, values, color=colour, height=0.7)
    ax.set_yticks(rows, labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for row, value in zip(rows, values):
        ax.annotate(told.format(value), (value, row), (4, 0), textcoords="offset points", va="center", fontsize=9)
    # Room for the figure beside the longest bar; nothing but zeros still needs a scale.
    ax.set_xlim(0, max(values, default=0) * 1.15 or 1)


def label_ends(ax, x, lines, gap=0.045):
    """Writes names at the right ends of lines, moved apart where they would touch.

    `lines` maps a name to the height of its end and its colour; `gap` is the least distance, as a share of the axis.
    """
    low, high = ax.get_ylim()
    gap *= high - low
    place = -np.inf
    for name, (end, colour) in sorted(lines.items(), key=lambda line: line[1][0]):
        place = max(end, place + gap)
        ax.annotate(name, (x, place), (6, 0), textcoords="offset points", va="center", color=colour, annotation_clip=False)


def label_points(ax, x, y, texts, areas, fontsize=8):
    """Writes each text beside its point where it hides no marker and no other text; the first have the first choice.

    `areas` are those given to scatter, in square points. Returns the texts for which there was no place.
    """
    figure = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    points = figure.dpi / 72
    centres = ax.transData.transform(np.column_stack([x, y]))
    radii = np.sqrt(np.asarray(areas) / np.pi) * points
    taken = np.column_stack([centres - radii[:, None], centres + radii[:, None]])
    frame = ax.get_window_extent(renderer)
    directions = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]
    left_out = []
    for number, text in enumerate(texts):
        label = ax.text(0, 0, text, fontsize=fontsize, ha="center", va="center")
        label.set_in_layout(False)
        extent = label.get_window_extent(renderer)
        half = np.array([extent.width, extent.height]) / 2 + 1
        for distance, (right, up) in ((away, way) for away in (2, 12, 24) for way in directions):
            shift = np.array([right, up]) * (radii[number] * (0.75 if right and up else 1) + distance * points)
            middle = centres[number] + shift + np.array([right, up]) * half
            box = np.concatenate([middle - half, middle + half])
            others = np.delete(taken, number, axis=0)
            free = (box[0] > others[:, 2]) | (box[2] < others[:, 0]) | (box[1] > others[:, 3]) | (box[3] < others[:, 1])
            if free.all() and frame.x0 < box[0] and box[2] < frame.x1 and frame.y0 < box[1] and box[3] < frame.y1:
                place = ax.transData.inverted().transform(middle)
                label.set_position(place)
                if distance > 2:
                    ends = ax.transData.inverted().transform([centres[number], centres[number] + shift])
                    ax.plot(*ends.T, color=GREY, linewidth=0.6, zorder=1)
                taken = np.vstack([taken, box])
                break
        else:
            label.remove()
            left_out.append(text)
    return left_out
