"""The training engine: C source, the WebAssembly compiled from it, and plans that Python derives from descriptions.

Light enough for the web process: a plan needs no torch. See README.md beside this file.
"""
