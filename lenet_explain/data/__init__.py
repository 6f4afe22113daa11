"""Digits: the embedded ones, MNIST, and pictures that visitors bring."""
