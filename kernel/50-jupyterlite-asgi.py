# IPython runs this when a kernel starts, so %%asgi is there before the first cell.
get_ipython().run_line_magic("load_ext", "jupyterlite_asgi")
