"""Races of small networks: a process for each that runs, a folder for each that ever ran."""
