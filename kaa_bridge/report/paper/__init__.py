"""Reports on paper: one document as data, shown as a web page or as a tagged PDF, with charts from Vega-Lite specs."""
