"""Under which conditions a headline is met: boxes and a shallow tree, found in one half of the draws and tested in the
other. The peeling is our own: EMA Workbench, which has one, brings a library under the GPL."""
