"""The addresses of the lab's API, a module for each subject."""
