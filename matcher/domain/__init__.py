"""The language of the project: frozen values that are valid once built. Standard library only."""
