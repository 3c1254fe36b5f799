# A manual made by Sphinx, in which arrow keys turn the pages.
project = "manual"
html_theme = "alabaster"
html_theme_options = {"navigation_with_keys": True}
html_show_sourcelink = False
