"""The edges: one folder per deployable; deployables never import each other."""
