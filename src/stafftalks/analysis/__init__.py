"""What plans add up to: who covers what, whether it can be met in time, which mix holds up, and how sure that is.

Edges are frozen values; inside, problems are columns of numbers and ids stand aside. What cannot be reckoned with is a `Fault` beside the answer, and the rest is
answered all the same. Time is whole ticks of a length that the caller names. A seed and a budget of time are arguments, so the same question has the same answer.
Nobody is told what to do: options are options.
"""
