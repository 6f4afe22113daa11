"""A network to take elsewhere: programs, figures, tables and a model file, each written from the description.

Nothing here runs what it writes: neither torch nor Keras is needed to write their code.
"""
