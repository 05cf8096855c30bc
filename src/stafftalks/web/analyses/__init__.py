"""Long analyses as pages tell them: one module for the words of all, and one for the result of each."""
