"""What is said of LeNet-5 and what came before and after it, as data: a teacher adds an entry without touching code.

claims.toml    claims, each with its sources and with the check that decides it
history.toml   the timeline, and the cheque reader: what is known and what is recollected
methods.toml   the methods of the paper's Figs. 9, 11 and 12
baselines.json this project's own measurements of such methods; `python -m lenet_explain baselines` writes it
"""
