"""Charts of what analyses found: plain rows in, a Vega-Lite specification with its table out. Nothing here knows an analysis, an element or a page.

A chart is drawn in pages from its specification, and from the same one on paper. Each carries its data within it and loads nothing.
"""
