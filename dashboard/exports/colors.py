"""Colors of files that leave: paper is always light, so these are the light theme's."""

ACCENT, INK, QUIET = "#0B5CAD", "#0A131D", "#4A5866"
HEADER, LINE, GUESS = "#F1F4F8", "#CBD4DF", "#8A3A06"
TINTS = ("#E7F0FA", "#CFE2F5", "#9FC5EB", "#6FA8E0")
"""From little to much."""
