"""The design system: tokens, components, layout, browser behaviours, form rendering and the gallery page.

It knows no business. Surfaces put their pages into its frame by registering navigation entries and palette
commands; every other word here is the name of a component.
"""
