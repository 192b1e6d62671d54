"""Long work of the lab: each job in a process of its own, followed as it goes on, ended when told."""
