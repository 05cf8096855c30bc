"""The pages people use: each view authorises, calls one service and renders; no rule of the product lives here."""
