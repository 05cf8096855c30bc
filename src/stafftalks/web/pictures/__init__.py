"""What the pictures of the workspace are drawn from: plain values made of pieces, for the map, the timeline, the trees and small charts.

Each picture and its table are made from the same values, so that neither can say what the other does not.
"""
