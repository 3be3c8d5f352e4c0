"""What the words mean: values and functions of values, standard library only."""
