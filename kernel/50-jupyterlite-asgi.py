# IPython runs this when a kernel starts, so that %asgi_serve is there before the first cell.
get_ipython().run_line_magic("load_ext", "jupyterlite_asgi")
