"""Forms of a fixed shape. The forms of elements are made from their types: see `element_inputs`."""
