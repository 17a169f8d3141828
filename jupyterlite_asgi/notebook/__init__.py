"""The notebook's part: magics, the card below a cell, and events for the JupyterLab page."""
