"""HTTP to the outside: which addresses may be dialled, and dialling exactly those."""
