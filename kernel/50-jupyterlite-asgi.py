# IPython runs this at startup, so that %asgi_serve is available in the first cell.
get_ipython().run_line_magic("load_ext", "jupyterlite_asgi")
